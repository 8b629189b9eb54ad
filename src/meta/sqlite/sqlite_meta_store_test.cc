// What is the SQLite adapter's alone.
#include "meta/sqlite/sqlite_meta_store.h"

#include <gtest/gtest.h>

namespace granary::meta {
namespace {

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
