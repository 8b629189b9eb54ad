// The part of the MetaStore suite with many threads: group commit, snapshots, generations.
#include <atomic>
#include <thread>

#include "meta/meta_store_suite.h"

namespace granary::meta {
namespace {

constexpr const char* kMain = "refs/heads/main";
constexpr std::size_t kThreadCount = 8;

class ConcurrencySuite : public MetaStoreSuite {
 protected:
  static void in_threads(const std::function<void(std::size_t)>& work) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kThreadCount; ++i) threads.emplace_back(work, i);
    for (std::thread& thread : threads) thread.join();
  }

  /// A commit that says its number in the summary's description and in each of its tags.
  CommitBatch numbered(RepoId repo, const GitOid& parent, int number) {
    const std::string text = std::to_string(number);
    CommitBatch batch = make_commit(repo, text, parent);
    RepoSummary summary;
    summary.head = batch.commit.oid;
    summary.description = text;
    summary.tags.assign(static_cast<std::size_t>(number % 7 + 1), text);
    batch.summary = std::move(summary);
    return batch;
  }
};

TEST_P(ConcurrencySuite, CommitsThatWaitForEachOtherShareOneForcedCommit) {
  constexpr int kCommitCount = 20;
  add_user("ada");
  std::vector<Repo> made;
  for (std::size_t i = 0; i < kThreadCount; ++i) {
    made.push_back(add_repo("ada", "net" + std::to_string(i)));
  }
  const MetaStore::Counters before = store->counters();
  in_threads([&](std::size_t thread) {
    GitOid head = *git().find_ref(made[thread].id, kMain);
    for (int i = 0; i < kCommitCount; ++i) {
      const CommitBatch batch = make_commit(made[thread].id, std::to_string(i), head);
      ASSERT_DONE(git().commit(batch));
      ASSERT_EQ(*git().find_ref(made[thread].id, kMain), batch.commit.oid) << "read your writes";
      head = batch.commit.oid;
    }
  });
  const MetaStore::Counters after = store->counters();
  EXPECT_EQ(after.transactions - before.transactions, kThreadCount * kCommitCount);
  EXPECT_LT(after.commits - before.commits, kThreadCount * kCommitCount);
  reopen();
  for (const Repo& repo : made) {
    const GitOid head = *git().find_ref(repo.id, kMain);
    EXPECT_EQ(git().read_commit(repo.id, head)->depth, kCommitCount + 1u);
  }
  EXPECT_TRUE(store->check()->empty());
}

TEST_P(ConcurrencySuite, OneThreadForcesOneCommitForEachTransaction) {
  add_user("ada");
  const MetaStore::Counters before = store->counters();
  for (int i = 0; i < 5; ++i) add_repo("ada", "r" + std::to_string(i));
  EXPECT_EQ(store->counters().transactions - before.transactions, 5u);
  EXPECT_EQ(store->counters().commits - before.commits, 5u);
}

TEST_P(ConcurrencySuite, OfThoseWhoRaceForOneRefEachWinsOnceOrIsToldThatItIsStale) {
  constexpr std::uint64_t kWinCount = 10;  // of each thread
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  std::atomic<std::uint64_t> stale_count = 0;
  in_threads([&](std::size_t thread) {
    for (std::uint64_t wins = 0; wins < kWinCount;) {
      const std::string text = std::to_string(thread) + "." + std::to_string(wins);
      const CommitBatch batch = make_commit(repo.id, text, git().find_ref(repo.id, kMain).value());
      const auto done = git().commit(batch);
      if (done) {
        ++wins;
        continue;
      }
      ASSERT_EQ(done.error().kind, ErrorKind::Stale) << done.error().message;
      ASSERT_EQ(kind_of(git().read_commit(repo.id, batch.commit.oid)), ErrorKind::RevisionNotFound)
          << "what failed left nothing, whatever else its group committed";
      ++stale_count;
    }
  });
  const GitOid head = *git().find_ref(repo.id, kMain);
  EXPECT_EQ(git().read_commit(repo.id, head)->depth, 1 + kThreadCount * kWinCount);
  EXPECT_EQ(git().list_commits(repo.id, head, 0, 1000)->size(), 1 + kThreadCount * kWinCount);
}

