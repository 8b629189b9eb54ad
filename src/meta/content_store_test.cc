// The ContentStore part of the MetaStore suite.
#include "meta/meta_store_suite.h"

namespace granary::meta {
namespace {

constexpr const char* kMain = "refs/heads/main";

RepoFile grant_of(RepoId repo, const Sha256& sha256) {
  return {.repo = repo, .sha256 = sha256, .path = {}, .ref = {}, .pushed = {}};
}

TEST_P(MetaStoreSuite, ARecordedFileComesBackWithItsRecipeAndXorb) {
  const NewContent fresh = make_content("weights", 123'456);
  ASSERT_DONE(content().record(fresh));
  reopen();
  ASSERT_TAKE(const StoredFile file, content().find_file(fresh.file->sha256));
  EXPECT_EQ(file.size_bytes, 123'456u);
  EXPECT_EQ(file.file_hash, fresh.file->file_hash);
  ASSERT_EQ(file.recipe.size(), 1u);
  EXPECT_EQ(file.recipe[0].chunk_end, 4u);
  EXPECT_EQ(file.recipe[0].size_bytes, 123'456u);
  ASSERT_TAKE(const Xorb xorb, content().read_xorb(file.recipe[0].xorb));
  EXPECT_EQ(xorb.hash, fresh.xorbs[0].hash);
  EXPECT_EQ(xorb.chunk_count, 4u);
  EXPECT_EQ(xorb.size_bytes, 123'456u);
  EXPECT_EQ(xorb.stored_size_bytes, fresh.xorbs[0].stored_size_bytes);
  EXPECT_EQ(xorb.state, XorbState::Live);
  EXPECT_EQ(xorb.created, clock.now);
  EXPECT_EQ(kind_of(content().find_file(sha256_named("nothing"))), ErrorKind::NotFound);
  EXPECT_EQ(kind_of(content().read_xorb(XorbId{99})), ErrorKind::NotFound);
  EXPECT_TRUE(store->check()->empty());
}

TEST_P(MetaStoreSuite, RecordingTwiceKeepsTheFirstRecipeAndXorb) {
  const NewContent fresh = make_content("weights");
  ASSERT_DONE(content().record(fresh));
  const StoredFile before = *content().find_file(fresh.file->sha256);
  ASSERT_DONE(content().record(fresh));
  NewContent other = make_content("others");
  other.file = fresh.file;  // the same file, but lying in another xorb
  ASSERT_DONE(content().record(other));
  EXPECT_EQ(content().find_file(fresh.file->sha256)->recipe, before.recipe);
  EXPECT_EQ(content().list_xorbs({}, 100)->size(), 2u);
}

TEST_P(MetaStoreSuite, ManyAreRecordedInOneCommitOrNotAtAll) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  std::vector<NewContent> many;
  for (const char* name : {"one", "two", "three"}) {
    many.push_back(make_content(name));
    many.back().grant = grant_of(repo.id, many.back().file->sha256);
  }
  many[2].grant->repo = RepoId{99};
  EXPECT_EQ(kind_of(content().record_all(many)), ErrorKind::RepoNotFound);
  EXPECT_TRUE(content().list_files({}, 10)->empty());
  many[2].grant->repo = repo.id;
  const std::uint64_t before = store->counters().commits;
  ASSERT_DONE(content().record_all(many));
  EXPECT_EQ(store->counters().commits, before + 1);
  EXPECT_EQ(content().list_files({}, 10)->size(), 3u);
  ASSERT_DONE(content().record_all({}));
}

TEST_P(MetaStoreSuite, AFileIsMadeOfOldAndNewXorbs) {
  const NewContent old = make_content("old", 1000);
  ASSERT_DONE(content().record(old));
  const XorbId known = content().find_file(old.file->sha256)->recipe[0].xorb;
  NewContent mixed = make_content("new", 500);
  mixed.file->recipe = {
      {.xorb = known, .chunk_start = 1, .chunk_end = 3, .offset_bytes = 10, .size_bytes = 700},
      {.xorb = XorbId{-1}, .chunk_start = 0, .chunk_end = 1, .offset_bytes = 0, .size_bytes = 200}};
  mixed.file->size_bytes = 900;
  ASSERT_DONE(content().record(mixed));
  ASSERT_TAKE(const StoredFile file, content().find_file(mixed.file->sha256));
  EXPECT_EQ(file.recipe[0], mixed.file->recipe[0]);
  EXPECT_EQ(content().read_xorb(file.recipe[1].xorb)->hash, mixed.xorbs[0].hash);
}

TEST_P(MetaStoreSuite, AnEmptyFileNeedsNoXorb) {
  NewContent empty;
  empty.file =
      StoredFile{.sha256 = sha256_named(""), .size_bytes = 0, .file_hash = {}, .recipe = {}};
  ASSERT_DONE(content().record(empty));
  EXPECT_TRUE(content().find_file(sha256_named(""))->recipe.empty());
}

TEST_P(MetaStoreSuite, ARecipeThatCannotBeTrueIsRefusedWhole) {
  const auto refused = [&](ErrorKind kind, auto change) {
    NewContent bad = make_content("bad", 1000);
    change(*bad.file);
    EXPECT_EQ(kind_of(content().record(bad)), kind);
  };
  refused(ErrorKind::Invalid, [](StoredFile& file) { file.size_bytes = 1001; });
  refused(ErrorKind::Invalid, [](StoredFile& file) { file.recipe.clear(); });
  refused(ErrorKind::Invalid, [](StoredFile& file) { file.recipe[0].chunk_end = 5; });
  refused(ErrorKind::Invalid, [](StoredFile& file) { file.recipe[0].chunk_start = 4; });
  refused(ErrorKind::Invalid, [](StoredFile& file) { file.recipe[0].offset_bytes = 1; });
  refused(ErrorKind::Invalid, [](StoredFile& file) { file.recipe[0].xorb = XorbId{-2}; });
  refused(ErrorKind::Conflict, [](StoredFile& file) { file.recipe[0].xorb = XorbId{77}; });
  EXPECT_TRUE(content().list_xorbs({}, 100)->empty());
  EXPECT_TRUE(content().list_files({}, 100)->empty());
  EXPECT_TRUE(
      content().find_hooks(std::vector{make_content("bad").hooks[0].chunk}, nullptr)->empty());
}

TEST_P(MetaStoreSuite, ALiveXorbKeepsItsGeneration) {
  const NewContent fresh = make_content("weights");
  EXPECT_EQ(*content().next_generation(fresh.xorbs[0].hash), 0u);
  ASSERT_DONE(content().record(fresh));
  EXPECT_EQ(*content().next_generation(fresh.xorbs[0].hash), 0u);
}

TEST_P(MetaStoreSuite, HooksLeadToEachLiveXorbOnce) {
  NewContent one = make_content("one");
  NewContent two = make_content("two");
  Hook second = one.hooks[0];
  second.chunk.bytes[0] ^= std::byte{1};
  one.hooks.push_back(second);
  ASSERT_DONE(content().record(one));
  ASSERT_DONE(content().record(two));
  ChunkHash unknown;
  const std::vector<ChunkHash> asked = {two.hooks[0].chunk, unknown, one.hooks[0].chunk,
                                        second.chunk};
  ASSERT_TAKE(const auto found, content().find_hooks(asked, nullptr));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].hash, two.xorbs[0].hash);
  EXPECT_EQ(found[1].hash, one.xorbs[0].hash);
  NewContent claim = make_content("three");
  claim.hooks[0].chunk = one.hooks[0].chunk;
  ASSERT_DONE(content().record(claim));
  EXPECT_EQ(content().find_hooks(std::vector{one.hooks[0].chunk}, nullptr)->at(0).hash,
            one.xorbs[0].hash)
      << "a hook stays with its first xorb";
  EXPECT_TRUE(content().find_hooks({}, nullptr)->empty());
}

TEST_P(MetaStoreSuite, AGrantIsTheRightOfOneRepoAlone) {
  add_user("ada");
  const Repo mine = add_repo("ada", "mine");
  const Repo other = add_repo("ada", "other");
  NewContent fresh = make_content("weights", 1000);
  fresh.grant = grant_of(mine.id, fresh.file->sha256);
  const std::uint64_t before = store->repo_generation(mine.id);
  ASSERT_DONE(content().record(fresh));
  EXPECT_NE(store->repo_generation(mine.id), before);
  ASSERT_TAKE(const RepoFile held, content().find_grant(mine.id, fresh.file->sha256));
  EXPECT_EQ(held.size_bytes, 1000u);
  EXPECT_EQ(held.path, "");
  EXPECT_EQ(kind_of(content().find_grant(other.id, fresh.file->sha256)), ErrorKind::NotFound);
  ASSERT_DONE(content().grant(grant_of(other.id, fresh.file->sha256)));
  ASSERT_DONE(content().grant(grant_of(other.id, fresh.file->sha256)));
  ASSERT_DONE(content().revoke(mine.id, std::vector{fresh.file->sha256, sha256_named("x")}));
  EXPECT_EQ(kind_of(content().find_grant(mine.id, fresh.file->sha256)), ErrorKind::NotFound);
  EXPECT_TRUE(content().find_grant(other.id, fresh.file->sha256).has_value());
  EXPECT_EQ(kind_of(content().grant(grant_of(mine.id, sha256_named("x")))), ErrorKind::NotFound);
  EXPECT_EQ(kind_of(content().grant(grant_of(RepoId{99}, fresh.file->sha256))),
            ErrorKind::RepoNotFound);
}

TEST_P(MetaStoreSuite, AFailedGrantLeavesNothingOfItsRecord) {
  NewContent fresh = make_content("weights");
  fresh.grant = grant_of(RepoId{99}, fresh.file->sha256);
  EXPECT_EQ(kind_of(content().record(fresh)), ErrorKind::RepoNotFound);
  EXPECT_EQ(kind_of(content().find_file(fresh.file->sha256)), ErrorKind::NotFound);
}

TEST_P(MetaStoreSuite, CommittedFilesAreListedNewestFirst) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  GitOid head = *git().find_ref(repo.id, kMain);
  for (const char* name : {"a", "b", "c", "never committed"}) {
    NewContent fresh = make_content(name);
    fresh.grant = grant_of(repo.id, fresh.file->sha256);
    ASSERT_DONE(content().record(fresh));
    if (std::string_view(name).size() > 1) continue;
    clock.advance(std::chrono::seconds(1));
    CommitBatch batch = make_commit(repo.id, name, head);
    batch.files = {grant_of(repo.id, fresh.file->sha256)};
    batch.files[0].path = name;
    batch.files[0].ref = kMain;
    batch.files[0].pushed = clock.now;
    ASSERT_DONE(git().commit(batch));
    head = batch.commit.oid;
  }
  ASSERT_TAKE(const auto all, content().list_grants(repo.id, 0, 10));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].path, "c");
  EXPECT_EQ(all[2].path, "a");
  ASSERT_TAKE(const auto page, content().list_grants(repo.id, 1, 1));
  ASSERT_EQ(page.size(), 1u);
  EXPECT_EQ(page[0].path, "b");
}

