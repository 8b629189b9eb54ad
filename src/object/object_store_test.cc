// The suite against every adapter: memory, disk on the real file system, disk on the simulated one.
#include <unistd.h>

#include <filesystem>

#include "base/sim_env.h"
#include "object/disk_store.h"
#include "object/memory_store.h"
#include "object/object_store_suite.h"

namespace granary::object {
namespace {

class MemoryFixture final : public ObjectStoreFixture {
 public:
  ObjectStore& store() override { return *store_; }

 private:
  std::unique_ptr<ObjectStore> store_ = make_memory_store();
};

class RealDiskFixture final : public ObjectStoreFixture {
 public:
  RealDiskFixture() {
    std::string folder = (std::filesystem::temp_directory_path() / "granary.XXXXXX").string();
    GRANARY_ASSERT(::mkdtemp(folder.data()) != nullptr);
    folder_ = folder;
    store_ = open_disk_store(real_env(), folder, {.floor_bytes = 0, .floor_percent = 0}).value();
  }
  ~RealDiskFixture() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  ObjectStore& store() override { return *store_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<ObjectStore> store_;
};

class SimDiskFixture final : public ObjectStoreFixture {
 public:
  SimDiskFixture() {
    GRANARY_ASSERT(world_.files().make_directory("data").has_value());
    store_ = open_disk_store(world_.env(), "data", {}).value();
  }
  ObjectStore& store() override { return *store_; }

 private:
  SimEnv world_{1};
  std::unique_ptr<ObjectStore> store_;
};

template <class Fixture>
std::unique_ptr<ObjectStoreFixture> make() { return std::make_unique<Fixture>(); }

INSTANTIATE_TEST_SUITE_P(
    Adapters, ObjectStoreSuite,
    ::testing::Values(ObjectStoreAdapter{"Memory", make<MemoryFixture>},
                      ObjectStoreAdapter{"RealDisk", make<RealDiskFixture>},
                      ObjectStoreAdapter{"SimDisk", make<SimDiskFixture>}),
    [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace granary::object
