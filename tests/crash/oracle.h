// What must be there, may be there, and must not be there after a crash; and the look whether it
// is.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/sim_file_system.h"
#include "world.h"

namespace granary::crash {

/// Present once acknowledged, Maybe while under way or after a failure.
enum class Presence : std::uint8_t { Absent, Maybe, Present };

using SharedBytes = std::shared_ptr<const Bytes>;  // by every copy of the oracle

struct Oracle {
  bool is_set_up = false;  // until then nothing is promised
  meta::NamespaceId user;
  meta::RepoId repo;

  struct SentFile {
    SharedBytes bytes;
    Presence granted = Presence::Absent;  // whether the repo holds it; it may be stored regardless
  };
  std::map<Sha256, SentFile> files;  // everything that was ever begun to be sent

  struct SentXorb {
    SharedBytes bytes;
    Presence kept = Presence::Absent;  // recorded, and leased to the repo
  };
  std::map<XorbHash, SentXorb> xorbs;

  using Target = std::optional<GitOid>;  // none: the ref does not exist
  std::map<std::string, std::set<Target>> refs;  // what each may be; others must not exist

  struct SentPart {
    SharedBytes bytes;
    Presence kept = Presence::Absent;
  };
  std::map<std::pair<std::string, std::uint32_t>, SentPart> parts;  // by upload and number
};

/// P1 to P4: everything acknowledged is there and equal, everything else whole or absent, nothing
/// else is there. What may be or not is then known, and noted in `oracle`. `deep`: fsck too.
/// Errors: what does not hold.
Result<void> verify(World& world, FileSystem& files, Oracle& oracle, bool deep);

/// One stored file, byte for byte.
Result<void> verify_bytes(World& world, const Sha256& sha256, const Bytes& sent);

}  // namespace granary::crash
