// The JSON of a safetensors header, read event by event: no tree of it is ever built.
#pragma once

#include <string_view>

#include "base/result.h"
#include "format/safetensors.h"

namespace granary::format {

/// Fills `tensors` and `metadata` of `header`. Sizes and offsets are as written, unchecked.
/// Errors: Invalid for anything but an object of tensors and at most one "__metadata__", for a key
/// that repeats or is unknown, for text after the object, and over limits::kTensorCountMax.
Result<void> parse_safetensors_json(std::string_view json, SafetensorsHeader& header);

}  // namespace granary::format
