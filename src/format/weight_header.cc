// Reads a prefix, and a longer one when the header asks for it.
#include "format/weight_header.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace granary::format {
namespace {

// Most headers fit the first read.
constexpr std::uint64_t kFirstPrefixSizeBytes = 256 * limits::kKiB;

WeightHeader weights_of(SafetensorsHeader header) {
  WeightHeader weights{.format = WeightFormat::Safetensors,
                       .data_offset_bytes = header.data_offset_bytes,
                       .architecture = {},
                       .heads = {},
                       .tensors = {}};
  for (SafetensorsTensor& tensor : header.tensors) {
    weights.tensors.push_back({.name = std::move(tensor.name),
                               .type = std::move(tensor.dtype),
                               .shape = std::move(tensor.shape),
                               .offset_bytes = header.data_offset_bytes + tensor.begin_bytes,
                               .size_bytes = tensor.end_bytes - tensor.begin_bytes});
  }
  return weights;
}

WeightHeader weights_of(GgufHeader header) {
  WeightHeader weights{
      .format = WeightFormat::Gguf,
      .data_offset_bytes = header.data_offset_bytes,
      .architecture = std::move(header.architecture),
      .heads = {.head_count = header.head_count, .head_count_kv = header.head_count_kv},
      .tensors = {}};
  for (GgufTensor& tensor : header.tensors) {
    std::ranges::reverse(tensor.shape);
    weights.tensors.push_back({.name = std::move(tensor.name),
                               .type = std::move(tensor.type),
                               .shape = std::move(tensor.shape),
                               .offset_bytes = header.data_offset_bytes + tensor.offset_bytes,
                               .size_bytes = tensor.size_bytes});
  }
  std::ranges::sort(weights.tensors, {}, &WeightTensor::offset_bytes);
  return weights;
}

}  // namespace

Result<SafetensorsHeader> read_safetensors(const HeaderSource& source) {
  TRY(Bytes prefix, source.read_prefix(kFirstPrefixSizeBytes));
  TRY(const std::uint64_t needed, safetensors_prefix_size_bytes(prefix));
  if (needed > source.header_size_bytes_max) {
    return fail(ErrorKind::TooLarge,
                "a safetensors header of " + std::to_string(needed) + " bytes");
  }
  if (needed > prefix.size()) {
    TRY(prefix, source.read_prefix(needed));
  }
  return parse_safetensors(prefix, source.file_size_bytes);
}

Result<GgufHeader> read_gguf(const HeaderSource& source) {
  for (std::uint64_t size = kFirstPrefixSizeBytes;; size *= 4) {
    TRY(const Bytes prefix, source.read_prefix(std::min(size, source.header_size_bytes_max)));
    auto header = parse_gguf(prefix, source.file_size_bytes);
    const bool needs_more = !header && header.error().kind == ErrorKind::TooLarge;
    if (!needs_more || size >= source.header_size_bytes_max) return header;
  }
}

WeightFormat weight_format_of(ByteView start) {
  if (as_text(start).starts_with("GGUF")) return WeightFormat::Gguf;
  if (start.size() > 8 && start[8] == std::byte{'{'}) return WeightFormat::Safetensors;
  return WeightFormat::Other;
}

Result<WeightHeader> read_weight_header(const HeaderSource& source) {
  TRY(const Bytes start, source.read_prefix(16));
  switch (weight_format_of(start)) {
    case WeightFormat::Safetensors: {
      TRY(auto header, read_safetensors(source));
      return weights_of(std::move(header));
    }
    case WeightFormat::Gguf: {
      TRY(auto header, read_gguf(source));
      return weights_of(std::move(header));
    }
    case WeightFormat::Other: break;
  }
  return fail(ErrorKind::Invalid, "neither a safetensors nor a GGUF file");
}

}  // namespace granary::format
