// Tests of repos: their life, names that are never used twice, copies, gates and likes.
#include "service/repos.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/hasher.h"
#include "service/hub_testing.h"
#include "service/snapshot.h"

namespace granary::service {
namespace {

using meta::AccessStatus;
using meta::Gating;
using meta::RepoKind;
using meta::Visibility;
using testing::error_kind;
using testing::repo_name;

class ReposTest : public ::testing::Test {
 protected:
  CreateRepo named(const std::string& id, RepoKind kind = RepoKind::Model) {
    CreateRepo fresh;
    fresh.name = repo_name(id, kind);
    return fresh;
  }
  std::vector<SnapshotFile> files_of(const meta::Repo& repo) {
    const auto info = hub.browser.info(repo, "main", {});
    EXPECT_TRUE(info);
    return info->files;
  }
  std::string text_of(const meta::Repo& repo, const std::string& path) {
    for (const auto& file : files_of(repo)) {
      if (file.path != path) continue;
      const auto read = read_prefix_from(hub.facts->git(), *hub.store, repo.id);
      const auto bytes = read(file, 1'000'000);
      return bytes ? std::string(as_text(*bytes)) : "(unreadable)";
    }
    return "(absent)";
  }
  void gate(const std::string& id, Gating gating) {
    ASSERT_TRUE(hub.repos.update_settings(alice, repo_name(id),
                                          {.visibility = std::nullopt, .gating = gating}));
  }

  testing::TestHub hub;
  const Caller alice = hub.caller_named("alice");
  const Caller bob = hub.caller_named("bob");
};

TEST_F(ReposTest, ANewRepoHasOneCommitWithGitattributes) {
  const auto repo = hub.repos.create(alice, named("alice/model"));
  ASSERT_TRUE(repo);
  const auto head = hub.facts->git().find_ref(repo->id, "refs/heads/main");
  ASSERT_TRUE(head);
  const auto commits = hub.facts->git().list_commits(repo->id, *head, 0, 10);
  ASSERT_TRUE(commits);
  ASSERT_EQ(commits->size(), 1U);
  EXPECT_EQ((*commits)[0].message, "initial commit");
  EXPECT_EQ((*commits)[0].author_name, "alice");
  const auto files = files_of(*repo);
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].path, ".gitattributes");
  EXPECT_NE(text_of(*repo, ".gitattributes").find("*.safetensors filter=lfs"), std::string::npos);
}

TEST_F(ReposTest, WithoutAVisibilityARepoHasTheUsualOne) {
  Repos cautious(hub.env, hub.access, *hub.facts, Visibility::Private);
  const auto hidden = cautious.create(alice, named("alice/hidden"));
  ASSERT_TRUE(hidden);
  EXPECT_EQ(hidden->visibility, Visibility::Private);
  auto open = named("alice/open");
  open.visibility = Visibility::Public;
  EXPECT_EQ(cautious.create(alice, open)->visibility, Visibility::Public);
  EXPECT_EQ(hub.repos.create(alice, named("alice/usual"))->visibility, Visibility::Public);
}

TEST_F(ReposTest, ASpaceNeedsAnSdkAndSaysSoInItsReadme) {
  auto fresh = named("alice/demo", RepoKind::Space);
  EXPECT_EQ(error_kind(hub.repos.create(alice, fresh)), ErrorKind::Invalid);
  fresh.sdk = "cobol";
  EXPECT_EQ(error_kind(hub.repos.create(alice, fresh)), ErrorKind::Invalid);
  fresh.sdk = "gradio";
  const auto repo = hub.repos.create(alice, fresh);
  ASSERT_TRUE(repo);
  EXPECT_NE(text_of(*repo, "README.md").find("sdk: gradio"), std::string::npos);
}

TEST_F(ReposTest, ALicenseIsWrittenDownAndShownAndCannotSmuggleYaml) {
  auto fresh = named("alice/model");
  fresh.license = "mit\nextra: yes";
  EXPECT_EQ(error_kind(hub.repos.create(alice, fresh)), ErrorKind::Invalid);
  fresh.license = "apache-2.0";
  const auto repo = hub.repos.create(alice, fresh);
  ASSERT_TRUE(repo);
  const auto summary = hub.facts->repos().read_summary(repo->id);
  ASSERT_TRUE(summary);
  EXPECT_NE(std::ranges::find(summary->tags, "license:apache-2.0"), summary->tags.end());
}

