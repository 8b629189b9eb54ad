// Tests of commits: git's own ids, conflicts, concurrency, possession, and each rule for paths.
#include "service/commit_draft.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>
#include <vector>

#include "base/hasher.h"
#include "base/limits.h"
#include "base/sim_disk.h"
#include "git/attributes.h"
#include "service/publish_testing.h"

namespace granary::service::testing {
namespace {

class Commits : public ::testing::Test {
 protected:
  Commits() { hub.add_repo("alice/m"); }

  std::optional<ErrorKind> refusal_of(PublishHub::Operations operations,
                                      const CommitMessage& message = say("s")) {
    const auto head = hub.history("alice/m").front().oid;
    const auto published = hub.commit(alice, "alice/m", std::move(operations), message);
    if (!published) {
      last_message = published.error().message;
      EXPECT_EQ(hub.history("alice/m").front().oid, head) << "a refused commit changes nothing";
    }
    return error_kind(published);
  }

  PublishHub hub;
  const Caller alice = hub.caller_named("alice");
  std::string last_message;
};

/// A repo of git's own, made by the git binary.
class GitRepo {
 public:
  GitRepo() { run("git init -q -b main ."); }

  std::string run(const std::string& command) {
    return run_in(scratch_.path(),
                  "export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1; " + command);
  }
  void write(const std::string& path, std::string_view content) {
    const std::filesystem::path target = scratch_.path() + "/" + path;
    std::filesystem::create_directories(target.parent_path());
    std::ofstream(target, std::ios::binary) << content;
  }
  /// The id of the tree of exactly these files.
  std::string tree_of(const std::map<std::string, std::string>& files) {
    run("git rm -rqf --cached . 2>/dev/null; find . -mindepth 1 -maxdepth 1 ! -name .git"
        " -exec rm -rf {} +; true");
    for (const auto& [path, content] : files) write(path, content);
    return run("git add -A . && git write-tree");
  }

 private:
  ScratchFolder scratch_;
};

TEST_F(Commits, GitComputesTheSameTreesAndCommits) {
  const std::string binary = noise(1, 3000);
  const Sha256 sha256 = hub.send(alice, "alice/m", binary);
  hub.must_commit("alice/m",
                  {add("README.md", "# hi\n"), add("a/b/c.txt", "deep"), add("a.txt", "beside"),
                   add("empty", ""), AddLfsFile{"w/model.bin", sha256, binary.size()}});
  const auto second = hub.commit(alice, "alice/m", {DeletePath{"a/b"}, add("a-b", "order")},
                                 {.summary = "second", .description = "with\nlines", .parent = ""});
  ASSERT_TRUE(second);
  const auto head = hub.history("alice/m").front();

  GitRepo git;
  auto files = hub.files("alice/m");
  files["w/model.bin"] =
      "version https://git-lfs.github.com/spec/v1\noid sha256:" + sha256.to_string() +
      "\nsize 3000\n";
  EXPECT_EQ(git.tree_of(files), head.tree.to_string());

  const auto parent = hub.facts->git().read_object(hub.repo("alice/m").id, *head.parent);
  ASSERT_TRUE(parent);
  git.write(".git/parent", as_text(parent->data));
  EXPECT_EQ(git.run("git hash-object -t commit -w --literally .git/parent"),
            head.parent->to_string());
  const auto time = std::chrono::floor<std::chrono::seconds>(head.time.time_since_epoch()).count();
  const std::string date = "'" + std::to_string(time) + " +0000' ";
  const std::string email = "alice@users.noreply.granary.invalid ";
  EXPECT_EQ(git.run("printf 'second\\n\\nwith\\nlines' | GIT_AUTHOR_NAME=alice GIT_AUTHOR_EMAIL=" +
                    email + "GIT_AUTHOR_DATE=" + date +
                    "GIT_COMMITTER_NAME=alice "
                    "GIT_COMMITTER_EMAIL=" +
                    email + "GIT_COMMITTER_DATE=" + date + "git commit-tree " +
                    head.tree.to_string() + " -p " + head.parent->to_string()),
            second->commit.to_string());
}

TEST_F(Commits, ASequenceOfRandomEditsHasGitsTreeAtEachStep) {
  GitRepo git;
  SimNumbers numbers(7);
  std::map<std::string, std::string> expected = hub.files("alice/m");
  const std::vector<std::string> names = {"a",     "b",         "a.b",     "a-b",    "dir/a",
                                          "dir/b", "dir/sub/c", "dir.x/d", "z/y/x/w"};
  for (int step = 0; step < 25; ++step) {
    PublishHub::Operations operations;
    const std::string path = names[numbers.next() % names.size()];
    if (expected.contains(path) && numbers.next() % 2 == 0) {
      operations.push_back(DeletePath{path});
      expected.erase(path);
    } else {
      const std::string content = "content " + std::to_string(step);
      operations.push_back(add(path, content));
      expected[path] = content;
    }
    hub.must_commit("alice/m", std::move(operations));
    ASSERT_EQ(hub.files("alice/m"), expected) << step;
    ASSERT_EQ(git.tree_of(expected), hub.history("alice/m").front().tree.to_string()) << step;
  }
}

TEST_F(Commits, AnAcknowledgedCommitIsTheHeadWithItsFacts) {
  const auto published = hub.commit(alice, "alice/m", {add("a.txt", "hello")},
                                    {.summary = "Add a", .description = "Because.", .parent = ""});
  ASSERT_TRUE(published);
  EXPECT_TRUE(published->is_new);
  const auto history = hub.history("alice/m");
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].oid, published->commit);
  EXPECT_EQ(history[0].message, "Add a\n\nBecause.");
  EXPECT_EQ(history[0].author_name, "alice");
  EXPECT_EQ(history[0].depth, 2u);
  EXPECT_EQ(hub.facts->repos().read_summary(hub.repo("alice/m").id)->head, published->commit);
}

