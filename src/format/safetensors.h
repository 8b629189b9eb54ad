// The header of a safetensors file, read as strictly as the strictest loader.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace granary::format {

struct SafetensorsTensor {
  std::string name;
  std::string dtype;  // "BF16", "F8_E4M3", …
  std::vector<std::uint64_t> shape;
  std::uint64_t begin_bytes = 0;  // from the start of the data, after the header
  std::uint64_t end_bytes = 0;
  std::uint64_t element_count = 0;
};

struct SafetensorsHeader {
  std::uint64_t data_offset_bytes = 0;      // from the start of the file
  std::vector<SafetensorsTensor> tensors;   // in the order of their data
  std::map<std::string, std::string> metadata;
  std::map<std::string, std::uint64_t> parameters;  // by dtype
  std::uint64_t parameter_count = 0;
  std::string json;  // the header's text, without the padding
};

/// How many bytes from the file's start parse_safetensors needs. `start`: the first 8 or more.
/// Errors: Invalid, TooLarge over limits::kSafetensorsHeaderSizeBytesMax.
Result<std::uint64_t> safetensors_prefix_size_bytes(ByteView start);

/// `prefix`: at least safetensors_prefix_size_bytes of the file.
/// Errors: Invalid unless the header is UTF-8 JSON without a repeated key, dtypes are known, each
/// tensor's range fits its shape, and the ranges fill the file without hole or overlap; TooLarge.
/// Source: docs/formats/safetensors.md.
Result<SafetensorsHeader> parse_safetensors(ByteView prefix, std::uint64_t file_size_bytes);

/// The JSON object that model info shows of all shards of a model: parameters by dtype, and total.
std::string safetensors_info_json(std::span<const SafetensorsHeader> shards);

/// A model.safetensors.index.json: which file holds each tensor.
struct SafetensorsIndex {
  std::vector<std::pair<std::string, std::string>> weight_map;  // tensor, file; by tensor
  std::vector<std::string> files;  // each once, sorted
  std::string metadata_json;  // empty: none. What it claims (total_size) is often wrong.
};

/// Errors: Invalid, also for a file name with a folder; TooLarge.
Result<SafetensorsIndex> parse_safetensors_index(std::string_view json);

}  // namespace granary::format
