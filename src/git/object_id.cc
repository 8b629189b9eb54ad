// The ids that git gives to objects.
#include "git/object_id.h"

#include <string>

namespace granary::git {
namespace {

void start(Sha1Hasher& hasher, ObjectKind kind, std::uint64_t size_bytes) {
  std::string header(name_of(kind));
  header += ' ' + std::to_string(size_bytes);
  header += '\0';
  hasher.update(as_bytes(header));
}

}  // namespace

std::string_view name_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::Blob: return "blob";
    case ObjectKind::Tree: return "tree";
    case ObjectKind::Commit: return "commit";
    case ObjectKind::Tag: return "tag";
  }
  GRANARY_ASSERT(false);
}

GitOid object_id(ObjectKind kind, ByteView body) {
  Sha1Hasher hasher;
  start(hasher, kind, body.size());
  hasher.update(body);
  return hasher.finish();
}

BlobHasher::BlobHasher(std::uint64_t size_bytes) { start(hasher_, ObjectKind::Blob, size_bytes); }

GitOid empty_tree_id() { return object_id(ObjectKind::Tree, {}); }

}  // namespace granary::git
