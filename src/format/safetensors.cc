// The header of a safetensors file: its size, its layout, and what the tensors add up to.
#include "format/safetensors.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/limits.h"
#include "format/checked_math.h"
#include "format/json.h"
#include "format/safetensors_json.h"

namespace granary::format {
namespace {

constexpr std::uint64_t kLengthSizeBytes = 8;

struct Dtype {
  std::string_view name;
  std::uint64_t bits;
};

constexpr std::array kDtypes = {
    Dtype{"BF16", 16},       Dtype{"F16", 16},    Dtype{"F32", 32},    Dtype{"F64", 64},
    Dtype{"F8_E4M3", 8},     Dtype{"F8_E5M2", 8}, Dtype{"F8_E8M0", 8}, Dtype{"F8_E4M3FNUZ", 8},
    Dtype{"F8_E5M2FNUZ", 8}, Dtype{"F6_E2M3", 6}, Dtype{"F6_E3M2", 6}, Dtype{"F4", 4},
    Dtype{"U8", 8},          Dtype{"I8", 8},      Dtype{"U16", 16},    Dtype{"I16", 16},
    Dtype{"U32", 32},        Dtype{"I32", 32},    Dtype{"U64", 64},    Dtype{"I64", 64},
    Dtype{"C64", 64},        Dtype{"BOOL", 8},
};

Result<std::uint64_t> bits_of(std::string_view name) {
  for (const Dtype& dtype : kDtypes)
    if (dtype.name == name) return dtype.bits;
  return fail(ErrorKind::Invalid, "unknown dtype");
}

Result<void> check_size(SafetensorsTensor& tensor) {
  TRY(tensor.element_count, element_count(tensor.shape));
  TRY(const auto element_bits, bits_of(tensor.dtype));
  TRY(const auto bits, checked_multiply(tensor.element_count, element_bits));
  if (bits % 8 != 0) return fail(ErrorKind::Invalid, "a tensor of a broken byte");
  if (tensor.begin_bytes > tensor.end_bytes || tensor.end_bytes - tensor.begin_bytes != bits / 8)
    return fail(ErrorKind::Invalid, "a tensor's range does not fit its shape");
  return {};
}

// Tensors of no elements may share an offset with each other and with the next one.
Result<void> check_layout(std::vector<SafetensorsTensor>& tensors, std::uint64_t data_size_bytes) {
  std::ranges::sort(tensors, [](const SafetensorsTensor& a, const SafetensorsTensor& b) {
    return std::tie(a.begin_bytes, a.end_bytes, a.name) <
           std::tie(b.begin_bytes, b.end_bytes, b.name);
  });
  std::uint64_t end_bytes = 0;
  for (const SafetensorsTensor& tensor : tensors) {
    if (tensor.begin_bytes != end_bytes)
      return fail(ErrorKind::Invalid, "a hole or an overlap between tensors");
    end_bytes = tensor.end_bytes;
  }
  if (end_bytes != data_size_bytes)
    return fail(ErrorKind::Invalid, "the tensors do not fill the file");
  return {};
}

Result<void> add_up(SafetensorsHeader& header) {
  for (const SafetensorsTensor& tensor : header.tensors) {
    std::uint64_t& count = header.parameters[tensor.dtype];
    TRY(count, checked_add(count, tensor.element_count));
    TRY(header.parameter_count, checked_add(header.parameter_count, tensor.element_count));
  }
  return {};
}

}  // namespace

Result<std::uint64_t> safetensors_prefix_size_bytes(ByteView start) {
  ByteReader reader(start);
  TRY(const auto json_size_bytes, reader.u64());
  if (json_size_bytes > limits::kSafetensorsHeaderSizeBytesMax)
    return fail(ErrorKind::TooLarge, "a safetensors header over 100 MB");
  return kLengthSizeBytes + json_size_bytes;
}

Result<SafetensorsHeader> parse_safetensors(ByteView prefix, std::uint64_t file_size_bytes) {
  SafetensorsHeader header;
  TRY(header.data_offset_bytes, safetensors_prefix_size_bytes(prefix));
  if (header.data_offset_bytes > std::min<std::uint64_t>(prefix.size(), file_size_bytes))
    return fail(ErrorKind::Invalid, "a safetensors file that ends in its header");
  std::string_view json = as_text(prefix.first(header.data_offset_bytes).subspan(kLengthSizeBytes));
  if (!json.starts_with('{')) return fail(ErrorKind::Invalid, "a header that is no JSON object");
  json.remove_suffix(json.size() - 1 - json.find_last_not_of(' '));

  TRY_DONE(parse_safetensors_json(json, header));
  for (SafetensorsTensor& tensor : header.tensors) {
    if (auto checked = check_size(tensor); !checked)
      return tl::unexpected(std::move(checked).error().during("tensor \"" + tensor.name + "\""));
  }
  TRY_DONE(check_layout(header.tensors, file_size_bytes - header.data_offset_bytes));
  TRY_DONE(add_up(header));
  header.json = json;
  return header;
}

std::string safetensors_info_json(std::span<const SafetensorsHeader> shards) {
  std::map<std::string, std::uint64_t> parameters;
  std::uint64_t total = 0;
  for (const SafetensorsHeader& shard : shards) {
    for (const auto& [dtype, count] : shard.parameters) parameters[dtype] += count;
    total += shard.parameter_count;
  }
  boost::json::object by_dtype;
  for (const auto& [dtype, count] : parameters) by_dtype[dtype] = count;
  return boost::json::serialize(boost::json::object{{"parameters", by_dtype}, {"total", total}});
}

Result<SafetensorsIndex> parse_safetensors_index(std::string_view json) {
  TRY(const auto root, parse_json_object(json));
  const auto* map = root.if_contains("weight_map");
  if (map == nullptr || !map->is_object()) return fail(ErrorKind::Invalid, "no weight_map");
  SafetensorsIndex index;
  for (const auto& [tensor, file] : map->get_object()) {
    if (!file.is_string()) return fail(ErrorKind::Invalid, "a weight_map with other than strings");
    const std::string_view name = file.get_string();
    if (name.empty() || name.find_first_of("/\\") != name.npos || name.starts_with('.'))
      return fail(ErrorKind::Invalid, "a weight_map that leaves its folder");
    index.weight_map.emplace_back(tensor, name);
    index.files.emplace_back(name);
  }
  std::ranges::sort(index.weight_map);
  std::ranges::sort(index.files);
  const auto repeated = std::ranges::unique(index.files);
  index.files.erase(repeated.begin(), repeated.end());
  if (const auto* metadata = root.if_contains("metadata"))
    index.metadata_json = boost::json::serialize(*metadata);
  return index;
}

}  // namespace granary::format
