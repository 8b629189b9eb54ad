// LFS attributes: keeps .gitattributes true to what is stored by Git LFS.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace granary::service {

/// The text of .gitattributes with the lines that make every one of `lfs_paths` an LFS file, or
/// nothing if `attributes` do so already. A path gets a line of its own; where many share an ending
/// or a folder, that gets one, so that the file stays small however many files there are.
/// Errors: TooLarge if the text would be over limits::kRuleFileSizeBytesMax.
Result<std::optional<std::string>> cover_lfs_paths(std::string_view attributes,
                                                   std::span<const std::string> lfs_paths);

}  // namespace granary::service
