// Recovery: only what is new is looked at, and what is wrong is said again at each start.
#include "store/recovery.h"

#include "store/store_testing.h"

namespace granary::store {
namespace {

class RecoveryTest : public StoreTest {
 protected:
  Recovery look() {
    return recover(world_.env(), content(), *objects_, "data/watermark").value();
  }
};

TEST_F(RecoveryTest, LooksAtEachXorbOnce) {
  put(random_bytes(1, 1000));
  put(random_bytes(2, 1000));
  EXPECT_EQ(look().checked_count, 2u);
  EXPECT_EQ(look().checked_count, 0u);
  put(random_bytes(3, 1000));
  EXPECT_EQ(look().checked_count, 1u);
}

TEST_F(RecoveryTest, AMissingOrDamagedObjectIsNamedUntilItIsSoundAgain) {
  const auto gone = put(random_bytes(1, 1000));
  const auto damaged = put(random_bytes(2, 1000));
  ASSERT_TRUE(objects_->remove({.hash = gone.xorbs[0].hash, .generation = 0}));
  flip_bit(path_of(damaged.xorbs[0].hash), 8 * (damaged.xorbs[0].stored_size_bytes - 1));
  for (int start = 0; start < 2; ++start) {
    const Recovery recovery = look();
    ASSERT_EQ(recovery.problems.size(), 2u);
    EXPECT_NE(recovery.problems[0].find(gone.xorbs[0].hash.to_string()), std::string::npos);
    EXPECT_NE(recovery.problems[1].find(damaged.xorbs[0].hash.to_string()), std::string::npos);
  }
}

TEST_F(RecoveryTest, AWatermarkThatCannotBeReadMeansThatAllIsLookedAt) {
  put(random_bytes(1, 1000));
  look();
  for (const std::string_view text : {"", "x", "-5\n", "99999999999999999999999\n", "1"}) {
    auto file = files().open("data/watermark", OpenMode::ReadWrite).value();
    ASSERT_TRUE(file->truncate(0));
    ASSERT_TRUE(file->write_at(0, as_bytes(text)));
    EXPECT_EQ(look().checked_count, 1u) << text;
  }
}

TEST_F(RecoveryTest, APowerCutAtAnyStepOfItIsHarmless) {
  put(random_bytes(1, 1000));
  look();
  put(random_bytes(2, 1000));
  std::uint64_t cuts = 0;
  files().set_observer([&](const SimEvent&) {
    auto after = files().crash(++cuts);
    SimRandom random(cuts);
    Env env{world_.clock(), random, *after};
    auto objects = object::open_disk_store(env, "data", {}).value();
    const auto recovery = recover(env, content(), *objects, "data/watermark");
    ASSERT_TRUE(recovery);
    EXPECT_TRUE(recovery->problems.empty());
  });
  look();
  files().set_observer({});
  EXPECT_GE(cuts, 5u);
}

}  // namespace
}  // namespace granary::store
