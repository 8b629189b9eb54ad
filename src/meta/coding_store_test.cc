// The CodingStore part of the MetaStore suite.
#include "meta/meta_store_suite.h"

namespace granary::meta {
namespace {

class CodingSuite : public MetaStoreSuite {
 protected:
  CodingStore& codings() { return store->codings(); }
  /// A stored file of one xorb; gives the xorb.
  Xorb add_xorb(const std::string& name, std::uint32_t size_bytes = 1000) {
    const NewContent fresh = make_content(name, size_bytes);
    EXPECT_TRUE(content().record(fresh));
    return *codings().find_xorb(fresh.xorbs[0].hash);
  }
  RepoFile grant_of(const Repo& repo, const NewContent& fresh) const {
    return {.repo = repo.id,
            .sha256 = fresh.file->sha256,
            .size_bytes = fresh.file->size_bytes,
            .path = "model.safetensors",
            .ref = "refs/heads/main",
            .pushed = clock.now};
  }
  static Recoding recoding_of(const Xorb& xorb, std::vector<XorbId> bases = {}) {
    return {.xorb = xorb.id,
            .from_generation = xorb.generation,
            .generation = xorb.generation + 1,
            .stored_size_bytes = 77,
            .policy = 2,
            .shares = {{.codec = 3, .size_bytes = xorb.size_bytes, .coded_size_bytes = 60}},
            .bases = std::move(bases)};
  }
};

TEST_P(CodingSuite, AXorbIsListedUntilItIsMarkedWithThePolicy) {
  const Xorb one = add_xorb("one");
  const Xorb two = add_xorb("two");
  ASSERT_EQ(codings().list_below(1, {}, 10)->size(), 2u);
  EXPECT_EQ(codings().list_below(1, one.id, 10)->at(0).id, two.id);
  EXPECT_EQ(codings().list_below(1, {}, 1)->size(), 1u);
  ASSERT_DONE(codings().mark(one, 1, {}));
  reopen();
  ASSERT_EQ(codings().list_below(1, {}, 10)->size(), 1u);
  EXPECT_EQ(codings().list_below(1, {}, 10)->at(0).id, two.id);
  EXPECT_EQ(codings().list_below(2, {}, 10)->size(), 2u);
}

TEST_P(CodingSuite, ASwapGivesTheXorbItsNewObjectAndNamesTheOldOneForDeletion) {
  const Xorb xorb = add_xorb("weights");
  EXPECT_EQ(*codings().next_generation(xorb.hash), 1u);
  ASSERT_DONE(codings().swap(recoding_of(xorb)));
  reopen();
  ASSERT_TAKE(const Xorb swapped, content().read_xorb(xorb.id));
  EXPECT_EQ(swapped.generation, 1u);
  EXPECT_EQ(swapped.stored_size_bytes, 77u);
  EXPECT_EQ(swapped.size_bytes, xorb.size_bytes);
  EXPECT_EQ(swapped.state, XorbState::Live);
  EXPECT_TRUE(codings().list_below(2, {}, 10)->empty());
  ASSERT_TAKE(const auto deleting, codings().list_deleting(10));
  ASSERT_EQ(deleting.size(), 1u);
  EXPECT_EQ(deleting[0].hash, xorb.hash);
  EXPECT_EQ(deleting[0].generation, 0u);
  EXPECT_EQ(*codings().next_generation(xorb.hash), 2u);
  EXPECT_EQ(*content().next_generation(xorb.hash), 1u) << "an upload meets the live object";
  EXPECT_TRUE(store->check()->empty());
  ASSERT_DONE(codings().forget(deleting[0].id));
  EXPECT_TRUE(codings().list_deleting(10)->empty());
  EXPECT_EQ(kind_of(codings().forget(deleting[0].id)), ErrorKind::NotFound);
  EXPECT_EQ(kind_of(codings().forget(xorb.id)), ErrorKind::NotFound) << "it is live";
}

TEST_P(CodingSuite, ASwappedXorbIsStillTheOneThatUploadsMeet) {
  const NewContent fresh = make_content("weights");
  ASSERT_DONE(content().record(fresh));
  const Xorb xorb = *codings().find_xorb(fresh.xorbs[0].hash);
  ASSERT_DONE(codings().swap(recoding_of(xorb)));
  ASSERT_DONE(content().record(fresh));
  EXPECT_EQ(codings().find_xorb(xorb.hash)->id, xorb.id);
  EXPECT_EQ(content().find_hooks(std::vector{fresh.hooks[0].chunk}, nullptr)->at(0).id, xorb.id);
}

TEST_P(CodingSuite, ASwapOfAnObjectThatIsNoLongerTheXorbsIsRefused) {
  const Xorb xorb = add_xorb("weights");
  ASSERT_DONE(codings().swap(recoding_of(xorb)));
  EXPECT_EQ(kind_of(codings().swap(recoding_of(xorb))), ErrorKind::Conflict);
  ASSERT_DONE(codings().mark(xorb, 9, {}));  // without effect
  EXPECT_EQ(codings().list_below(9, {}, 10)->size(), 1u);
  Recoding unknown = recoding_of(xorb);
  unknown.xorb = XorbId{99};
  EXPECT_EQ(kind_of(codings().swap(unknown)), ErrorKind::NotFound);
}

TEST_P(CodingSuite, BasesHaveNoBases) {
  const Xorb base = add_xorb("base");
  const Xorb tune = add_xorb("tune");
  const Xorb other = add_xorb("other");
  ASSERT_DONE(codings().swap(recoding_of(tune, {base.id})));
  EXPECT_EQ(*codings().bases_of(tune.id), std::vector{base.id});
  EXPECT_TRUE(*codings().is_base(base.id));
  EXPECT_FALSE(*codings().is_base(tune.id));
  EXPECT_EQ(kind_of(codings().swap(recoding_of(other, {tune.id}))), ErrorKind::Conflict);
  EXPECT_EQ(kind_of(codings().swap(recoding_of(base, {other.id}))), ErrorKind::Conflict);
  EXPECT_EQ(kind_of(codings().swap(recoding_of(other, {other.id}))), ErrorKind::Conflict);
  EXPECT_EQ(kind_of(codings().swap(recoding_of(other, {XorbId{99}}))), ErrorKind::Conflict);
  EXPECT_EQ(content().read_xorb(other.id)->generation, 0u) << "nothing of a refused swap stays";
  EXPECT_TRUE(store->check()->empty());
  Recoding again = recoding_of(*content().read_xorb(tune.id));
  ASSERT_DONE(codings().swap(again));
  EXPECT_TRUE(codings().bases_of(tune.id)->empty()) << "the new object needs none";
}

TEST_P(CodingSuite, HoldersAreTheReposThatHoldFilesThatNeedTheXorb) {
  add_user("ada");
  const Repo one = add_repo("ada", "one");
  const Repo two = add_repo("ada", "two");
  const NewContent fresh = make_content("weights");
  ASSERT_DONE(content().record(fresh));
  const XorbId xorb = codings().find_xorb(fresh.xorbs[0].hash)->id;
  EXPECT_TRUE(codings().list_holders(xorb, 10)->empty());
  for (const Repo& repo : {two, one}) ASSERT_DONE(content().grant(grant_of(repo, fresh)));
  ASSERT_TAKE(const auto holders, codings().list_holders(xorb, 10));
  ASSERT_EQ(holders.size(), 2u);
  EXPECT_EQ(holders[0].repo, one.id);
  EXPECT_EQ(holders[0].sha256, fresh.file->sha256);
  EXPECT_EQ(holders[1].repo, two.id);
  EXPECT_EQ(codings().list_holders(xorb, 1)->size(), 1u);
}

TEST_P(CodingSuite, ChangedModelsAndThoseMadeOfThemAreLookedAtAgainOnce) {
  add_user("ada");
  const Repo base = add_repo("ada", "base");
  const Repo tuned = add_repo("ada", "tuned");
  const Repo other = add_repo("ada", "other");
  std::vector<Xorb> xorbs;
  for (const Repo& repo : {base, tuned, other}) {
    const NewContent fresh = make_content(repo.name.name);
    ASSERT_DONE(content().record(fresh));
    ASSERT_DONE(content().grant(grant_of(repo, fresh)));
    xorbs.push_back(*codings().find_xorb(fresh.xorbs[0].hash));
  }
  CommitBatch batch = make_commit(tuned.id, "card", *git().find_ref(tuned.id, "refs/heads/main"));
  batch.summary = RepoSummary{.head = batch.commit.oid, .tags = {"base_model:ada/base"}};
  ASSERT_DONE(git().commit(batch));
  ASSERT_TAKE(const auto first, codings().look_again(1));
  EXPECT_EQ(first, 0u) << "they have not been looked at yet";
  for (const Xorb& xorb : xorbs) ASSERT_DONE(codings().mark(xorb, 2, {}));
  ASSERT_TAKE(const auto nothing, codings().look_again(1));
  EXPECT_EQ(nothing, 0u) << "nothing has changed since";

  clock.advance(std::chrono::seconds(1));
  ASSERT_DONE(
      git().commit(make_commit(base.id, "more", *git().find_ref(base.id, "refs/heads/main"))));
  reopen();
  ASSERT_TAKE(const auto count, codings().look_again(1));
  EXPECT_EQ(count, 2u);
  ASSERT_TAKE(const auto again, codings().list_at(1, {}, 10));
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0].id, xorbs[0].id);
  EXPECT_EQ(again[1].id, xorbs[1].id);
  EXPECT_EQ(codings().list_at(1, xorbs[0].id, 10)->size(), 1u);
  ASSERT_TAKE(const auto third, codings().look_again(1));
  EXPECT_EQ(third, 0u);
}

