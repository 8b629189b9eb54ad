// The tensors of a weight file of either format, read from as much of its start as it takes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "format/gguf.h"
#include "format/safetensors.h"
#include "format/tensor_names.h"

namespace granary::format {

/// A file of which a prefix can be read.
struct HeaderSource {
  /// Gives the first `size_bytes_max` bytes, or all of a shorter file.
  std::function<Result<Bytes>(std::uint64_t size_bytes_max)> read_prefix;
  std::uint64_t file_size_bytes = 0;
  std::uint64_t header_size_bytes_max = 0;  // a longer one is TooLarge
};

/// As parse_safetensors and parse_gguf.
Result<SafetensorsHeader> read_safetensors(const HeaderSource& source);
Result<GgufHeader> read_gguf(const HeaderSource& source);

enum class WeightFormat : std::uint8_t { Other, Safetensors, Gguf };
/// By the first 16 bytes; the header may still be wrong.
WeightFormat weight_format_of(ByteView start);

struct WeightTensor {
  std::string name;
  std::string type;  // "BF16", "Q4_K", "F8_E4M3"
  std::vector<std::uint64_t> shape;  // the fastest dimension last
  std::uint64_t offset_bytes = 0;  // from the start of the file
  std::uint64_t size_bytes = 0;
};

struct WeightHeader {
  WeightFormat format = WeightFormat::Other;
  std::uint64_t data_offset_bytes = 0;
  std::string architecture;  // GGUF only, as is the next
  AttentionHeads heads;
  std::vector<WeightTensor> tensors;  // by offset
};

/// Errors: Invalid if the file is none of both, and as above.
Result<WeightHeader> read_weight_header(const HeaderSource& source);

}  // namespace granary::format
