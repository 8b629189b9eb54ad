// The .gitattributes that a new repo starts with.
#pragma once

#include <cstdint>
#include <string>

namespace granary::git {

enum class AttributesFor : std::uint8_t { Model, Dataset, Space };

/// What the big hub writes, and "*.gguf". Datasets have audio, image and video files, too.
std::string default_attributes(AttributesFor repo);

}  // namespace granary::git
