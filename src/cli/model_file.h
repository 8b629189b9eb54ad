// Headers of local model files, read as far as they reach.
#pragma once

#include <cstdint>

#include "base/env.h"
#include "format/gguf.h"
#include "format/safetensors.h"

namespace granary::cli {

enum class ModelFormat : std::uint8_t { Other, Safetensors, Gguf };

/// By the first bytes; the header may still be wrong.
Result<ModelFormat> model_format_of(File& file);
/// Errors (both): Invalid, and TooLarge for a header beyond its limit.
Result<format::SafetensorsHeader> read_safetensors_header(File& file, std::uint64_t size_bytes);
Result<format::GgufHeader> read_gguf_header(File& file, std::uint64_t size_bytes);

}  // namespace granary::cli