TEST_F(Commits, LaterOperationsWinOnTheSamePath) {
  hub.must_commit("alice/m", {add("a", "1"), add("a", "2")});
  EXPECT_EQ(hub.files("alice/m")["a"], "2");
  hub.must_commit("alice/m", {DeletePath{"a"}, add("a", "3")});
  EXPECT_EQ(hub.files("alice/m")["a"], "3");
  hub.must_commit("alice/m", {add("b", "1"), DeletePath{"b"}, add("c", "1")});
  EXPECT_FALSE(hub.files("alice/m").contains("b"));
}

TEST_F(Commits, AFolderIsDeletedByItsPathWithOrWithoutASlash) {
  hub.must_commit("alice/m", {add("d/a", "1"), add("d/e/b", "2"), add("e/c", "3")});
  hub.must_commit("alice/m", {DeletePath{"d/"}});
  EXPECT_FALSE(hub.files("alice/m").contains("d/e/b"));
  hub.must_commit("alice/m", {DeletePath{"e"}});
  EXPECT_EQ(hub.files("alice/m").size(), 1u);  // .gitattributes
}

TEST_F(Commits, DeletingEverythingLeavesAnEmptyTree) {
  hub.must_commit("alice/m", {DeletePath{".gitattributes"}});
  EXPECT_TRUE(hub.files("alice/m").empty());
  EXPECT_EQ(hub.history("alice/m").front().tree.to_string(),
            "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  hub.must_commit("alice/m", {add("a", "1")});
  EXPECT_EQ(hub.files("alice/m").size(), 1u);
}

TEST_F(Commits, DeletingWhatIsNotThereIsEntryNotFoundInTheWordsClientsLookFor) {
  EXPECT_EQ(refusal_of({DeletePath{"nope"}}), ErrorKind::EntryNotFound);
  EXPECT_NE(last_message.find("A file with this name doesn't exist"), std::string::npos);
}

TEST_F(Commits, ASecondCommitOfTheSameFilesIsAnsweredWithTheHead) {
  const GitOid first = hub.must_commit("alice/m", {add("a", "1")});
  const auto again = hub.commit(alice, "alice/m", {add("a", "1")});
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->commit, first);
  EXPECT_EQ(hub.history("alice/m").size(), 2u);
}

