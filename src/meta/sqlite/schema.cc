// The tables of the SQLite adapter, as a list of numbered migrations.
//
// Times are milliseconds since 1970 in UTC, hashes raw bytes, enumerations the numbers of
// meta/types.h, "folded" texts ASCII lower case. AUTOINCREMENT where a row's number must never name
// another row.
#include "meta/sqlite/schema.h"

#include <string>

#include "meta/sqlite/file_facts.h"

namespace granary::meta::sqlite {
namespace {

constexpr std::int64_t kApplicationId = 0x4752'4E59;  // "GRNY", in the database's header

constexpr const char* kAccounts = R"sql(
CREATE TABLE namespaces (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  public_id TEXT NOT NULL UNIQUE,
  kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 1),
  name TEXT NOT NULL,
  folded TEXT NOT NULL UNIQUE,  -- rows are never deleted: a name is taken for ever
  full_name TEXT NOT NULL,
  email TEXT NOT NULL,
  instance_admin INTEGER NOT NULL CHECK (instance_admin BETWEEN 0 AND 1),
  created_ms INTEGER NOT NULL
);
CREATE TABLE tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES namespaces (id),
  name TEXT NOT NULL,
  role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 2),
  secret_sha256 BLOB NOT NULL UNIQUE CHECK (length(secret_sha256) = 32),
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER,
  last_used_ms INTEGER,
  UNIQUE (user_id, name)
);
CREATE TABLE members (
  organization_id INTEGER NOT NULL REFERENCES namespaces (id),
  user_id INTEGER NOT NULL REFERENCES namespaces (id),
  role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 3),
  PRIMARY KEY (organization_id, user_id)
) WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user_id);
CREATE TABLE settings (
  key TEXT PRIMARY KEY NOT NULL,
  value BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
);
)sql";

constexpr const char* kRepos = R"sql(
CREATE TABLE repos (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  public_id TEXT NOT NULL UNIQUE,
  kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
  owner_id INTEGER NOT NULL REFERENCES namespaces (id),
  name TEXT NOT NULL,    -- without the namespace
  folded TEXT NOT NULL,  -- "ns/name"
  visibility INTEGER NOT NULL CHECK (visibility BETWEEN 0 AND 1),
  gating INTEGER NOT NULL CHECK (gating BETWEEN 0 AND 2),
  sdk TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  downloads INTEGER NOT NULL,
  likes INTEGER NOT NULL,
  trending INTEGER NOT NULL,  -- meta/trending.h
  parameter_count INTEGER NOT NULL,
  pipeline_tag TEXT NOT NULL,
  library_name TEXT NOT NULL,
  UNIQUE (kind, folded)
);
CREATE INDEX repos_by_owner ON repos (owner_id, kind);
CREATE INDEX repos_by_modified ON repos (kind, modified_ms, id);
CREATE INDEX repos_by_created ON repos (kind, created_ms, id);
CREATE INDEX repos_by_downloads ON repos (kind, downloads, id);
CREATE INDEX repos_by_likes ON repos (kind, likes, id);
CREATE INDEX repos_by_trending ON repos (kind, trending, id);
CREATE INDEX repos_by_parameters ON repos (kind, parameter_count, id);
-- Every name that ever led to a repo. Without a repo it is retired: its repo was deleted.
CREATE TABLE repo_names (
  kind INTEGER NOT NULL,
  folded TEXT NOT NULL,
  repo_id INTEGER REFERENCES repos (id),
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (kind, folded)
) WITHOUT ROWID;
CREATE INDEX repo_names_by_repo ON repo_names (repo_id);
CREATE TABLE repo_summaries (
  repo_id INTEGER PRIMARY KEY REFERENCES repos (id),
  head BLOB CHECK (length(head) = 20),
  description TEXT NOT NULL,
  used_storage_bytes INTEGER NOT NULL,
  card_json TEXT NOT NULL,
  config_json TEXT NOT NULL,
  transformers_info_json TEXT NOT NULL,
  safetensors_json TEXT NOT NULL,
  gguf_json TEXT NOT NULL
);
CREATE TABLE repo_tags (
  repo_id INTEGER NOT NULL REFERENCES repos (id),
  position INTEGER NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY (repo_id, position)
) WITHOUT ROWID;
CREATE INDEX repo_tags_by_tag ON repo_tags (tag, repo_id);
CREATE TABLE access_requests (
  repo_id INTEGER NOT NULL REFERENCES repos (id),
  user_id INTEGER NOT NULL REFERENCES namespaces (id),
  public_id TEXT NOT NULL UNIQUE,
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 2),
  fields_json TEXT NOT NULL,
  by_hand INTEGER NOT NULL CHECK (by_hand BETWEEN 0 AND 1),
  time_ms INTEGER NOT NULL,
  PRIMARY KEY (repo_id, user_id)
);
CREATE TABLE likes (
  repo_id INTEGER NOT NULL REFERENCES repos (id),
  user_id INTEGER NOT NULL REFERENCES namespaces (id),
  time_ms INTEGER NOT NULL,
  PRIMARY KEY (repo_id, user_id)
) WITHOUT ROWID;
CREATE INDEX likes_by_user ON likes (user_id);
)sql";

