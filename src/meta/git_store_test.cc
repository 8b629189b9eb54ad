// The GitStore part of the MetaStore suite.
#include "meta/meta_store_suite.h"

namespace granary::meta {
namespace {

constexpr const char* kMain = "refs/heads/main";

RepoSummary full_summary(const GitOid& head) {
  return {.head = head,
          .tags = {"gguf", "license:mit", "a", "gguf"},
          .pipeline_tag = "text-generation",
          .library_name = "transformers",
          .card_json = "{\"license\":\"mit\"}",
          .config_json = "{\"model_type\":\"llama\"}",
          .transformers_info_json = "{}",
          .safetensors_json = "{\"total\":1}",
          .gguf_json = "{\"total\":2}",
          .description = "words",
          .parameter_count = 1'000'000,
          .used_storage_bytes = 1ULL << 40};
}

TEST_P(MetaStoreSuite, ACommitIsThereWholeWithItsObjectsRefAndSummary) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const GitOid first = *git().find_ref(repo.id, kMain);
  CommitBatch batch = make_commit(repo.id, "second", first);
  batch.summary = full_summary(batch.commit.oid);
  clock.advance(std::chrono::minutes(1));
  const std::uint64_t before = store->repo_generation(repo.id);
  ASSERT_DONE(git().commit(batch));
  EXPECT_NE(store->repo_generation(repo.id), before);
  EXPECT_EQ(*git().find_ref(repo.id, kMain), batch.commit.oid);
  ASSERT_TAKE(const CommitInfo commit, git().read_commit(repo.id, batch.commit.oid));
  EXPECT_EQ(commit.tree, batch.commit.tree);
  EXPECT_EQ(commit.parent, first);
  EXPECT_EQ(commit.depth, 2u);
  EXPECT_EQ(commit.author_name, "Ada");
  EXPECT_EQ(commit.author_email, "ada@example.org");
  EXPECT_EQ(commit.message, "write second");
  EXPECT_EQ(commit.time, batch.commit.time);
  for (const GitObject& object : batch.objects) {
    ASSERT_TAKE(const GitObject read, git().read_object(repo.id, object.oid));
    EXPECT_EQ(read.kind, object.kind);
    EXPECT_EQ(read.data, object.data);
  }
  EXPECT_EQ(*repos().read_summary(repo.id), *batch.summary);
  EXPECT_EQ(repos().read_repo(repo.id)->modified, clock.now);
  reopen();
  EXPECT_EQ(*git().find_ref(repo.id, kMain), batch.commit.oid);
  EXPECT_EQ(*repos().read_summary(repo.id), *batch.summary);
  EXPECT_TRUE(store->check()->empty());
}

TEST_P(MetaStoreSuite, ACommitOnAMovedParentIsStaleAndLeavesNothing) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const GitOid first = *git().find_ref(repo.id, kMain);
  ASSERT_DONE(git().commit(make_commit(repo.id, "second", first)));
  const CommitBatch late = make_commit(repo.id, "late", first);
  const auto refused = git().commit(late);
  EXPECT_EQ(kind_of(refused), ErrorKind::Stale);
  EXPECT_EQ(kind_of(git().read_commit(repo.id, late.commit.oid)), ErrorKind::RevisionNotFound);
  EXPECT_EQ(kind_of(git().read_object(repo.id, late.objects[0].oid)), ErrorKind::NotFound);
  CommitBatch unborn = make_commit(repo.id, "orphan");
  EXPECT_EQ(kind_of(git().commit(unborn)), ErrorKind::Stale) << "main exists";
  unborn.ref = "refs/heads/new";
  ASSERT_DONE(git().commit(unborn));
  CommitBatch nowhere = make_commit(RepoId{99}, "x");
  EXPECT_EQ(kind_of(git().commit(nowhere)), ErrorKind::RepoNotFound);
}