TEST_F(Commits, ANamedParentThatIsNotTheHeadIsStale) {
  const std::string first = hub.history("alice/m").front().oid.to_string();
  hub.must_commit("alice/m", {add("a", "1")});
  EXPECT_EQ(refusal_of({add("b", "1")}, say("s", first)), ErrorKind::Stale);
  EXPECT_EQ(last_message,
            "The branch was updated since you opened this page. Please refresh and try again.");
  EXPECT_EQ(refusal_of({add("b", "1")}, say("s", "abc")), ErrorKind::Invalid);
}

TEST_F(Commits, ANamedParentThatIsTheHeadIsFineWholeOrInPart) {
  const std::string head = hub.history("alice/m").front().oid.to_string();
  const auto first = hub.commit(alice, "alice/m", {add("a", "1")}, say("s", head));
  ASSERT_TRUE(first);
  const auto second = hub.commit(alice, "alice/m", {add("a", "2")},
                                 say("s", first->commit.to_string().substr(0, 7)));
  EXPECT_TRUE(second);
}

TEST_F(Commits, WithoutAParentACommitIsRebasedOnWhateverTheHeadIsThen) {
  auto draft = hub.publisher.start(alice, repo_name("alice/m"), "main").value();
  ASSERT_TRUE(draft->add(add("late", "1")));
  hub.must_commit("alice/m", {add("early", "1")});
  ASSERT_TRUE(draft->finish(say("late")));
  EXPECT_EQ(hub.files("alice/m").size(), 3u);
  EXPECT_EQ(hub.history("alice/m").size(), 3u);
}

TEST_F(Commits, CommitsAtOnceAllHappenAlsoFromTwoServers) {
  // Two publishers do not know each other's locks, as two processes would not.
  Publisher other(hub.env, hub.access, *hub.facts, *hub.store, hub.trees);
  constexpr int kThreadCount = 4;
  constexpr int kCommitCount = 5;
  std::atomic<int> failed_count = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreadCount; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCommitCount; ++i) {
        Publisher& publisher = t % 2 == 0 ? hub.publisher : other;
        auto draft = publisher.start(alice, repo_name("alice/m"), "main").value();
        const auto added = draft->add(add("f" + std::to_string(t) + "-" + std::to_string(i), "x"));
        if (!added || !draft->finish(say("s"))) ++failed_count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed_count, 0);
  EXPECT_EQ(hub.files("alice/m").size(), 1u + kThreadCount * kCommitCount);
  EXPECT_EQ(hub.history("alice/m").size(), 1u + kThreadCount * kCommitCount);
}

TEST_F(Commits, OfCommitsOnOneParentExactlyOneHappens) {
  const std::string parent = hub.history("alice/m").front().oid.to_string();
  std::atomic<int> made_count = 0;
  std::atomic<int> stale_count = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const auto published =
          hub.commit(alice, "alice/m", {add("f" + std::to_string(t), "x")}, say("s", parent));
      if (published) ++made_count;
      if (error_kind(published) == ErrorKind::Stale) ++stale_count;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made_count, 1);
  EXPECT_EQ(stale_count, 3);
}

TEST_F(Commits, BadPathsAreRefused) {
  for (const std::string_view path :
       {std::string_view(""), std::string_view("/etc/passwd"), std::string_view("..\\ddd"),
        std::string_view("../x"), std::string_view("a/../b"), std::string_view(".git/config"),
        std::string_view("a//b"), std::string_view("a/"), std::string_view("a\0b", 3),
        std::string_view("CON"), std::string_view("C:/x"), std::string_view("a\nb"),
        std::string_view("x."), std::string_view("sub/.GIT/hooks")}) {
    EXPECT_EQ(refusal_of({add(std::string(path), "x")}), ErrorKind::Invalid) << path;
    EXPECT_EQ(refusal_of({AddLfsFile{std::string(path), {}, {}}}), ErrorKind::Invalid) << path;
    EXPECT_EQ(refusal_of({CopyFile{std::string(path), ".gitattributes", ""}}), ErrorKind::Invalid)
        << path;
  }
}