TEST_P(MetaStoreSuite, EverythingIsListedInPagesForACheck) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_DONE(content().record(make_content("file " + std::to_string(i))));
  }
  std::optional<Sha256> after;
  std::size_t count = 0;
  while (true) {
    ASSERT_TAKE(const auto page, content().list_files(after, 2));
    if (page.empty()) break;
    for (const StoredFile& file : page) {
      EXPECT_TRUE(!after || file.sha256 > *after);
      after = file.sha256;
      ++count;
    }
  }
  EXPECT_EQ(count, 5u);
  ASSERT_TAKE(const auto first, content().list_xorbs({}, 3));
  ASSERT_EQ(first.size(), 3u);
  EXPECT_EQ(content().list_xorbs(first[2].id, 3)->size(), 2u);
}

TEST_P(MetaStoreSuite, AnUploadAndItsPartsAreKeptUntilRemoved) {
  const NamespaceId ada = add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const Upload upload{.id = "0123456789abcdef0123456789abcdef",
                      .repo = repo.id,
                      .user = ada,
                      .sha256 = sha256_named("big"),
                      .size_bytes = 5'000'000'000,
                      .part_size_bytes = 1000,
                      .created = clock.now};
  ASSERT_DONE(content().create_upload(upload));
  ASSERT_DONE(content().add_part(upload.id, {.number = 2, .size_bytes = 7, .etag = "aa"}));
  ASSERT_DONE(content().add_part(upload.id, {.number = 1, .size_bytes = 1000, .etag = "bb"}));
  ASSERT_DONE(content().add_part(upload.id, {.number = 2, .size_bytes = 8, .etag = "cc"}));
  reopen();
  ASSERT_TAKE(const auto parts, content().list_parts(upload.id));
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].etag, "bb");
  EXPECT_EQ(parts[1].size_bytes, 8u);
  EXPECT_EQ(parts[1].etag, "cc");
  EXPECT_EQ(content().find_upload(repo.id, ada, upload.sha256, 1000)->id, upload.id);
  EXPECT_EQ(kind_of(content().find_upload(repo.id, ada, upload.sha256, 999)), ErrorKind::NotFound);
  EXPECT_EQ(content().read_upload(upload.id)->size_bytes, upload.size_bytes);
  EXPECT_TRUE(content().list_uploads_before(clock.now)->empty());
  EXPECT_EQ(content().list_uploads_before(clock.now + std::chrono::milliseconds(1))->size(), 1u);
  EXPECT_EQ(kind_of(content().add_part("none", {.number = 1, .etag = {}})), ErrorKind::NotFound);
  ASSERT_DONE(content().remove_upload(upload.id));
  EXPECT_EQ(kind_of(content().read_upload(upload.id)), ErrorKind::NotFound);
  EXPECT_TRUE(content().list_parts(upload.id)->empty());
}