TEST_P(CodingSuite, UsageCountsWhatARepoHoldsAndWhatCodecsHold) {
  add_user("ada");
  const Repo repo = add_repo("ada", "net");
  const Repo empty = add_repo("ada", "empty");
  NewContent mine = make_content("mine", 1000);
  mine.grant = RepoFile{.repo = repo.id,
                        .sha256 = mine.file->sha256,
                        .size_bytes = 1000,
                        .path = "model.safetensors",
                        .ref = "refs/heads/main",
                        .pushed = clock.now};
  ASSERT_DONE(content().record(mine));
  const Xorb other = add_xorb("other", 500);
  const Xorb xorb = *codings().find_xorb(mine.xorbs[0].hash);
  EXPECT_EQ(codings().read_usage({})->unseen_size_bytes, 1500u);
  ASSERT_DONE(codings().swap(recoding_of(xorb)));
  const std::vector<CodingShare> raw{{.codec = 0, .size_bytes = 500, .coded_size_bytes = 500}};
  ASSERT_DONE(codings().mark(other, 2, raw));
  ASSERT_TAKE(const Usage all, codings().read_usage({}));
  EXPECT_EQ(all.file_count, 1u);
  EXPECT_EQ(all.unique_file_count, 2u);
  EXPECT_EQ(all.unique_size_bytes, 1500u);
  EXPECT_EQ(all.xorb_count, 2u);
  EXPECT_EQ(all.xorb_size_bytes, 1500u);
  EXPECT_EQ(all.stored_size_bytes, 77u + 250u);
  EXPECT_EQ(all.unseen_size_bytes, 0u);
  const CodingShare coded{.codec = 3, .size_bytes = 1000, .coded_size_bytes = 60};
  EXPECT_EQ(all.shares, (std::vector{raw[0], coded}));
  ASSERT_TAKE(const Usage one, codings().read_usage(repo.id));
  EXPECT_EQ(one.file_size_bytes, 1000u);
  EXPECT_EQ(one.stored_size_bytes, 77u);
  EXPECT_EQ(one.shares, std::vector{coded});
  ASSERT_TAKE(const Usage none, codings().read_usage(empty.id));
  EXPECT_EQ(none.xorb_count, 0u);
  EXPECT_TRUE(none.shares.empty());
}

INSTANTIATE_TEST_SUITE_P(All, CodingSuite, testing::ValuesIn(adapters()), name_of_adapter);

}  // namespace
}  // namespace granary::meta
