// The RepoStore part of the MetaStore suite: names, settings, deletion, people. Listing has its
// own.
#include "meta/meta_store_suite.h"

namespace granary::meta {
namespace {

constexpr const char* kMain = "refs/heads/main";
const AuditEntry kAudit{
    .time = {}, .actor = "ada", .action = "repo.delete", .subject = "s", .detail = {}};

NewRepo fresh_repo(const RepoName& name, CommitBatch initial) {
  return {.name = name, .sdk = {}, .initial = std::move(initial)};
}

TEST_P(MetaStoreSuite, ANewRepoHasItsFirstCommitOnMain) {
  const NamespaceId ada = add_user("Ada");
  const CommitBatch initial = make_commit({}, "first");
  ASSERT_TAKE(const Repo made, repos().create_repo({.name = model("aDA", "Net"),
                                                    .visibility = Visibility::Private,
                                                    .sdk = {},
                                                    .initial = initial}));
  EXPECT_EQ(made.name.full(), "Ada/Net");
  EXPECT_EQ(made.owner, ada);
  EXPECT_EQ(made.visibility, Visibility::Private);
  EXPECT_EQ(made.gating, Gating::None);
  EXPECT_EQ(made.created, clock.now);
  EXPECT_EQ(made.public_id.size(), 24u);
  ASSERT_TAKE(const FoundRepo found, repos().find_repo(model("ada", "nET")));
  EXPECT_EQ(found.repo.id, made.id);
  EXPECT_EQ(found.repo.name.full(), "Ada/Net");
  EXPECT_FALSE(found.by_old_name);
  EXPECT_EQ(*git().find_ref(made.id, kMain), initial.commit.oid);
  EXPECT_EQ(repos().read_repo(made.id)->public_id, made.public_id);
}

TEST_P(MetaStoreSuite, ARepoNameIsTakenInEveryCaseButForEachKindAlone) {
  add_user("ada");
  add_repo("ada", "Net");
  const auto again = repos().create_repo(fresh_repo(model("ADA", "nEt"), make_commit({}, "2")));
  ASSERT_EQ(kind_of(again), ErrorKind::Conflict);
  EXPECT_EQ(again.error().message, "A model repository called ADA/nEt already exists");
  RepoName dataset = model("ada", "net");
  dataset.kind = RepoKind::Dataset;
  ASSERT_DONE(repos().create_repo(fresh_repo(dataset, make_commit({}, "3"))));
  EXPECT_EQ(kind_of(repos().create_repo(fresh_repo(model("nobody", "x"), make_commit({}, "4")))),
            ErrorKind::NotFound);
  for (const char* bad : {"", "a/b"}) {
    EXPECT_EQ(kind_of(repos().create_repo(fresh_repo(model("ada", bad), make_commit({}, "5")))),
              ErrorKind::Invalid);
  }
}

TEST_P(MetaStoreSuite, AMovedRepoIsFoundByItsOldNames) {
  add_user("ada");
  add_user("bob");
  const Repo repo = add_repo("ada", "one");
  ASSERT_TAKE(const Repo moved, repos().move_repo(repo.id, model("Bob", "Two")));
  EXPECT_EQ(moved.name.full(), "bob/Two");
  EXPECT_EQ(moved.public_id, repo.public_id);
  ASSERT_DONE(repos().move_repo(repo.id, model("bob", "three")));
  for (const RepoName& old : {model("ada", "one"), model("bob", "two")}) {
    ASSERT_TAKE(const FoundRepo found, repos().find_repo(old));
    EXPECT_EQ(found.repo.id, repo.id);
    EXPECT_TRUE(found.by_old_name);
    EXPECT_EQ(found.repo.name.full(), "bob/three");
  }
  EXPECT_FALSE(repos().find_repo(model("bob", "three"))->by_old_name);
  EXPECT_EQ(kind_of(repos().move_repo(repo.id, model("nobody", "x"))), ErrorKind::NotFound);
  EXPECT_EQ(kind_of(repos().move_repo(RepoId{999}, model("bob", "x"))), ErrorKind::RepoNotFound);
  RepoName dataset = model("ada", "x");
  dataset.kind = RepoKind::Dataset;
  EXPECT_EQ(kind_of(repos().move_repo(repo.id, dataset)), ErrorKind::Invalid);
}

TEST_P(MetaStoreSuite, ARepoMayChangeTheCaseOfItsNameAndGoBackToAnOldOne) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  EXPECT_EQ(repos().move_repo(repo.id, model("ada", "NET"))->name.name, "NET");
  ASSERT_DONE(repos().move_repo(repo.id, model("ada", "other")));
  ASSERT_DONE(repos().move_repo(repo.id, model("ada", "net")));
  EXPECT_FALSE(repos().find_repo(model("ada", "net"))->by_old_name);
  EXPECT_TRUE(repos().find_repo(model("ada", "other"))->by_old_name);
  EXPECT_TRUE(store->check()->empty());
}

// The attack that Unit 42 described in 2025: whoever takes a name that others still pull serves
// them bytes of his own. No order of moves, deletions and creations may let an old name do that.
TEST_P(MetaStoreSuite, NoOrderOfMovesAndDeletionsLetsAnotherRepoTakeAName) {
  add_user("ada");
  add_user("eve");
  for (int order = 0; order < 4; ++order) {
    const std::string name = "net" + std::to_string(order);
    const Repo repo = add_repo("ada", name);
    if (order == 1 || order == 3) {
      ASSERT_DONE(repos().move_repo(repo.id, model("eve", name)));
    }
    if (order == 2 || order == 3) ASSERT_DONE(repos().delete_repo(repo.id, kAudit));
    std::vector<RepoName> names = {model("ada", name)};
    if (order == 1 || order == 3) names.push_back(model("eve", name));
    const Repo other = add_repo("eve", "other" + std::to_string(order));
    for (const RepoName& taken : names) {
      EXPECT_EQ(kind_of(repos().create_repo(fresh_repo(taken, make_commit({}, "evil")))),
                ErrorKind::Conflict);
      EXPECT_EQ(kind_of(repos().move_repo(other.id, taken)), ErrorKind::Conflict);
      const auto found = repos().find_repo(taken);
      if (found) EXPECT_EQ(found->repo.id, repo.id);
      EXPECT_EQ(found.has_value(), order < 2);
    }
  }
  EXPECT_TRUE(store->check()->empty());
}

TEST_P(MetaStoreSuite, AConflictSaysWhichKindOfNameStandsInTheWay) {
  add_user("ada");
  const Repo moved = add_repo("ada", "moved");
  ASSERT_DONE(repos().move_repo(moved.id, model("ada", "elsewhere")));
  const Repo deleted = add_repo("ada", "deleted");
  ASSERT_DONE(repos().delete_repo(deleted.id, kAudit));
  const auto one = repos().create_repo(fresh_repo(model("ada", "moved"), make_commit({}, "a")));
  const auto two = repos().create_repo(fresh_repo(model("ada", "deleted"), make_commit({}, "b")));
  ASSERT_EQ(kind_of(one), ErrorKind::Conflict);
  ASSERT_EQ(kind_of(two), ErrorKind::Conflict);
  EXPECT_NE(one.error().message.find("was moved"), std::string::npos);
  EXPECT_NE(two.error().message.find("was deleted"), std::string::npos);
}

TEST_P(MetaStoreSuite, ADeletedRepoLeavesNothingButItsRetiredNames) {
  const NamespaceId ada = add_user("ada");
  const Repo repo = add_repo("ada", "net");
  NewContent fresh = make_content("weights");
  fresh.grant =
      RepoFile{.repo = repo.id, .sha256 = fresh.file->sha256, .path = {}, .ref = {}, .pushed = {}};
  ASSERT_DONE(content().record(fresh));
  ASSERT_DONE(repos().set_like(repo.id, ada, true));
  ASSERT_DONE(repos().set_access(repo.id, {.public_id = {},
                                           .user = ada,
                                           .user_name = {},
                                           .user_full_name = {},
                                           .user_email = {},
                                           .fields_json = {},
                                           .time = clock.now}));
  const std::uint64_t before = store->repo_generation(repo.id);
  ASSERT_DONE(repos().delete_repo(repo.id, kAudit));
  EXPECT_NE(store->repo_generation(repo.id), before);
  EXPECT_EQ(kind_of(repos().find_repo(model("ada", "net"))), ErrorKind::RepoNotFound);
  EXPECT_EQ(kind_of(repos().read_repo(repo.id)), ErrorKind::RepoNotFound);
  EXPECT_EQ(kind_of(repos().read_summary(repo.id)), ErrorKind::RepoNotFound);
  EXPECT_EQ(kind_of(repos().delete_repo(repo.id, kAudit)), ErrorKind::RepoNotFound);
  EXPECT_EQ(kind_of(git().find_ref(repo.id, kMain)), ErrorKind::RevisionNotFound);
  EXPECT_EQ(kind_of(content().find_grant(repo.id, fresh.file->sha256)), ErrorKind::NotFound);
  EXPECT_EQ(kind_of(repos().find_access(repo.id, ada)), ErrorKind::NotFound);
  EXPECT_TRUE(repos().list_likes(ada)->empty());
  EXPECT_EQ(accounts().latest_audit(1)->at(0).action, "repo.delete");
  EXPECT_TRUE(content().find_file(fresh.file->sha256).has_value()) << "bytes are the collector's";
  const Repo next = add_repo("ada", "other");
  EXPECT_GT(next.id, repo.id) << "a repo's number is never used again";
}

TEST_P(MetaStoreSuite, OnlyARetiredNameCanBeFreed) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const AuditEntry audit{
      .time = {}, .actor = "root", .action = "name.free", .subject = "s", .detail = {}};
  EXPECT_EQ(kind_of(repos().free_name(model("ada", "net"), audit)), ErrorKind::NotFound);
  EXPECT_EQ(kind_of(repos().free_name(model("ada", "never"), audit)), ErrorKind::NotFound);
  ASSERT_DONE(repos().delete_repo(repo.id, kAudit));
  ASSERT_DONE(repos().free_name(model("Ada", "Net"), audit));
  EXPECT_EQ(accounts().latest_audit(1)->at(0).action, "name.free");
  EXPECT_NE(add_repo("ada", "net").public_id, repo.public_id);
}

