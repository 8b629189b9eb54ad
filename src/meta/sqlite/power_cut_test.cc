// The SQLite adapter on a disk that fails: power cuts at every call, failing calls, a full disk.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/hasher.h"
#include "base/log.h"
#include "base/sim_env.h"
#include "meta/sqlite/sqlite_meta_store.h"

namespace granary::meta {
namespace {

constexpr const char* kMain = "refs/heads/main";
// So small that the work below checkpoints several times.
constexpr std::uint64_t kCheckpointSizeBytes = 128 * 1024;
const std::set<SimCall> kChanging = {SimCall::Write,  SimCall::Truncate, SimCall::Sync,
                                     SimCall::Create, SimCall::Remove,   SimCall::SyncDirectory};

using StorePointer = std::unique_ptr<MetaStore>;

Result<StorePointer> open_store(Env& env) {
  return create_sqlite_meta_store(env, {.path = "/meta/meta.db",
                                        .through_env = true,
                                        .checkpoint_size_bytes = kCheckpointSizeBytes});
}

void make_folder(Env& env) {
  ASSERT_TRUE(env.files.make_directory("/meta"));
  ASSERT_TRUE(env.files.sync_directory("/"));
}

GitOid oid_of(const std::string& text) {
  Sha1Hasher hasher;
  hasher.update(as_bytes(text));
  return hasher.finish();
}

CommitBatch commit_of(RepoId repo, const std::string& text, std::optional<GitOid> parent) {
  const GitObject tree{
      .oid = oid_of("tree" + text), .kind = GitKind::Tree, .data = Bytes(3000), .lfs = {}};
  const GitObject commit{
      .oid = oid_of("commit" + text), .kind = GitKind::Commit, .data = Bytes(200), .lfs = {}};
  return {.repo = repo,
          .ref = kMain,
          .expected = parent,
          .commit = {.oid = commit.oid,
                     .tree = tree.oid,
                     .parent = parent,
                     .author_name = {},
                     .author_email = {},
                     .author = {},
                     .message = text,
                     .time = {}},
          .objects = {tree, commit},
          .files = {},
          .summary = {}};
}

NewContent content_of(RepoId repo, const std::string& name) {
  NewContent content;
  Xorb& xorb = content.xorbs.emplace_back();
  xorb.hash.bytes = sha256_of(as_bytes("xorb " + name)).bytes;
  xorb.chunk_count = 1;
  xorb.size_bytes = 10;
  const Sha256 sha256 = sha256_of(as_bytes(name));
  content.file = StoredFile{.sha256 = sha256,
                            .size_bytes = 10,
                            .file_hash = {sha256.bytes},  // any, but one for each file
                            .recipe = {{.xorb = XorbId{-1}, .chunk_end = 1, .size_bytes = 10}}};
  content.grant =
      RepoFile{.repo = repo, .sha256 = sha256, .path = name, .ref = kMain, .pushed = {}};
  return content;
}

using Step = std::function<Result<void>(MetaStore&)>;

template <class T>
Result<void> done(Result<T> result) {
  if (!result) return tl::unexpected(result.error());
  return {};
}

Step create_repo(const std::string& name) {
  return [=](MetaStore& store) -> Result<void> {
    return done(store.repos().create_repo(
        {.name = {.space = "ada", .name = name}, .sdk = {}, .initial = commit_of({}, name, {})}));
  };
}

Step with_repo(const std::string& name, std::function<Result<void>(MetaStore&, RepoId)> work) {
  return [=](MetaStore& store) -> Result<void> {
    TRY(const FoundRepo found, store.repos().find_repo({.space = "ada", .name = name}));
    return work(store, found.repo.id);
  };
}

/// Everyday work: each step is one call that writes.
std::vector<Step> everyday_work() {
  std::vector<Step> steps;
  steps.push_back([](MetaStore& store) {
    return done(store.accounts().create_namespace(
        {.name = "ada", .full_name = {}, .email = {}, .owner = {}}));
  });
  for (const char* name : {"one", "two"}) steps.push_back(create_repo(name));
  for (int i = 0; i < 6; ++i) {
    const std::string text = std::to_string(i);
    const std::string repo = i % 3 == 0 ? "two" : "one";
    steps.push_back(with_repo(repo, [=](MetaStore& store, RepoId id) -> Result<void> {
      return store.content().record(content_of(id, text));
    }));
    steps.push_back(with_repo(repo, [=](MetaStore& store, RepoId id) -> Result<void> {
      TRY(const GitOid head, store.git().find_ref(id, kMain));
      return store.git().commit(commit_of(id, repo + text, head));
    }));
  }
  steps.push_back(with_repo("one", [](MetaStore& store, RepoId id) -> Result<void> {
    return done(store.repos().move_repo(id, {.space = "ada", .name = "moved"}));
  }));
  steps.push_back(with_repo("two", [](MetaStore& store, RepoId id) -> Result<void> {
    return store.repos().delete_repo(
        id, {.time = {}, .actor = "ada", .action = "delete", .subject = {}, .detail = {}});
  }));
  return steps;
}

/// All that the work above can change, as one text.
Result<std::string> facts_of(MetaStore& store) {
  std::string facts;
  TRY(const auto users, store.accounts().list_namespaces(NamespaceKind::User, "", 100));
  for (const Namespace& user : users) facts += user.name + "\n";
  RepoQuery query;
  query.viewer.sees_all = true;
  query.sort = RepoSort::Id;
  TRY(const RepoPage page, store.repos().list_repos(query));
  for (const ListedRepo& each : page.repos) {
    const Repo& repo = each.repo;
    facts += repo.name.full() + " ";
    TRY(const GitOid head, store.git().find_ref(repo.id, kMain));
    TRY(const auto history, store.git().list_commits(repo.id, head, 0, 100));
    for (const CommitInfo& commit : history) {
      facts += commit.message + ",";
      TRY_DONE(store.git().read_object(repo.id, commit.tree));
    }
    TRY(const auto grants, store.content().list_grants(repo.id, 0, 100));
    for (const RepoFile& grant : grants) facts += grant.path + ";";
    facts += "\n";
  }
  TRY(const auto files, store.content().list_files({}, 100));
  for (const StoredFile& file : files) facts += file.sha256.to_string() + "\n";
  TRY(const auto audit, store.accounts().latest_audit(10));
  return facts + std::to_string(audit.size());
}

/// What a store that was opened after a failure must hold: the facts after `acknowledged` steps, or
/// after one more, whole.
void expect_whole(MetaStore& store, const std::vector<std::string>& facts,
                  std::size_t acknowledged) {
  const auto found = facts_of(store);
  ASSERT_TRUE(found.has_value()) << found.error().message;
  if (*found != facts[acknowledged]) {
    ASSERT_LT(acknowledged + 1, facts.size());
    ASSERT_EQ(*found, facts[acknowledged + 1]) << "after " << acknowledged << " steps";
  }
  const auto problems = store.check();
  ASSERT_TRUE(problems.has_value()) << problems.error().message;
  ASSERT_TRUE(problems->empty()) << problems->front();
}

struct Cut {
  std::unique_ptr<SimFileSystem> files;
  std::size_t acknowledged;
};

TEST(SqlitePowerCut, AtAnyCallLosesNothingAcknowledgedAndTearsNothing) {
  log::start(log::Level::Off, log::Format::Text);
  SimEnv world(7);
  make_folder(world.env());
  std::vector<std::string> facts;
  std::vector<Cut> cuts;
  std::size_t call_count = 0;
  StorePointer store;
  world.files().set_observer([&](const SimEvent&) {
    if (facts.empty()) return;  // the first opening acknowledges nothing
    cuts.push_back({world.files().crash(++call_count), facts.size() - 1});
  });
  auto opened = open_store(world.env());
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  store = *std::move(opened);
  facts.push_back(*facts_of(*store));
  for (const Step& step : everyday_work()) {
    const auto made = step(*store);
    ASSERT_TRUE(made.has_value()) << made.error().message;
    facts.push_back(*facts_of(*store));
  }
  EXPECT_GT(store->counters().checkpoints, 1u);
  store.reset();  // cuts in the last checkpoint, too
  EXPECT_GT(cuts.size(), 100u);
  for (const Cut& cut : cuts) {
    Env after{world.clock(), world.env().random, *cut.files};
    auto again = open_store(after);
    ASSERT_TRUE(again.has_value()) << again.error().message;
    expect_whole(**again, facts, cut.acknowledged);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(SqlitePowerCut, WhileTheDatabaseIsMadeLeavesOneThatOpens) {
  log::start(log::Level::Off, log::Format::Text);
  SimEnv world(8);
  make_folder(world.env());
  std::vector<std::unique_ptr<SimFileSystem>> cuts;
  world.files().set_observer(
      [&](const SimEvent&) { cuts.push_back(world.files().crash(cuts.size())); });
  ASSERT_TRUE(open_store(world.env()));
  EXPECT_GT(cuts.size(), 20u);
  for (const auto& files : cuts) {
    Env after{world.clock(), world.env().random, *files};
    auto again = open_store(after);
    ASSERT_TRUE(again.has_value()) << again.error().message;
    ASSERT_TRUE((*again)->check()->empty());
    ASSERT_TRUE(everyday_work()[0](**again));
  }
}

/// A machine with an empty database, ready to be opened; faults begin after that.
class ReadyMachine {
 public:
  ReadyMachine() {
    log::start(log::Level::Off, log::Format::Text);
    make_folder(made_.env());
    EXPECT_TRUE(open_store(made_.env()));
  }
  std::unique_ptr<SimFileSystem> copy() { return made_.files().crash(1); }
  Env env_with(SimFileSystem& files) { return {made_.clock(), made_.env().random, files}; }

 private:
  SimEnv made_{7};
};

/// Runs the work with a fault that hits one call; false when there are not so many calls.
bool run_with_fault(ReadyMachine& machine, const SimFault& fault,
                    const std::vector<std::string>& facts) {
  const auto files = machine.copy();
  Env env = machine.env_with(*files);
  auto store = *open_store(env);
  files->inject(fault);
  std::size_t acknowledged = 0;
  Result<void> made;
  for (const Step& step : everyday_work()) {
    made = step(*store);
    if (!made) break;
    ++acknowledged;
  }
  const bool hit = files->failed_call_count() > 0;
  if (!made) {
    // Reads go on, and show what was acknowledged and no more.
    const auto seen = facts_of(*store);
    EXPECT_TRUE(seen.has_value()) << seen.error().message;
    if (seen) EXPECT_EQ(*seen, facts[acknowledged]);
    files->clear_faults();
    const auto next = everyday_work()[acknowledged](*store);
    if (made.error().kind == ErrorKind::NoSpace) {
      EXPECT_TRUE(next.has_value()) << next.error().message;  // room again: all is well
      if (next) ++acknowledged;
      EXPECT_EQ(store->write_refusal(), "");
    } else {
      EXPECT_FALSE(store->write_refusal().empty());
      EXPECT_FALSE(next.has_value()) << "what is on the disk is not known";
      if (!next) EXPECT_EQ(next.error().kind, ErrorKind::Unavailable);
    }
  }
  store.reset();
  files->clear_faults();
  const auto cut = files->crash(1);
  Env after_cut = machine.env_with(*cut);
  for (Env* each : {&env, &after_cut}) {
    auto again = open_store(*each);
    EXPECT_TRUE(again.has_value()) << again.error().message;
    if (again) expect_whole(**again, facts, acknowledged);
  }
  return hit;
}

std::vector<std::string> facts_without_faults(ReadyMachine& machine) {
  const auto files = machine.copy();
  Env env = machine.env_with(*files);
  auto store = *open_store(env);
  std::vector<std::string> facts = {*facts_of(*store)};
  for (const Step& step : everyday_work()) {
    EXPECT_TRUE(step(*store));
    facts.push_back(*facts_of(*store));
  }
  return facts;
}

TEST(SqliteFailingDisk, EachFailingCallStopsWritesAndLosesNothing) {
  ReadyMachine machine;
  const std::vector<std::string> facts = facts_without_faults(machine);
  std::uint64_t count = 0;
  while (run_with_fault(
      machine, {.kind = SimFault::Kind::Io, .calls = kChanging, .skip_count = count}, facts)) {
    ASSERT_FALSE(testing::Test::HasFailure()) << "failing call " << count;
    ++count;
  }
  EXPECT_GT(count, 60u);
}

TEST(SqliteFailingDisk, AFullDiskFailsThatWriteAloneAndRoomMakesItWork) {
  ReadyMachine machine;
  const std::vector<std::string> facts = facts_without_faults(machine);
  std::uint64_t count = 0;
  while (run_with_fault(
      machine, {.kind = SimFault::Kind::NoSpace, .calls = {SimCall::Write}, .skip_count = count},
      facts)) {
    ASSERT_FALSE(testing::Test::HasFailure()) << "full at write " << count;
    count += 3;
  }
  EXPECT_GT(count, 40u);
}

TEST(SqliteSimulation, EqualSeedsAndCallsWriteEqualBytes) {
  log::start(log::Level::Off, log::Format::Text);
  std::set<std::uint64_t> hashes;
  for (int run = 0; run < 3; ++run) {
    SimEnv world(5);
    make_folder(world.env());
    auto store = *open_store(world.env());
    for (const Step& step : everyday_work()) ASSERT_TRUE(step(*store));
    store.reset();
    hashes.insert(world.files().trace_hash());
  }
  EXPECT_EQ(hashes.size(), 1u);
}

}  // namespace
}  // namespace granary::meta
