// Shards: those of both clients are read, and none that says more than it holds.
#include "api/xet/shard.h"

#include <gtest/gtest.h>

#include "api/xet/wire_testing.h"
#include "base/hasher.h"
#include "base/limits.h"

namespace granary::api::xet {
namespace {

using namespace testing;

constexpr std::uint32_t kHasRangeHashes = 0x8000'0000;
constexpr std::uint32_t kHasSha256 = 0x4000'0000;

Bytes key(std::uint8_t byte) { return Bytes(32, std::byte{byte}); }

std::string refusal(ByteView bytes) {
  const auto shard = parse_shard(bytes);
  if (shard) return "";
  EXPECT_EQ(shard.error().kind, ErrorKind::Invalid);
  return shard.error().message;
}

Bytes term(std::uint8_t xorb, std::uint32_t size, std::uint32_t start, std::uint32_t end) {
  return shard_record(key(xorb), {0, size, start, end});
}

/// A file of two terms, with its range hashes and SHA-256.
Bytes file_entry() {
  return join({shard_record(key(1), {kHasRangeHashes | kHasSha256, 2, 0, 0}), term(2, 300, 0, 3),
               term(3, 50, 7, 8), shard_record(key(4), {0, 0, 0, 0}),
               shard_record(key(5), {0, 0, 0, 0}),
               shard_record(from_hex("0001020304050607 08090a0b0c0d0e0f"
                                     "1011121314151617 18191a1b1c1d1e1f"),
                            {0, 0, 0, 0})});
}

ShardFile file_of_entry() {
  ShardFile file{.hash = hash_of<FileHash>(1)};
  file.sha256 = *Sha256::parse("07060504030201000f0e0d0c0b0a090817161514131211101f1e1d1c1b1a1918");
  file.terms = {{hash_of<XorbHash>(2), 300, 0, 3, hash_of<RangeHash>(4)},
                {hash_of<XorbHash>(3), 50, 7, 8, hash_of<RangeHash>(5)}};
  return file;
}

Bytes xorb_entry() {
  return join({shard_record(key(2), {0, 2, 300, 0}), shard_record(key(6), {0, 100, 0, 0}),
               shard_record(key(7), {100, 200, 0x8000'0000, 0})});
}

ShardXorb xorb_of_entry() {
  return {.hash = hash_of<XorbHash>(2),
          .size_bytes = 300,
          .chunks = {{hash_of<ChunkHash>(6), 100}, {hash_of<ChunkHash>(7), 200}}};
}

Bytes shard_of(ByteView files, ByteView xorbs) {
  return join({shard_header(), files, bookend(), xorbs, bookend()});
}

TEST(Shard, FilesAndXorbsAreRead) {
  const auto shard = parse_shard(shard_of(file_entry(), xorb_entry()));
  ASSERT_TRUE(shard) << shard.error().message;
  EXPECT_EQ(*shard, (Shard{.files = {file_of_entry()}, .xorbs = {xorb_of_entry()}}));
}

TEST(Shard, TheExampleOfTheFormatPage) {
  const auto shard =
      parse_shard(from_hex("48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa9"
                           "02000000 00000000 00000000 00000000"
                           "f4457c8a31dfb955a179cad8047bd57004254be9ff37065bffaf28350cd0581a"
                           "000000c0 01000000 00000000 00000000"
                           "14f0aff7063580a845c69db7e9a99af15661f9702567495c4e28d08d69291307"
                           "00000000 03000000 00000000 01000000"
                           "6d88d805f56b58d7bec9042c309bb1ac42e92deeb19811064bb7e1308b7f8a61"
                           "00000000 00000000 00000000 00000000"
                           "eacf018fbf1678ba2322ae5dde4041419c7a1796a36103b0ad1500f261ff10b4"
                           "00000000 00000000 00000000 00000000"
                           "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                           "00000000 00000000 00000000 00000000"
                           "14f0aff7063580a845c69db7e9a99af15661f9702567495c4e28d08d69291307"
                           "00000000 01000000 03000000 0b000000"
                           "14f0aff7063580a845c69db7e9a99af15661f9702567495c4e28d08d69291307"
                           "00000000 03000000 00000000 00000000"
                           "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                           "00000000 00000000 00000000 00000000"));
  ASSERT_TRUE(shard) << shard.error().message;
  ASSERT_EQ(shard->files.size(), 1u);
  const ShardFile& file = shard->files[0];
  EXPECT_EQ(file.hash.to_string(),
            "55b9df318a7c45f470d57b04d8ca79a15b0637ffe94b25041a58d00c3528afff");
  EXPECT_EQ(file.sha256, sha256_of(bytes_of("abc")));
  ASSERT_EQ(file.terms.size(), 1u);
  EXPECT_EQ(file.terms[0].range_hash.to_string(),
            "d7586bf505d8886dacb19b302c04c9be061198b1ee2de942618a7f8b30e1b74b");
  ASSERT_EQ(shard->xorbs.size(), 1u);
  EXPECT_EQ(shard->xorbs[0].hash, file.terms[0].xorb);
  EXPECT_EQ(shard->xorbs[0].size_bytes, 3u);
  ASSERT_EQ(shard->xorbs[0].chunks.size(), 1u);
  EXPECT_EQ(shard->xorbs[0].chunks[0].hash.to_string(),
            "a8803506f7aff014f19aa9e9b79dc6455c49672570f96156071329698dd0284e");
}

TEST(Shard, EitherSectionMayBeEmpty) {
  EXPECT_EQ(*parse_shard(shard_of({}, {})), Shard{});
  EXPECT_EQ(*parse_shard(shard_of(file_entry(), {})), (Shard{.files = {file_of_entry()}}));
  EXPECT_EQ(*parse_shard(shard_of({}, xorb_entry())), (Shard{.xorbs = {xorb_of_entry()}}));
  const Bytes twice = join({file_entry(), file_entry()});
  EXPECT_EQ(parse_shard(shard_of(twice, {}))->files.size(), 2u);
}

TEST(Shard, AFooterAndWhateverElseFollowsIsNotLookedAt) {
  const Bytes body = join({shard_header(200), file_entry(), bookend(), xorb_entry(), bookend()});
  const Shard expected{.files = {file_of_entry()}, .xorbs = {xorb_of_entry()}};
  EXPECT_EQ(*parse_shard(join({body, Bytes(200)})), expected);
  EXPECT_EQ(*parse_shard(join({body, random_bytes(1001)})), expected);
}

TEST(Shard, AnEmptyFileHasNoTermsAndNeedsNoRangeHashes) {
  for (const std::uint32_t flags : {0u, kHasRangeHashes}) {
    const auto shard = parse_shard(shard_of(shard_record(key(0), {flags, 0, 0, 0}), {}));
    ASSERT_TRUE(shard);
    EXPECT_EQ(shard->files, std::vector<ShardFile>{{}});
  }
}

TEST(Shard, AFileWithoutRangeHashesIsRefusedAloneAndAmongOthers) {
  const Bytes without = join({shard_record(key(1), {kHasSha256, 1, 0, 0}), term(2, 3, 0, 1),
                              shard_record(key(9), {0, 0, 0, 0})});
  const std::string expected =
      "the shard has a file without range hashes: " + hash_of<FileHash>(1).to_string();
  EXPECT_EQ(refusal(shard_of(without, {})), expected);
  EXPECT_EQ(refusal(shard_of(join({file_entry(), without}), {})), expected);
  EXPECT_EQ(refusal(shard_of(join({without, file_entry()}), {})), expected);
}

TEST(Shard, AFileMayHaveNoSha256) {
  const Bytes without = join({shard_record(key(1), {kHasRangeHashes, 1, 0, 0}), term(2, 3, 0, 1),
                              shard_record(key(4), {0, 0, 0, 0})});
  const auto shard = parse_shard(shard_of(without, {}));
  ASSERT_TRUE(shard);
  EXPECT_EQ(shard->files[0].sha256, std::nullopt);
}

TEST(Shard, FlagsOfFilesThatAreUnknownAreRefusedAndOthersIgnored) {
  const Bytes file =
      join({shard_record(key(1), {kHasRangeHashes | 1, 0, 0, 0}), bookend(), bookend()});
  EXPECT_EQ(refusal(join({shard_header(), file})),
            "the shard has a file with flags that this server does not know");
  const Bytes term_with_flags =
      join({shard_record(key(1), {kHasRangeHashes, 1, 7, 7}),
            shard_record(key(2), {0xFFFF'FFFF, 3, 0, 1}), shard_record(key(4), {1, 2, 3, 4})});
  const Bytes xorb_with_flags =
      join({shard_record(key(2), {0xFFFF'FFFF, 1, 3, 9}), shard_record(key(6), {0, 3, ~0u, ~0u})});
  EXPECT_EQ(refusal(shard_of(term_with_flags, xorb_with_flags)), "");
}

TEST(Shard, CountsBeyondWhatRemainsAreRefusedBeforeRoomIsMade) {
  const std::string expected = "the shard is shorter than it says";
  for (const std::uint32_t count : {0xFFFF'FFFFu, 0x8000'0000u, 0x5555'5556u, 3u, 2u}) {
    EXPECT_EQ(
        refusal(shard_of(
            join({shard_record(key(1), {kHasRangeHashes, count, 0, 0}), term(2, 3, 0, 1)}), {})),
        expected);
  }
  EXPECT_EQ(refusal(shard_of({}, shard_record(key(2), {0, 8192, 3, 0}))), expected);
  EXPECT_EQ(refusal(shard_of({}, shard_record(key(2), {0, 8193, 3, 0}))),
            "the shard has a xorb of over 8192 chunks");
  EXPECT_EQ(refusal(shard_of({}, shard_record(key(2), {0, 0xFFFF'FFFF, 3, 0}))),
            "the shard has a xorb of over 8192 chunks");
}

TEST(Shard, TermsOfImpossibleRangesAreRefused) {
  const auto of = [](const Bytes& record) {
    return refusal(shard_of(join({shard_record(key(1), {kHasRangeHashes, 1, 0, 0}), record,
                                  shard_record(key(4), {0, 0, 0, 0})}),
                            {}));
  };
  EXPECT_EQ(of(term(2, 3, 8191, 8192)), "");
  const std::string expected = "the shard has a term of an impossible range of chunks";
  EXPECT_EQ(of(term(2, 3, 1, 1)), expected);
  EXPECT_EQ(of(term(2, 3, 2, 1)), expected);
  EXPECT_EQ(of(term(2, 3, 8191, 8193)), expected);
  EXPECT_EQ(of(term(2, 3, 0, 0xFFFF'FFFF)), expected);
  EXPECT_EQ(of(term(2, 0, 0, 1)), expected);
}

TEST(Shard, EveryPrefixIsRefused) {
  const Bytes whole = shard_of(file_entry(), xorb_entry());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(refusal(prefix), "the shard is shorter than it says") << size;
  }
}

TEST(Shard, AMissingBookendIsRefused) {
  EXPECT_NE(refusal(join({shard_header(), file_entry(), xorb_entry(), bookend()})), "");
  EXPECT_NE(refusal(join({shard_header(), file_entry(), bookend(), xorb_entry()})), "");
  EXPECT_NE(refusal(join({shard_header(), bookend()})), "");
}

TEST(Shard, AnotherTagOrVersionIsRefused) {
  Bytes bytes = shard_of({}, {});
  bytes[31] ^= std::byte{1};
  EXPECT_EQ(refusal(bytes), "the shard does not begin as one");
  bytes = shard_of({}, {});
  bytes[32] = std::byte{3};
  EXPECT_EQ(refusal(bytes), "the shard is of version 3, not 2");
  bytes = shard_of({}, {});
  bytes[39] = std::byte{1};
  EXPECT_NE(refusal(bytes), "");
}

TEST(Shard, OneOfOverSixtyFourMebibytesIsRefused) {
  Bytes bytes = shard_of({}, {});
  bytes.resize(limits::kShardSizeBytesMax);
  EXPECT_EQ(refusal(bytes), "");
  bytes.resize(limits::kShardSizeBytesMax + 1);
  EXPECT_EQ(parse_shard(bytes).error().kind, ErrorKind::TooLarge);
}

}  // namespace
}  // namespace granary::api::xet