TEST_F(ReposTest, FilesGivenAtCreationAreInTheFirstCommit) {
  auto fresh = named("alice/model");
  const auto text = as_bytes("hello");
  fresh.files.push_back({.path = "notes/a.txt", .content = {text.begin(), text.end()}});
  const auto repo = hub.repos.create(alice, fresh);
  ASSERT_TRUE(repo);
  EXPECT_EQ(text_of(*repo, "notes/a.txt"), "hello");

  fresh = named("alice/other");
  fresh.files.push_back({.path = "../evil", .content = {}});
  EXPECT_EQ(error_kind(hub.repos.create(alice, fresh)), ErrorKind::Invalid);
  fresh.files = {{.path = "model.safetensors", .content = {}}};
  EXPECT_EQ(error_kind(hub.repos.create(alice, fresh)), ErrorKind::Invalid);
}

TEST_F(ReposTest, ARepoIsPublicUnlessAskedOtherwise) {
  EXPECT_EQ(hub.repos.create(alice, named("alice/open"))->visibility, Visibility::Public);
  auto fresh = named("alice/closed");
  fresh.visibility = Visibility::Private;
  EXPECT_EQ(hub.repos.create(alice, fresh)->visibility, Visibility::Private);
}

TEST_F(ReposTest, ANameInUseConflictsInEveryCase) {
  ASSERT_TRUE(hub.repos.create(alice, named("alice/Model")));
  const auto again = hub.repos.create(alice, named("alice/mODEL"));
  ASSERT_EQ(error_kind(again), ErrorKind::Conflict);
  EXPECT_NE(again.error().message.find("already exists"), std::string::npos);
  EXPECT_TRUE(hub.repos.create(alice, named("alice/model", RepoKind::Dataset)))
      << "another kind has names of its own";
}

// "Unit 42": nobody ever gets new bytes under a name that others may still use.
TEST_F(ReposTest, NoRepoIsMadeOrMovedWhereItsAddressWouldNameAPartOfAnother) {
  EXPECT_EQ(error_kind(hub.repos.create(alice, named("alice/refs"))), ErrorKind::Invalid);
  ASSERT_TRUE(hub.repos.create(alice, named("alice/model")));
  EXPECT_EQ(error_kind(hub.repos.move(alice, repo_name("alice/model"), repo_name("alice/Tree"))),
            ErrorKind::Invalid);
}

TEST_F(ReposTest, ADeletedNameIsRetiredUntilAnAdministratorFreesIt) {
  ASSERT_TRUE(hub.repos.create(alice, named("alice/model")));
  ASSERT_TRUE(hub.repos.remove(alice, repo_name("alice/model")));
  const auto again = hub.repos.create(alice, named("alice/Model"));
  ASSERT_EQ(error_kind(again), ErrorKind::Conflict);
  EXPECT_NE(again.error().message.find("granary repo free alice/Model"), std::string::npos);
  EXPECT_EQ(error_kind(hub.repos.free_name(alice, repo_name("alice/model"))), ErrorKind::Denied);
  ASSERT_TRUE(hub.repos.free_name(local_operator(), repo_name("alice/model")));
  EXPECT_TRUE(hub.repos.create(alice, named("alice/model")));
}

TEST_F(ReposTest, AMovedRepoKeepsItsOldNameAndNobodyElseGetsIt) {
  ASSERT_TRUE(hub.repos.create(alice, named("alice/old")));
  const auto moved = hub.repos.move(alice, repo_name("alice/old"), repo_name("lab/new"));
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->name.full(), "lab/new");
  const auto found = hub.access.find(bob, repo_name("alice/old"));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->by_old_name);
  EXPECT_EQ(found->repo.name.full(), "lab/new");
  EXPECT_EQ(error_kind(hub.repos.create(alice, named("alice/old"))), ErrorKind::Conflict);
  ASSERT_TRUE(hub.repos.create(alice, named("alice/third")));
  EXPECT_EQ(error_kind(hub.repos.move(alice, repo_name("alice/third"), repo_name("alice/old"))),
            ErrorKind::Conflict);
}

TEST_F(ReposTest, ARepoMayMoveBackAndChangeItsCase) {
  ASSERT_TRUE(hub.repos.create(alice, named("alice/old")));
  ASSERT_TRUE(hub.repos.move(alice, repo_name("alice/old"), repo_name("alice/new")));
  ASSERT_TRUE(hub.repos.move(alice, repo_name("alice/new"), repo_name("alice/old")));
  const auto renamed = hub.repos.move(alice, repo_name("alice/old"), repo_name("alice/OLD"));
  ASSERT_TRUE(renamed);
  EXPECT_EQ(renamed->name.name, "OLD");
}

