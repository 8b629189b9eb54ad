// The open database: one writer, a pool of read-only connections, and where each kind of call runs.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <vector>

#include "base/env.h"
#include "meta/sqlite/connection.h"
#include "meta/sqlite/sqlite_meta_store.h"
#include "meta/sqlite/vfs.h"
#include "meta/sqlite/writer.h"

namespace granary::meta::sqlite {

/// Read-only connections, each lent to one thread at a time.
class ReaderPool {
 public:
  class Loan {
   public:
    Loan(ReaderPool& pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { pool_.give_back(std::move(connection_)); }
    Connection& connection() { return *connection_; }

   private:
    ReaderPool& pool_;
    std::unique_ptr<Connection> connection_;
  };

  void add(std::unique_ptr<Connection> connection);
  bool empty() const { return count_ == 0; }
  /// Waits until one is free: at most as long as the reads under way.
  Loan take();

 private:
  void give_back(std::unique_ptr<Connection> connection);

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>>
      idle_;  // the last used is taken first: its cache is warm
  std::size_t count_ = 0;
};

class Database {
 public:
  /// Errors: Conflict if another process or store has it open; Invalid, Corrupt, NoSpace, Internal.
  static Result<std::unique_ptr<Database>> open(Env& env, const SqliteOptions& options);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// `work(Connection&)`, which gives a Result, in one snapshot that holds every finished write.
  template <class Work>
  auto read(Work work) -> std::invoke_result_t<Work&, Connection&> {
    if (readers_.empty()) return writer_->read(work);
    auto loan = readers_.take();
    return loan.connection().in_snapshot(work);
  }

  /// `work(Transaction&)`, which gives a Result, in one transaction; durable when this returns a
  /// value, undone when it returns an error. See Writer::Work for what `work` may do.
  template <class Work>
  auto write(Work work) -> std::invoke_result_t<Work&, Transaction&> {
    using Outcome = std::invoke_result_t<Work&, Transaction&>;
    if constexpr (std::is_same_v<Outcome, Result<void>>) {
      return writer_->run(work);
    } else {
      Outcome outcome = fail(ErrorKind::Internal, "not run");
      TRY_DONE(writer_->run([&](Transaction& transaction) -> Result<void> {
        outcome = work(transaction);
        if (!outcome) return tl::unexpected(outcome.error());
        return {};
      }));
      return outcome;
    }
  }

  Env& env() { return env_; }
  const Writer& writer() const { return *writer_; }

 private:
  explicit Database(Env& env) : env_(env) {}

  // In the order of opening, so that the readers are closed before the writer, and the lock last.
  Env& env_;
  std::unique_ptr<File> lock_;
  std::unique_ptr<SqliteVfs> vfs_;  // null: SQLite's own
  std::unique_ptr<Writer> writer_;
  ReaderPool readers_;
};

}  // namespace granary::meta::sqlite
