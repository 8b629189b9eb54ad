// The ContentStore part of the MetaStore suite about xorbs: names of files, scopes and leases.
#include "base/limits.h"
#include "meta/meta_store_suite.h"

namespace granary::meta {
namespace {

class XorbClaimSuite : public MetaStoreSuite {
 protected:
  XorbClaimSuite()
      : ada(add_user("ada")),
        bob(add_user("bob")),
        mine(add_repo("ada", "mine").id),
        expires(clock.now + std::chrono::hours(24 * 28)) {}

  /// A file in a xorb of its own, which `repo` holds. Gives the xorb's hash.
  XorbHash hold(RepoId repo, const std::string& name) {
    NewContent fresh = make_content(name);
    fresh.grant = RepoFile{.repo = repo, .sha256 = fresh.file->sha256, .path = {}, .ref = {}};
    EXPECT_TRUE(content().record(fresh));
    return fresh.xorbs[0].hash;
  }
  /// The same in a new repo of bob's.
  XorbHash hold_elsewhere(const std::string& name, Visibility visibility,
                          Gating gating = Gating::None) {
    source = add_repo("bob", name, visibility).id;
    if (gating != Gating::None) {
      EXPECT_TRUE(repos().update_settings(source, {.visibility = {}, .gating = gating}));
    }
    return hold(source, name);
  }
  static ChunkHash hook_of(const std::string& name) {
    ChunkHash hook;
    hook.bytes = sha256_named("hook of " + name).bytes;
    return hook;
  }

  XorbScope within(DedupeScope reach, std::vector<RepoId> sources = {}, Viewer viewer = {}) {
    return {
        .repo = mine, .reach = reach, .viewer = std::move(viewer), .sources = std::move(sources)};
  }
  bool claimed(const XorbScope& scope, const XorbHash& hash) {
    const auto found = content().claim_xorbs(scope, std::vector{hash}, expires);
    EXPECT_TRUE(found) << found.error().message;
    return found && found->at(0).has_value();
  }
  bool hooked(const XorbScope& scope, const std::string& name) {
    const std::vector hooks = {hook_of(name)};
    const auto looked_up = content().find_hooks(hooks, &scope);
    const auto found = content().claim_hooks(scope, hooks, expires);
    EXPECT_TRUE(found) << found.error().message;
    EXPECT_TRUE(looked_up) << looked_up.error().message;
    EXPECT_EQ(looked_up->size(), found->size()) << "a claim leases; a look-up does not";
    return found && !found->empty();
  }

