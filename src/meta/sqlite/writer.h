// The one connection that writes and checkpoints, with group commit.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "meta/meta_store.h"
#include "meta/sqlite/connection.h"
#include "meta/sqlite/generations.h"

namespace granary::meta::sqlite {

/// What a writing function works on: the connection inside a transaction, and what it changes.
struct Transaction {
  Connection& connection;
  Changes& changes;
};

/// Runs writing functions of many threads, several in one forced commit: whoever finds the
/// connection free leads, runs all functions that wait, each in a savepoint, commits once and wakes
/// the others. Nobody returns success before the commit that holds its work is on stable storage.
/// With one thread nothing else runs: what happens depends on the calls alone.
class Writer {
 public:
  /// May be run again when another function of its group broke the transaction, so it must only
  /// write to the connection and assign to what it captures.
  using Work = std::function<Result<void>(Transaction&)>;

  /// `checkpoint_size_bytes`: of the write-ahead log, above which a commit is followed by a
  /// checkpoint.
  Writer(std::unique_ptr<Connection> connection, std::uint64_t checkpoint_size_bytes);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();

  /// Folds the log that was found into the database, and empties it. Errors: those below.
  Result<void> empty_log();

  /// Errors: what `work` gives; NoSpace; Unavailable after a failure that leaves it unknown what is
  /// stored, until the database is opened again.
  Result<void> run(const Work& work);
  /// Reads by this connection, where there are no others: `work(connection)` in one snapshot.
  template <class Work>
  auto read(Work work) {
    const std::lock_guard lock(connection_mutex_);
    return connection_->in_snapshot(work);
  }

  const Generations& generations() const { return generations_; }
  MetaStore::Counters counters() const;
  std::string refusal() const;
  /// Calls that wait for the connection now.
  std::size_t waiting_count() const;

 private:
  struct Job {
    const Work& work;
    Result<void> outcome = {};
    bool done = false;
    bool leads = false;
    std::condition_variable turn = {};
  };

  void run_group(const std::vector<Job*>& group);
  Job* run_jobs(const std::vector<Job*>& jobs);
  void run_job(Job& job, bool in_company, Changes& changes);
  void commit(const std::vector<Job*>& jobs, const Changes& changes, bool changed);
  Result<void> run_statement(std::string_view sql);
  Result<void> refuse_if_broken();
  void refuse_from_now(const Error& cause);
  void checkpoint_if_large();
  void checkpoint(int mode);

  mutable std::mutex queue_mutex_;
  std::vector<Job*> queue_;
  bool led_ = false;

  std::mutex connection_mutex_;
  std::unique_ptr<Connection> connection_;
  const std::uint64_t checkpoint_size_bytes_;
  std::uint64_t next_checkpoint_size_bytes_;
  std::uint64_t wal_frame_count_ = 0;  // set by SQLite at each commit
  Generations generations_;

  mutable std::mutex facts_mutex_;
  MetaStore::Counters counters_;
  std::string refusal_;
};

}  // namespace granary::meta::sqlite
