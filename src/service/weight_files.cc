// Headers are read once and kept; tensors match by name, shape and type.
#include "service/weight_files.h"

#include "base/limits.h"
#include "format/tensor_names.h"

namespace granary::service {
namespace {

// What is kept is bounded: a tensor takes some hundred bytes.
constexpr std::size_t kWeightFilesMax = 32;
constexpr std::size_t kTensorsOfFileMax = 20'000;

// Rows may be kept flat in one file and not in the other.
bool have_same_shape(const format::WeightTensor& one, const format::WeightTensor& other) {
  const auto without_ones = [](std::vector<std::uint64_t> shape) {
    std::erase(shape, 1);
    return shape;
  };
  return without_ones(one.shape) == without_ones(other.shape);
}

std::optional<TensorMatch> match(const format::WeightTensor& tensor,
                                 const format::WeightTensor* base, bool may_be_tuned) {
  if (base == nullptr || !have_same_shape(tensor, *base)) return {};
  const auto from = codec::find_float_type(base->type);
  if (!from) return {};
  if (may_be_tuned && tensor.type == base->type) {
    return TensorMatch{.base = base, .relation = store::TunedFrom{*from}, .head_count = 0};
  }
  const codec::QuantFormat* quant = codec::find_quant_format(tensor.type);
  if (quant == nullptr) return {};
  return TensorMatch{
      .base = base, .relation = store::QuantisedFrom{quant->type, *from}, .head_count = 0};
}

}  // namespace

const format::WeightTensor* WeightFile::find(std::string_view name) const {
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : &header.tensors[found->second];
}

WeightFiles::WeightFiles(meta::ContentStore& content, store::Store& store)
    : content_(content), store_(store), files_(kWeightFilesMax) {}

Result<std::shared_ptr<const WeightFile>> WeightFiles::load(const Sha256& sha256) {
  if (auto file = files_.find(sha256)) return file;
  auto file = std::make_shared<WeightFile>();
  TRY(file->stored, content_.find_file(sha256));
  TRY(const auto reader, store_.open(sha256));
  const auto read_prefix = [&](std::uint64_t size_bytes_max) {
    return store::read_prefix(*reader, size_bytes_max);
  };
  auto header =
      format::read_weight_header({.read_prefix = read_prefix,
                                  .file_size_bytes = file->stored.size_bytes,
                                  .header_size_bytes_max = limits::kSummaryHeaderSizeBytesMax});
  if (!header && header.error().kind == ErrorKind::Corrupt) {
    return tl::unexpected(std::move(header).error());
  }
  if (!header) return std::shared_ptr<const WeightFile>();
  if (header->tensors.size() > kTensorsOfFileMax) return std::shared_ptr<const WeightFile>();
  file->header = *std::move(header);
  for (std::size_t index = 0; index < file->header.tensors.size(); ++index) {
    file->by_name.emplace(file->header.tensors[index].name, index);
  }
  return files_.add(sha256, std::move(file));
}

std::optional<TensorMatch> match_tensor(const WeightFile& file, const format::WeightTensor& tensor,
                                        const WeightFile& base) {
  const bool is_gguf = file.header.format == format::WeightFormat::Gguf;
  if (file.header.format == base.header.format) {
    return match(tensor, base.find(tensor.name), true);
  }
  if (!is_gguf) return {};
  const auto parent =
      format::find_parent_tensor(file.header.architecture, tensor.name, file.header.heads);
  if (!parent) return {};
  for (const std::string& name : parent->names) {
    auto found = match(tensor, base.find(name), false);
    if (!found) continue;
    found->head_count = parent->head_count;
    return found;
  }
  return {};
}

}  // namespace granary::service
