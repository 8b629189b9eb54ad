// The port for repos: names and their tombstones, settings, search, access requests, likes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meta/git_store.h"
#include "meta/types.h"

namespace granary::meta {

struct NewRepo {
  RepoName name;
  Visibility visibility = Visibility::Public;
  std::string sdk;
  CommitBatch initial;  // its `repo` and `expected` are ignored
};

struct FoundRepo {
  Repo repo;
  bool by_old_name = false;  // found through a name it had before a move
};

struct SettingsUpdate {
  std::optional<Visibility> visibility;
  std::optional<Gating> gating;
};

enum class RepoSort : std::uint8_t {
  Modified,
  Created,
  Downloads,
  Likes,
  Trending,
  Parameters,
  Id
};

struct RepoQuery {
  RepoKind kind = RepoKind::Model;
  Viewer viewer;
  std::vector<std::string> words;  // each must occur in "ns/name", ignoring case
  std::string owner;               // a namespace's name; empty: any
  std::vector<std::string> tags;   // all must be there
  std::string pipeline_tag;        // empty: any
  std::string library_name;        // empty: any
  std::optional<bool> gated;
  std::optional<std::uint64_t> parameters_min;
  std::optional<std::uint64_t> parameters_max;
  RepoSort sort = RepoSort::Trending;
  std::size_t limit = 1000;
  std::string cursor;  // opaque; empty: the first page
};

struct ListedRepo {
  Repo repo;
  RepoSummary summary;
};

struct RepoPage {
  std::vector<ListedRepo> repos;
  std::string next_cursor;  // empty: the last page
};

struct TagCount {
  std::string tag;
  std::uint64_t count = 0;
};

struct Like {
  Repo repo;
  WallTime time;
};

/// Blocking, thread-safe; each function is one transaction, durable when a writing one returns.
class RepoStore {
 public:
  virtual ~RepoStore() = default;

  /// Errors: Conflict if the name, in any case, is in use, leads to a moved repo, or is retired by
  /// a deletion (the message says which); NotFound without the namespace.
  virtual Result<Repo> create_repo(const NewRepo& fresh) = 0;
  /// Errors (both): RepoNotFound.
  virtual Result<FoundRepo> find_repo(const RepoName& name) = 0;
  virtual Result<Repo> read_repo(RepoId id) = 0;
  /// The old name leads to the repo for ever. Errors: as create_repo.
  virtual Result<Repo> move_repo(RepoId id, const RepoName& to) = 0;
  /// Retires every name of the repo and removes its rows; bytes are the collector's business.
  virtual Result<void> delete_repo(RepoId id, const AuditEntry& audit) = 0;
  /// Makes a retired name free again. Errors: NotFound if it is not retired.
  virtual Result<void> free_name(const RepoName& name, const AuditEntry& audit) = 0;
  virtual Result<Repo> update_settings(RepoId id, const SettingsUpdate& update) = 0;

  virtual Result<RepoSummary> read_summary(RepoId id) = 0;
  virtual Result<RepoPage> list_repos(const RepoQuery& query) = 0;
  /// Tags of public repos, most used first.
  virtual Result<std::vector<TagCount>> count_tags(RepoKind kind) = 0;
  /// Not a change that caches need to know of.
  virtual Result<void> add_downloads(RepoId id, std::uint64_t count) = 0;

  /// Asks for access, or changes a request's state. Errors: Conflict when it has that state
  /// already.
  virtual Result<AccessRequest> set_access(RepoId repo, const AccessRequest& request) = 0;
  /// Errors: NotFound when there never was one.
  virtual Result<AccessRequest> find_access(RepoId repo, NamespaceId user) = 0;
  virtual Result<std::vector<AccessRequest>> list_access(RepoId repo, AccessStatus status) = 0;

  virtual Result<void> set_like(RepoId repo, NamespaceId user, bool liked) = 0;
  virtual Result<std::vector<Namespace>> list_likers(RepoId repo) = 0;
  virtual Result<std::vector<Like>> list_likes(NamespaceId user) = 0;
};

}  // namespace granary::meta
