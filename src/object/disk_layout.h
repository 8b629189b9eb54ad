// Every path of the disk store, in one place.
//
//   FOLDER/
//     objects/
//       00/ … ff/                 256 shards, by the first two digits of the hash; made at init
//         <hash>.<generation>     64 hex digits (Xet's string form) and a decimal number
//     staging/
//       <16 hex digits>           sealed objects waiting for their name; litter after a crash
//
// Objects under way have no name at all (O_TMPFILE in objects/).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "object/object_store.h"

namespace granary::object {

class DiskLayout {
 public:
  static constexpr unsigned kShardCount = 256;

  explicit DiskLayout(std::string folder) : folder_(std::move(folder)) {}
  const std::string& folder() const { return folder_; }
  std::string objects() const { return folder_ + "/objects"; }
  std::string staging() const { return folder_ + "/staging"; }
  std::string shard(unsigned index) const { return objects() + "/" + shard_name(index); }
  std::string path_of(const ObjectName& name) const;

  static std::string shard_name(unsigned index);
  static unsigned shard_of(const ObjectName& name);
  /// Nothing for a file that is no object's.
  static std::optional<ObjectName> parse(std::string_view file_name);

 private:
  std::string folder_;
};

}  // namespace granary::object