TEST_P(MetaStoreSuite, SettingsChangeWhatIsGivenAndCachesHearOfIt) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const std::uint64_t before = store->access_generation();
  clock.advance(std::chrono::minutes(5));
  ASSERT_TAKE(Repo changed,
              repos().update_settings(repo.id, {.visibility = {}, .gating = Gating::Manual}));
  EXPECT_EQ(changed.gating, Gating::Manual);
  EXPECT_EQ(changed.visibility, Visibility::Public);
  EXPECT_EQ(changed.modified, clock.now);
  EXPECT_NE(store->access_generation(), before);
  ASSERT_TAKE(changed,
              repos().update_settings(repo.id, {.visibility = Visibility::Private, .gating = {}}));
  EXPECT_EQ(changed.gating, Gating::Manual);
  EXPECT_EQ(changed.visibility, Visibility::Private);
  EXPECT_EQ(kind_of(repos().update_settings(RepoId{99}, {})), ErrorKind::RepoNotFound);
}

TEST_P(MetaStoreSuite, AccessIsAskedForAndDecidedOnce) {
  const NamespaceId ada = add_user("ada");
  const NamespaceId bob = add_user("bob");
  const Repo repo = add_repo("ada", "net");
  AccessRequest request{.public_id = {},
                        .user = bob,
                        .user_name = {},
                        .user_full_name = {},
                        .user_email = {},
                        .fields_json = "{\"why\":\"study\"}",
                        .time = clock.now};
  EXPECT_EQ(kind_of(repos().find_access(repo.id, bob)), ErrorKind::NotFound);
  ASSERT_TAKE(const AccessRequest asked, repos().set_access(repo.id, request));
  EXPECT_EQ(asked.status, AccessStatus::Pending);
  EXPECT_EQ(asked.user_name, "bob");
  EXPECT_EQ(asked.user_email, "bob@example.org");
  EXPECT_FALSE(asked.public_id.empty());
  EXPECT_EQ(kind_of(repos().set_access(repo.id, request)), ErrorKind::Conflict);

  request.status = AccessStatus::Accepted;
  request.fields_json.clear();
  request.time = clock.now + std::chrono::hours(1);
  const std::uint64_t before = store->access_generation();
  ASSERT_TAKE(const AccessRequest accepted, repos().set_access(repo.id, request));
  EXPECT_NE(store->access_generation(), before);
  EXPECT_EQ(accepted.public_id, asked.public_id);
  EXPECT_EQ(accepted.fields_json, asked.fields_json);
  EXPECT_EQ(accepted.time, asked.time) << "the time of asking stays";
  EXPECT_EQ(kind_of(repos().set_access(repo.id, request)), ErrorKind::Conflict);
  EXPECT_TRUE(repos().list_access(repo.id, AccessStatus::Pending)->empty());
  ASSERT_TAKE(const auto list, repos().list_access(repo.id, AccessStatus::Accepted));
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].user, bob);
  EXPECT_EQ(kind_of(repos().find_access(repo.id, ada)), ErrorKind::NotFound);
}

