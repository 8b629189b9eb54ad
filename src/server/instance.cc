// Opening of a data folder: its lock, its layout, its stores, its services, its first
// administrator.
#include "server/instance.h"

#include <cstdlib>
#include <utility>

#include "base/log.h"
#include "meta/sqlite/sqlite_meta_store.h"
#include "object/disk_store.h"

namespace granary::server {
namespace {

// Makes the folder and those above it that are missing, each durable in the one above.
Result<void> make_durable_folder(FileSystem& files, const std::string& path) {
  if (auto info = files.stat(path)) {
    if (info->is_directory) return {};
    return fail(ErrorKind::Invalid, path + " is a file, not a folder");
  }
  const std::size_t slash = path.find_last_of('/');
  const std::string parent = slash == std::string::npos ? "." : path.substr(0, slash);
  if (slash != std::string::npos && slash > 0) TRY_DONE(make_durable_folder(files, parent));
  TRY_DONE(files.make_directory(path));
  return files.sync_directory(slash == 0 ? "/" : parent);
}

Result<std::unique_ptr<File>> lock_folder(FileSystem& files, const std::string& folder) {
  auto lock = files.lock(folder + "/granary.lock");
  if (lock || lock.error().kind != ErrorKind::Conflict) return lock;
  return fail(ErrorKind::Conflict, "another granary has the data folder " + folder +
                                       " open; one server (or command) at a time may");
}

}  // namespace

// What is opened before the services, in the order of opening.
struct Stores {
  std::unique_ptr<File> lock;
  std::unique_ptr<meta::MetaStore> facts;
  std::unique_ptr<object::ObjectStore> objects;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<store::Uploads> staging;
};

struct Instance::Parts {
  Parts(Env& env_, Config config_, Stores stores_)
      : env(env_),
        config(std::move(config_)),
        stores(std::move(stores_)),
        access(env.clock, *stores.facts),
        accounts(env, *stores.facts),
        repos(env, access, *stores.facts,
              config.default_private ? meta::Visibility::Private : meta::Visibility::Public),
        browser(*stores.facts, *stores.store),
        trees(stores.facts->git(), stores.facts->content()),
        history(*stores.facts, trees),
        publisher(env, access, *stores.facts, *stores.store, trees),
        recoder(*stores.facts, *stores.store) {}

  Env& env;
  const Config config;
  const Stores stores;
  service::Access access;
  service::Accounts accounts;
  service::Repos repos;
  service::Browser browser;
  service::Trees trees;
  service::History history;
  service::Publisher publisher;
  service::Recoder recoder;
  std::unique_ptr<service::Uploads> uploads;
  std::unique_ptr<service::Xet> xet;
  std::optional<service::Importer> importer;
  std::optional<std::string> first_secret;
};

Result<std::unique_ptr<Instance>> Instance::open(const Config& config, Env& env,
                                                 Creation creation) {
  FileSystem& files = env.files;
  std::string folder = config.data;
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  if (folder.empty()) return fail(ErrorKind::Invalid, "say where the data lies: --data DIR");
  const std::string database = folder + "/meta/granary.db";
  if (creation == Creation::Refused && !files.stat(database)) {
    return fail(ErrorKind::NotFound, folder + " is no data folder; `granary init --data " + folder +
                                         "` or `granary serve --data " + folder + "` makes one");
  }
  TRY_DONE(make_durable_folder(files, folder));
  Stores stores;
  TRY(stores.lock, lock_folder(files, folder));
  for (const char* part : {"/meta", "/objects", "/uploads"}) {
    TRY_DONE(make_durable_folder(files, folder + part));
  }
  TRY(stores.facts, meta::create_sqlite_meta_store(env, {.path = database}));
  TRY(stores.objects,
      object::open_disk_store(env, folder + "/objects", {.floor_bytes = config.disk_floor_bytes}));
  const codec::Kernels* kernels = codec::find_kernels(config.kernels);  // null: auto
  stores.store = store::make_store(env, *stores.objects, *stores.facts,
                                   {.verify_always = config.verify_always,
                                    .kernels = kernels ? *kernels : codec::best_kernels(),
                                    .code_at_ingest = config.code_at_ingest});
  TRY(stores.staging, store::open_uploads(env, stores.facts->content(), *stores.objects,
                                          *stores.store, folder + "/uploads"));
  Config used = config;
  used.data = folder;
  auto parts = std::make_unique<Parts>(env, std::move(used), std::move(stores));
  TRY(parts->uploads,
      service::Uploads::create({.env = env,
                                .access = parts->access,
                                .facts = *parts->stores.facts,
                                .store = *parts->stores.store,
                                .parts = *parts->stores.staging},
                               {.part_threshold_bytes = config.multipart_threshold_bytes,
                                .part_size_bytes = config.multipart_part_size_bytes,
                                .reach = config.dedupe_scope}));
  TRY(parts->xet, service::Xet::create({.env = env,
                                        .access = parts->access,
                                        .facts = *parts->stores.facts,
                                        .store = *parts->stores.store},
                                       config.dedupe_scope));
  parts->importer.emplace(env.files, parts->access, *parts->uploads, parts->publisher);
  const char* secret = std::getenv("GRANARY_ADMIN_TOKEN");
  TRY(auto first, parts->accounts.create_first_admin(secret == nullptr ? "" : secret));
  if (first) parts->first_secret = std::move(first->secret);
  return std::unique_ptr<Instance>(new Instance(std::move(parts)));
}

Instance::Instance(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Instance::~Instance() = default;

Env& Instance::env() { return parts_->env; }
const Config& Instance::config() const { return parts_->config; }
meta::MetaStore& Instance::facts() { return *parts_->stores.facts; }
object::ObjectStore& Instance::objects() { return *parts_->stores.objects; }
store::Store& Instance::store() { return *parts_->stores.store; }
store::Uploads& Instance::staging() { return *parts_->stores.staging; }
service::Access& Instance::access() { return parts_->access; }
service::Accounts& Instance::accounts() { return parts_->accounts; }
service::Repos& Instance::repos() { return parts_->repos; }
service::Browser& Instance::browser() { return parts_->browser; }
service::Trees& Instance::trees() { return parts_->trees; }
service::History& Instance::history() { return parts_->history; }
service::Publisher& Instance::publisher() { return parts_->publisher; }
service::Uploads& Instance::uploads() { return *parts_->uploads; }
service::Xet& Instance::xet() { return *parts_->xet; }
service::Importer& Instance::importer() { return *parts_->importer; }
service::Recoder& Instance::recoder() { return parts_->recoder; }

std::string Instance::write_refusal() {
  std::string refusal = store().write_refusal();
  if (refusal.empty()) refusal = staging().write_refusal();
  if (refusal.empty()) refusal = facts().write_refusal();
  return refusal;
}

const std::optional<std::string>& Instance::first_secret() const { return parts_->first_secret; }

}  // namespace granary::server
