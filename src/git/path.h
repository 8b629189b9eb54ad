// The rules for paths in a repo, so that no client can be made to write outside its folder.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace granary::git {

/// Checks a path that has been decoded once: 1 to 4096 bytes, at most 64 segments of at most 255
/// bytes, UTF-8 in NFC, no control characters or backslash; no segment that is empty, ".", ".." or
/// ".git" (in any spelling that some file system takes for it), starts like a drive ("C:"), ends in
/// a dot or a space, or names a Windows device. Errors: Invalid, with the reason and the path.
Result<void> validate_repo_path(std::string_view path);

/// A name as file systems without case see it: two names that fold alike must not be in one folder.
std::string fold_name(std::string_view name);

}  // namespace granary::git
