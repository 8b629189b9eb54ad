// The one connection that writes and checkpoints, with group commit.
#include "meta/sqlite/writer.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "meta/sqlite/schema.h"

namespace granary::meta::sqlite {
namespace {

// Source: sqlite.org/fileformat2.html, section 4.1.
constexpr std::uint64_t kWalFrameHeaderSizeBytes = 24;
constexpr std::uint64_t kHugeFactor = 8;

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, std::uint64_t checkpoint_size_bytes)
    : connection_(std::move(connection)),
      checkpoint_size_bytes_(checkpoint_size_bytes),
      next_checkpoint_size_bytes_(checkpoint_size_bytes) {
  sqlite3_wal_hook(
      connection_->handle(),
      [](void* frame_count, sqlite3*, const char*, int frames) {
        *static_cast<std::uint64_t*>(frame_count) = static_cast<std::uint64_t>(frames);
        return SQLITE_OK;
      },
      &wal_frame_count_);
}

Writer::~Writer() {
  const std::lock_guard lock(connection_mutex_);
  if (refusal().empty()) checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
}

Result<void> Writer::empty_log() {
  const std::lock_guard lock(connection_mutex_);
  checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
  return refuse_if_broken();
}

Result<void> Writer::run(const Work& work) {
  Job job{.work = work};
  std::vector<Job*> group;
  {
    std::unique_lock lock(queue_mutex_);
    queue_.push_back(&job);
    if (led_) {
      job.turn.wait(lock, [&] { return job.done || job.leads; });
    } else {
      led_ = true;
    }
    if (job.done) return std::move(job.outcome);
    const auto count = std::min(queue_.size(), limits::kGroupCommitCountMax);
    group.assign(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  GRANARY_ASSERT(group.front() == &job);
  run_group(group);
  return std::move(job.outcome);
}

void Writer::run_group(const std::vector<Job*>& group) {
  const std::lock_guard connection_lock(connection_mutex_);
  std::vector<Job*> jobs = group;
  while (Job* breaker = run_jobs(jobs)) std::erase(jobs, breaker);
  {
    const std::lock_guard lock(queue_mutex_);
    for (Job* job : group) {
      job->done = true;
      job->turn.notify_one();  // under the lock: the job dies with its thread's call
    }
  }
  checkpoint_if_large();
  const std::lock_guard lock(queue_mutex_);
  led_ = !queue_.empty();
  if (!led_) return;
  queue_.front()->leads = true;
  queue_.front()->turn.notify_one();
}

// Runs and commits `jobs`. When one of them made SQLite give the whole transaction up (a full
// disk), nothing is committed and that one is returned, so that the others can be run without it.
Writer::Job* Writer::run_jobs(const std::vector<Job*>& jobs) {
  Result<void> begun = refuse_if_broken();
  if (begun) begun = run_statement("BEGIN IMMEDIATE");
  if (!begun) {
    for (Job* job : jobs) job->outcome = begun;
    return nullptr;
  }
  const std::int64_t changed_before = connection_->changes_total();
  Changes changes;
  for (Job* job : jobs) {
    run_job(*job, jobs.size() > 1, changes);
    if (connection_->failed() && !job->outcome) refuse_from_now(job->outcome.error());
    if (!connection_->in_transaction()) return job;
  }
  commit(jobs, changes, connection_->changes_total() != changed_before);
  return nullptr;
}

void Writer::run_job(Job& job, bool in_company, Changes& changes) {
  Changes own;
  Transaction transaction{.connection = *connection_, .changes = own};
  job.outcome = in_company ? run_statement("SAVEPOINT job") : Result<void>();
  if (!job.outcome) return;
  job.outcome = job.work(transaction);
  if (!connection_->in_transaction()) {
    if (job.outcome) job.outcome = fail(ErrorKind::Internal, "database: transaction lost");
    return;
  }
  if (job.outcome) {
    changes.access |= own.access;
    changes.repos.insert(changes.repos.end(), own.repos.begin(), own.repos.end());
  } else if (in_company) {
    if (auto undone = run_statement("ROLLBACK TO job"); !undone) job.outcome = undone;
  }
  if (!in_company) return;
  if (auto released = run_statement("RELEASE job"); !released) job.outcome = released;
}

void Writer::commit(const std::vector<Job*>& jobs, const Changes& changes, bool changed) {
  const auto succeeded = [](const Job* job) { return job->outcome.has_value(); };
  const auto count = std::count_if(jobs.begin(), jobs.end(), succeeded);
  if (count == 0) {
    if (auto undone = run_statement("ROLLBACK"); !undone) refuse_from_now(undone.error());
    return;
  }
  Result<void> committed = refuse_if_broken();
  if (committed) {
    generations_.begin(changes);
    committed = run_statement("COMMIT");
    generations_.end();
  }
  if (committed) {
    const std::lock_guard lock(facts_mutex_);
    counters_.transactions += static_cast<std::uint64_t>(count);
    if (changed) ++counters_.commits;
    return;
  }
  if (committed.error().kind != ErrorKind::NoSpace) {
    refuse_from_now(committed.error());
    committed = fail(ErrorKind::Unavailable,
                     "it is not known what was stored: " + committed.error().message);
  }
  if (connection_->in_transaction()) {
    if (auto undone = run_statement("ROLLBACK"); !undone) refuse_from_now(undone.error());
  }
  for (Job* job : jobs) {
    if (job->outcome) job->outcome = committed;
  }
}

Result<void> Writer::run_statement(std::string_view sql) {
  TRY_DONE(connection_->run(sql));
  return {};
}

Result<void> Writer::refuse_if_broken() {
  if (refusal().empty() && connection_->failed()) {
    refuse_from_now(Error{ErrorKind::Internal, "a read failed below the database"});
  }
  const std::string why = refusal();
  if (why.empty()) return {};
  return fail(ErrorKind::Unavailable, "writes are refused until a restart: " + why);
}

void Writer::refuse_from_now(const Error& cause) {
  {
    const std::lock_guard lock(facts_mutex_);
    if (!refusal_.empty()) return;
    refusal_ = cause.message;
  }
  log::error("metadata writes refused", {{"cause", cause.message}});
}

// Readers in the way are passed over, unless the log has grown so much that waiting is better.
void Writer::checkpoint_if_large() {
  const std::uint64_t size_bytes = wal_frame_count_ * (kPageSizeBytes + kWalFrameHeaderSizeBytes);
  if (size_bytes < checkpoint_size_bytes_) next_checkpoint_size_bytes_ = checkpoint_size_bytes_;
  if (size_bytes < next_checkpoint_size_bytes_ || !refusal().empty()) return;
  next_checkpoint_size_bytes_ = size_bytes + checkpoint_size_bytes_ / 4;
  const bool huge = size_bytes >= checkpoint_size_bytes_ * kHugeFactor;
  checkpoint(huge ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE);
}

void Writer::checkpoint(int mode) {
  const int code =
      sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, mode, nullptr, nullptr);
  if ((code & 0xFF) == SQLITE_BUSY) return;
  if (code != SQLITE_OK) {
    refuse_from_now(connection_->error_of(code).during("checkpointing"));
    return;
  }
  const std::lock_guard lock(facts_mutex_);
  ++counters_.checkpoints;
}

std::size_t Writer::waiting_count() const {
  const std::lock_guard lock(queue_mutex_);
  return queue_.size();
}

MetaStore::Counters Writer::counters() const {
  const std::lock_guard lock(facts_mutex_);
  return counters_;
}

std::string Writer::refusal() const {
  const std::lock_guard lock(facts_mutex_);
  return refusal_;
}

}  // namespace granary::meta::sqlite
