// Group commit: what functions of one group do to each other, and the numbers caches go by.
#include "meta/sqlite/writer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace granary::meta::sqlite {
namespace {

constexpr std::uint64_t kNoCheckpoint = std::uint64_t{1} << 40;

std::unique_ptr<Writer> make_writer() {
  auto connection = Connection::open({.path = ":memory:"});
  EXPECT_TRUE(connection.has_value());
  EXPECT_TRUE((*connection)->execute("CREATE TABLE t (x INTEGER PRIMARY KEY)"));
  return std::make_unique<Writer>(*std::move(connection), kNoCheckpoint);
}

Writer::Work insert(int number) {
  return [number](Transaction& transaction) -> Result<void> {
    TRY_DONE(transaction.connection.run("INSERT INTO t VALUES (?)", number));
    transaction.changes.access = true;
    return {};
  };
}

std::int64_t sum_of_rows(Writer& writer) {
  auto sum = writer.read([](Connection& connection) -> Result<std::int64_t> {
    TRY(auto query, connection.query("SELECT coalesce(sum(x), 0) FROM t"));
    TRY_DONE(query.step_to_row(ErrorKind::Internal, ""));
    std::int64_t value = 0;
    TRY_DONE(query.read(value));
    return value;
  });
  EXPECT_TRUE(sum.has_value());
  return sum.value_or(-1);
}

/// Runs `works` as one group: a call before them holds the connection until all of them wait.
std::vector<Result<void>> run_as_group(Writer& writer, const std::vector<Writer::Work>& works) {
  std::atomic<bool> leads = false;
  std::atomic<bool> release = false;
  std::thread first([&] {
    EXPECT_TRUE(writer.run([&](Transaction&) -> Result<void> {
      leads = true;
      while (!release) std::this_thread::yield();
      return {};
    }));
  });
  while (!leads) std::this_thread::yield();
  std::vector<Result<void>> outcomes(works.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < works.size(); ++i) {
    threads.emplace_back([&, i] { outcomes[i] = writer.run(works[i]); });
    while (writer.waiting_count() < i + 1) std::this_thread::yield();
  }
  release = true;
  first.join();
  for (std::thread& thread : threads) thread.join();
  return outcomes;
}

TEST(Writer, AnErrorUndoesItsOwnCallAlone) {
  auto writer = make_writer();
  const auto failing = [](Transaction& transaction) -> Result<void> {
    TRY_DONE(transaction.connection.run("INSERT INTO t VALUES (?)", 1000));
    return fail(ErrorKind::Conflict, "changed my mind");
  };
  const auto outcomes = run_as_group(*writer, {insert(1), failing, insert(2), insert(1)});
  EXPECT_TRUE(outcomes[0]);
  ASSERT_FALSE(outcomes[1]);
  EXPECT_EQ(outcomes[1].error().message, "changed my mind");
  EXPECT_TRUE(outcomes[2]);
  EXPECT_FALSE(outcomes[3]) << "it saw the first one's row";
  EXPECT_EQ(sum_of_rows(*writer), 3);
  EXPECT_EQ(writer->counters().commits, 1u);
  EXPECT_EQ(writer->counters().transactions, 3u);  // with the empty first one
}

TEST(Writer, ACallThatLosesTheTransactionCostsTheOthersNothing) {
  auto writer = make_writer();
  const auto breaking = [](Transaction& transaction) -> Result<void> {
    TRY_DONE(transaction.connection.run("INSERT INTO t VALUES (?)", 1000));
    TRY_DONE(transaction.connection.run("ROLLBACK"));  // as SQLite does by itself on a full disk
    return fail(ErrorKind::NoSpace, "full");
  };
  const auto outcomes =
      run_as_group(*writer, {insert(1), breaking, insert(2), breaking, insert(4)});
  EXPECT_TRUE(outcomes[0] && outcomes[2] && outcomes[4]);
  EXPECT_EQ(outcomes[1].error().kind, ErrorKind::NoSpace);
  EXPECT_EQ(outcomes[3].error().kind, ErrorKind::NoSpace);
  EXPECT_EQ(sum_of_rows(*writer), 7);
  EXPECT_EQ(writer->counters().commits, 1u);
  EXPECT_TRUE(writer->refusal().empty());
}

TEST(Writer, AGroupThatFailsWholeForcesNothing) {
  auto writer = make_writer();
  const auto failing = [](Transaction& transaction) -> Result<void> {
    TRY_DONE(transaction.connection.run("INSERT INTO t VALUES (?)", 1000));
    return fail(ErrorKind::Conflict, "no");
  };
  for (const auto& outcome : run_as_group(*writer, {failing, failing})) EXPECT_FALSE(outcome);
  EXPECT_FALSE(writer->run(failing));
  EXPECT_EQ(writer->counters().commits, 0u);
  EXPECT_EQ(sum_of_rows(*writer), 0);
}

TEST(Writer, OnlyChangesThatWereCommittedMoveGenerations) {
  auto writer = make_writer();
  const Generations& generations = writer->generations();
  const std::uint64_t before = generations.access();
  EXPECT_FALSE(writer->run([](Transaction& transaction) -> Result<void> {
    transaction.changes.access = true;
    return fail(ErrorKind::Conflict, "no");
  }));
  EXPECT_EQ(generations.access(), before);
  EXPECT_TRUE(writer->run(insert(1)));
  EXPECT_NE(generations.access(), before);
}

TEST(Generations, NothingIsFreshWhileACommitIsUnderWay) {
  Generations generations;
  const RepoId repo{5};
  const std::uint64_t before = generations.repo(repo);
  const std::uint64_t access = generations.access();
  EXPECT_EQ(generations.repo(repo), before);
  generations.begin({.access = false, .repos = {repo, repo}});
  const std::uint64_t during = generations.repo(repo);
  EXPECT_NE(during, before);
  EXPECT_NE(generations.repo(repo), during) << "never the same twice";
  EXPECT_EQ(generations.access(), access);
  generations.end();
  const std::uint64_t after = generations.repo(repo);
  EXPECT_NE(after, before);
  EXPECT_NE(after, during);
  EXPECT_EQ(generations.repo(repo), after);
  EXPECT_NE(after, 0u) << "0 stands for none";
  EXPECT_NE(generations.repo(RepoId{6}), 0u);
}

}  // namespace
}  // namespace granary::meta::sqlite