TEST_P(MetaStoreSuite, ACommitThatLacksAnObjectOrItsParentIsRefused) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const GitOid first = *git().find_ref(repo.id, kMain);
  CommitBatch batch = make_commit(repo.id, "second", first);
  const auto objects = batch.objects;
  batch.objects = {objects[0], objects[1]};
  EXPECT_EQ(kind_of(git().commit(batch)), ErrorKind::Invalid);
  batch.objects = {objects[0], objects[2]};
  EXPECT_EQ(kind_of(git().commit(batch)), ErrorKind::Invalid);
  batch = make_commit(repo.id, "third", GitOid{});
  batch.expected = first;
  EXPECT_EQ(kind_of(git().commit(batch)), ErrorKind::Invalid);
  EXPECT_EQ(*git().find_ref(repo.id, kMain), first);
}

TEST_P(MetaStoreSuite, ACommitNamesOnlyFilesThatTheRepoHolds) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const GitOid first = *git().find_ref(repo.id, kMain);
  NewContent fresh = make_content("weights");
  ASSERT_DONE(content().record(fresh));
  CommitBatch batch = make_commit(repo.id, "second", first);
  batch.files = {{.repo = repo.id,
                  .sha256 = fresh.file->sha256,
                  .path = "a/model.bin",
                  .ref = kMain,
                  .pushed = clock.now}};
  EXPECT_EQ(kind_of(git().commit(batch)), ErrorKind::Invalid);
  ASSERT_DONE(content().grant(
      {.repo = repo.id, .sha256 = fresh.file->sha256, .path = {}, .ref = {}, .pushed = {}}));
  ASSERT_DONE(git().commit(batch));
  CommitBatch again = make_commit(repo.id, "third", batch.commit.oid);
  again.files = {{.repo = repo.id,
                  .sha256 = fresh.file->sha256,
                  .path = "b/copy.bin",
                  .ref = "refs/heads/x",
                  .pushed = clock.now + std::chrono::hours(1)}};
  ASSERT_DONE(git().commit(again));
  ASSERT_TAKE(const RepoFile file, content().find_grant(repo.id, fresh.file->sha256));
  EXPECT_EQ(file.path, "a/model.bin") << "the first path stays";
  EXPECT_EQ(file.ref, kMain);
  EXPECT_EQ(file.pushed, clock.now);
  EXPECT_EQ(file.size_bytes, fresh.file->size_bytes);
}

TEST_P(MetaStoreSuite, ObjectsBelongToTheirRepoAlone) {
  add_user("ada");
  const Repo mine = add_repo("ada", "mine");
  const Repo other = add_repo("ada", "other");
  const GitOid head = *git().find_ref(mine.id, kMain);
  EXPECT_TRUE(git().read_object(mine.id, head).has_value());
  EXPECT_EQ(kind_of(git().read_object(other.id, head)), ErrorKind::NotFound);
  EXPECT_EQ(kind_of(git().read_commit(other.id, head)), ErrorKind::RevisionNotFound);
}

TEST_P(MetaStoreSuite, BlobInfosComeInTheOrderAskedForWithTheirPointers) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  CommitBatch batch = make_commit(repo.id, "small", git().find_ref(repo.id, kMain).value());
  GitObject pointer = batch.objects[0];
  pointer.oid.bytes[0] ^= std::byte{1};
  pointer.lfs = LfsTarget{.sha256 = sha256_named("big"), .size_bytes = 5'000'000'000};
  batch.objects.push_back(pointer);
  ASSERT_DONE(git().commit(batch));
  const std::vector<GitOid> wanted = {pointer.oid, batch.objects[0].oid, pointer.oid};
  ASSERT_TAKE(const auto infos, git().read_blob_infos(repo.id, wanted));
  ASSERT_EQ(infos.size(), 3u);
  EXPECT_EQ(infos[0].lfs, pointer.lfs);
  EXPECT_EQ(infos[0].size_bytes, pointer.data.size());
  EXPECT_EQ(infos[1].lfs, std::nullopt);
  EXPECT_EQ(infos[2].lfs, pointer.lfs);
  EXPECT_EQ(git().read_object(repo.id, pointer.oid)->lfs, pointer.lfs);
  EXPECT_EQ(kind_of(git().read_blob_infos(repo.id, std::vector{batch.commit.tree})),
            ErrorKind::NotFound)
      << "a tree is no blob";
  EXPECT_TRUE(git().read_blob_infos(repo.id, {})->empty());
}