  NamespaceId ada;
  NamespaceId bob;
  RepoId mine;
  RepoId source;
  WallTime expires;
};

TEST_P(XorbClaimSuite, ARepoIsToldOfTheXorbsOfItsOwnFiles) {
  const XorbHash own = hold(mine, "own");
  for (const auto reach : {DedupeScope::Repo, DedupeScope::Organization, DedupeScope::Instance}) {
    EXPECT_TRUE(claimed(within(reach), own));
    EXPECT_TRUE(hooked(within(reach), "own"));
    EXPECT_FALSE(hooked(within(reach), "nothing"));
  }
}

TEST_P(XorbClaimSuite, ASiblingRepoGivesItsXorbsToTheOwnersScope) {
  const XorbHash sibling = hold(add_repo("ada", "other", Visibility::Private).id, "sibling");
  EXPECT_FALSE(claimed(within(DedupeScope::Repo), sibling));
  EXPECT_FALSE(hooked(within(DedupeScope::Repo), "sibling"));
  EXPECT_TRUE(hooked(within(DedupeScope::Organization), "sibling"));
}

TEST_P(XorbClaimSuite, APublicRepoGivesItsXorbsUnlessTheScopeIsTheRepo) {
  const XorbHash open = hold_elsewhere("open", Visibility::Public);
  EXPECT_FALSE(claimed(within(DedupeScope::Repo), open));
  EXPECT_TRUE(claimed(within(DedupeScope::Organization), open));
}

TEST_P(XorbClaimSuite, APrivateOrGatedRepoOfAnotherGivesNothing) {
  const XorbHash secret = hold_elsewhere("secret", Visibility::Private);
  const XorbHash gated = hold_elsewhere("gated", Visibility::Public, Gating::Automatic);
  const Viewer viewer{.sees_all = false, .namespaces = {ada}};
  for (const auto reach : {DedupeScope::Repo, DedupeScope::Organization}) {
    EXPECT_FALSE(claimed(within(reach, {}, viewer), secret));
    EXPECT_FALSE(claimed(within(reach, {}, viewer), gated));
    EXPECT_FALSE(hooked(within(reach, {}, viewer), "secret"));
    EXPECT_FALSE(hooked(within(reach, {}, viewer), "gated"));
  }
  const Viewer both{.sees_all = false, .namespaces = {ada, bob}};
  EXPECT_FALSE(claimed(within(DedupeScope::Organization, {}, both), gated));
  EXPECT_TRUE(claimed(within(DedupeScope::Organization, {}, both), secret)) << "seen by the viewer";
}

TEST_P(XorbClaimSuite, TheInstancesScopeGivesEveryLiveXorb) {
  const XorbHash secret = hold_elsewhere("secret", Visibility::Private, Gating::Manual);
  NewContent unheld = make_content("unheld");
  ASSERT_DONE(content().record(unheld));
  EXPECT_TRUE(claimed(within(DedupeScope::Instance), secret));
  EXPECT_TRUE(claimed(within(DedupeScope::Instance), unheld.xorbs[0].hash));
  EXPECT_TRUE(hooked(within(DedupeScope::Instance), "secret"));
}

TEST_P(XorbClaimSuite, ASourceGivesItsXorbsInEveryScope) {
  const XorbHash base = hold_elsewhere("base", Visibility::Private, Gating::Manual);
  EXPECT_FALSE(claimed(within(DedupeScope::Repo), base));
  EXPECT_TRUE(claimed(within(DedupeScope::Repo, {source}), base));
  EXPECT_TRUE(hooked(within(DedupeScope::Repo, {RepoId{77}, source}), "base"));
}

TEST_P(XorbClaimSuite, ASentXorbIsItsSendersBeforeAnyFileNeedsIt) {
  NewContent sent = make_content("sent");
  sent.file.reset();
  sent.lease = XorbLease{.repo = mine, .expires = expires};
  ASSERT_DONE(content().record(sent));
  EXPECT_TRUE(claimed(within(DedupeScope::Repo), sent.xorbs[0].hash));
  const RepoId sibling = add_repo("ada", "sibling").id;
  XorbScope other = within(DedupeScope::Repo);
  other.repo = sibling;
  EXPECT_FALSE(claimed(other, sent.xorbs[0].hash));
  other.reach = DedupeScope::Organization;
  EXPECT_TRUE(claimed(other, sent.xorbs[0].hash));
  other.repo = add_repo("bob", "foreign").id;
  EXPECT_FALSE(claimed(other, sent.xorbs[0].hash)) << "a lease is no publication";
}

TEST_P(XorbClaimSuite, AHookLeadsToTheFirstXorbThatIsInScope) {
  hold_elsewhere("secret", Visibility::Private);
  NewContent own = make_content("own");
  own.hooks[0].chunk = hook_of("secret");
  own.grant = RepoFile{.repo = mine, .sha256 = own.file->sha256, .path = {}, .ref = {}};
  ASSERT_DONE(content().record(own));
  const std::vector hooks = {hook_of("secret"), hook_of("nowhere"), hook_of("secret")};
  ASSERT_TAKE(const auto found,
              content().claim_hooks(within(DedupeScope::Organization), hooks, expires));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].hash, own.xorbs[0].hash) << "as if nobody else had the chunk";
}

TEST_P(XorbClaimSuite, AFileIsWithinTheScopeOfTheReposThatHoldIt) {
  const auto is_within = [&](const XorbScope& scope, const std::string& name) {
    const auto told = content().is_file_within(scope, make_content(name).file->sha256);
    EXPECT_TRUE(told) << told.error().message;
    return told.value_or(false);
  };
  hold(mine, "own");
  hold_elsewhere("open", Visibility::Public);
  hold_elsewhere("gated", Visibility::Public, Gating::Automatic);
  hold_elsewhere("secret", Visibility::Private);
  for (const auto reach : {DedupeScope::Repo, DedupeScope::Organization, DedupeScope::Instance}) {
    const bool is_all = reach == DedupeScope::Instance;
    EXPECT_TRUE(is_within(within(reach), "own"));
    EXPECT_EQ(is_within(within(reach), "open"), reach != DedupeScope::Repo);
    EXPECT_EQ(is_within(within(reach), "gated"), is_all);
    EXPECT_EQ(is_within(within(reach), "secret"), is_all);
    EXPECT_TRUE(is_within(within(reach, {source}), "secret"));
    EXPECT_FALSE(is_within(within(reach), "nothing"));
  }
}

TEST_P(XorbClaimSuite, AFileIsFoundForTheRepoThatHoldsIt) {
  hold(mine, "own");
  hold_elsewhere("open", Visibility::Public);
  const NewContent own = make_content("own");
  ASSERT_TAKE(const StoredFile found, content().find_held_file(mine, own.file->file_hash));
  EXPECT_EQ(found.sha256, own.file->sha256);
  const auto foreign = content().find_held_file(mine, make_content("open").file->file_hash);
  EXPECT_EQ(kind_of(foreign), ErrorKind::NotFound);
  EXPECT_EQ(kind_of(content().find_held_file(mine, FileHash{})), ErrorKind::NotFound);
}

