// One SQLite connection: a cache of prepared statements, typed binding and reading, errors as
// Result.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/env.h"
#include "meta/types.h"

struct sqlite3;
struct sqlite3_stmt;

namespace granary::meta::sqlite {

/// Whether SQLite copies a bound text or blob, or may use it where it lies until the query ends.
enum class Lifetime : std::uint8_t { Copied, Borrowed };

namespace detail {
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
concept Id = requires(const T& id) {
  { id.value } -> std::same_as<const std::int64_t&>;
};
template <class T>
concept AnyDigest = requires { T::kSizeBytes; };
}  // namespace detail

class Connection;

/// A prepared statement in the cache of its connection.
struct CachedStatement {
  sqlite3_stmt* statement = nullptr;
  bool busy = false;
};

/// One run of a statement: bound, stepped, and handed back to the cache at destruction.
class Query {
 public:
  Query(Connection& connection, CachedStatement* cached, sqlite3_stmt* statement)
      : connection_(connection), cached_(cached), statement_(statement) {}
  Query(Query&& other) noexcept
      : connection_(other.connection_),
        cached_(std::exchange(other.cached_, nullptr)),
        statement_(std::exchange(other.statement_, nullptr)),
        bound_count_(other.bound_count_),
        bind_failed_(other.bind_failed_) {}
  Query& operator=(Query&&) = delete;
  ~Query();

  /// Binds the next parameter. A failure is reported by `step`.
  template <class T>
  void bind(const T& value, Lifetime lifetime);

  /// True with a row to read, false at the end. Errors: Invalid for a number over 2^63 - 1;
  /// NoSpace, Corrupt, Unavailable, Internal from SQLite.
  Result<bool> step();
  /// `step`, where a row must be. Errors: as step; `kind` with `message` without a row.
  Result<void> step_to_row(ErrorKind kind, std::string_view message);

  /// Reads the columns of the row into `out`, from the first. Errors: Corrupt when a type, a length
  /// or a range is not what `out` holds.
  template <class... T>
  Result<void> read(T&... out) {
    int column = 0;
    if ((read_column(column++, out) && ...)) return {};
    return fail(ErrorKind::Corrupt, corrupt_column(column - 1));
  }
  bool is_null(int column) const;
  ByteView blob(int column) const;  // valid until the next step

 private:
  void bind_null();
  void bind_integer(std::int64_t value);
  void bind_text(std::string_view text, Lifetime lifetime);
  void bind_blob(ByteView bytes, Lifetime lifetime);
  void refuse_binding() { bind_failed_ = true; }
  bool is_integer(int column) const;
  std::int64_t integer(int column) const;
  std::string corrupt_column(int column) const;

  template <class T>
  bool read_column(int column, T& out) const;