TEST_P(MetaStoreSuite, ABlobOfEveryByteAndOfMegabytesComesBack) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  CommitBatch batch = make_commit(repo.id, "big", git().find_ref(repo.id, kMain).value());
  Bytes data(3'000'000);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::byte>(i * 7 + i / 256);
  batch.objects[0].data = data;
  batch.objects.push_back({.oid = GitOid{}, .kind = GitKind::Blob, .data = {}, .lfs = {}});
  ASSERT_DONE(git().commit(batch));
  EXPECT_EQ(git().read_object(repo.id, batch.objects[0].oid)->data, data);
  EXPECT_TRUE(git().read_object(repo.id, GitOid{})->data.empty());
}

TEST_P(MetaStoreSuite, ACommitIsFoundByItsFirstDigits) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const GitOid head = *git().find_ref(repo.id, kMain);
  const std::string digits = head.to_string();
  for (std::size_t count = 5; count <= 40; ++count) {
    EXPECT_EQ(*git().find_commit(repo.id, digits.substr(0, count)), head) << count;
  }
  std::string upper = digits;
  for (char& digit : upper) digit = static_cast<char>(std::toupper(digit));
  EXPECT_EQ(*git().find_commit(repo.id, upper), head);
  for (const std::string& bad :
       {digits.substr(0, 4), digits + "0", std::string(), std::string("zzzzz"),
        std::string("main!"), std::string(5, '\0')}) {
    EXPECT_EQ(kind_of(git().find_commit(repo.id, bad)), ErrorKind::RevisionNotFound) << bad;
  }
  const std::string absent = (digits[0] == '0' ? "1" : "0") + digits.substr(1, 9);
  EXPECT_EQ(kind_of(git().find_commit(repo.id, absent)), ErrorKind::RevisionNotFound);
}

TEST_P(MetaStoreSuite, APrefixOfTwoCommitsNamesNone) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const GitOid first = *git().find_ref(repo.id, kMain);
  CommitBatch batch = make_commit(repo.id, "twin", first);
  GitOid twin = first;
  twin.bytes[19] ^= std::byte{1};
  batch.commit.oid = twin;
  batch.objects[2].oid = twin;
  ASSERT_DONE(git().commit(batch));
  EXPECT_EQ(kind_of(git().find_commit(repo.id, first.to_string().substr(0, 39))),
            ErrorKind::RevisionNotFound);
  EXPECT_EQ(*git().find_commit(repo.id, first.to_string()), first);
  EXPECT_EQ(*git().find_commit(repo.id, twin.to_string()), twin);
}

TEST_P(MetaStoreSuite, HistoryIsListedAlongFirstParentsNewestFirst) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  std::vector<GitOid> line = {*git().find_ref(repo.id, kMain)};
  for (int i = 0; i < 9; ++i) {
    const CommitBatch batch = make_commit(repo.id, "step " + std::to_string(i), line.back());
    ASSERT_DONE(git().commit(batch));
    line.push_back(batch.commit.oid);
  }
  ASSERT_TAKE(const auto all, git().list_commits(repo.id, line.back(), 0, 1000));
  ASSERT_EQ(all.size(), 10u);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(all[i].oid, line[9 - i]);
    EXPECT_EQ(all[i].depth, 10 - i);
  }
  ASSERT_TAKE(const auto some, git().list_commits(repo.id, line[7], 2, 3));
  ASSERT_EQ(some.size(), 3u);
  EXPECT_EQ(some[0].oid, line[5]);
  EXPECT_EQ(some[2].oid, line[3]);
  EXPECT_EQ(git().list_commits(repo.id, line[7], 6, 100)->size(), 2u);
  EXPECT_TRUE(git().list_commits(repo.id, line[7], 8, 1)->empty());
  EXPECT_TRUE(git().list_commits(repo.id, line[7], ~std::uint64_t{0}, ~std::size_t{0})->empty());
  EXPECT_TRUE(git().list_commits(repo.id, line[7], 0, 0)->empty());
  EXPECT_EQ(kind_of(git().list_commits(repo.id, GitOid{}, 0, 1)), ErrorKind::RevisionNotFound);
}

