// The SQLite adapter's configurations in the MetaStore suite, and what is SQLite's alone.
#include "meta/sqlite/sqlite_meta_store.h"

#include "meta/meta_store_suite.h"

namespace granary::meta {
namespace {

Adapter on_disk() {
  return {.name = "OnDisk", .open = [](Env& env, const std::string& folder) {
            return create_sqlite_meta_store(env, {.path = folder + "/meta.db"});
          }};
}

INSTANTIATE_TEST_SUITE_P(Sqlite, MetaStoreSuite, testing::Values(on_disk()),
                         [](const auto& each) { return each.param.name; });

TEST(SqliteMetaStore, InMemoryItServesForTests) {
  auto store = create_sqlite_meta_store(real_env(), {.path = ":memory:"});
  ASSERT_TRUE(store) << store.error().message;
  auto made = (*store)->accounts().create_namespace(
      {.name = "ada", .full_name = {}, .email = {}, .owner = {}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ((*store)->accounts().find_namespace("ADA")->id, made->id);
  EXPECT_TRUE((*store)->check()->empty());
}

}  // namespace
}  // namespace granary::meta
