// The facts Granary keeps, as plain values: namespaces, tokens, repos, git objects, files, recipes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/env.h"

namespace granary::meta {

/// A row's number, typed by what it numbers.
template <class Tag>
struct RowId {
  std::int64_t value = 0;
  auto operator<=>(const RowId&) const = default;
};
using NamespaceId = RowId<struct NamespaceRow>;
using TokenId = RowId<struct TokenRow>;
using RepoId = RowId<struct RepoRow>;
using XorbId = RowId<struct XorbRow>;

enum class NamespaceKind : std::uint8_t { User = 0, Organization = 1 };
enum class RepoKind : std::uint8_t { Model = 0, Dataset = 1, Space = 2 };
enum class Visibility : std::uint8_t { Public = 0, Private = 1 };
enum class Gating : std::uint8_t { None = 0, Automatic = 1, Manual = 2 };
/// What a token may do. Admin adds the instance's administration, if its user is an instance admin.
enum class TokenRole : std::uint8_t { Read = 0, Write = 1, Admin = 2 };
enum class OrgRole : std::uint8_t { Read = 0, Contributor = 1, Write = 2, Admin = 3 };
enum class AccessStatus : std::uint8_t { Pending = 0, Accepted = 1, Rejected = 2 };

struct Namespace {
  NamespaceId id;
  std::string public_id;  // 24 hex digits, as clients expect of `_id`
  NamespaceKind kind = NamespaceKind::User;
  std::string name;  // as created; lookup ignores ASCII case
  std::string full_name;
  std::string email;  // empty: none
  bool instance_admin = false;
  WallTime created;
};

struct Membership {
  NamespaceId organization;
  std::string organization_name;
  NamespaceId user;
  std::string user_name;
  OrgRole role = OrgRole::Read;
};

struct Token {
  TokenId id;
  NamespaceId user;
  std::string name;
  TokenRole role = TokenRole::Read;
  WallTime created;
  std::optional<WallTime> expires;
  std::optional<WallTime> last_used;
};

/// "ns/name" of one kind, as a person writes it. Lookup ignores ASCII case.
struct RepoName {
  RepoKind kind = RepoKind::Model;
  std::string space;  // the namespace's name
  std::string name;
  std::string full() const { return space + "/" + name; }
  bool operator==(const RepoName&) const = default;
};

struct Repo {
  RepoId id;
  std::string public_id;  // 24 hex digits
  RepoName name;  // as displayed
  NamespaceId owner;
  Visibility visibility = Visibility::Public;
  Gating gating = Gating::None;
  std::string sdk;  // spaces only
  WallTime created;
  WallTime modified;  // last commit on main, or last change of settings
  std::uint64_t downloads = 0;  // all time
  std::uint64_t likes = 0;
};

/// Who looks: sees public repos, and private ones of the namespaces given.
struct Viewer {
  bool sees_all = false;
  std::vector<NamespaceId> namespaces;
};

/// What listing and info show of the head of main, computed at each commit (service/summary.h).
/// The *_json members are JSON texts made by format/, opaque here; empty means none.
struct RepoSummary {
  std::optional<GitOid> head;
  std::vector<std::string> tags;  // "gguf", "license:mit", "base_model:ns/x", …
  std::string pipeline_tag;
  std::string library_name;
  std::string card_json;
  std::string config_json;
  std::string transformers_info_json;
  std::string safetensors_json;
  std::string gguf_json;
  std::string description;
  std::uint64_t parameter_count = 0;  // 0: unknown
  std::uint64_t used_storage_bytes = 0;
  bool operator==(const RepoSummary&) const = default;
};

struct AccessRequest {
  std::string public_id;
  NamespaceId user;
  std::string user_name;
  std::string user_full_name;
  std::string user_email;
  AccessStatus status = AccessStatus::Pending;
  std::string fields_json;  // what the person answered; empty: none
  bool by_hand = false;  // granted without a request
  WallTime time;
};

enum class GitKind : std::uint8_t { Commit = 1, Tree = 2, Blob = 3, Tag = 4 };

struct LfsTarget {
  Sha256 sha256;
  std::uint64_t size_bytes = 0;
  bool operator==(const LfsTarget&) const = default;
};

/// A git object of one repo. `lfs` is set for a blob that is an LFS pointer.
struct GitObject {
  GitOid oid;
  GitKind kind = GitKind::Blob;
  Bytes data;  // without git's "kind size\0" header
  std::optional<LfsTarget> lfs;
};

struct BlobInfo {
  std::uint64_t size_bytes = 0;  // of the blob itself; a pointer's length for LFS
  std::optional<LfsTarget> lfs;
};

/// A commit's facts, beside its object, so that history is walked without parsing.
struct CommitInfo {
  GitOid oid;
  GitOid tree;
  std::optional<GitOid> parent;  // the first one
  std::uint64_t depth = 1;  // commits from the root to this one, along first parents
  std::string author_name;
  std::string author_email;
  std::optional<NamespaceId> author;
  std::string message;
  WallTime time;
};

struct Ref {
  std::string name;  // "refs/heads/main", "refs/tags/v1", "refs/pr/1", "refs/convert/parquet"
  GitOid target;  // a commit; for an annotated tag the commit it names
  std::optional<GitOid> tag;  // of an annotated tag: its object
};

/// A run of chunks of one xorb. A file is a list of these.
struct Term {
  XorbId xorb;
  std::uint32_t chunk_start = 0;  // index in the xorb
  std::uint32_t chunk_end = 0;  // exclusive
  std::uint32_t offset_bytes = 0;  // where the run starts in the xorb's original bytes
  std::uint32_t size_bytes = 0;  // original bytes of the run
  bool operator==(const Term&) const = default;
};

enum class XorbState : std::uint8_t { Live = 0, Condemned = 1, Deleting = 2 };

struct Xorb {
  XorbId id;
  XorbHash hash;
  std::uint32_t generation = 0;  // part of the object's name; a re-upload after condemnation adds 1
  std::uint32_t chunk_count = 0;
  std::uint64_t size_bytes = 0;  // original bytes
  std::uint64_t stored_size_bytes = 0;  // of the object
  XorbState state = XorbState::Live;
  WallTime created;
};

struct StoredFile {
  Sha256 sha256;
  std::uint64_t size_bytes = 0;
  FileHash file_hash;  // of the recipe below; all zero for the empty file
  std::vector<Term> recipe;
};

/// The only right to read: this repo holds this file.
struct RepoFile {
  RepoId repo;
  Sha256 sha256;
  std::uint64_t size_bytes = 0;
  std::string path;  // where it was first committed; empty until then
  std::string ref;
  WallTime pushed;
};

/// Which stored xorbs an upload into a repo may be told of.
enum class DedupeScope : std::uint8_t { Repo = 0, Organization = 1, Instance = 2 };

/// A xorb is in scope that a file needs, or that was leased to a repo: this one, and with
/// Organization any of the same owner. Further one that a file needs which is held by a repo of
/// `sources` or, with Organization, by an ungated one that `viewer` sees. With Instance: any.
struct XorbScope {
  RepoId repo;
  DedupeScope reach = DedupeScope::Organization;
  Viewer viewer;
  std::vector<RepoId> sources;  // whose content the caller may read
};

/// The repo has sent a xorb or was told that it is there: not to be collected until then.
struct XorbLease {
  RepoId repo;
  WallTime expires;
};

/// A multipart upload under way. Parts lie in the data folder; a row says that one is durable.
struct Upload {
  std::string id;  // 32 hex digits
  RepoId repo;
  NamespaceId user;
  Sha256 sha256;
  std::uint64_t size_bytes = 0;
  std::uint64_t part_size_bytes = 0;
  WallTime created;
};
struct UploadPart {
  std::uint32_t number = 0;  // from 1
  std::uint64_t size_bytes = 0;
  std::string etag;  // hex
};

struct AuditEntry {
  WallTime time;
  std::string actor;  // user name, "anonymous", "system"
  std::string action;  // "repo.delete"
  std::string subject;  // "model ns/name"
  std::string detail;
};

std::string_view name_of(RepoKind kind);  // "model"
std::string_view name_of(TokenRole role);  // "read"
std::string_view name_of(OrgRole role);
std::string_view name_of(AccessStatus status);

}  // namespace granary::meta
