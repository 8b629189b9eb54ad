// TestHub: a whole instance below the protocols, in memory, with people in it. For tests only.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.h"
#include "meta/meta_store.h"
#include "net/pool.h"
#include "object/object_store.h"
#include "service/access.h"
#include "service/accounts.h"
#include "service/browse.h"
#include "service/downloads.h"
#include "service/fetch.h"
#include "service/history.h"
#include "service/lfs_files.h"
#include "service/publish.h"
#include "service/refs.h"
#include "service/repos.h"
#include "service/trees.h"
#include "service/xet.h"
#include "store/store.h"

namespace granary::service::testing {

/// Stands still until a test moves it.
class TestClock final : public Clock {
 public:
  WallTime wall_now() override { return now; }
  SteadyTime steady_now() override { return SteadyTime(now.time_since_epoch()); }
  void advance(std::chrono::milliseconds by) { now += by; }

  WallTime now{std::chrono::milliseconds{1'795'482'123'000}};  // 2026-11-24T01:02:03Z
};

/// Real services over the real SQLite adapter and store. Users alice, bob (of no organisation in
/// common) and admin (of the instance); alice owns the organisation lab.
class TestHub {
 public:
  TestHub();
  ~TestHub();

  /// A new token of the user, which must exist.
  std::string token(std::string_view user, meta::TokenRole role = meta::TokenRole::Write);
  /// Whom a token belongs to; without one, a stranger.
  Caller caller(std::string_view secret = "");
  Caller caller_named(std::string_view user) { return caller(token(user)); }

  void add_user(const std::string& name);
  void add_member(const std::string& organization, const std::string& user, meta::OrgRole role);
  /// Made by bob in his own namespace, by alice elsewhere; fails the test if it cannot be.
  meta::Repo add_repo(const std::string& id, meta::Visibility visibility = meta::Visibility::Public,
                      meta::RepoKind kind = meta::RepoKind::Model);
  /// One commit on main that sets `path`; fails the test if it cannot be made.
  GitOid commit_file(const meta::Repo& repo, const std::string& path, const std::string& content);
  /// As commit_file, of a file whose bytes are in the store and in git a pointer.
  GitOid commit_lfs_file(const meta::Repo& repo, const std::string& path,
                         const std::string& content);

  TestClock clock;
  Env env;
  std::unique_ptr<meta::MetaStore> facts;
  std::unique_ptr<object::ObjectStore> objects;
  std::unique_ptr<store::Store> store;
  Access access;
  Accounts accounts;
  Repos repos;
  Browser browser;
  Trees trees;
  History history;
  Publisher publisher;
  Refs refs;
  LfsFiles lfs_files;
  Downloads downloads;
  net::Pool pool{2};
  Fetch fetch;
  std::unique_ptr<Xet> xet;  // of the scope Organization

 private:
  GitOid commit_blob(const meta::Repo& repo, const std::string& path, meta::GitObject blob);
};

/// "ns/name" as a repo's name.
meta::RepoName repo_name(std::string_view id, meta::RepoKind kind = meta::RepoKind::Model);

/// The kind of a result's error, or nullopt if it has a value.
template <class T>
std::optional<ErrorKind> error_kind(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error().kind);
}

}  // namespace granary::service::testing