TEST_P(MetaStoreSuite, AnUploadOutlivesItsRepoSoThatItsPartsAreFound) {
  const NamespaceId ada = add_user("ada");
  const Repo repo = add_repo("ada", "net");
  ASSERT_DONE(content().create_upload({.id = "u",
                                       .repo = repo.id,
                                       .user = ada,
                                       .sha256 = sha256_named("x"),
                                       .created = clock.now}));
  ASSERT_DONE(repos().delete_repo(
      repo.id, {.time = {}, .actor = {}, .action = {}, .subject = {}, .detail = {}}));
  EXPECT_EQ(content().list_uploads_before(clock.now + std::chrono::hours(1))->size(), 1u);
}

// Claims: what may be said to be there without its bytes being sent.

class ClaimSuite : public MetaStoreSuite {
 protected:
  ClaimSuite() : ada(add_user("ada")), bob(add_user("bob")), mine(add_repo("ada", "mine").id) {}

  /// A file that only a new repo of bob's holds.
  Sha256 hold(const std::string& name, Visibility visibility, Gating gating = Gating::None) {
    source = add_repo("bob", name, visibility).id;
    if (gating != Gating::None) {
      EXPECT_TRUE(repos().update_settings(source, {.visibility = {}, .gating = gating}));
    }
    NewContent fresh = make_content(name);
    fresh.grant = grant_of(source, fresh.file->sha256);
    EXPECT_TRUE(content().record(fresh));
    return fresh.file->sha256;
  }
  bool claimed(const Sha256& sha256, Viewer viewer, std::optional<RepoId> from = {}) {
    const auto answer = content().claim({.repo = mine,
                                         .files = {sha256},
                                         .viewer = std::move(viewer),
                                         .source = from,
                                         .holder = "test",
                                         .expires = clock.now + std::chrono::hours(24)});
    EXPECT_TRUE(answer.has_value());
    const bool said = answer && answer->at(0).has_value();
    EXPECT_EQ(content().find_grant(mine, sha256).has_value(), said) << "said and granted are one";
    return said;
  }

