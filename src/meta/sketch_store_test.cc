// The SketchStore part of the MetaStore suite.
#include "meta/meta_store_suite.h"

namespace granary::meta {
namespace {

class SketchSuite : public MetaStoreSuite {
 protected:
  SketchStore& sketches() { return store->sketches(); }
  Sha256 add_file(const std::string& name) {
    const NewContent fresh = make_content(name);
    EXPECT_TRUE(content().record(fresh));
    return fresh.file->sha256;
  }
  static TensorSketch sketch_of(std::int64_t key, std::string_view weights) {
    return {.key = key,
            .type = 1,
            .weights = Bytes(as_bytes(weights).begin(), as_bytes(weights).end())};
  }
};

TEST_P(SketchSuite, SketchesOfOneKeyAreListedByTheAgeOfTheirFiles) {
  const Sha256 older = add_file("older");
  const Sha256 newer = add_file("newer");
  constexpr std::int64_t kKey = -16;
  EXPECT_FALSE(*sketches().has_sketches(older));
  ASSERT_DONE(sketches().put(newer, std::vector{sketch_of(kKey, "two"), sketch_of(5, "five")}));
  ASSERT_DONE(sketches().put(older, std::vector{sketch_of(kKey, "one")}));
  reopen();
  EXPECT_TRUE(*sketches().has_sketches(older));
  ASSERT_TAKE(const auto found, sketches().list(kKey, 10));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].file, older);
  EXPECT_EQ(found[0].sketch.key, kKey);
  EXPECT_EQ(found[0].sketch.type, 1);
  EXPECT_EQ(as_text(found[0].sketch.weights), "one");
  EXPECT_EQ(found[1].file, newer);
  EXPECT_EQ(sketches().list(kKey, 1)->size(), 1u);
  EXPECT_TRUE(sketches().list(6, 10)->empty());
}

TEST_P(SketchSuite, SketchesTakeThePlaceOfThoseThatTheFileHad) {
  const Sha256 file = add_file("file");
  ASSERT_DONE(sketches().put(file, std::vector{sketch_of(1, "a"), sketch_of(2, "b")}));
  ASSERT_DONE(sketches().put(file, std::vector{sketch_of(2, "c")}));
  EXPECT_TRUE(sketches().list(1, 10)->empty());
  EXPECT_EQ(as_text(sketches().list(2, 10)->at(0).sketch.weights), "c");
  EXPECT_EQ(kind_of(sketches().put(sha256_named("nowhere"), {})), ErrorKind::NotFound);
}

TEST_P(SketchSuite, AFileThatNeedsABaseIsNotListed) {
  const NewContent base = make_content("base");
  const NewContent tune = make_content("tune");
  for (const NewContent* each : {&base, &tune}) {
    ASSERT_DONE(content().record(*each));
    ASSERT_DONE(sketches().put(each->file->sha256, std::vector{sketch_of(1, "w")}));
  }
  const Xorb xorb = *store->codings().find_xorb(tune.xorbs[0].hash);
  ASSERT_DONE(
      store->codings().swap({.xorb = xorb.id,
                             .from_generation = 0,
                             .generation = 1,
                             .stored_size_bytes = 7,
                             .policy = 2,
                             .shares = {},
                             .bases = {store->codings().find_xorb(base.xorbs[0].hash)->id}}));
  ASSERT_TAKE(const auto found, sketches().list(1, 10));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].file, base.file->sha256);
}

INSTANTIATE_TEST_SUITE_P(All, SketchSuite, testing::ValuesIn(adapters()), name_of_adapter);

}  // namespace
}  // namespace granary::meta
