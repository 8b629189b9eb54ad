// Git LFS pointer files: the small blob that stands in git for a large file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/digest.h"

namespace granary::git {

struct LfsPointer {
  Sha256 oid;
  std::uint64_t size_bytes = 0;
  bool operator==(const LfsPointer&) const = default;
};

/// The canonical text: 125 bytes and the digits of the size.
/// Source: git-lfs docs/spec.md, "The Pointer".
std::string write_lfs_pointer(const LfsPointer& pointer);

/// The pointer that `blob` holds, or nothing unless it is what write_lfs_pointer gives, byte for
/// byte.
std::optional<LfsPointer> parse_lfs_pointer(ByteView blob);

}  // namespace granary::git