  NamespaceId ada;
  NamespaceId bob;
  RepoId mine;
  RepoId source;
};

TEST_P(ClaimSuite, AHashAloneGivesNothing) {
  EXPECT_FALSE(claimed(sha256_named("nowhere"), {}));
  EXPECT_FALSE(claimed(hold("private", Visibility::Private), {.namespaces = {ada}}));
  EXPECT_FALSE(claimed(hold("gated", Visibility::Public, Gating::Automatic), {}));
  NewContent unheld = make_content("unheld");
  ASSERT_DONE(content().record(unheld));
  EXPECT_FALSE(claimed(unheld.file->sha256, {.sees_all = true, .namespaces = {}}));
}

TEST_P(ClaimSuite, WhatTheCallerMayReadIsGranted) {
  EXPECT_TRUE(claimed(hold("public", Visibility::Public), {}));
  EXPECT_TRUE(claimed(hold("own", Visibility::Private), {.namespaces = {ada, bob}}));
  EXPECT_TRUE(claimed(hold("admin", Visibility::Private), {.sees_all = true, .namespaces = {}}));
  const Sha256 gated = hold("gated", Visibility::Private, Gating::Manual);
  EXPECT_FALSE(claimed(gated, {.sees_all = true, .namespaces = {bob}}));
  EXPECT_TRUE(claimed(gated, {}, source)) << "the source's content was found readable before";
}

TEST_P(ClaimSuite, AnswersComeInTheOrderAskedWithWhatIsHeldAlready) {
  const Sha256 first = hold("first", Visibility::Public);
  const Sha256 second = hold("second", Visibility::Public);
  ASSERT_TAKE(const auto answer,
              content().claim({.repo = mine,
                               .files = {second, sha256_named("nowhere"), first, second},
                               .viewer = {},
                               .source = {},
                               .holder = "test",
                               .expires = clock.now + std::chrono::hours(1)}));
  ASSERT_EQ(answer.size(), 4u);
  EXPECT_EQ(answer[0]->sha256, second);
  EXPECT_EQ(answer[0]->size_bytes, 100'000u);
  EXPECT_FALSE(answer[1].has_value());
  EXPECT_EQ(answer[2]->sha256, first);
  EXPECT_EQ(answer[3]->sha256, second);
  EXPECT_EQ(kind_of(content().claim({.repo = RepoId{99},
                                     .files = {first},
                                     .viewer = {},
                                     .source = {},
                                     .holder = {},
                                     .expires = {}})),
            ErrorKind::RepoNotFound);
}

TEST_P(ClaimSuite, ARepoMadePrivateGivesNothingAnyMore) {
  const Sha256 sha256 = hold("public", Visibility::Public);
  ASSERT_DONE(repos().update_settings(source, {.visibility = Visibility::Private, .gating = {}}));
  EXPECT_FALSE(claimed(sha256, {.namespaces = {ada}}));
}

INSTANTIATE_TEST_SUITE_P(All, ClaimSuite, testing::ValuesIn(adapters()), name_of_adapter);

}  // namespace
}  // namespace granary::meta