TEST_P(MetaStoreSuite, RefsAreMadeMovedAndDeletedOnlyFromWhereTheyAre) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const GitOid first = *git().find_ref(repo.id, kMain);
  const CommitBatch batch = make_commit(repo.id, "second", first);
  ASSERT_DONE(git().commit(batch));
  const GitOid second = batch.commit.oid;
  const auto update = [&](const char* ref, std::optional<GitOid> from, std::optional<GitOid> to) {
    return git().update_ref({.repo = repo.id, .ref = ref, .expected = from, .target = to});
  };
  ASSERT_DONE(update("refs/tags/v1", {}, first));
  EXPECT_EQ(kind_of(update("refs/tags/v1", {}, second)), ErrorKind::Stale);
  EXPECT_EQ(kind_of(update("refs/tags/v1", second, first)), ErrorKind::Stale);
  ASSERT_DONE(update("refs/tags/v1", first, second));
  EXPECT_EQ(*git().find_ref(repo.id, "refs/tags/v1"), second);
  EXPECT_EQ(kind_of(update("refs/tags/v2", {}, GitOid{})), ErrorKind::RevisionNotFound);
  EXPECT_EQ(kind_of(update("refs/tags/v2", {}, batch.commit.tree)), ErrorKind::RevisionNotFound);
  EXPECT_EQ(kind_of(update("refs/tags/v2", {}, {})), ErrorKind::Invalid);
  EXPECT_EQ(kind_of(update("refs/tags/v2", first, {})), ErrorKind::Stale);
  ASSERT_DONE(update("refs/heads/dev", {}, first));
  ASSERT_TAKE(const auto refs, git().list_refs(repo.id));
  ASSERT_EQ(refs.size(), 3u);
  EXPECT_EQ(refs[0].name, "refs/heads/dev");
  EXPECT_EQ(refs[1].name, kMain);
  EXPECT_EQ(refs[2].name, "refs/tags/v1");
  const std::uint64_t before = store->repo_generation(repo.id);
  ASSERT_DONE(update("refs/tags/v1", second, {}));
  EXPECT_NE(store->repo_generation(repo.id), before);
  EXPECT_EQ(kind_of(git().find_ref(repo.id, "refs/tags/v1")), ErrorKind::RevisionNotFound);
  EXPECT_EQ(
      kind_of(git().update_ref({.repo = RepoId{99}, .ref = "r", .expected = {}, .target = first})),
      ErrorKind::RepoNotFound);
}

TEST_P(MetaStoreSuite, ASquashLeavesABranchOfOneCommit) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const GitOid first = *git().find_ref(repo.id, kMain);
  const CommitBatch second = make_commit(repo.id, "second", first);
  ASSERT_DONE(git().commit(second));
  CommitBatch squashed = make_commit(repo.id, "second");
  squashed.expected = second.commit.oid;
  ASSERT_DONE(git().commit(squashed));
  EXPECT_EQ(git().read_commit(repo.id, squashed.commit.oid)->depth, 1u);
  EXPECT_EQ(git().list_commits(repo.id, squashed.commit.oid, 0, 10)->size(), 1u);
  EXPECT_TRUE(git().read_commit(repo.id, first).has_value()) << "other refs may need it";
  EXPECT_TRUE(store->check()->empty());
}

TEST_P(MetaStoreSuite, ObjectsMayComeBeforeTheCommitThatNamesThem) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  CommitBatch batch = make_commit(repo.id, "big", git().find_ref(repo.id, kMain).value());
  ASSERT_DONE(git().add_objects(repo.id, batch.objects));
  ASSERT_DONE(git().add_objects(repo.id, batch.objects));
  batch.objects.clear();
  ASSERT_DONE(git().commit(batch));
  EXPECT_EQ(*git().find_ref(repo.id, kMain), batch.commit.oid);
  EXPECT_EQ(kind_of(git().add_objects(RepoId{99}, {})), ErrorKind::RepoNotFound);
}