constexpr const char* kGit = R"sql(
CREATE TABLE git_objects (
  id INTEGER PRIMARY KEY,
  repo_id INTEGER NOT NULL REFERENCES repos (id),
  oid BLOB NOT NULL CHECK (length(oid) = 20),
  kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4),
  lfs_sha256 BLOB CHECK (length(lfs_sha256) = 32),
  lfs_size_bytes INTEGER,
  data BLOB NOT NULL,
  UNIQUE (repo_id, oid)
);
CREATE TABLE commits (
  id INTEGER PRIMARY KEY,
  repo_id INTEGER NOT NULL REFERENCES repos (id),
  oid BLOB NOT NULL CHECK (length(oid) = 20),
  tree BLOB NOT NULL CHECK (length(tree) = 20),
  parent BLOB CHECK (length(parent) = 20),
  depth INTEGER NOT NULL CHECK (depth >= 1),
  author_name TEXT NOT NULL,
  author_email TEXT NOT NULL,
  author_id INTEGER REFERENCES namespaces (id),
  message TEXT NOT NULL,
  time_ms INTEGER NOT NULL,
  UNIQUE (repo_id, oid)
);
CREATE TABLE refs (
  repo_id INTEGER NOT NULL REFERENCES repos (id),
  name TEXT NOT NULL,
  target BLOB NOT NULL,
  tag BLOB,  -- the object of an annotated tag
  PRIMARY KEY (repo_id, name),
  FOREIGN KEY (repo_id, target) REFERENCES commits (repo_id, oid),
  FOREIGN KEY (repo_id, tag) REFERENCES git_objects (repo_id, oid)
) WITHOUT ROWID;
)sql";

constexpr const char* kContent = R"sql(
CREATE TABLE xorbs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  generation INTEGER NOT NULL,
  chunk_count INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  stored_size_bytes INTEGER NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
  created_ms INTEGER NOT NULL,
  UNIQUE (hash, generation)
);
CREATE UNIQUE INDEX live_xorbs ON xorbs (hash) WHERE state = 0;
CREATE TABLE hooks (
  chunk BLOB PRIMARY KEY NOT NULL CHECK (length(chunk) = 16),  -- the hash's first half
  xorb_id INTEGER NOT NULL REFERENCES xorbs (id)
) WITHOUT ROWID;
CREATE TABLE files (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  size_bytes INTEGER NOT NULL,
  file_hash BLOB NOT NULL CHECK (length(file_hash) = 32),
  recipe BLOB NOT NULL  -- docs/formats/recipe.md
);
-- The only right to read a file: this repo holds it.
CREATE TABLE repo_files (
  repo_id INTEGER NOT NULL REFERENCES repos (id),
  sha256 BLOB NOT NULL REFERENCES files (sha256),
  size_bytes INTEGER NOT NULL,
  path TEXT NOT NULL,
  ref TEXT NOT NULL,
  pushed_ms INTEGER NOT NULL,
  PRIMARY KEY (repo_id, sha256)
) WITHOUT ROWID;
CREATE INDEX repo_files_by_time ON repo_files (repo_id, pushed_ms);
CREATE INDEX repo_files_by_file ON repo_files (sha256);
CREATE TABLE leases (
  sha256 BLOB NOT NULL REFERENCES files (sha256),
  holder TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (sha256, holder)
) WITHOUT ROWID;
CREATE INDEX leases_by_end ON leases (expires_ms);
-- Rows outlive their repo, so that whoever removes old uploads finds the parts in the data folder.
CREATE TABLE uploads (
  id TEXT PRIMARY KEY NOT NULL,
  repo_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL REFERENCES namespaces (id),
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  size_bytes INTEGER NOT NULL,
  part_size_bytes INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX uploads_by_file ON uploads (repo_id, user_id, sha256);
CREATE INDEX uploads_by_time ON uploads (created_ms);
CREATE TABLE upload_parts (
  upload_id TEXT NOT NULL REFERENCES uploads (id),
  number INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  etag TEXT NOT NULL,
  PRIMARY KEY (upload_id, number)
) WITHOUT ROWID;
)sql";

