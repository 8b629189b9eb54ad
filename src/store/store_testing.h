// A store on the simulated disk with facts in SQLite, for this module's tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "base/hasher.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/sim_env.h"
#include "meta/sqlite/sqlite_meta_store.h"
#include "object/disk_store.h"
#include "store/store.h"

namespace granary::store {

inline Bytes random_bytes(std::uint64_t seed, std::size_t size) {
  Bytes bytes(size);
  SimNumbers numbers(seed);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(numbers.next());
  return bytes;
}

inline Bytes joined(std::initializer_list<ByteView> parts) {
  Bytes all;
  for (const ByteView part : parts) put_bytes(all, part);
  return all;
}

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    log::start(log::Level::Off, log::Format::Text);  // faults are made on purpose
    GRANARY_ASSERT(files().make_directory("data").has_value());
    GRANARY_ASSERT(files().sync_directory("").has_value());
    facts_ = meta::create_sqlite_meta_store(world_.env(), {.path = ":memory:"}).value();
    restart();
  }
  SimFileSystem& files() { return world_.files(); }
  meta::ContentStore& content() { return facts_->content(); }
  /// A new life of the store, over the same disk and facts.
  void restart(const object::DiskStoreOptions& disk = {}, const StoreOptions& options = {}) {
    store_.reset();
    objects_ = object::open_disk_store(world_.env(), "data", disk).value();
    store_ = make_store(world_.env(), *objects_, *facts_, options);
  }

  Result<meta::NewContent> ingest(ByteView bytes, std::size_t piece_size = limits::kMiB,
                                  const Ingest::Expected& expected = {}) {
    TRY(auto ingest, store_->start_ingest({.size_bytes = bytes.size()}));
    for (std::size_t at = 0; at < bytes.size(); at += piece_size) {
      TRY_DONE(ingest->write(bytes.subspan(at, std::min(piece_size, bytes.size() - at))));
    }
    return ingest->finish(expected);
  }
  meta::NewContent put(ByteView bytes, std::size_t piece_size = limits::kMiB) {
    auto taken = ingest(bytes, piece_size);
    EXPECT_TRUE(taken) << taken.error().message;
    const auto recorded = content().record(*taken);
    EXPECT_TRUE(recorded) << recorded.error().message;
    return *taken;
  }
  Result<Bytes> get(const Sha256& sha256, std::uint64_t offset, std::size_t size) {
    TRY(auto reader, store_->open(sha256));
    Bytes out(size);
    TRY_DONE(reader->read_exactly(offset, out));
    return out;
  }
  Result<Bytes> get(ByteView bytes) { return get(sha256_of(bytes), 0, bytes.size()); }

  std::uint64_t stored_bytes() {
    std::uint64_t total = 0;
    const auto xorbs = content().list_xorbs({}, 1000);
    for (const meta::Xorb& xorb : *xorbs) total += xorb.stored_size_bytes;
    return total;
  }
  static std::string path_of(const XorbHash& hash) {
    const std::string name = hash.to_string();
    return "data/objects/" + name.substr(0, 2) + "/" + name + ".0";
  }
  void flip_bit(const std::string& path, std::uint64_t bit) {
    auto file = files().open(path, OpenMode::ReadWrite).value();
    Bytes byte(1);
    file->read_at(bit / 8, byte).value();
    byte[0] ^= static_cast<std::byte>(1 << (bit % 8));
    GRANARY_ASSERT(file->write_at(bit / 8, byte).has_value());
  }

  SimEnv world_{1};
  std::unique_ptr<meta::MetaStore> facts_;
  std::unique_ptr<object::ObjectStore> objects_;
  std::unique_ptr<Store> store_;
};

}  // namespace granary::store