TEST_F(ReposTest, DeletingByAnOldNameIsRefused) {
  ASSERT_TRUE(hub.repos.create(alice, named("alice/old")));
  ASSERT_TRUE(hub.repos.move(alice, repo_name("alice/old"), repo_name("alice/new")));
  const auto removed = hub.repos.remove(alice, repo_name("alice/old"));
  ASSERT_EQ(error_kind(removed), ErrorKind::RepoNotFound);
  EXPECT_NE(removed.error().message.find("alice/new"), std::string::npos);
  EXPECT_TRUE(hub.access.find(alice, repo_name("alice/new")));
}

TEST_F(ReposTest, AfterDeletionEveryNameItHadIsRetired) {
  ASSERT_TRUE(hub.repos.create(alice, named("alice/old")));
  ASSERT_TRUE(hub.repos.move(alice, repo_name("alice/old"), repo_name("alice/new")));
  ASSERT_TRUE(hub.repos.remove(alice, repo_name("alice/new")));
  for (const char* id : {"alice/old", "alice/new"}) {
    EXPECT_EQ(error_kind(hub.access.find(alice, repo_name(id))), ErrorKind::RepoNotFound);
    EXPECT_EQ(error_kind(hub.repos.create(alice, named(id))), ErrorKind::Conflict);
  }
}

TEST_F(ReposTest, MovingNeedsTheRightAtBothEnds) {
  ASSERT_TRUE(hub.repos.create(alice, named("alice/model")));
  EXPECT_EQ(error_kind(hub.repos.move(alice, repo_name("alice/model"), repo_name("bob/model"))),
            ErrorKind::Denied);
  EXPECT_EQ(error_kind(hub.repos.move(bob, repo_name("alice/model"), repo_name("bob/model"))),
            ErrorKind::Denied);
}

TEST_F(ReposTest, ACopyHoldsTheFilesOfMainAndSharesTheirBytes) {
  const auto source = hub.add_repo("lab/source");
  hub.commit_file(source, "docs/readme.txt", "text");
  hub.commit_lfs_file(source, "model.safetensors", "weights");
  const auto copy = hub.repos.duplicate(bob, repo_name("lab/source"), named("bob/copy"));
  ASSERT_TRUE(copy) << copy.error().message;
  EXPECT_EQ(text_of(*copy, "docs/readme.txt"), "text");
  EXPECT_EQ(text_of(*copy, "model.safetensors"), "weights");
  EXPECT_TRUE(hub.facts->content().find_grant(copy->id, sha256_of(as_bytes("weights"))));
  const auto copied = files_of(*copy);
  const auto original = files_of(source);
  ASSERT_EQ(copied.size(), original.size());
  for (std::size_t i = 0; i < copied.size(); ++i) EXPECT_EQ(copied[i].oid, original[i].oid);
  const auto problems = hub.facts->check();
  ASSERT_TRUE(problems);
  EXPECT_TRUE(problems->empty()) << (*problems)[0];
}

TEST_F(ReposTest, ACopyOfAPrivateRepoIsPrivateUnlessAskedOtherwise) {
  hub.add_repo("lab/secret", Visibility::Private);
  EXPECT_EQ(error_kind(hub.repos.duplicate(bob, repo_name("lab/secret"), named("bob/copy"))),
            ErrorKind::RepoNotFound);
  const auto copy = hub.repos.duplicate(alice, repo_name("lab/secret"), named("alice/copy"));
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->visibility, Visibility::Private);
}

TEST_F(ReposTest, AGatedRepoIsCopiedOnlyByThoseLetIn) {
  hub.add_repo("lab/gated");
  gate("lab/gated", Gating::Manual);
  EXPECT_EQ(error_kind(hub.repos.duplicate(bob, repo_name("lab/gated"), named("bob/copy"))),
            ErrorKind::Gated);
}