constexpr const char* kXet = R"sql(
-- A chunk leads to every xorb that brought it as a hook: who asks may see some of these only.
CREATE TABLE all_hooks (
  chunk BLOB NOT NULL CHECK (length(chunk) = 16),  -- the hash's first half
  xorb_id INTEGER NOT NULL REFERENCES xorbs (id),
  PRIMARY KEY (chunk, xorb_id)
) WITHOUT ROWID;
INSERT INTO all_hooks SELECT chunk, xorb_id FROM hooks;
DROP TABLE hooks;
ALTER TABLE all_hooks RENAME TO hooks;
-- Every Xet hash by which a file is known: clients that chunk otherwise give another.
CREATE TABLE file_hashes (
  file_hash BLOB PRIMARY KEY NOT NULL CHECK (length(file_hash) = 32),
  sha256 BLOB NOT NULL REFERENCES files (sha256)
) WITHOUT ROWID;
-- The xorbs of each file's recipe.
CREATE TABLE file_xorbs (
  xorb_id INTEGER NOT NULL REFERENCES xorbs (id),
  sha256 BLOB NOT NULL REFERENCES files (sha256),
  PRIMARY KEY (xorb_id, sha256)
) WITHOUT ROWID;
CREATE INDEX file_xorbs_by_file ON file_xorbs (sha256);
-- Rows outlive their repo: clients remember for weeks what they were told.
CREATE TABLE xorb_leases (
  xorb_id INTEGER NOT NULL REFERENCES xorbs (id),
  repo_id INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (xorb_id, repo_id)
) WITHOUT ROWID;
)sql";

constexpr const char* kCodings = R"sql(
-- The policy under which the recoder last looked at the xorb; 0: never.
ALTER TABLE xorbs ADD COLUMN coding_policy INTEGER NOT NULL DEFAULT 0;
CREATE INDEX xorbs_by_policy ON xorbs (coding_policy, id) WHERE state = 0;
CREATE INDEX deleting_xorbs ON xorbs (id) WHERE state = 2;
-- What each codec holds of a xorb that the recoder has looked at.
CREATE TABLE xorb_codings (
  xorb_id INTEGER NOT NULL REFERENCES xorbs (id),
  codec INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  coded_size_bytes INTEGER NOT NULL,
  PRIMARY KEY (xorb_id, codec)
) WITHOUT ROWID;
-- Blocks of a xorb are coded against bytes of its bases, which must live as long as it does.
CREATE TABLE xorb_bases (
  xorb_id INTEGER NOT NULL REFERENCES xorbs (id),
  base_id INTEGER NOT NULL REFERENCES xorbs (id),
  PRIMARY KEY (xorb_id, base_id)
) WITHOUT ROWID;
CREATE INDEX xorb_bases_by_base ON xorb_bases (base_id);
)sql";

constexpr const char* kSketches = R"sql(
-- Two of the longest share a page.
CREATE TABLE tensor_sketches (
  id INTEGER PRIMARY KEY,
  key INTEGER NOT NULL,
  file_id INTEGER NOT NULL REFERENCES files (id),
  type INTEGER NOT NULL CHECK (type BETWEEN 0 AND 2),
  weights BLOB NOT NULL CHECK (length(weights) <= 1920),
  UNIQUE (key, file_id)
);
CREATE INDEX tensor_sketches_by_file ON tensor_sketches (file_id);
)sql";

constexpr Migration kMigrations[] = {
    {1, kAccounts}, {2, kRepos},    {3, kGit}, {4, kContent}, {5, kXet, derive_file_facts},
    {6, kCodings},  {7, kSketches},
};

Result<std::int64_t> read_pragma(Connection& connection, const std::string& name) {
  TRY(auto query, connection.query("PRAGMA " + name));
  TRY_DONE(query.step_to_row(ErrorKind::Internal, "no answer to PRAGMA " + name));
  std::int64_t value = 0;
  TRY_DONE(query.read(value));
  return value;
}

Result<void> apply(Connection& connection, std::int64_t from, std::int64_t to) {
  for (const Migration& step : migrations()) {
    if (step.version <= from || step.version > to) continue;
    const std::string doing = "bringing the database to version " + std::to_string(step.version);
    auto done = connection.execute(step.statements);
    if (done && step.derive != nullptr) done = step.derive(connection);
    if (!done) return tl::unexpected(std::move(done).error().during(doing));
  }
  TRY_DONE(connection.execute("PRAGMA application_id = " + std::to_string(kApplicationId)));
  return connection.execute("PRAGMA user_version = " + std::to_string(to));
}

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

Result<void> migrate(Connection& connection, std::int64_t known) {
  TRY(const auto application, read_pragma(connection, "application_id"));
  TRY(const auto version, read_pragma(connection, "user_version"));
  TRY(const bool filled, connection.any("SELECT 1 FROM sqlite_master"));
  if (filled && application != kApplicationId) {
    return fail(ErrorKind::Invalid, "the database was not made by Granary");
  }
  if (version > known) {
    return fail(ErrorKind::Invalid, "the database has version " + std::to_string(version) +
                                        ", made by a newer Granary; this one knows up to " +
                                        std::to_string(known));
  }
  if (version == known) return {};
  TRY_DONE(connection.execute("BEGIN IMMEDIATE"));
  auto applied = apply(connection, version, known);
  if (applied) return connection.execute("COMMIT");
  if (connection.in_transaction()) TRY_DONE(connection.execute("ROLLBACK"));
  return applied;
}

}  // namespace granary::meta::sqlite