TEST_P(MetaStoreSuite, AnAnnotatedTagKeepsItsObjectBesideItsCommit) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const GitOid head = *git().find_ref(repo.id, kMain);
  GitObject tag{.oid = {}, .kind = GitKind::Tag, .data = Bytes(10), .lfs = {}};
  tag.oid.bytes[0] = std::byte{7};
  RefUpdate update{
      .repo = repo.id, .ref = "refs/tags/v1", .expected = {}, .target = head, .tag = tag};
  ASSERT_DONE(git().update_ref(update));
  ASSERT_TAKE(const auto refs, git().list_refs(repo.id));
  ASSERT_EQ(refs.size(), 2u);
  EXPECT_EQ(refs[0].tag, std::nullopt);
  EXPECT_EQ(refs[1].target, head);
  EXPECT_EQ(refs[1].tag, tag.oid);
  EXPECT_EQ(git().read_object(repo.id, tag.oid)->kind, GitKind::Tag);
  update.ref = "refs/tags/v2";
  update.tag->kind = GitKind::Blob;
  EXPECT_EQ(kind_of(git().update_ref(update)), ErrorKind::Invalid);
  update.ref = "refs/tags/v1";
  update.expected = head;
  update.tag.reset();
  ASSERT_DONE(git().update_ref(update));
  EXPECT_EQ(git().list_refs(repo.id)->at(1).tag, std::nullopt) << "a lightweight tag now";
  EXPECT_TRUE(store->check()->empty());
}

TEST_P(MetaStoreSuite, ARewriteMovesItsRefsAndTakesFilesAwayTogether) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const GitOid first = *git().find_ref(repo.id, kMain);
  ASSERT_DONE(git().update_ref(
      {.repo = repo.id, .ref = "refs/heads/dev", .expected = {}, .target = first, .tag = {}}));
  NewContent fresh = make_content("weights");
  fresh.grant =
      RepoFile{.repo = repo.id, .sha256 = fresh.file->sha256, .path = {}, .ref = {}, .pushed = {}};
  ASSERT_DONE(content().record(fresh));
  const CommitBatch root = make_commit(repo.id, "new root");
  const CommitBatch next = make_commit(repo.id, "new next", root.commit.oid);
  HistoryRewrite rewrite{
      .repo = repo.id,
      .commits = {root.commit, next.commit},
      .refs =
          {{.repo = repo.id, .ref = kMain, .expected = first, .target = next.commit.oid, .tag = {}},
           {.repo = repo.id,
            .ref = "refs/heads/dev",
            .expected = first,
            .target = root.commit.oid,
            .tag = {}}},
      .revoked = {fresh.file->sha256},
      .summary = full_summary(next.commit.oid)};
  EXPECT_EQ(kind_of(git().rewrite(rewrite)), ErrorKind::Invalid) << "its objects are missing";
  ASSERT_DONE(git().add_objects(repo.id, root.objects));
  ASSERT_DONE(git().add_objects(repo.id, next.objects));
  rewrite.refs[1].expected = root.commit.oid;
  EXPECT_EQ(kind_of(git().rewrite(rewrite)), ErrorKind::Stale);
  EXPECT_EQ(*git().find_ref(repo.id, kMain), first) << "whole or not at all";
  EXPECT_TRUE(content().find_grant(repo.id, fresh.file->sha256).has_value());
  rewrite.refs[1].expected = first;
  ASSERT_DONE(git().rewrite(rewrite));
  EXPECT_EQ(*git().find_ref(repo.id, kMain), next.commit.oid);
  EXPECT_EQ(*git().find_ref(repo.id, "refs/heads/dev"), root.commit.oid);
  EXPECT_EQ(git().read_commit(repo.id, next.commit.oid)->depth, 2u);
  EXPECT_EQ(kind_of(content().find_grant(repo.id, fresh.file->sha256)), ErrorKind::NotFound);
  EXPECT_EQ(repos().read_summary(repo.id)->head, next.commit.oid);
  EXPECT_TRUE(store->check()->empty());
}

}  // namespace
}  // namespace granary::meta
