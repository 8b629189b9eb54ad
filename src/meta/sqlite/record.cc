// ContentStore::record on SQLite: xorbs, hooks, a file, a grant and leases together.
#include <set>
#include <utility>

#include "meta/recipe.h"
#include "meta/sqlite/commits.h"
#include "meta/sqlite/content.h"
#include "meta/sqlite/content_rows.h"
#include "meta/sqlite/file_facts.h"
#include "meta/sqlite/grants.h"
#include "meta/sqlite/xorb_claims.h"

namespace granary::meta::sqlite {
namespace {

Result<XorbId> record_xorb(Connection& connection, const Xorb& xorb) {
  XorbId id;
  {
    TRY(auto live,
        connection.query("SELECT id FROM xorbs WHERE hash = ? AND state = 0", xorb.hash));
    TRY(const bool found, live.step());
    if (found) {
      TRY_DONE(live.read(id));
      return id;
    }
  }
  TRY(const bool dying, connection.any("SELECT 1 FROM xorbs WHERE hash = ? AND generation >= ?",
                                       xorb.hash, xorb.generation));
  if (dying)
    return fail(ErrorKind::Conflict, "the xorb is being collected; take the bytes in again");
  TRY(auto query, connection.query("INSERT INTO xorbs (hash, generation, chunk_count, size_bytes,"
                                   " stored_size_bytes, state, created_ms)"
                                   " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                                   xorb.hash, xorb.generation, xorb.chunk_count, xorb.size_bytes,
                                   xorb.stored_size_bytes, XorbState::Live, xorb.created));
  TRY_DONE(query.step_to_row(ErrorKind::Internal, "no id for a xorb"));
  TRY_DONE(query.read(id));
  return id;
}

// `named` is an id, or -1 - i for the new xorb at index i.
Result<XorbId> resolved(XorbId named, const std::vector<XorbId>& fresh) {
  if (named.value >= 0) return named;
  const auto index = static_cast<std::uint64_t>(-1 - named.value);
  if (index >= fresh.size()) return fail(ErrorKind::Invalid, "a new xorb that is not given");
  return fresh[static_cast<std::size_t>(index)];
}

Result<void> record_hook(Connection& connection, const Hook& hook, XorbId xorb) {
  TRY_DONE(connection.run("INSERT INTO hooks (chunk, xorb_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                          hook_key(hook.chunk), xorb));
  return {};
}

// A known file keeps its recipe, unless what that one needs is being collected.
Result<void> record_file(Connection& connection, const StoredFile& file) {
  TRY(auto problem, problem_of(connection, file));
  if (problem) return fail(problem->kind, std::move(problem->message));
  auto known = require_whole_file(connection, file.sha256);
  if (known) return record_file_hash(connection, file.file_hash, file.sha256);
  if (known.error().kind != ErrorKind::NotFound) return tl::unexpected(std::move(known).error());
  TRY_DONE(
      connection.run("INSERT INTO files (sha256, size_bytes, file_hash, recipe)"
                     " VALUES (?, ?, ?, ?) ON CONFLICT (sha256)"
                     " DO UPDATE SET file_hash = excluded.file_hash, recipe = excluded.recipe",
                     file.sha256, file.size_bytes, file.file_hash, encode_recipe(file.recipe)));
  TRY_DONE(record_file_hash(connection, file.file_hash, file.sha256));
  return record_file_xorbs(connection, file);
}

Result<void> lease_all(Connection& connection, const std::vector<XorbId>& fresh,
                       const std::optional<StoredFile>& file, const XorbLease& lease) {
  TRY_DONE(require_repo(connection, lease.repo));
  std::set<XorbId> named(fresh.begin(), fresh.end());
  if (file) {
    for (const Term& term : file->recipe) named.insert(term.xorb);
  }
  for (const XorbId xorb : named) TRY_DONE(lease_xorb(connection, xorb, lease));
  return {};
}

Result<void> record_one(Transaction& transaction, const NewContent& content) {
  Connection& connection = transaction.connection;
  std::vector<XorbId> fresh;
  for (const Xorb& xorb : content.xorbs) {
    TRY(const XorbId id, record_xorb(connection, xorb));
    fresh.push_back(id);
  }
  for (const Hook& hook : content.hooks) {
    TRY(const XorbId id, resolved(hook.xorb, fresh));
    TRY_DONE(record_hook(connection, hook, id));
  }
  std::optional<StoredFile> file = content.file;
  if (file) {
    for (Term& term : file->recipe) {
      TRY(term.xorb, resolved(term.xorb, fresh));
    }
    TRY_DONE(record_file(connection, *file));
  }
  if (content.grant) TRY_DONE(apply_grant(transaction, *content.grant));
  if (content.lease) TRY_DONE(lease_all(connection, fresh, file, *content.lease));
  return {};
}

}  // namespace

Result<void> SqliteContent::record(const NewContent& content) {
  return record_all(std::span(&content, 1));
}

Result<void> SqliteContent::record_all(std::span<const NewContent> contents) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    for (const NewContent& content : contents) TRY_DONE(record_one(transaction, content));
    return {};
  });
}

Result<std::uint32_t> SqliteContent::next_generation(const XorbHash& hash) {
  return database_.read([&](Connection& connection) -> Result<std::uint32_t> {
    TRY(auto query, connection.query("SELECT generation, state FROM xorbs WHERE hash = ?"
                                     " ORDER BY state = 0 DESC, generation DESC LIMIT 1",
                                     hash));
    TRY(const bool found, query.step());
    if (!found) return 0;
    std::uint32_t generation = 0;
    XorbState state{};
    TRY_DONE(query.read(generation, state));
    return state == XorbState::Live ? generation : generation + 1;
  });
}

}  // namespace granary::meta::sqlite