TEST_P(XorbClaimSuite, AnswersComeInTheOrderAsked) {
  const XorbHash first = hold(mine, "first");
  const XorbHash second = hold(mine, "second");
  const std::vector asked = {second, XorbHash{}, first, second};
  ASSERT_TAKE(const auto found, content().claim_xorbs(within(DedupeScope::Repo), asked, expires));
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0]->hash, second);
  EXPECT_FALSE(found[1].has_value());
  EXPECT_EQ(found[2]->hash, first);
  EXPECT_EQ(found[3]->hash, second);
  XorbScope nowhere = within(DedupeScope::Instance);
  nowhere.repo = RepoId{99};
  EXPECT_EQ(kind_of(content().claim_xorbs(nowhere, asked, expires)), ErrorKind::RepoNotFound);
  EXPECT_EQ(kind_of(content().claim_hooks(nowhere, {}, expires)), ErrorKind::RepoNotFound);
  EXPECT_EQ(kind_of(content().find_hooks({}, &nowhere)), ErrorKind::RepoNotFound);
  EXPECT_EQ(kind_of(content().is_file_within(nowhere, {})), ErrorKind::RepoNotFound);
}

TEST_P(XorbClaimSuite, ToldOnceItStaysInScopeByItsLease) {
  const XorbHash open = hold_elsewhere("open", Visibility::Public);
  EXPECT_TRUE(claimed(within(DedupeScope::Organization), open));
  ASSERT_DONE(repos().update_settings(source, {.visibility = Visibility::Private, .gating = {}}));
  EXPECT_TRUE(claimed(within(DedupeScope::Repo), open));
}

TEST_P(XorbClaimSuite, ALeaseThatLastsIsNotWrittenAgain) {
  const XorbHash own = hold(mine, "own");
  const auto writes = [&] { return store->counters().commits; };
  const auto claim_until = [&](WallTime until) {
    const std::uint64_t before = writes();
    EXPECT_TRUE(content().claim_xorbs(within(DedupeScope::Repo), std::vector{own}, until));
    return writes() - before;
  };
  EXPECT_EQ(claim_until(expires), 1u);
  EXPECT_EQ(claim_until(expires), 0u);
  EXPECT_EQ(claim_until(expires + limits::kXorbLeaseSlack), 0u);
  EXPECT_EQ(claim_until(expires - std::chrono::hours(1000)), 0u) << "never shortened";
  EXPECT_EQ(claim_until(expires + limits::kXorbLeaseSlack + std::chrono::milliseconds(1)), 1u);
}

TEST_P(XorbClaimSuite, TheXorbsOfARepoComeNewestFileFirstEachOnce) {
  GitOid head = *git().find_ref(mine, "refs/heads/main");
  const auto push = [&](const NewContent& fresh) {
    clock.advance(std::chrono::seconds(1));
    CommitBatch batch = make_commit(mine, fresh.file->sha256.to_string(), head);
    batch.files = {{.repo = mine,
                    .sha256 = fresh.file->sha256,
                    .path = "f",
                    .ref = "refs/heads/main",
                    .pushed = clock.now}};
    EXPECT_TRUE(git().commit(batch));
    head = batch.commit.oid;
  };
  std::vector<NewContent> files;
  for (const char* name : {"one", "two", "three"}) {
    NewContent fresh = make_content(name, 1000);
    if (!files.empty()) {  // its second half lies in the xorb of the file before
      const auto before = content().find_file(files.back().file->sha256);
      fresh.file->recipe.push_back(before->recipe[0]);
      fresh.file->size_bytes += before->recipe[0].size_bytes;
    }
    fresh.grant = RepoFile{.repo = mine, .sha256 = fresh.file->sha256, .path = {}, .ref = {}};
    ASSERT_DONE(content().record(fresh));
    push(fresh);
    files.push_back(fresh);
  }
  const XorbLease lease{.repo = mine, .expires = expires};
  ASSERT_TAKE(const auto all, content().claim_repo_xorbs(mine, 10, lease));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].hash, files[1].xorbs[0].hash);
  EXPECT_EQ(all[1].hash, files[2].xorbs[0].hash);
  EXPECT_EQ(all[2].hash, files[0].xorbs[0].hash);
  EXPECT_EQ(content().claim_repo_xorbs(mine, 2, lease)->size(), 2u);
  EXPECT_EQ(kind_of(content().claim_repo_xorbs(RepoId{99}, 2, lease)), ErrorKind::RepoNotFound);
}

