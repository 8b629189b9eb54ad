// Applying a commit: objects, history, files' paths, the ref and the summary, together.
#include "meta/sqlite/commits.h"

#include <utility>

#include "meta/sqlite/grants.h"

namespace granary::meta::sqlite {
namespace {

constexpr std::string_view kMain = "refs/heads/main";

Result<void> insert_objects(Connection& connection, RepoId repo,
                            std::span<const GitObject> objects) {
  for (const GitObject& object : objects) {
    const auto sha256 = object.lfs ? std::optional(object.lfs->sha256) : std::nullopt;
    const auto size_bytes = object.lfs ? std::optional(object.lfs->size_bytes) : std::nullopt;
    TRY_DONE(
        connection.run("INSERT INTO git_objects (repo_id, oid, kind, lfs_sha256,"
                       " lfs_size_bytes, data) VALUES (?, ?, ?, ?, ?, ?)"
                       " ON CONFLICT (repo_id, oid) DO NOTHING",
                       repo, object.oid, object.kind, sha256, size_bytes, object.data));
  }
  return {};
}

Result<void> require_object(Connection& connection, RepoId repo, const GitOid& oid, GitKind kind) {
  TRY(const bool there, connection.any("SELECT 1 FROM git_objects WHERE repo_id = ? AND oid = ?"
                                       " AND kind = ?",
                                       repo, oid, kind));
  if (there) return {};
  return fail(ErrorKind::Invalid, "the commit lacks the object " + oid.to_string());
}

// The depth is counted here, so that it is right whatever the caller knew of the parent.
Result<std::uint64_t> depth_of(Connection& connection, RepoId repo, const CommitInfo& commit) {
  if (!commit.parent) return 1;
  TRY(auto query, connection.query("SELECT depth FROM commits WHERE repo_id = ? AND oid = ?", repo,
                                   *commit.parent));
  TRY_DONE(query.step_to_row(ErrorKind::Invalid, "the commit's parent is not in the repository"));
  std::uint64_t depth = 0;
  TRY_DONE(query.read(depth));
  return depth + 1;
}

Result<void> insert_commit(Connection& connection, RepoId repo, const CommitInfo& commit) {
  TRY_DONE(require_object(connection, repo, commit.oid, GitKind::Commit));
  TRY_DONE(require_object(connection, repo, commit.tree, GitKind::Tree));
  TRY(const auto depth, depth_of(connection, repo, commit));
  TRY_DONE(
      connection.run("INSERT INTO commits (repo_id, oid, tree, parent, depth, author_name,"
                     " author_email, author_id, message, time_ms)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                     " ON CONFLICT (repo_id, oid) DO NOTHING",
                     repo, commit.oid, commit.tree, commit.parent, depth, commit.author_name,
                     commit.author_email, commit.author, commit.message, commit.time));
  return {};
}

Result<void> name_files(Connection& connection, RepoId repo, const std::vector<RepoFile>& files) {
  for (const RepoFile& file : files) {
    TRY(const auto held, connection.run("UPDATE repo_files SET"
                                        " ref = CASE path WHEN '' THEN ? ELSE ref END,"
                                        " pushed_ms = CASE path WHEN '' THEN ? ELSE pushed_ms END,"
                                        " path = CASE path WHEN '' THEN ? ELSE path END"
                                        " WHERE repo_id = ? AND sha256 = ?",
                                        file.ref, file.pushed, file.path, repo, file.sha256));
    if (held == 0) {
      return fail(ErrorKind::Invalid,
                  "the repository does not hold the file " + file.sha256.to_string());
    }
  }
  return {};
}

Result<std::optional<GitOid>> target_of(Connection& connection, RepoId repo, std::string_view ref) {
  TRY(auto query,
      connection.query("SELECT target FROM refs WHERE repo_id = ? AND name = ?", repo, ref));
  TRY(const bool found, query.step());
  if (!found) return std::optional<GitOid>();
  GitOid target;
  TRY_DONE(query.read(target));
  return std::optional(target);
}

Result<void> require_ref(Connection& connection, const RefUpdate& update) {
  TRY(const auto target, target_of(connection, update.repo, update.ref));
  if (target == update.expected) return {};
  std::string now = target ? "is at " + target->to_string() : std::string("does not exist");
  return fail(ErrorKind::Stale, "the reference " + update.ref + " " + std::move(now));
}

Result<void> set_ref(Connection& connection, const RefUpdate& update, WallTime now) {
  if (update.target) {
    const auto tag = update.tag ? std::optional(update.tag->oid) : std::nullopt;
    TRY_DONE(connection.run("INSERT INTO refs (repo_id, name, target, tag) VALUES (?, ?, ?, ?)"
                            " ON CONFLICT (repo_id, name)"
                            " DO UPDATE SET target = excluded.target, tag = excluded.tag",
                            update.repo, update.ref, *update.target, tag));
  } else {
    TRY_DONE(
        connection.run("DELETE FROM refs WHERE repo_id = ? AND name = ?", update.repo, update.ref));
  }
  if (update.ref != kMain) return {};
  TRY_DONE(connection.run("UPDATE repos SET modified_ms = ? WHERE id = ?", now, update.repo));
  return {};
}

Result<void> insert_tags(Connection& connection, RepoId repo, const RepoSummary& summary) {
  TRY_DONE(connection.run("DELETE FROM repo_tags WHERE repo_id = ?", repo));
  for (std::size_t i = 0; i < summary.tags.size(); ++i) {
    TRY_DONE(connection.run("INSERT INTO repo_tags (repo_id, position, tag) VALUES (?, ?, ?)", repo,
                            i, summary.tags[i]));
  }
  return {};
}

}  // namespace

Result<void> require_repo(Connection& connection, RepoId repo) {
  TRY(const bool there, connection.any("SELECT 1 FROM repos WHERE id = ?", repo));
  if (!there) return fail(ErrorKind::RepoNotFound, "no such repository");
  return {};
}

Result<void> apply_commit(Transaction& transaction, RepoId repo,
                          const std::optional<GitOid>& expected, const CommitBatch& batch,
                          WallTime now) {
  Connection& connection = transaction.connection;
  const RefUpdate update{
      .repo = repo, .ref = batch.ref, .expected = expected, .target = batch.commit.oid, .tag = {}};
  TRY_DONE(require_repo(connection, repo));
  TRY_DONE(require_ref(connection, update));
  TRY_DONE(insert_objects(connection, repo, batch.objects));
  TRY_DONE(insert_commit(connection, repo, batch.commit));
  TRY_DONE(name_files(connection, repo, batch.files));
  TRY_DONE(set_ref(connection, update, now));
  if (batch.summary) TRY_DONE(replace_summary(connection, repo, *batch.summary));
  transaction.changes.repos.push_back(repo);
  return {};
}

Result<void> apply_ref(Transaction& transaction, const RefUpdate& update, WallTime now) {
  Connection& connection = transaction.connection;
  if (!update.expected && !update.target) {
    return fail(ErrorKind::Invalid, "neither an old nor a new target for " + update.ref);
  }
  if (update.tag && (!update.target || update.tag->kind != GitKind::Tag)) {
    return fail(ErrorKind::Invalid, "an annotated tag needs a tag object and a target");
  }
  TRY_DONE(require_repo(connection, update.repo));
  TRY_DONE(require_ref(connection, update));
  if (update.target) {
    TRY(const bool known, connection.any("SELECT 1 FROM commits WHERE repo_id = ? AND oid = ?",
                                         update.repo, *update.target));
    if (!known) {
      return fail(ErrorKind::RevisionNotFound, "the target is no commit of this repository");
    }
  }
  if (update.tag) TRY_DONE(insert_objects(connection, update.repo, {&*update.tag, 1}));
  TRY_DONE(set_ref(connection, update, now));
  transaction.changes.repos.push_back(update.repo);
  return {};
}

Result<void> apply_objects(Transaction& transaction, RepoId repo,
                           std::span<const GitObject> objects) {
  TRY_DONE(require_repo(transaction.connection, repo));
  transaction.changes.repos.push_back(repo);
  return insert_objects(transaction.connection, repo, objects);
}

Result<void> apply_rewrite(Transaction& transaction, const HistoryRewrite& rewrite, WallTime now) {
  Connection& connection = transaction.connection;
  TRY_DONE(require_repo(connection, rewrite.repo));
  for (const CommitInfo& commit : rewrite.commits) {
    TRY_DONE(insert_commit(connection, rewrite.repo, commit));
  }
  for (const RefUpdate& update : rewrite.refs) {
    if (update.repo != rewrite.repo) {
      return fail(ErrorKind::Invalid, "a rewrite of another repository's reference");
    }
    TRY_DONE(apply_ref(transaction, update, now));
  }
  TRY_DONE(apply_revoke(transaction, rewrite.repo, rewrite.revoked));
  if (rewrite.summary) TRY_DONE(replace_summary(connection, rewrite.repo, *rewrite.summary));
  return {};
}

Result<void> replace_summary(Connection& connection, RepoId repo, const RepoSummary& summary) {
  TRY_DONE(
      connection.run("UPDATE repos SET parameter_count = ?, pipeline_tag = ?, library_name = ?"
                     " WHERE id = ?",
                     summary.parameter_count, summary.pipeline_tag, summary.library_name, repo));
  TRY(const auto count,
      connection.run("UPDATE repo_summaries SET head = ?, description = ?, used_storage_bytes = ?,"
                     " card_json = ?, config_json = ?, transformers_info_json = ?,"
                     " safetensors_json = ?, gguf_json = ? WHERE repo_id = ?",
                     summary.head, summary.description, summary.used_storage_bytes,
                     summary.card_json, summary.config_json, summary.transformers_info_json,
                     summary.safetensors_json, summary.gguf_json, repo));
  if (count == 0) return fail(ErrorKind::RepoNotFound, "no such repository");
  return insert_tags(connection, repo, summary);
}

}  // namespace granary::meta::sqlite
