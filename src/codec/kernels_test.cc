// Tests of the kernels: each function of each table gives what the scalar one gives, and writes
// nothing beyond what it may.
#include "codec/kernels.h"

#include <gtest/gtest.h>

#include <iostream>
#include <random>
#include <string>

#include "codec/plain_kernels_testing.h"

namespace granary::codec {
namespace {

using Buffer = std::vector<std::uint8_t>;

constexpr std::size_t kCountMax = 300;
constexpr std::uint8_t kUntouched = 0xA5;

class KernelsTest : public ::testing::TestWithParam<const Kernels*> {
 protected:
  Buffer random(std::size_t size, unsigned below = 256) {
    Buffer bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(numbers_() % below);
    return bytes;
  }
  // Calls `work` for sizes around all lane counts.
  template <class Work>
  void for_counts(Work work) {
    for (std::size_t count = 0; count <= kCountMax; ++count) work(count);
  }
  static Buffer untouched(std::size_t size) { return Buffer(size, kUntouched); }

  const Kernels& ours_ = *GetParam();
  const Kernels& scalar_ = kScalarKernels;
  std::mt19937 numbers_{7};
};

TEST_P(KernelsTest, SplitAndJoinElementsOfTwoBytes) {
  const auto splits = {std::pair{ours_.split2, scalar_.split2},
                       std::pair{ours_.split2_swapped, scalar_.split2_swapped},
                       std::pair{ours_.split_nibbles, scalar_.split_nibbles}};
  for_counts([&](std::size_t count) {
    const Buffer in = random(2 * count);
    for (const auto& [split, reference] : splits) {
      Buffer low = untouched(count + 1), high = low, low2 = low, high2 = low;
      split(in.data(), count, low.data(), high.data());
      reference(in.data(), count, low2.data(), high2.data());
      EXPECT_EQ(low, low2) << count;
      EXPECT_EQ(high, high2) << count;
    }
    const Buffer low = random(count), high = random(count);
    for (const auto& [join, reference] : {std::pair{ours_.join2, scalar_.join2},
                                          std::pair{ours_.join2_swapped, scalar_.join2_swapped},
                                          std::pair{ours_.join_nibbles, scalar_.join_nibbles}}) {
      Buffer out = untouched(2 * count + 1), out2 = out;
      join(low.data(), high.data(), count, out.data());
      reference(low.data(), high.data(), count, out2.data());
      EXPECT_EQ(out, out2) << count;
    }
  });
}

TEST_P(KernelsTest, SplitAndJoinElementsOfFourBytes) {
  for_counts([&](std::size_t count) {
    const Buffer in = random(4 * count);
    Buffer planes[2][4];
    for (auto& four : planes)
      for (Buffer& plane : four) plane = untouched(count + 1);
    const auto split = [&](const Kernels& kernels, Buffer(&four)[4]) {
      std::uint8_t* const to[4] = {four[0].data(), four[1].data(), four[2].data(), four[3].data()};
      kernels.split4_swapped(in.data(), count, to);
      Buffer out = untouched(4 * count + 1);
      kernels.join4_swapped(to, count, out.data());
      EXPECT_EQ(out.back(), kUntouched);
      out.pop_back();
      EXPECT_EQ(out, in) << count;
    };
    split(ours_, planes[0]);
    split(scalar_, planes[1]);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(planes[0][i], planes[1][i]) << count;
  });
}

TEST_P(KernelsTest, MapByAnyTable) {
  for_counts([&](std::size_t count) {
    for (unsigned symbols : {3U, 40U, 255U, 256U}) {
      Buffer table(256, 0xFF);
      for (unsigned symbol = 0; symbol < symbols; ++symbol)
        table[(symbol * 37) % 256] = static_cast<std::uint8_t>(symbol);
      const Buffer in = random(count, symbols == 255 ? 100 : 256);
      Buffer out = untouched(count + 1), out2 = out;
      EXPECT_EQ(ours_.map(in.data(), count, table.data(), out.data()),
                scalar_.map(in.data(), count, table.data(), out2.data()));
      EXPECT_EQ(out, out2) << count;
    }
  });
}

TEST_P(KernelsTest, PartANodeAndMergeItAgain) {
  for_counts([&](std::size_t count) {
    for (unsigned threshold : {0U, 1U, 100U, 128U, 255U}) {
      const Buffer ranks = random(count);
      const auto at_least = static_cast<std::uint8_t>(threshold);
      const std::size_t size = (count + 7) / 8;
      Buffer bitmap = untouched(size + 1), bitmap2 = bitmap, bitmap3 = bitmap;
      Buffer zeros(count + kKernelSlackBytes), ones = zeros, ones2 = zeros, unused = zeros;
      const std::size_t one_count =
          ours_.part(ranks.data(), count, at_least, bitmap.data(), zeros.data(), ones.data());
      EXPECT_EQ(ours_.keep(ranks.data(), count, at_least, bitmap2.data(), ones2.data()), one_count);
      EXPECT_EQ(bitmap2, bitmap);
      ours_.mark(ranks.data(), count, at_least, bitmap2.data());
      EXPECT_EQ(bitmap2, bitmap);
      EXPECT_EQ(
          scalar_.part(ranks.data(), count, at_least, bitmap3.data(), unused.data(), unused.data()),
          one_count);
      EXPECT_EQ(bitmap3, bitmap);
      EXPECT_EQ(ours_.count_ones(bitmap.data(), count), one_count);
      EXPECT_TRUE(std::equal(ones.begin(), ones.begin() + static_cast<std::ptrdiff_t>(one_count),
                             ones2.begin()));
      Buffer out = untouched(count + 1);
      ours_.merge(bitmap.data(), count, zeros.data(), ones.data(), out.data());
      EXPECT_EQ(out.back(), kUntouched);
      out.pop_back();
      EXPECT_EQ(out, ranks) << count;
      Buffer zeros2 = unused, ones3 = unused;
      ours_.divide(bitmap.data(), count, ranks.data(), zeros2.data(), ones3.data());
      EXPECT_TRUE(std::equal(
          zeros.begin(), zeros.end() - kKernelSlackBytes - static_cast<std::ptrdiff_t>(one_count),
          zeros2.begin()));
      EXPECT_TRUE(std::equal(ones.begin(), ones.begin() + static_cast<std::ptrdiff_t>(one_count),
                             ones3.begin()));
    }
  });
}

TEST_P(KernelsTest, DecodeAnyBitmap) {
  for_counts([&](std::size_t count) {
    Buffer bitmap = random((count + 7) / 8);
    if (count % 8 != 0) bitmap.back() &= static_cast<std::uint8_t>((1U << count % 8) - 1);
    const Buffer zeros = random(count + kKernelSlackBytes), ones = random(zeros.size());
    const Buffer low = random(count);
    const std::uint8_t* bits = bitmap.data();
    EXPECT_EQ(ours_.count_ones(bits, count), scalar_.count_ones(bits, count));
    const auto same = [&](auto decode) {
      Buffer out = untouched(2 * count + 1), out2 = out;
      decode(ours_, out.data());
      decode(scalar_, out2.data());
      EXPECT_EQ(out, out2) << count;
    };
    same([&](const Kernels& k, std::uint8_t* out) { k.choose(bits, count, 3, 250, out); });
    same([&](const Kernels& k, std::uint8_t* out) { k.expand(bits, count, 9, ones.data(), out); });
    same([&](const Kernels& k, std::uint8_t* out) {
      k.merge(bits, count, zeros.data(), ones.data(), out);
    });
    same([&](const Kernels& k, std::uint8_t* out) {
      k.merge_join2(bits, count, zeros.data(), ones.data(), low.data(), out);
    });
    same([&](const Kernels& k, std::uint8_t* out) {
      k.merge_join2_swapped(bits, count, zeros.data(), ones.data(), low.data(), out);
    });
  });
}

INSTANTIATE_TEST_SUITE_P(All, KernelsTest, ::testing::ValuesIn(kernels_to_test()),
                         [](const auto& tested) { return std::string(tested.param->name); });

TEST(Kernels, AreFoundByNameAndTheScalarOnesRunEverywhere) {
  for (const char* name : {"scalar", "avx2", "avx512", "neon"}) {
    const Kernels* kernels = find_kernels(name);
    if (kernels == nullptr)
      std::cerr << "NOT TESTED: this CPU cannot run the " << name << " kernels\n";
    else
      EXPECT_EQ(kernels->name, name);
  }
  EXPECT_EQ(all_kernels().front(), &kScalarKernels);
  EXPECT_EQ(&best_kernels(), all_kernels().back());
  EXPECT_EQ(find_kernels("avx3"), nullptr);
}

}  // namespace
}  // namespace granary::codec