TEST_P(XorbClaimSuite, TheXorbsOfABaseModelAreLeasedToTheRepoThatWasTold) {
  const XorbHash base = hold_elsewhere("base", Visibility::Private);
  const XorbLease lease{.repo = mine, .expires = expires};
  ASSERT_TAKE(const auto told, content().claim_repo_xorbs(source, 10, lease));
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(claimed(within(DedupeScope::Repo), base));
}

TEST_P(XorbClaimSuite, AFileIsFoundByEveryXetHashItCameWith) {
  const NewContent first = make_content("weights");
  NewContent second = make_content("chunked otherwise");
  second.file->sha256 = first.file->sha256;
  second.lease = XorbLease{.repo = mine, .expires = expires};
  ASSERT_DONE(content().record(first));
  ASSERT_DONE(content().record(second));
  for (const FileHash& hash : {first.file->file_hash, second.file->file_hash}) {
    ASSERT_TAKE(const StoredFile file, content().find_file_by_hash(hash));
    EXPECT_EQ(file.sha256, first.file->sha256);
    EXPECT_EQ(file.file_hash, first.file->file_hash) << "that of its recipe";
  }
  EXPECT_EQ(kind_of(content().find_file_by_hash(FileHash{})), ErrorKind::NotFound);
  const std::vector asked = {sha256_named("nothing"), first.file->sha256};
  ASSERT_TAKE(const auto hashes, content().file_hashes(asked));
  ASSERT_EQ(hashes.size(), 2u);
  EXPECT_FALSE(hashes[0].has_value());
  EXPECT_EQ(hashes[1], first.file->file_hash);
  EXPECT_TRUE(claimed(within(DedupeScope::Repo), second.xorbs[0].hash)) << "leased at least";
  EXPECT_TRUE(store->check()->empty());
}

TEST_P(XorbClaimSuite, ALeaseCoversTheOldXorbsOfARecordedFileToo) {
  const NewContent old = make_content("old", 1000);
  ASSERT_DONE(content().record(old));
  NewContent mixed = make_content("new", 500);
  mixed.file->recipe.push_back(content().find_file(old.file->sha256)->recipe[0]);
  mixed.file->size_bytes = 1500;
  mixed.lease = XorbLease{.repo = mine, .expires = expires};
  ASSERT_DONE(content().record(mixed));
  EXPECT_TRUE(claimed(within(DedupeScope::Repo), old.xorbs[0].hash));
  mixed.lease->repo = RepoId{99};
  EXPECT_EQ(kind_of(content().record(mixed)), ErrorKind::RepoNotFound);
}

TEST_P(XorbClaimSuite, NeighboursAreTheOtherXorbsOfFilesInScope) {
  // Three xorbs, and a file of all of them which `holder` holds.
  const auto hold_three = [&](RepoId holder, const std::string& name) {
    NewContent fresh = make_content(name, 3000);
    for (const int i : {1, 2}) {
      Xorb xorb = fresh.xorbs[0];
      xorb.hash.bytes = sha256_named(name + std::to_string(i)).bytes;
      fresh.xorbs.push_back(xorb);
    }
    fresh.file->recipe.clear();
    for (const std::int64_t i : {0, 1, 2}) {
      fresh.file->recipe.push_back({.xorb = XorbId{-1 - i},
                                    .chunk_start = 0,
                                    .chunk_end = 4,
                                    .offset_bytes = 0,
                                    .size_bytes = 1000});
    }
    fresh.grant = RepoFile{.repo = holder, .sha256 = fresh.file->sha256, .path = {}, .ref = {}};
    EXPECT_TRUE(content().record(fresh));
    return content().find_file(fresh.file->sha256)->recipe;
  };
  const auto ids_beside = [&](XorbId xorb, std::size_t limit = 10) {
    const auto found =
        content().claim_neighbours(within(DedupeScope::Organization), xorb, limit, expires);
    EXPECT_TRUE(found);
    std::vector<XorbId> ids;
    for (const Xorb& neighbour : *found) ids.push_back(neighbour.id);
    return ids;
  };
  const auto own = hold_three(add_repo("ada", "other").id, "own");
  using Ids = std::vector<XorbId>;
  EXPECT_EQ(ids_beside(own[0].xorb), (Ids{own[1].xorb, own[2].xorb}));
  EXPECT_EQ(ids_beside(own[1].xorb), (Ids{own[2].xorb, own[0].xorb})) << "later ones first";
  EXPECT_EQ(ids_beside(own[1].xorb, 1), Ids{own[2].xorb});
  const auto hidden = hold_three(add_repo("bob", "hidden", Visibility::Private).id, "hidden");
  EXPECT_EQ(ids_beside(hidden[0].xorb), Ids{});
}

INSTANTIATE_TEST_SUITE_P(All, XorbClaimSuite, testing::ValuesIn(adapters()), name_of_adapter);

}  // namespace
}  // namespace granary::meta