TEST_P(MetaStoreSuite, ALikeCountsOnce) {
  const NamespaceId ada = add_user("ada");
  const NamespaceId bob = add_user("bob");
  const Repo repo = add_repo("ada", "net");
  for (const NamespaceId user : {ada, bob, ada}) {
    ASSERT_DONE(repos().set_like(repo.id, user, true));
    clock.advance(std::chrono::seconds(1));
  }
  EXPECT_EQ(repos().read_repo(repo.id)->likes, 2u);
  EXPECT_EQ(repos().list_likers(repo.id)->size(), 2u);
  EXPECT_EQ(repos().list_likers(repo.id)->at(0).name, "ada");
  ASSERT_TAKE(const auto likes, repos().list_likes(bob));
  ASSERT_EQ(likes.size(), 1u);
  EXPECT_EQ(likes[0].repo.name.full(), "ada/net");
  ASSERT_DONE(repos().set_like(repo.id, ada, false));
  ASSERT_DONE(repos().set_like(repo.id, ada, false));
  EXPECT_EQ(repos().read_repo(repo.id)->likes, 1u);
  EXPECT_EQ(kind_of(repos().set_like(RepoId{99}, ada, true)), ErrorKind::RepoNotFound);
  EXPECT_TRUE(store->check()->empty());
}

TEST_P(MetaStoreSuite, DownloadsAddUpWithoutDisturbingCaches) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const std::uint64_t access = store->access_generation();
  const std::uint64_t facts = store->repo_generation(repo.id);
  ASSERT_DONE(repos().add_downloads(repo.id, 3));
  ASSERT_DONE(repos().add_downloads(repo.id, 4));
  EXPECT_EQ(repos().read_repo(repo.id)->downloads, 7u);
  EXPECT_EQ(store->access_generation(), access);
  EXPECT_EQ(store->repo_generation(repo.id), facts);
  EXPECT_EQ(kind_of(repos().add_downloads(RepoId{99}, 1)), ErrorKind::RepoNotFound);
}

}  // namespace
}  // namespace granary::meta
