// The MetaStore suite, run against every configuration of every adapter.
#include "meta/meta_store_suite.h"
#include "meta/sqlite/sqlite_meta_store.h"

namespace granary::meta {
namespace {

Adapter sqlite(std::string name, SqliteOptions options, bool simulated = false) {
  return {.name = std::move(name),
          .simulated = simulated,
          .open = [options](Env& env, const std::string& folder) {
            SqliteOptions here = options;
            here.path = folder + "/meta.db";
            return create_sqlite_meta_store(env, here);
          }};
}

}  // namespace

std::vector<Adapter> adapters() {
  return {
      sqlite("SqliteOnDisk", {.path = {}}),
      sqlite("SqliteThroughEnv", {.path = {}, .through_env = true}),
      sqlite("SqliteSimulated", {.path = {}, .through_env = true}, true),
  };
}

INSTANTIATE_TEST_SUITE_P(All, MetaStoreSuite, testing::ValuesIn(adapters()), name_of_adapter);

}  // namespace granary::meta
