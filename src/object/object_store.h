// The port for immutable objects (xorbs at rest): written once under a name, whole or not at all.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/result.h"

namespace granary::object {

/// A xorb's object. A new generation never overwrites an older one.
struct ObjectName {
  XorbHash hash;
  std::uint32_t generation = 0;
  auto operator<=>(const ObjectName&) const = default;
};

/// An object being written. Dropped without publish, it leaves nothing behind.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  /// Appends. Whole multiples of 4096 from 4096-aligned memory bypass the page cache; only the last
  /// write may be of another size. Errors: NoSpace.
  virtual Result<void> write(ByteView bytes) = 0;
  /// No more writes: forces the bytes to stable storage. Optional before publish; lets a caller
  /// hold thousands of finished objects that have no name yet. Errors: as publish.
  virtual Result<void> seal() = 0;
  /// Forces the bytes, the name and its directory to stable storage. Fine if an object of that name
  /// exists: that one is then made durable before this returns. Errors: NoSpace; Unavailable after
  /// a failed sync, when the whole store refuses writes until restart.
  virtual Result<void> publish(const ObjectName& name) = 0;
};

/// A written object and the name it is to have.
struct Publication {
  ObjectWriter* writer;
  ObjectName name;
};

/// An open object; stays readable after removal. Thread-safe.
class ObjectReader {
 public:
  virtual ~ObjectReader() = default;
  virtual std::uint64_t size_bytes() const = 0;
  /// Fills `out`. Errors: Corrupt if the object ends before.
  virtual Result<void> read_at(std::uint64_t offset_bytes, std::span<std::byte> out) const = 0;
  /// Says that these bytes will be read soon: the disk may begin. Never fails.
  virtual void will_read(std::uint64_t offset_bytes, std::uint64_t size_bytes) const = 0;
  virtual int descriptor() const = 0;  // for sendfile; -1: none
};

/// Blocking and thread-safe.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  /// Errors: NoSpace if so many bytes more would leave less than the store's floor.
  virtual Result<void> check_space(std::uint64_t size_bytes) = 0;
  /// `size_bytes_hint`: space to reserve. Errors: NoSpace, also when under the store's floor.
  virtual Result<std::unique_ptr<ObjectWriter>> create(std::uint64_t size_bytes_hint) = 0;
  /// As ObjectWriter::publish for each, with one sync per folder instead of one per object.
  virtual Result<void> publish_all(std::span<const Publication> objects) = 0;
  /// Errors: NotFound.
  virtual Result<std::shared_ptr<const ObjectReader>> open(const ObjectName& name) = 0;
  virtual Result<void> remove(const ObjectName& name) = 0;
  /// Every object, in no order. Stops early when `visit` gives an error.
  virtual Result<void> for_each(const std::function<Result<void>(const ObjectName&)>& visit) = 0;
  /// Empty while healthy; else why the store refuses writes (a failed sync).
  virtual std::string write_refusal() const = 0;
};

}  // namespace granary::object