TEST_F(Commits, NamesThatDifferByCaseOnlyCollide) {
  hub.must_commit("alice/m", {add("Readme.md", "1")});
  EXPECT_EQ(refusal_of({add("README.md", "2")}), ErrorKind::Invalid);
  EXPECT_EQ(refusal_of({add("dir/a", "1"), add("DIR/b", "1")}), ErrorKind::Invalid);
  hub.must_commit("alice/m", {DeletePath{"Readme.md"}, add("README.md", "2")});
  EXPECT_TRUE(hub.files("alice/m").contains("README.md"));
}

TEST_F(Commits, AFileCannotBeAFolderToo) {
  hub.must_commit("alice/m", {add("a", "1"), add("d/x", "1")});
  EXPECT_EQ(refusal_of({add("a/b", "1")}), ErrorKind::Invalid);
  EXPECT_EQ(refusal_of({add("d", "1")}), ErrorKind::Invalid);
}

TEST_F(Commits, NothingToDoOrToSayIsRefused) {
  EXPECT_EQ(refusal_of({}), ErrorKind::Invalid);
  EXPECT_EQ(refusal_of({add("a", "1")}, say("")), ErrorKind::Invalid);
  EXPECT_EQ(refusal_of({add("a", "1")}, say(std::string(70'000, 'x'))), ErrorKind::TooLarge);
}

TEST_F(Commits, AnOperationTooManyIsTooLarge) {
  auto draft = hub.publisher.start(alice, repo_name("alice/m"), "main").value();
  for (std::size_t i = 0; i < limits::kCommitOperationCountMax; ++i) {
    ASSERT_TRUE(draft->add(DeletePath{"x"}));
  }
  EXPECT_EQ(error_kind(draft->add(DeletePath{"x"})), ErrorKind::TooLarge);
}

TEST_F(Commits, ARegularFileThatIsTooBigIsRefusedWithTheRule) {
  EXPECT_EQ(refusal_of({add("a.txt", std::string(10 * limits::kMiB + 1, 'x'))}),
            ErrorKind::Invalid);
  EXPECT_NE(last_message.find("over 10 MiB"), std::string::npos);
}

TEST_F(Commits, ARegularFileThatShouldBeLfsIsRefusedWithTheRule) {
  EXPECT_EQ(refusal_of({add("a.safetensors", "not empty")}), ErrorKind::Invalid);
  EXPECT_NE(last_message.find(".gitattributes says so"), std::string::npos);
}

TEST_F(Commits, ACommitThatChangesTheRulesIsJudgedByTheNewOnesToo) {
  hub.must_commit("alice/m", {add("a.bin", "text"), add(".gitattributes", "*.gguf filter=lfs\n")});
  EXPECT_EQ(hub.files("alice/m")["a.bin"], "text");
}

TEST_F(Commits, AnEmptyFileUnderAnLfsPatternIsAPlainBlob) {
  hub.must_commit("alice/m", {add("empty.safetensors", "")});
  const auto info = hub.trees.find(hub.repo("alice/m").id, hub.history("alice/m").front().tree,
                                   "empty.safetensors");
  ASSERT_TRUE(info);
  EXPECT_FALSE(info->lfs.has_value());
  EXPECT_EQ(info->size_bytes, 0u);
}

TEST_F(Commits, ManyInlineFilesGoThroughInBoundedPieces) {
  PublishHub::Operations operations;
  for (int i = 0; i < 12; ++i) {
    operations.push_back(add(std::to_string(i) + ".txt", std::string(9 * limits::kMiB, 'a')));
  }
  hub.must_commit("alice/m", std::move(operations));
  EXPECT_EQ(hub.files("alice/m").size(), 13u);
}

TEST_F(Commits, AnLfsFileIsAPointerAndTheRepoHoldsItsBytes) {
  const std::string content = noise(3, 200'000);
  const Sha256 sha256 = hub.send(alice, "alice/m", content);
  hub.must_commit("alice/m", {AddLfsFile{"m.bin", sha256, content.size()}});
  EXPECT_EQ(hub.files("alice/m")["m.bin"], content);
  const auto listed = hub.lfs_files.list(alice, repo_name("alice/m"), 0, 10);
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_EQ(listed->front().path, "m.bin");
  EXPECT_EQ(listed->front().ref, "refs/heads/main");
}

TEST_F(Commits, AnLfsFileNotCoveredByAttributesGetsALineInTheSameCommit) {
  const Sha256 sha256 = hub.send(alice, "alice/m", "weights");
  hub.must_commit("alice/m", {AddLfsFile{"odd name.weird", sha256, {}}});
  const git::Attributes rules(hub.files("alice/m")[".gitattributes"]);
  EXPECT_TRUE(rules.is_lfs("odd name.weird"));
  EXPECT_TRUE(rules.is_lfs("x.safetensors"));
  EXPECT_EQ(hub.history("alice/m").size(), 2u);
}

TEST_F(Commits, LinesAreAddedToAttributesThatTheCommitBrings) {
  const Sha256 sha256 = hub.send(alice, "alice/m", "weights");
  hub.must_commit("alice/m",
                  {AddLfsFile{"a.weird", sha256, {}}, add(".gitattributes", "# mine\n")});
  EXPECT_EQ(hub.files("alice/m")[".gitattributes"],
            "# mine\n/a.weird filter=lfs diff=lfs merge=lfs -text\n");
}

TEST_F(Commits, AnInlinePointerIsAnLfsFileWithAllItsRules) {
  const Sha256 sha256 = hub.send(alice, "alice/m", "weights");
  const auto pointer = [](const Sha256& oid, std::uint64_t size_bytes) {
    return "version https://git-lfs.github.com/spec/v1\noid sha256:" + oid.to_string() + "\nsize " +
           std::to_string(size_bytes) + "\n";
  };
  hub.must_commit("alice/m", {add("m.bin", pointer(sha256, 7))});
  EXPECT_EQ(hub.files("alice/m")["m.bin"], "weights");
  EXPECT_EQ(refusal_of({add("n.bin", pointer(sha256, 8))}), ErrorKind::Invalid);
  EXPECT_EQ(refusal_of({add("n.bin", pointer(sha256_of(as_bytes("other")), 5))}),
            ErrorKind::Invalid);
}

TEST_F(Commits, AnLfsFileNobodySentIsRefusedByPathAndOid) {
  const Sha256 sha256 = sha256_of(as_bytes("nowhere"));
  EXPECT_EQ(refusal_of({AddLfsFile{"m.bin", sha256, 7}}), ErrorKind::Invalid);
  EXPECT_NE(last_message.find("m.bin"), std::string::npos);
  EXPECT_NE(last_message.find(sha256.to_string()), std::string::npos);
}

TEST_F(Commits, AnLfsFileOfAnotherSizeIsRefused) {
  const Sha256 sha256 = hub.send(alice, "alice/m", "weights");
  EXPECT_EQ(refusal_of({AddLfsFile{"m.bin", sha256, 8}}), ErrorKind::Invalid);
}

TEST_F(Commits, AFileOfAPrivateRepoThatTheCallerCannotReadCannotBeCommitted) {
  hub.add_repo("alice/secret", meta::Visibility::Private);
  const Sha256 sha256 = hub.send(alice, "alice/secret", "the secret");
  hub.must_commit("alice/secret", {AddLfsFile{"s.bin", sha256, {}}});
  const Caller bob = hub.caller_named("bob");
  hub.add_repo_of(bob, "bob/m");
  const auto stolen = hub.commit(bob, "bob/m", {AddLfsFile{"s.bin", sha256, 10}});
  EXPECT_EQ(error_kind(stolen), ErrorKind::Invalid);
  const auto nowhere =
      hub.commit(bob, "bob/m", {AddLfsFile{"s.bin", sha256_of(as_bytes("none")), 10}});
  ASSERT_FALSE(nowhere);
  // Both are refused in the same words, but for the digest.
  std::string message = nowhere.error().message;
  message.replace(message.find(sha256_of(as_bytes("none")).to_string()), 64, sha256.to_string());
  EXPECT_EQ(stolen.error().message, message);
}

TEST_F(Commits, AFileOfAnotherRepoThatTheCallerMayReadIsCopiedWithoutBytes) {
  const Sha256 sha256 = hub.send(alice, "alice/m", "shared weights");
  hub.must_commit("alice/m", {AddLfsFile{"m.bin", sha256, {}}});
  const Caller bob = hub.caller_named("bob");
  hub.add_repo_of(bob, "bob/m");
  const auto copied = hub.commit(bob, "bob/m", {AddLfsFile{"copy.bin", sha256, {}}});
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(hub.files("bob/m")["copy.bin"], "shared weights");
}

TEST_F(Commits, CopiesTakeWhatLiesAtAnotherPathOrRevision) {
  const Sha256 sha256 = hub.send(alice, "alice/m", "weights");
  const GitOid old = hub.must_commit("alice/m", {add("a", "old"), AddLfsFile{"m.bin", sha256, {}}});
  hub.must_commit("alice/m", {add("a", "new")});
  hub.must_commit("alice/m", {CopyFile{"b", "a", ""}, CopyFile{"c", "a", old.to_string()},
                              CopyFile{"n.bin", "m.bin", ""}});
  auto files = hub.files("alice/m");
  EXPECT_EQ(files["b"], "new");
  EXPECT_EQ(files["c"], "old");
  EXPECT_EQ(files["n.bin"], "weights");
  EXPECT_EQ(refusal_of({CopyFile{"d", "nope", ""}}), ErrorKind::EntryNotFound);
  EXPECT_EQ(refusal_of({CopyFile{"d", "a", "nope"}}), ErrorKind::RevisionNotFound);
}

TEST_F(Commits, OnlyBranchesCanBeCommittedTo) {
  const GitOid head = hub.must_commit("alice/m", {add("a", "1")});
  const auto name = repo_name("alice/m");
  ASSERT_TRUE(hub.refs.create_tag(alice, name, {.revision = "main", .name = "v1", .message = ""}));
  for (const std::string& revision : {head.to_string(), std::string("v1"), std::string("nope")}) {
    EXPECT_EQ(error_kind(hub.publisher.start(alice, name, revision)), ErrorKind::RevisionNotFound)
        << revision;
  }
  ASSERT_TRUE(hub.refs.create_branch(alice, name, {.name = "dev", .starting_point = ""}));
  ASSERT_TRUE(hub.commit(alice, "alice/m", {add("b", "1")}, say("s"), "dev"));
  EXPECT_TRUE(hub.files("alice/m", "dev").contains("b"));
  EXPECT_FALSE(hub.files("alice/m").contains("b"));
  EXPECT_EQ(hub.facts->repos().read_summary(hub.repo("alice/m").id)->head, head);
}

TEST_F(Commits, WhoMayNotWriteIsDeniedAndWhoMayNotSeeFindsNothing) {
  hub.add_repo("alice/secret", meta::Visibility::Private);
  const Caller bob = hub.caller_named("bob");
  EXPECT_EQ(error_kind(hub.publisher.start(bob, repo_name("alice/m"), "main")), ErrorKind::Denied);
  EXPECT_EQ(error_kind(hub.publisher.start(bob, repo_name("alice/secret"), "main")),
            ErrorKind::RepoNotFound);
  EXPECT_EQ(error_kind(hub.publisher.start(bob, repo_name("alice/nope"), "main")),
            ErrorKind::RepoNotFound);
}

}  // namespace
}  // namespace granary::service::testing
