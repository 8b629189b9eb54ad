// Reads a prefix, and a longer one when the header asks for it.
#include "cli/model_file.h"

#include <algorithm>

#include "base/limits.h"

namespace granary::cli {
namespace {

constexpr std::uint64_t kFirstPrefixSizeBytes = limits::kMiB;

Result<Bytes> read_prefix(File& file, std::uint64_t size_bytes) {
  Bytes bytes(static_cast<std::size_t>(size_bytes));
  TRY(const std::size_t got, file.read_at(0, bytes));
  bytes.resize(got);
  return bytes;
}

}  // namespace

Result<ModelFormat> model_format_of(File& file) {
  TRY(const Bytes start, read_prefix(file, 16));
  if (as_text(start).starts_with("GGUF")) return ModelFormat::Gguf;
  if (start.size() > 8 && start[8] == std::byte{'{'}) return ModelFormat::Safetensors;
  return ModelFormat::Other;
}

Result<format::SafetensorsHeader> read_safetensors_header(File& file, std::uint64_t size_bytes) {
  TRY(const Bytes start, read_prefix(file, 8));
  TRY(const std::uint64_t prefix_size, format::safetensors_prefix_size_bytes(start));
  TRY(const Bytes prefix, read_prefix(file, std::min(prefix_size, size_bytes)));
  return format::parse_safetensors(prefix, size_bytes);
}

Result<format::GgufHeader> read_gguf_header(File& file, std::uint64_t size_bytes) {
  std::uint64_t prefix_size = std::min(size_bytes, kFirstPrefixSizeBytes);
  TRY(Bytes prefix, read_prefix(file, prefix_size));
  auto header = format::parse_gguf(prefix, size_bytes);
  const std::uint64_t size_max = std::min(size_bytes, limits::kGgufHeaderSizeBytesMax);
  while (!header && header.error().kind == ErrorKind::TooLarge && prefix_size < size_max) {
    prefix_size = std::min(4 * prefix_size, size_max);
    TRY(prefix, read_prefix(file, prefix_size));
    header = format::parse_gguf(prefix, size_bytes);
  }
  return header;
}

}  // namespace granary::cli
