// A map of names to bytes. Objects live as long as a reader or the map holds them.
#include "object/memory_store.h"

#include <cstring>
#include <map>
#include <mutex>

namespace granary::object {
namespace {

class MemoryReader final : public ObjectReader {
 public:
  explicit MemoryReader(std::shared_ptr<const Bytes> bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size_bytes() const override { return bytes_->size(); }
  Result<void> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset > bytes_->size() || out.size() > bytes_->size() - offset) {
      return fail(ErrorKind::Corrupt, "an object ends too early");
    }
    if (!out.empty()) std::memcpy(out.data(), bytes_->data() + offset, out.size());
    return {};
  }
  void will_read(std::uint64_t, std::uint64_t) const override {}
  int descriptor() const override { return -1; }

 private:
  std::shared_ptr<const Bytes> bytes_;  // shared with the store, which may drop it first
};

class MemoryStore final : public ObjectStore {
 public:
  Result<void> check_space(std::uint64_t) override { return {}; }
  Result<std::unique_ptr<ObjectWriter>> create(std::uint64_t) override {
    return std::unique_ptr<ObjectWriter>(std::make_unique<Writer>(*this));
  }
  Result<void> publish_all(std::span<const Publication> objects) override {
    for (const Publication& object : objects) TRY_DONE(object.writer->publish(object.name));
    return {};
  }
  Result<std::shared_ptr<const ObjectReader>> open(const ObjectName& name) override {
    const std::lock_guard lock(mutex_);
    const auto object = objects_.find(name);
    if (object == objects_.end()) return fail(ErrorKind::NotFound, "no such object");
    return std::shared_ptr<const ObjectReader>(std::make_shared<MemoryReader>(object->second));
  }
  Result<void> remove(const ObjectName& name) override {
    const std::lock_guard lock(mutex_);
    if (objects_.erase(name) == 0) return fail(ErrorKind::NotFound, "no such object");
    return {};
  }
  Result<void> for_each(const std::function<Result<void>(const ObjectName&)>& visit) override {
    std::vector<ObjectName> names;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [name, bytes] : objects_) names.push_back(name);
    }
    for (const ObjectName& name : names) TRY_DONE(visit(name));
    return {};
  }
  std::string write_refusal() const override { return {}; }

 private:
  class Writer final : public ObjectWriter {
   public:
    explicit Writer(MemoryStore& store) : store_(store) {}
    Result<void> write(ByteView bytes) override {
      put_bytes(bytes_, bytes);
      return {};
    }
    Result<void> seal() override { return {}; }
    Result<void> publish(const ObjectName& name) override {
      const std::lock_guard lock(store_.mutex_);
      store_.objects_.try_emplace(name, std::make_shared<const Bytes>(std::move(bytes_)));
      return {};
    }

   private:
    MemoryStore& store_;
    Bytes bytes_;
  };

  std::mutex mutex_;
  std::map<ObjectName, std::shared_ptr<const Bytes>> objects_;  // shared with open readers
};

}  // namespace

std::unique_ptr<ObjectStore> make_memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace granary::object
