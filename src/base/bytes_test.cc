// Hex, base64, checked reads and the two string forms of digests.
#include "base/bytes.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/env.h"
#include "base/hasher.h"

namespace granary {
namespace {

TEST(Hex, RoundTripsAndRefusesOtherLetters) {
  Bytes raw{std::byte{0}, std::byte{0xAB}, std::byte{0xFF}};
  EXPECT_EQ(to_hex(raw), "00abff");
  Bytes out(3);
  ASSERT_TRUE(parse_hex("00ABff", out));
  EXPECT_EQ(out, raw);
  EXPECT_FALSE(parse_hex("00abf", out));
  EXPECT_FALSE(parse_hex("00abfg", out));
}

TEST(Base64, RoundTripsEveryLengthUpTo64) {
  for (std::size_t size = 0; size < 64; ++size) {
    Bytes raw(size);
    for (std::size_t i = 0; i < size; ++i) raw[i] = static_cast<std::byte>(i * 37 + size);
    auto back = parse_base64(to_base64(raw));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, raw);
  }
  EXPECT_EQ(to_base64(as_bytes("any carnal pleas")), "YW55IGNhcm5hbCBwbGVhcw==");
  EXPECT_FALSE(parse_base64("a$b="));
  EXPECT_FALSE(parse_base64("abcde"));
}

TEST(ByteReader, NeverReadsPastTheEnd) {
  Bytes raw;
  put_u32(raw, 0x01020304);
  ByteReader reader(raw);
  EXPECT_EQ(*reader.u16(), 0x0304);
  EXPECT_FALSE(reader.u32());
  EXPECT_FALSE(reader.take(~std::uint64_t{0}));
  EXPECT_EQ(*reader.u16(), 0x0102);
}

TEST(Digest, XetStringFormReversesGroupsOfEight) {
  ChunkHash hash;
  for (std::size_t i = 0; i < 32; ++i) hash.bytes[i] = static_cast<std::byte>(i);
  const std::string text = "07060504030201000f0e0d0c0b0a090817161514131211101f1e1d1c1b1a1918";
  EXPECT_EQ(hash.to_string(), text);
  EXPECT_EQ(*ChunkHash::parse(text), hash);
}

TEST(Sha256, OfAbcIsThePublishedValue) {
  EXPECT_EQ(sha256_of(as_bytes("abc")).to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Time, FormatsWithMillisecondsAndZ) {
  const WallTime time{std::chrono::milliseconds{1'795'482'123'004}};
  EXPECT_EQ(format_time(time), "2026-11-24T01:02:03.004Z");
  EXPECT_EQ(*parse_time("2026-11-24T01:02:03.004Z"), time);
  EXPECT_FALSE(parse_time("2026-11-24T01:02:03+00:00"));
}

}  // namespace
}  // namespace granary