TEST_F(ReposTest, AskingForAccessWaitsWhereAPersonDecides) {
  hub.add_repo("lab/gated");
  gate("lab/gated", Gating::Manual);
  const auto request = hub.repos.ask_access(bob, repo_name("lab/gated"), R"({"why":"study"})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->status, AccessStatus::Pending);
  EXPECT_EQ(error_kind(hub.repos.ask_access(bob, repo_name("lab/gated"), "")), ErrorKind::Conflict);
  const auto pending = hub.repos.list_access(alice, repo_name("lab/gated"), AccessStatus::Pending);
  ASSERT_TRUE(pending);
  ASSERT_EQ(pending->size(), 1U);
  EXPECT_EQ((*pending)[0].fields_json, R"({"why":"study"})");
  EXPECT_EQ(error_kind(hub.repos.list_access(bob, repo_name("lab/gated"), AccessStatus::Pending)),
            ErrorKind::Denied);
}

TEST_F(ReposTest, AskingIsGrantedAtOnceWhereGatingIsAutomatic) {
  hub.add_repo("lab/gated");
  gate("lab/gated", Gating::Automatic);
  EXPECT_EQ(error_kind(hub.access.find_for_content(bob, repo_name("lab/gated"))), ErrorKind::Gated);
  ASSERT_TRUE(hub.repos.ask_access(bob, repo_name("lab/gated"), ""));
  EXPECT_TRUE(hub.access.find_for_content(bob, repo_name("lab/gated")));
}

TEST_F(ReposTest, ARejectedRequestIsNotAskedAgain) {
  hub.add_repo("lab/gated");
  gate("lab/gated", Gating::Manual);
  const auto asked = hub.repos.ask_access(bob, repo_name("lab/gated"), "");
  ASSERT_TRUE(asked);
  ASSERT_TRUE(hub.repos.handle_access(
      alice, repo_name("lab/gated"),
      {.user = "", .request_id = asked->public_id, .status = AccessStatus::Rejected}));
  EXPECT_EQ(error_kind(hub.repos.ask_access(bob, repo_name("lab/gated"), "")), ErrorKind::Denied);
}

TEST_F(ReposTest, AccessIsGivenByHandToWhoNeverAskedAndOnlyOnce) {
  hub.add_repo("lab/gated");
  EXPECT_EQ(error_kind(hub.repos.grant_access(alice, repo_name("lab/gated"), "bob")),
            ErrorKind::Invalid)
      << "it is not gated";
  gate("lab/gated", Gating::Manual);
  EXPECT_EQ(error_kind(hub.repos.grant_access(alice, repo_name("lab/gated"), "nobody")),
            ErrorKind::NotFound);
  const auto granted = hub.repos.grant_access(alice, repo_name("lab/gated"), "bob");
  ASSERT_TRUE(granted);
  EXPECT_TRUE(granted->by_hand);
  EXPECT_TRUE(hub.access.find_for_content(bob, repo_name("lab/gated")));
  EXPECT_EQ(error_kind(hub.repos.grant_access(alice, repo_name("lab/gated"), "bob")),
            ErrorKind::Conflict);
}

TEST_F(ReposTest, LikesAreCountedOnceAndHiddenReposAreLeftOut) {
  hub.add_repo("lab/open");
  const auto secret = hub.add_repo("lab/secret", Visibility::Private);
  ASSERT_TRUE(hub.repos.set_like(alice, repo_name("lab/open"), Liking::Like));
  ASSERT_TRUE(hub.repos.set_like(alice, repo_name("lab/open"), Liking::Like));
  ASSERT_TRUE(hub.repos.set_like(alice, repo_name("lab/secret"), Liking::Like));
  EXPECT_EQ(hub.access.find(bob, repo_name("lab/open"))->repo.likes, 1U);
  EXPECT_EQ(hub.repos.likes_of(alice, "alice")->size(), 2U);
  EXPECT_EQ(hub.repos.likes_of(bob, "alice")->size(), 1U);
  EXPECT_EQ(hub.repos.likers(bob, repo_name("lab/open"))->size(), 1U);
  ASSERT_TRUE(hub.repos.set_like(alice, repo_name("lab/open"), Liking::Unlike));
  EXPECT_EQ(hub.access.find(bob, repo_name("lab/open"))->repo.likes, 0U);
  EXPECT_EQ(error_kind(hub.repos.set_like(hub.caller(), repo_name("lab/open"), Liking::Like)),
            ErrorKind::Unauthenticated);
}

TEST_F(ReposTest, DeletionsAndMovesAreWrittenToTheAuditLog) {
  ASSERT_TRUE(hub.repos.create(alice, named("alice/a")));
  ASSERT_TRUE(hub.repos.move(alice, repo_name("alice/a"), repo_name("alice/b")));
  ASSERT_TRUE(hub.repos.remove(alice, repo_name("alice/b")));
  const auto entries = hub.facts->accounts().latest_audit(2);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[0].action, "repo.delete");
  EXPECT_EQ((*entries)[0].subject, "model alice/b");
  EXPECT_EQ((*entries)[1].action, "repo.move");
  EXPECT_EQ((*entries)[1].actor, "alice");
}

}  // namespace
}  // namespace granary::service