  Connection& connection_;
  CachedStatement* cached_;  // null: the statement is this query's own
  sqlite3_stmt* statement_;
  int bound_count_ = 0;
  bool bind_failed_ = false;
};

/// What holds for the whole process, and only if nothing of SQLite's was called before: it does not
/// count the memory it uses, since that costs every allocation of every thread one shared lock.
void configure_sqlite();

struct OpenOptions {
  std::string path;  // or ":memory:"
  std::string vfs = {};  // empty: SQLite's default
  bool read_only = false;
};

/// Used by one thread at a time. Text parameters of `query` are copied, those of `run` are not.
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const OpenOptions& options);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Runs statements without parameters or results, one after the other.
  Result<void> execute(const std::string& statements);

  /// A statement ready to be stepped. `sql` is cached by its text.
  template <class... T>
  Result<Query> query(std::string_view sql, const T&... values) {
    TRY(Query query, prepare(sql));
    (query.bind(values, Lifetime::Copied), ...);
    return query;
  }
  /// Runs a statement to its end; gives the number of rows it changed.
  template <class... T>
  Result<std::int64_t> run(std::string_view sql, const T&... values) {
    TRY(Query query, prepare(sql));
    (query.bind(values, Lifetime::Borrowed), ...);
    return finish(query);
  }
  /// Whether a statement gives at least one row.
  template <class... T>
  Result<bool> any(std::string_view sql, const T&... values) {
    TRY(Query query, prepare(sql));
    (query.bind(values, Lifetime::Borrowed), ...);
    return query.step();
  }

  /// `work(*this)` in one transaction that only reads: all it reads is of one moment.
  template <class Work>
  auto in_snapshot(Work& work) -> std::invoke_result_t<Work&, Connection&> {
    TRY_DONE(run("BEGIN"));
    auto outcome = work(*this);
    auto ended = run("COMMIT");
    if (outcome && !ended) return tl::unexpected(std::move(ended).error());
    return outcome;
  }

  Result<Query> prepare(std::string_view sql);
  std::int64_t changes_total() const;
  bool in_transaction() const;
  bool read_only() const;
  /// Whether the file system ever failed below this connection, or the file is damaged: what is
  /// stored may then differ from what was written.
  bool failed() const { return failed_; }
  /// The Error for SQLite's result `code`, with its message.
  Error error_of(int code);
  sqlite3* handle() const { return connection_; }

 private:
  struct Statements;
  explicit Connection(sqlite3* connection);
  Result<std::int64_t> finish(Query& query);

  sqlite3* connection_;
  std::unique_ptr<Statements> statements_;
  bool failed_ = false;
};

/// All rows of `query`, each read by `read(query, row)`.
template <class Row, class Read>
Result<std::vector<Row>> collect(Query query, Read read) {
  std::vector<Row> rows;
  while (true) {
    TRY(const bool more, query.step());
    if (!more) return rows;
    TRY_DONE(read(query, rows.emplace_back()));
  }
}

template <class T>
void Query::bind(const T& value, Lifetime lifetime) {
  if constexpr (detail::IsOptional<T>::value) {
    if (value) {
      bind(*value, lifetime);
    } else {
      bind_null();
    }
  } else if constexpr (std::is_enum_v<T> || std::same_as<T, bool>) {
    bind_integer(static_cast<std::int64_t>(value));
  } else if constexpr (std::integral<T>) {
    if (!std::in_range<std::int64_t>(value)) refuse_binding();
    bind_integer(static_cast<std::int64_t>(value));
  } else if constexpr (detail::Id<T>) {
    bind_integer(value.value);
  } else if constexpr (std::same_as<T, WallTime>) {
    bind_integer(value.time_since_epoch().count());
  } else if constexpr (detail::AnyDigest<T>) {
    bind_blob(value.view(), lifetime);
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    bind_text(value, lifetime);
  } else {
    bind_blob(value, lifetime);
  }
}

template <class T>
bool Query::read_column(int column, T& out) const {
  if constexpr (detail::IsOptional<T>::value) {
    if (is_null(column)) {
      out.reset();
      return true;
    }
    return read_column(column, out.emplace());
  } else if constexpr (std::same_as<T, std::string>) {
    if (is_null(column)) return false;
    out = as_text(blob(column));
    return true;
  } else if constexpr (std::same_as<T, Bytes>) {
    if (is_null(column)) return false;
    const ByteView bytes = blob(column);
    out.assign(bytes.begin(), bytes.end());
    return true;
  } else if constexpr (detail::AnyDigest<T>) {
    auto digest = T::from_bytes(blob(column));
    if (digest) out = *digest;
    return digest.has_value();
  } else {
    if (!is_integer(column)) return false;
    const std::int64_t value = integer(column);
    if constexpr (detail::Id<T>) {
      out.value = value;
    } else if constexpr (std::same_as<T, WallTime>) {
      out = WallTime(std::chrono::milliseconds(value));
    } else if constexpr (std::same_as<T, bool>) {
      out = value != 0;
    } else if constexpr (std::is_enum_v<T>) {
      if (!std::in_range<std::underlying_type_t<T>>(value)) return false;
      out = static_cast<T>(value);
    } else {
      if (!std::in_range<T>(value)) return false;
      out = static_cast<T>(value);
    }
    return true;
  }
}

}  // namespace granary::meta::sqlite
