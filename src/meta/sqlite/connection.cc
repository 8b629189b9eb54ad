// SQLite's C API behind Connection and Query.
#include "meta/sqlite/connection.h"

#include <sqlite3.h>

#include <functional>
#include <unordered_map>

namespace granary::meta::sqlite {
namespace {

// Listing makes its statements from parts, so the texts are many; the cache is not.
constexpr std::size_t kStatementCountMax = 200;

struct TextHash : std::hash<std::string_view> {
  using is_transparent = void;
};

ErrorKind kind_of(int code) {
  if (code == SQLITE_CONSTRAINT_FOREIGNKEY) return ErrorKind::NotFound;
  switch (code & 0xFF) {
    case SQLITE_FULL: return ErrorKind::NoSpace;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorKind::Corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM: return ErrorKind::Unavailable;
    case SQLITE_CONSTRAINT: return ErrorKind::Conflict;
    case SQLITE_TOOBIG: return ErrorKind::TooLarge;
    default: return ErrorKind::Internal;
  }
}

}  // namespace

struct Connection::Statements {
  std::unordered_map<std::string, CachedStatement, TextHash, std::equal_to<>> by_text;
};

Error Connection::error_of(int code) {
  const int family = code & 0xFF;
  if (family == SQLITE_IOERR || family == SQLITE_CORRUPT || family == SQLITE_NOTADB) {
    failed_ = true;
  }
  std::string message = "database: ";
  message += connection_ != nullptr ? sqlite3_errmsg(connection_) : sqlite3_errstr(code);
  message += " (" + std::to_string(code) + ")";
  return Error{kind_of(code), std::move(message)};
}

Query::~Query() {
  if (statement_ == nullptr) return;
  if (cached_ == nullptr) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  cached_->busy = false;
}

Result<bool> Query::step() {
  if (bind_failed_) return fail(ErrorKind::Invalid, "a number too large or a text too long");
  GRANARY_ASSERT(bound_count_ == sqlite3_bind_parameter_count(statement_));
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return tl::unexpected(connection_.error_of(sqlite3_extended_errcode(connection_.handle())));
}

Result<void> Query::step_to_row(ErrorKind kind, std::string_view message) {
  TRY(const bool found, step());
  if (!found) return fail(kind, std::string(message));
  return {};
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

ByteView Query::blob(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return {static_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
}

void Query::bind_null() {
  if (sqlite3_bind_null(statement_, ++bound_count_) != SQLITE_OK) refuse_binding();
}

void Query::bind_integer(std::int64_t value) {
  if (sqlite3_bind_int64(statement_, ++bound_count_, value) != SQLITE_OK) refuse_binding();
}

void Query::bind_text(std::string_view text, Lifetime lifetime) {
  const char* data = text.data() != nullptr ? text.data() : "";
  const auto keep = lifetime == Lifetime::Copied ? SQLITE_TRANSIENT : SQLITE_STATIC;
  const int code =
      sqlite3_bind_text64(statement_, ++bound_count_, data, text.size(), keep, SQLITE_UTF8);
  if (code != SQLITE_OK) refuse_binding();
}

void Query::bind_blob(ByteView bytes, Lifetime lifetime) {
  const void* data = bytes.data() != nullptr ? static_cast<const void*>(bytes.data()) : "";
  const auto keep = lifetime == Lifetime::Copied ? SQLITE_TRANSIENT : SQLITE_STATIC;
  const int code = sqlite3_bind_blob64(statement_, ++bound_count_, data, bytes.size(), keep);
  if (code != SQLITE_OK) refuse_binding();
}

bool Query::is_integer(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_INTEGER;
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Query::corrupt_column(int column) const {
  return "database: a value of the wrong form in column " + std::to_string(column) +
         " of: " + sqlite3_sql(statement_);
}

Connection::Connection(sqlite3* connection)
    : connection_(connection), statements_(std::make_unique<Statements>()) {}

Connection::~Connection() {
  for (auto& [text, cached] : statements_->by_text) sqlite3_finalize(cached.statement);
  sqlite3_close(connection_);
}

void configure_sqlite() {
  static const int answer = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  GRANARY_ASSERT(answer == SQLITE_OK || answer == SQLITE_MISUSE);  // misuse: it is in use already
}

Result<std::unique_ptr<Connection>> Connection::open(const OpenOptions& options) {
  const int mode =
      options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  configure_sqlite();
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(options.path.c_str(), &opened, mode | SQLITE_OPEN_NOMUTEX,
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  std::unique_ptr<Connection> connection(new Connection(opened));
  if (code != SQLITE_OK) {
    return tl::unexpected(connection->error_of(code).during("opening " + options.path));
  }
  sqlite3_extended_result_codes(opened, 1);
  // Only our explicit checkpoints may write; a file made by a stranger may not run anything.
  for (const int choice : {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, SQLITE_DBCONFIG_DEFENSIVE}) {
    sqlite3_db_config(opened, choice, 1, nullptr);
  }
  sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return connection;
}

Result<void> Connection::execute(const std::string& statements) {
  const int code = sqlite3_exec(connection_, statements.c_str(), nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  return tl::unexpected(error_of(code));
}

Result<Query> Connection::prepare(std::string_view sql) {
  auto& by_text = statements_->by_text;
  const auto found = by_text.find(sql);
  if (found != by_text.end() && !found->second.busy) {
    found->second.busy = true;
    return Query(*this, &found->second, found->second.statement);
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(error_of(code));
  if (found != by_text.end()) return Query(*this, nullptr, statement);
  if (by_text.size() >= kStatementCountMax) {
    for (auto entry = by_text.begin(); entry != by_text.end();) {
      if (entry->second.busy) {
        ++entry;
      } else {
        sqlite3_finalize(entry->second.statement);
        entry = by_text.erase(entry);
      }
    }
  }
  auto& cached = by_text[std::string(sql)];
  cached = CachedStatement{.statement = statement, .busy = true};
  return Query(*this, &cached, statement);
}

Result<std::int64_t> Connection::finish(Query& query) {
  const std::int64_t before = changes_total();
  while (true) {
    TRY(const bool more, query.step());
    if (!more) return changes_total() - before;
  }
}

std::int64_t Connection::changes_total() const { return sqlite3_total_changes64(connection_); }

bool Connection::in_transaction() const { return sqlite3_get_autocommit(connection_) == 0; }

bool Connection::read_only() const { return sqlite3_db_readonly(connection_, "main") == 1; }

}  // namespace granary::meta::sqlite
