// Tests of LFS pointers: the canonical text, and nothing but it.
#include "git/lfs_pointer.h"

#include <gtest/gtest.h>

#include "base/hasher.h"

namespace granary::git {
namespace {

TEST(LfsPointer, IsTheTextOfTheSpecification) {
  const auto oid =
      Sha256::parse("4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393").value();
  EXPECT_EQ(write_lfs_pointer({oid, 12345}),
            "version https://git-lfs.github.com/spec/v1\n"
            "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
            "size 12345\n");
}

TEST(LfsPointer, ComesBackAndIs125BytesAndTheDigits) {
  for (std::uint64_t size : {0UL, 9UL, 10UL, 5'000'000'000UL, ~0UL}) {
    const LfsPointer pointer{sha256_of(as_bytes("x")), size};
    const std::string text = write_lfs_pointer(pointer);
    EXPECT_EQ(text.size(), 125 + std::to_string(size).size());
    EXPECT_EQ(parse_lfs_pointer(as_bytes(text)), pointer);
  }
}

TEST(LfsPointer, AnythingElseIsAnOrdinaryBlob) {
  const std::string text = write_lfs_pointer({sha256_of(as_bytes("x")), 42});
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(parse_lfs_pointer(as_bytes(std::string_view(text).substr(0, i)))) << i;
    std::string damaged = text;
    damaged[i] = damaged[i] == 'X' ? 'Y' : 'X';
    EXPECT_FALSE(parse_lfs_pointer(as_bytes(damaged))) << i;
  }
  const std::string start = text.substr(0, text.size() - 3);
  for (const char* end : {"042\n", "42\n\n", "42\r\n", "+42\n", "-1\n", " 42\n", "42", "\n",
                          "18446744073709551616\n", "42\next-0-x sha256:00\n"})
    EXPECT_FALSE(parse_lfs_pointer(as_bytes(start + end))) << end;
}

}  // namespace
}  // namespace granary::git