TEST_P(ConcurrencySuite, OfThoseWhoWantOneNameExactlyOneGetsIt) {
  add_user("ada");
  std::atomic<int> won = 0;
  std::atomic<int> lost = 0;
  in_threads([&](std::size_t thread) {
    for (int i = 0; i < 10; ++i) {
      const std::string name = (thread % 2 == 0 ? "net" : "NET") + std::to_string(i);
      const auto made =
          repos().create_repo({.name = model("ada", name),
                               .sdk = {},
                               .initial = make_commit({}, name + std::to_string(thread))});
      if (!made) ASSERT_EQ(made.error().kind, ErrorKind::Conflict);
      ++(made ? won : lost);
    }
  });
  EXPECT_EQ(won, 10);
  EXPECT_EQ(lost, 10 * (static_cast<int>(kThreadCount) - 1));
  EXPECT_TRUE(store->check()->empty());
}

TEST_P(ConcurrencySuite, AReaderSeesAStateThatWasOnceTrueAsAWhole) {
  constexpr int kCommitCount = 100;
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  ASSERT_DONE(git().commit(numbered(repo.id, *git().find_ref(repo.id, kMain), 0)));
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      RepoQuery query;
      int last = 0;
      while (!done) {
        const auto page = repos().list_repos(query);
        ASSERT_TRUE(page.has_value()) << page.error().message;
        const RepoSummary& summary = page->repos.at(0).summary;
        const int number = std::stoi(summary.description);
        ASSERT_EQ(summary.tags.size(), static_cast<std::size_t>(number % 7 + 1));
        ASSERT_EQ(summary.tags.back(), summary.description);
        ASSERT_GE(number, last) << "time does not run backwards";
        last = number;
      }
    });
  }
  for (int i = 1; i <= kCommitCount; ++i) {
    const auto head = git().find_ref(repo.id, kMain);
    const auto committed = git().commit(numbered(repo.id, *head, i));
    EXPECT_TRUE(committed.has_value());
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

// What service/answer_cache.h does: it keeps a fact with the generation read before it, and uses it
// as long as the generation is the same. It must never give less than what was acknowledged.
TEST_P(ConcurrencySuite, AFactThatStandsOnItsGenerationIsNeverOlderThanWhatWasAcknowledged) {
  constexpr int kCommitCount = 100;
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  ASSERT_DONE(git().commit(numbered(repo.id, *git().find_ref(repo.id, kMain), 0)));
  std::atomic<int> acknowledged = 0;
  std::vector<std::thread> readers;
  std::atomic<std::uint64_t> kept_count = 0;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      std::uint64_t generation = 0;
      int kept = -1;
      while (acknowledged < kCommitCount) {
        const int floor = acknowledged;
        if (store->repo_generation(repo.id) == generation) {
          ASSERT_GE(kept, floor);
          ++kept_count;
          continue;
        }
        generation = store->repo_generation(repo.id);
        const auto summary = repos().read_summary(repo.id);
        ASSERT_TRUE(summary.has_value());
        kept = std::stoi(summary->description);
        ASSERT_GE(kept, floor);
      }
    });
  }
  for (int i = 1; i <= kCommitCount; ++i) {
    const auto committed = git().commit(numbered(repo.id, *git().find_ref(repo.id, kMain), i));
    EXPECT_TRUE(committed.has_value());
    acknowledged = i;
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(kept_count, 0u);
}

TEST_P(ConcurrencySuite, GenerationsStandStillWhileNothingChanges) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const Repo other = add_repo("ada", "other");
  const std::uint64_t access = store->access_generation();
  const std::uint64_t facts = store->repo_generation(repo.id);
  const std::uint64_t others = store->repo_generation(other.id);
  EXPECT_EQ(kind_of(git().commit(make_commit(repo.id, "stale", GitOid{}))), ErrorKind::Stale);
  ASSERT_DONE(repos().read_summary(repo.id));
  EXPECT_EQ(store->access_generation(), access);
  EXPECT_EQ(store->repo_generation(repo.id), facts);
  ASSERT_DONE(git().commit(make_commit(repo.id, "next", *git().find_ref(repo.id, kMain))));
  EXPECT_EQ(store->access_generation(), access) << "a commit is no change of access";
  EXPECT_NE(store->repo_generation(repo.id), facts);
  EXPECT_EQ(store->repo_generation(other.id), others);
}

INSTANTIATE_TEST_SUITE_P(All, ConcurrencySuite, testing::ValuesIn(adapters()), name_of_adapter);

}  // namespace
}  // namespace granary::meta
