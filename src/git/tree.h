// Git tree objects: one directory's entries.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/result.h"

namespace granary::git {

/// The five modes that git writes, by their octal numbers.
enum class FileMode : std::uint32_t {
  Directory = 0040000,
  Regular = 0100644,
  Executable = 0100755,
  Symlink = 0120000,
  Submodule = 0160000,
};

struct TreeEntry {
  FileMode mode = FileMode::Regular;
  std::string name;
  GitOid oid;
  bool operator==(const TreeEntry&) const = default;
};

/// Git's order: by bytes, a directory as if its name ended in '/'.
bool comes_before(const TreeEntry& a, const TreeEntry& b);

/// The body of a tree object; the entries may come in any order, each name once.
Bytes write_tree(std::vector<TreeEntry> entries);

/// The entries in git's order. Strict: known modes without leading zeros, names without '/', not
/// "." or "..", in order, each once (also not as a file and a directory). Errors: Invalid, TooLarge
/// over limits::kTreeSizeBytesMax.
Result<std::vector<TreeEntry>> parse_tree(ByteView body);

}  // namespace granary::git
