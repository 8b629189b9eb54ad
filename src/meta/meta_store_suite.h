// What every MetaStore adapter must do: the fixture, run once for each configuration of an adapter.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/sim_env.h"
#include "meta/meta_store.h"

namespace granary::meta {

/// The real world, but for a clock that tests move.
class ManualClock final : public Clock {
 public:
  WallTime wall_now() override { return now; }
  SteadyTime steady_now() override { return SteadyTime(now.time_since_epoch()); }
  void advance(std::chrono::milliseconds by) { now += by; }

  WallTime now{std::chrono::milliseconds{1'795'482'123'000}};
};

/// One configuration of an adapter.
struct Adapter {
  std::string name;
  bool simulated = false;  // runs on the simulated file system
  /// Opens the store that lies in `folder`, or makes it.
  std::function<Result<std::unique_ptr<MetaStore>>(Env& env, const std::string& folder)> open;
};

/// Every configuration of every adapter there is: meta_adapters_test.cc.
std::vector<Adapter> adapters();
inline std::string name_of_adapter(const testing::TestParamInfo<Adapter>& each) {
  return each.param.name;
}

/// Opens a store in a folder of its own, and makes the facts that tests begin with.
class MetaStoreSuite : public testing::TestWithParam<Adapter> {
 protected:
  MetaStoreSuite();
  ~MetaStoreSuite() override;

  /// Closes the store and opens it again, as a restart does.
  void reopen();

  NamespaceId add_user(const std::string& name);
  NamespaceId add_organization(const std::string& name, NamespaceId owner);
  /// A model with one commit on main; fails the test if it cannot be made.
  Repo add_repo(const std::string& space, const std::string& name,
                Visibility visibility = Visibility::Public);
  /// A commit of one file `path` with `text`, on `parent`, that moves main.
  CommitBatch make_commit(RepoId repo, const std::string& text, std::optional<GitOid> parent = {});
  /// A file of `size_bytes` in one new xorb, ready to be recorded; `name` makes its hashes.
  NewContent make_content(const std::string& name, std::uint32_t size_bytes = 100'000);
  static Sha256 sha256_named(const std::string& name);

  AccountStore& accounts() { return store->accounts(); }
  RepoStore& repos() { return store->repos(); }
  GitStore& git() { return store->git(); }
  ContentStore& content() { return store->content(); }

  ManualClock clock;
  SimEnv simulated{1};
  Env env{clock, simulated.env().random,
          GetParam().simulated ? simulated.env().files : real_env().files};
  std::string folder;
  std::unique_ptr<MetaStore> store;
};

/// The kind of the error of `result`, for EXPECT_EQ; no value if there is none.
template <class T>
std::optional<ErrorKind> kind_of(const Result<T>& result) {
  if (result) return {};
  return result.error().kind;
}

inline RepoName model(const std::string& space, const std::string& name) {
  return {.kind = RepoKind::Model, .space = space, .name = name};
}

inline void PrintTo(const Adapter& adapter, std::ostream* out) { *out << adapter.name; }

}  // namespace granary::meta

/// In a GoogleTest test: takes the value of a Result, or fails the test with its message.
#define ASSERT_TAKE(decl, ...) \
  GRANARY_ASSERT_TAKE_(GRANARY_JOIN(taken_, __LINE__), decl, __VA_ARGS__)
#define GRANARY_ASSERT_TAKE_(tmp, decl, ...)           \
  auto tmp = (__VA_ARGS__);                            \
  ASSERT_TRUE(tmp.has_value()) << tmp.error().message; \
  decl = *std::move(tmp)
#define ASSERT_DONE(...)                                                  \
  if (auto done = (__VA_ARGS__); !done) {                                 \
    FAIL() << name_of(done.error().kind) << ": " << done.error().message; \
  }                                                                       \
  static_cast<void>(0)
