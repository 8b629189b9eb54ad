// Dedupe answers as shards: byte by byte, and as the reader of shards sees them.
#include "api/xet/shard_writer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

#include "api/xet/shard.h"
#include "api/xet/wire_testing.h"

namespace granary::api::xet {
namespace {

using namespace testing;

service::DedupeAnswer small_answer() {
  service::DedupeAnswer answer;
  for (std::size_t i = 0; i < answer.key.size(); ++i) {
    answer.key[i] = static_cast<std::uint8_t>(i + 1);
  }
  answer.key_expires = WallTime(std::chrono::milliseconds(1'800'000'000'999));
  answer.xorbs.push_back(
      {.hash = hash_of<XorbHash>(0xA1),
       .size_bytes = 300,
       .chunks = {{hash_of<ChunkHash>(0xB1), 0, 100}, {hash_of<ChunkHash>(0xB2), 100, 200}}});
  return answer;
}

TEST(ShardWriter, TheExampleOfTheFormatPage) {
  const Bytes expected = from_hex(
      "48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9"
      "0200000000000000 c800000000000000"
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      "00000000 00000000 00000000 00000000"
      "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"
      "00000000 02000000 2c010000 2c010000"
      "b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1"
      "00000000 64000000 00000000 00000000"
      "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2"
      "64000000 c8000000 00000000 00000000"
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      "00000000 00000000 00000000 00000000"
      "0100000000000000 3000000000000000 6000000000000000"
      "2001000000000000 0000000000000000"
      "2001000000000000 0000000000000000"
      "2001000000000000 0000000000000000"
      "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
      "0000000000000000 00d2496b00000000"
      "000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000"
      "2c01000000000000 0000000000000000 2c01000000000000 2001000000000000");
  EXPECT_EQ(to_hex(as_bytes(write_dedupe_shard(small_answer()))), to_hex(expected));
}

TEST(ShardWriter, WhatIsWrittenIsReadAgain) {
  auto answer = small_answer();
  answer.xorbs.push_back({.hash = hash_of<XorbHash>(0xA2), .size_bytes = 0, .chunks = {}});
  const auto shard = parse_shard(as_bytes(write_dedupe_shard(answer)));
  ASSERT_TRUE(shard) << shard.error().message;
  EXPECT_TRUE(shard->files.empty());
  ASSERT_EQ(shard->xorbs.size(), 2u);
  EXPECT_EQ(shard->xorbs[0].hash, answer.xorbs[0].hash);
  EXPECT_EQ(shard->xorbs[0].size_bytes, 300u);
  ASSERT_EQ(shard->xorbs[0].chunks.size(), 2u);
  EXPECT_EQ(shard->xorbs[0].chunks[1].hash, answer.xorbs[0].chunks[1].keyed_hash);
  EXPECT_EQ(shard->xorbs[0].chunks[1].size_bytes, 200u);
  EXPECT_TRUE(shard->xorbs[1].chunks.empty());
}

TEST(ShardWriter, TheOffsetsOfAllLookupTablesAreTheFooters) {
  auto answer = small_answer();
  for (std::size_t count : {0u, 1u, 50u}) {
    answer.xorbs.resize(count);
    const std::string shard = write_dedupe_shard(answer);
    const std::size_t footer = shard.size() - 200;
    for (const std::size_t field : {24u, 40u, 56u, 192u}) {
      EXPECT_EQ(load_u64(as_bytes(shard).data() + footer + field), footer);
    }
  }
}

TEST(ShardWriter, AKeyThatHasExpiredBeforeTheEpochIsWrittenAsZero) {
  auto answer = small_answer();
  answer.key_expires = WallTime(std::chrono::milliseconds(-1));
  const std::string shard = write_dedupe_shard(answer);
  EXPECT_EQ(load_u64(as_bytes(shard).data() + shard.size() - 200 + 112), 0u);
}

}  // namespace
}  // namespace granary::api::xet
