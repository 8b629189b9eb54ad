// The header of a GGUF file: what the model is, and where its tensors lie.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace granary::format {

struct GgufTensor {
  std::string name;
  std::string type;                  // "Q4_K", "F16", …
  std::vector<std::uint64_t> shape;  // as in the file: the fastest dimension first
  std::uint64_t offset_bytes = 0;    // from the start of the data
  std::uint64_t size_bytes = 0;
  std::uint64_t element_count = 0;
};

struct GgufHeader {
  std::uint32_t version = 0;
  std::string architecture;
  std::string name;       // empty: none, as for all texts below
  std::string file_type;  // "Q4_K_M", …: what most tensors are
  std::string imatrix_file;
  std::string chat_template;  // untrusted code in a template language: never run
  std::string bos_token;
  std::string eos_token;
  std::optional<std::uint64_t> context_length;  // in tokens
  // Of attention; 0: not told, or not the same in all layers.
  std::uint64_t head_count = 0;
  std::uint64_t head_count_kv = 0;
  std::uint64_t split_index = 0;                // which file of how many
  std::uint64_t split_count = 1;
  std::uint64_t data_offset_bytes = 0;  // from the start of the file
  std::vector<GgufTensor> tensors;
  std::uint64_t parameter_count = 0;
};

/// `prefix`: the start of the file, or all of it.
/// Errors: TooLarge when the header goes on after `prefix` but not after the file: try again with
/// more, up to limits::kGgufHeaderSizeBytesMax. Invalid for a rule broken that loaders rely on:
/// version 2 or 3, little-endian, counts that fit the bytes left, unique keys and names, known
/// types, whole blocks, aligned tensors that follow each other inside the file.
/// Source: docs/formats/gguf.md.
Result<GgufHeader> parse_gguf(ByteView prefix, std::uint64_t file_size_bytes);

/// The JSON object that model info shows: total, architecture, context_length, chat_template …
std::string gguf_info_json(const GgufHeader& header);

}  // namespace granary::format
