// Instance: an open data folder with its stores and services, wired together once.
//
//   DATA/granary.lock       held while open: one process at a time
//   DATA/granary.sock       the admin socket of a running server
//   DATA/granary.toml       settings, if a person put them there
//   DATA/meta/granary.db    facts
//   DATA/objects/           xorbs (object/disk_store.h)
//   DATA/uploads/           parts of multipart uploads (store/uploads.h)
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/env.h"
#include "meta/meta_store.h"
#include "object/object_store.h"
#include "server/config.h"
#include "service/access.h"
#include "service/accounts.h"
#include "service/browse.h"
#include "service/history.h"
#include "service/import.h"
#include "service/publish.h"
#include "service/recoder.h"
#include "service/repos.h"
#include "service/trees.h"
#include "service/uploads.h"
#include "service/xet.h"
#include "store/store.h"
#include "store/uploads.h"

namespace granary::server {

enum class Creation : std::uint8_t { Allowed, Refused };

class Instance {
 public:
  /// Errors: Conflict when another process has the folder open; NotFound when it is no data folder
  /// and may not be made; whatever opening the stores gives.
  static Result<std::unique_ptr<Instance>> open(const Config& config, Env& env, Creation creation);
  ~Instance();

  Env& env();
  const Config& config() const;
  meta::MetaStore& facts();
  object::ObjectStore& objects();
  store::Store& store();
  store::Uploads& staging();
  service::Access& access();
  service::Accounts& accounts();
  service::Repos& repos();
  service::Browser& browser();
  service::Trees& trees();
  service::History& history();
  service::Publisher& publisher();
  service::Uploads& uploads();
  service::Xet& xet();
  service::Importer& importer();
  service::Recoder& recoder();

  /// Empty while healthy; else why files or facts are refused until a restart. Reads go on.
  std::string write_refusal();
  /// The first administrator's token, if this opening made one.
  const std::optional<std::string>& first_secret() const;

 private:
  struct Parts;
  explicit Instance(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace granary::server
