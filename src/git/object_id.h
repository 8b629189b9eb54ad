// The ids that git gives to objects: SHA-1 of a header and the object's body.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/hasher.h"

namespace granary::git {

enum class ObjectKind : std::uint8_t { Blob, Tree, Commit, Tag };

/// "blob", "tree", "commit", "tag".
std::string_view name_of(ObjectKind kind);

/// The id of an object whose body is `body`. Source: git's gitformat and hash-object manual pages.
GitOid object_id(ObjectKind kind, ByteView body);

/// The id of a blob whose bytes come in pieces.
class BlobHasher {
 public:
  /// `size_bytes`: of all that will come; git puts it before the first byte.
  explicit BlobHasher(std::uint64_t size_bytes);
  void update(ByteView bytes) { hasher_.update(bytes); }
  /// The id. Call once.
  GitOid finish() { return hasher_.finish(); }

 private:
  Sha1Hasher hasher_;
};

/// The id of the tree without entries: 4b825dc642cb6eb9a060e54bf8d69288fbee4904.
GitOid empty_tree_id();

}  // namespace granary::git
