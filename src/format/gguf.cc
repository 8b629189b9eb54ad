// The header of a GGUF file: keys, then tensors whose layout is checked before it is believed.
#include "format/gguf.h"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/json.hpp>

#include "base/limits.h"
#include "format/checked_math.h"
#include "format/gguf_keys.h"

namespace granary::format {
namespace {

constexpr std::string_view kMagic = "GGUF";
constexpr std::uint64_t kAlignmentBytesDefault = 32;
constexpr std::uint64_t kKeySizeBytesMin = 8 + 1 + 4 + 1;  // length, a letter, type, a byte
constexpr std::uint64_t kTensorSizeBytesMin = 8 + 1 + 4 + 4 + 8;  // … rank, type, offset
constexpr std::uint64_t kTensorNameSizeBytesMax = 63;
constexpr std::uint32_t kRankMax = 4;

struct TensorType {
  std::uint32_t number;
  std::string_view name;
  std::uint64_t block_elements;
  std::uint64_t block_size_bytes;
};

// Source: ggml's table of types. Numbers that are missing here were removed there.
constexpr std::array kTensorTypes = {
    TensorType{0, "F32", 1, 4},         TensorType{1, "F16", 1, 2},
    TensorType{2, "Q4_0", 32, 18},      TensorType{3, "Q4_1", 32, 20},
    TensorType{6, "Q5_0", 32, 22},      TensorType{7, "Q5_1", 32, 24},
    TensorType{8, "Q8_0", 32, 34},      TensorType{9, "Q8_1", 32, 36},
    TensorType{10, "Q2_K", 256, 84},    TensorType{11, "Q3_K", 256, 110},
    TensorType{12, "Q4_K", 256, 144},   TensorType{13, "Q5_K", 256, 176},
    TensorType{14, "Q6_K", 256, 210},   TensorType{15, "Q8_K", 256, 292},
    TensorType{16, "IQ2_XXS", 256, 66}, TensorType{17, "IQ2_XS", 256, 74},
    TensorType{18, "IQ3_XXS", 256, 98}, TensorType{19, "IQ1_S", 256, 50},
    TensorType{20, "IQ4_NL", 32, 18},   TensorType{21, "IQ3_S", 256, 110},
    TensorType{22, "IQ2_S", 256, 82},   TensorType{23, "IQ4_XS", 256, 136},
    TensorType{24, "I8", 1, 1},         TensorType{25, "I16", 1, 2},
    TensorType{26, "I32", 1, 4},        TensorType{27, "I64", 1, 8},
    TensorType{28, "F64", 1, 8},        TensorType{29, "IQ1_M", 256, 56},
    TensorType{30, "BF16", 1, 2},       TensorType{34, "TQ1_0", 256, 54},
    TensorType{35, "TQ2_0", 256, 66},   TensorType{39, "MXFP4", 32, 17},
    TensorType{40, "NVFP4", 64, 36},    TensorType{41, "Q1_0", 128, 18},
    TensorType{42, "Q2_0", 64, 18},
};

struct FileType {
  std::uint64_t number;
  std::string_view name;
};

// Source: llama.cpp's llama_ftype.
constexpr std::array kFileTypes = {
    FileType{0, "F32"},     FileType{1, "F16"},      FileType{2, "Q4_0"},
    FileType{3, "Q4_1"},    FileType{7, "Q8_0"},     FileType{8, "Q5_0"},
    FileType{9, "Q5_1"},    FileType{10, "Q2_K"},    FileType{11, "Q3_K_S"},
    FileType{12, "Q3_K_M"}, FileType{13, "Q3_K_L"},  FileType{14, "Q4_K_S"},
    FileType{15, "Q4_K_M"}, FileType{16, "Q5_K_S"},  FileType{17, "Q5_K_M"},
    FileType{18, "Q6_K"},   FileType{19, "IQ2_XXS"}, FileType{20, "IQ2_XS"},
    FileType{21, "Q2_K_S"}, FileType{22, "IQ3_XS"},  FileType{23, "IQ3_XXS"},
    FileType{24, "IQ1_S"},  FileType{25, "IQ4_NL"},  FileType{26, "IQ3_S"},
    FileType{27, "IQ3_M"},  FileType{28, "IQ2_S"},   FileType{29, "IQ2_M"},
    FileType{30, "IQ4_XS"}, FileType{31, "IQ1_M"},   FileType{32, "BF16"},
    FileType{36, "TQ1_0"},  FileType{37, "TQ2_0"},   FileType{38, "MXFP4_MOE"},
    FileType{39, "NVFP4"},  FileType{40, "Q1_0"},    FileType{41, "Q2_0"},
};

Result<std::uint32_t> read_version(GgufReader& reader) {
  TRY(const auto magic, reader.take(kMagic.size()));
  if (as_text(magic) != kMagic) return fail(ErrorKind::Invalid, "not a GGUF file");
  TRY(const auto version, reader.u32());
  if ((version & 0xFFFF) == 0) return fail(ErrorKind::Invalid, "a big-endian GGUF file");
  if (version != 2 && version != 3) return fail(ErrorKind::Invalid, "a GGUF version not known");
  return version;
}

Result<const TensorType*> read_tensor_type(GgufReader& reader) {
  TRY(const auto number, reader.u32());
  for (const TensorType& type : kTensorTypes)
    if (type.number == number) return &type;
  return fail(ErrorKind::Invalid, "a tensor of unknown type " + std::to_string(number));
}

Result<void> check_blocks(GgufTensor& tensor, const TensorType& type) {
  const std::uint64_t row = tensor.shape.empty() ? 1 : tensor.shape[0];
  if (std::ranges::find(tensor.shape, 0U) != tensor.shape.end())
    return fail(ErrorKind::Invalid, "a tensor without elements");
  if (row % type.block_elements != 0)
    return fail(ErrorKind::Invalid, "a tensor whose rows are not whole blocks");
  TRY(tensor.element_count, element_count(tensor.shape));
  TRY(tensor.size_bytes,
      checked_multiply(tensor.element_count / type.block_elements, type.block_size_bytes));
  return {};
}

Result<GgufTensor> read_tensor(GgufReader& reader) {
  GgufTensor tensor;
  TRY(tensor.name, reader.string(kTensorNameSizeBytesMax, true));
  if (tensor.name.empty()) return fail(ErrorKind::Invalid, "a tensor without a name");
  TRY(const auto rank, reader.u32());
  if (rank > kRankMax) return fail(ErrorKind::Invalid, "a tensor of more than 4 dimensions");
  for (std::uint32_t i = 0; i < rank; ++i) {
    TRY(const auto extent, reader.u64());
    tensor.shape.push_back(extent);
  }
  TRY(const TensorType* type, read_tensor_type(reader));
  tensor.type = type->name;
  TRY(tensor.offset_bytes, reader.u64());
  TRY_DONE(check_blocks(tensor, *type));
  return tensor;
}

Result<std::uint64_t> read_alignment(const GgufKeys& keys) {
  const GgufValue* value = keys.find("general.alignment");
  if (value == nullptr) return kAlignmentBytesDefault;
  if (value->type != GgufType::U32) return fail(ErrorKind::Invalid, "an alignment that is no u32");
  const std::uint64_t bytes = load_u32(value->bytes.data());
  if (!std::has_single_bit(bytes) || bytes > limits::kGgufAlignmentBytesMax)
    return fail(ErrorKind::Invalid, "an alignment that is no power of two up to 64 KiB");
  return bytes;
}

Result<std::uint64_t> align(std::uint64_t offset_bytes, std::uint64_t alignment_bytes) {
  TRY(const auto sum, checked_add(offset_bytes, alignment_bytes - 1));
  return sum / alignment_bytes * alignment_bytes;
}

// Each tensor starts where the one before it ends, but for padding.
Result<void> check_layout(GgufHeader& header, std::uint64_t alignment, std::uint64_t file_size) {
  std::uint64_t next_bytes = 0;
  for (const GgufTensor& tensor : header.tensors) {
    if (tensor.offset_bytes != next_bytes)
      return fail(ErrorKind::Invalid, "tensor \"" + tensor.name + "\" is out of place");
    TRY(const auto end_bytes, checked_add(tensor.offset_bytes, tensor.size_bytes));
    TRY(const auto file_end_bytes, checked_add(header.data_offset_bytes, end_bytes));
    if (file_end_bytes > file_size)
      return fail(ErrorKind::Invalid, "tensor \"" + tensor.name + "\" goes on after the file");
    TRY(next_bytes, align(end_bytes, alignment));
    TRY(header.parameter_count, checked_add(header.parameter_count, tensor.element_count));
  }
  return {};
}

Result<void> check_names(const std::vector<GgufTensor>& tensors) {
  std::vector<std::string_view> names;
  for (const GgufTensor& tensor : tensors) names.push_back(tensor.name);
  std::ranges::sort(names);
  if (std::ranges::adjacent_find(names) != names.end())
    return fail(ErrorKind::Invalid, "a tensor name twice");
  return {};
}

std::string file_type_name(std::uint64_t number) {
  constexpr std::uint64_t kGuessed = 1024;  // a flag beside the number
  for (const FileType& type : kFileTypes)
    if (type.number == (number & ~kGuessed)) return std::string(type.name);
  return {};
}

// Some models give a list, with a number for each layer.
std::uint64_t number_or_zero(const GgufKeys& keys, std::string_view key) {
  const auto number = keys.number(key);
  return number ? number->value_or(0) : 0;
}

Result<void> describe(GgufHeader& header, const GgufKeys& keys) {
  TRY(header.architecture, keys.text("general.architecture"));
  if (header.architecture.empty()) return fail(ErrorKind::Invalid, "no general.architecture");
  TRY(header.name, keys.text("general.name"));
  TRY(header.imatrix_file, keys.text("quantize.imatrix.file"));
  TRY(header.chat_template, keys.text("tokenizer.chat_template"));
  TRY(header.context_length, keys.number(header.architecture + ".context_length"));
  header.head_count = number_or_zero(keys, header.architecture + ".attention.head_count");
  header.head_count_kv = number_or_zero(keys, header.architecture + ".attention.head_count_kv");
  TRY(const auto file_type, keys.number("general.file_type"));
  if (file_type) header.file_type = file_type_name(*file_type);
  TRY(const auto split_index, keys.number("split.no"));
  TRY(const auto split_count, keys.number("split.count"));
  header.split_index = split_index.value_or(0);
  header.split_count = split_count.value_or(1);
  // Some converters write -1 for "none".
  const auto token = [&](std::string_view key) -> std::string {
    const auto id = keys.number(key);
    return id && *id ? std::string(keys.item("tokenizer.ggml.tokens", **id)) : "";
  };
  header.bos_token = token("tokenizer.ggml.bos_token_id");
  header.eos_token = token("tokenizer.ggml.eos_token_id");
  return {};
}

}  // namespace

Result<GgufHeader> parse_gguf(ByteView prefix, std::uint64_t file_size_bytes) {
  prefix = prefix.first(std::min<std::uint64_t>(prefix.size(), file_size_bytes));
  GgufReader reader(prefix, file_size_bytes);
  GgufHeader header;
  TRY(header.version, read_version(reader));
  TRY(const auto tensor_count, reader.count(kTensorSizeBytesMin));
  TRY(const auto key_count, reader.count(kKeySizeBytesMin));
  if (tensor_count > limits::kTensorCountMax || key_count > limits::kGgufKeyCountMax)
    return fail(ErrorKind::Invalid, "more keys or tensors than any model has");
  TRY(const auto keys, GgufKeys::read(reader, key_count));
  TRY_DONE(describe(header, keys));
  TRY(const auto alignment, read_alignment(keys));
  for (std::uint64_t i = 0; i < tensor_count; ++i) {
    TRY(auto tensor, read_tensor(reader));
    header.tensors.push_back(std::move(tensor));
  }
  TRY_DONE(check_names(header.tensors));
  TRY(header.data_offset_bytes, align(reader.offset_bytes(), alignment));
  TRY_DONE(check_layout(header, alignment, file_size_bytes));
  return header;
}

std::string gguf_info_json(const GgufHeader& header) {
  boost::json::object info;
  info["total"] = header.parameter_count;
  info["architecture"] = header.architecture;
  if (header.context_length) info["context_length"] = *header.context_length;
  const auto add = [&](std::string_view key, const std::string& text) {
    if (!text.empty()) info[key] = text;
  };
  add("quantize_imatrix_file", header.imatrix_file);
  add("chat_template", header.chat_template);
  add("bos_token", header.bos_token);
  add("eos_token", header.eos_token);
  return boost::json::serialize(info);
}

}  // namespace granary::format
