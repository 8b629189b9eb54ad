// Tests of listing, deleting and copying large files, and of histories rewritten without them.
#include "service/lfs_files.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/hasher.h"
#include "git/commit.h"
#include "service/publish_testing.h"

namespace granary::service::testing {
namespace {

class LargeFiles : public ::testing::Test {
 protected:
  LargeFiles() {
    hub.add_repo("alice/m");
    keep = hub.send(alice, "alice/m", "kept weights");
    drop = hub.send(alice, "alice/m", "dropped weights");
    hub.must_commit("alice/m", {AddLfsFile{"keep.bin", keep, {}}, add("a.txt", "text")});
    before_drop = hub.history("alice/m").front().oid;
    hub.clock.advance(std::chrono::seconds(10));
    hub.must_commit("alice/m", {AddLfsFile{"dir/drop.bin", drop, {}}});
    hub.must_commit("alice/m", {add("a.txt", "more text")});
  }
  std::optional<ErrorKind> remove(PastCommits past) {
    return error_kind(hub.lfs_files.remove(alice, name, std::span(&drop, 1), past));
  }
  bool holds(std::string_view repo, const Sha256& file) {
    return hub.facts->content().find_grant(hub.repo(repo).id, file).has_value();
  }

  PublishHub hub;
  const Caller alice = hub.caller_named("alice");
  const meta::RepoName name = repo_name("alice/m");
  Sha256 keep;
  Sha256 drop;
  GitOid before_drop;
};

TEST_F(LargeFiles, AreListedNewestFirstInPages) {
  const auto all = hub.lfs_files.list(alice, name, 0, 10);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ((*all)[0].path, "dir/drop.bin");
  EXPECT_EQ((*all)[1].path, "keep.bin");
  EXPECT_EQ((*all)[1].size_bytes, 12u);
  EXPECT_EQ(hub.lfs_files.list(alice, name, 1, 10)->size(), 1u);
}

TEST_F(LargeFiles, RewrittenHistoryHasNoTraceOfThemOnAnyRef) {
  ASSERT_TRUE(hub.refs.create_branch(alice, name, {.name = "dev", .starting_point = ""}));
  ASSERT_TRUE(hub.refs.create_tag(alice, name, {.revision = "main", .name = "v1", .message = "m"}));
  ASSERT_TRUE(hub.refs.create_tag(
      alice, name, {.revision = before_drop.to_string(), .name = "v0", .message = ""}));
  const auto old_history = hub.history("alice/m");
  ASSERT_FALSE(remove(PastCommits::Rewritten));

  for (const std::string_view revision : {"main", "dev", "v1"}) {
    const auto files = hub.files("alice/m", revision);
    EXPECT_FALSE(files.contains("dir/drop.bin")) << revision;
    EXPECT_EQ(files.at("keep.bin"), "kept weights") << revision;
    EXPECT_EQ(files.at("a.txt"), "more text") << revision;
  }
  const auto history = hub.history("alice/m");
  ASSERT_EQ(history.size(), old_history.size());
  EXPECT_NE(history[0].oid, old_history[0].oid);
  EXPECT_EQ(history[0].message, old_history[0].message);
  EXPECT_EQ(history[0].time, old_history[0].time);
  EXPECT_EQ(history[2].oid, old_history[2].oid) << "what never held the file stays as it was";
  EXPECT_EQ(hub.history("alice/m", "v0").front().oid, before_drop);
  EXPECT_FALSE(holds("alice/m", drop));
  EXPECT_TRUE(holds("alice/m", keep));
  EXPECT_EQ(hub.facts->repos().read_summary(hub.repo("alice/m").id)->head, history[0].oid);
  EXPECT_TRUE(hub.facts->check()->empty());
}

TEST_F(LargeFiles, AnAnnotatedTagIsMadeAnewOnTheRewrittenCommit) {
  ASSERT_TRUE(hub.refs.create_tag(alice, name, {.revision = "main", .name = "v1", .message = "m"}));
  ASSERT_FALSE(remove(PastCommits::Rewritten));
  const meta::RepoId repo = hub.repo("alice/m").id;
  const auto refs = hub.facts->git().list_refs(repo).value();
  const auto tag = std::ranges::find(refs, "refs/tags/v1", &meta::Ref::name);
  ASSERT_TRUE(tag != refs.end() && tag->tag);
  const auto object = hub.facts->git().read_object(repo, *tag->tag);
  ASSERT_TRUE(object);
  EXPECT_TRUE(as_text(object->data).starts_with("object " + tag->target.to_string() + "\n"));
  EXPECT_EQ(tag->target, hub.history("alice/m").front().oid);
}

TEST_F(LargeFiles, RewrittenCommitsAreWellFormedAndPointAtEachOther) {
  ASSERT_FALSE(remove(PastCommits::Rewritten));
  const meta::RepoId repo = hub.repo("alice/m").id;
  for (const meta::CommitInfo& info : hub.history("alice/m")) {
    const auto object = hub.facts->git().read_object(repo, info.oid);
    ASSERT_TRUE(object);
    const auto commit = git::parse_commit(object->data);
    ASSERT_TRUE(commit);
    EXPECT_EQ(commit->tree, info.tree);
    EXPECT_EQ(commit->parents.empty(), !info.parent.has_value());
    if (info.parent) EXPECT_EQ(commit->parents.front(), *info.parent);
  }
}

TEST_F(LargeFiles, KeptHistoryStillNamesThemButTheirBytesAreOutOfReach) {
  const GitOid head = hub.history("alice/m").front().oid;
  ASSERT_FALSE(remove(PastCommits::Kept));
  EXPECT_EQ(hub.history("alice/m").front().oid, head);
  EXPECT_FALSE(holds("alice/m", drop));
}

TEST_F(LargeFiles, DeletingTwiceOrWhatWasNeverThereIsFine) {
  ASSERT_FALSE(remove(PastCommits::Rewritten));
  const GitOid head = hub.history("alice/m").front().oid;
  ASSERT_FALSE(remove(PastCommits::Rewritten));
  EXPECT_EQ(hub.history("alice/m").front().oid, head);
}

TEST_F(LargeFiles, AreDuplicatedByWhoReadsTheSourceAndWritesTheTarget) {
  const Caller bob = hub.caller_named("bob");
  hub.add_repo_of(bob, "bob/m");
  const std::vector<Sha256> files = {keep, sha256_of(as_bytes("nowhere"))};
  const auto given = hub.lfs_files.duplicate(bob, name, repo_name("bob/m"), files);
  ASSERT_TRUE(given) << given.error().message;
  EXPECT_EQ(*given, (std::vector<bool>{true, false}));
  EXPECT_TRUE(holds("bob/m", keep));
  EXPECT_EQ(error_kind(hub.lfs_files.duplicate(bob, repo_name("bob/m"), name, files)),
            ErrorKind::Denied);
}

TEST_F(LargeFiles, OfAPrivateSourceAreNotDuplicatedByStrangersToIt) {
  hub.add_repo("alice/secret", meta::Visibility::Private);
  const Sha256 secret = hub.send(alice, "alice/secret", "secret");
  const Caller bob = hub.caller_named("bob");
  hub.add_repo_of(bob, "bob/m");
  EXPECT_EQ(error_kind(hub.lfs_files.duplicate(bob, repo_name("alice/secret"), repo_name("bob/m"),
                                               std::span(&secret, 1))),
            ErrorKind::RepoNotFound);
  // Naming another source does not help either.
  const auto given = hub.lfs_files.duplicate(bob, name, repo_name("bob/m"), std::span(&secret, 1));
  ASSERT_TRUE(given);
  EXPECT_FALSE(given->front());
  EXPECT_FALSE(holds("bob/m", secret));
}

TEST_F(LargeFiles, WhoMayOnlyReadDeletesNothing) {
  EXPECT_EQ(error_kind(hub.lfs_files.remove(hub.caller_named("bob"), name, std::span(&drop, 1),
                                            PastCommits::Rewritten)),
            ErrorKind::Denied);
  EXPECT_TRUE(holds("alice/m", drop));
}

}  // namespace
}  // namespace granary::service::testing
