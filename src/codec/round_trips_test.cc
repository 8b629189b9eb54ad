// Round trips in bulk: blocks of random sizes by every codec and kernel come back, and are the same
// as by the scalar kernels. With GRANARY_TEST_FULL in the environment, 100,000 for each.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "codec/all_kernels_testing.h"
#include "codec/block.h"
#include "codec/delta.h"
#include "codec/gguf_fields.h"
#include "codec/gguf_parent.h"
#include "codec/plane_codecs.h"
#include "codec/weights_testing.h"
#include "codec/zstd_codec.h"

namespace granary::codec {
namespace {

using Encode = ByteView (*)(const Kernels&, ByteView original, std::size_t phase, Scratch&);

ByteView keep(const Kernels&, ByteView original, std::size_t, Scratch&) { return original; }

ByteView encode_by_zstd(const Kernels&, ByteView original, std::size_t, Scratch& scratch) {
  return scratch.coded().first(encode_zstd(original, scratch.coded()));
}

ByteView encode_byte(const Kernels&, ByteView original, std::size_t, Scratch& scratch) {
  return scratch.coded().first(encode_constant(original, scratch));
}

template <auto encode>
ByteView encode_by(const Kernels& kernels, ByteView original, std::size_t phase, Scratch& scratch) {
  return scratch.coded().first(encode(kernels, original, phase, scratch));
}

constexpr std::size_t kSourceSizeBytes = 2 * limits::kBlockSizeBytes;

template <auto put>
Bytes weights() {
  return transformer_weights(2, kSourceSizeBytes, put);
}
Bytes noise() { return random_bytes(3, kSourceSizeBytes); }
Bytes text() {
  std::string words;
  for (int i = 0; words.size() < kSourceSizeBytes; ++i)
    words += "\"model.layers." + std::to_string(i % 1000) + ".weight\": ";
  return {as_bytes(words).begin(), as_bytes(words).begin() + kSourceSizeBytes};
}
Bytes sevens() { return Bytes(kSourceSizeBytes, std::byte{7}); }

struct Tested {
  CodecId id;
  Encode encode;
  Bytes (*make)();
};

constexpr std::array kTested = {
    Tested{CodecId::Raw, keep, noise},
    Tested{CodecId::Zstd, encode_by_zstd, text},
    Tested{CodecId::Constant, encode_byte, sevens},
    Tested{CodecId::Bf16, encode_by<encode_bf16>, weights<put_bf16>},
    Tested{CodecId::Fp16, encode_by<encode_fp16>, weights<put_fp16>},
    Tested{CodecId::Fp32, encode_by<encode_fp32>, weights<put_fp32>},
    Tested{CodecId::Fp8, encode_by<encode_fp8>, weights<put_fp8>},
    Tested{CodecId::Bytes, encode_by<encode_bytes>, weights<put_int8>},
};

class RoundTripsTest : public ::testing::TestWithParam<const Kernels*> {
 protected:
  std::size_t random(std::size_t below) { return static_cast<std::size_t>(numbers_() % below); }

  // The plain kernels are slow, and are not what runs: they get a part of the tests.
  int count() const {
    if (find_kernels(kernel_->name) == nullptr) return 1000;
    return std::getenv("GRANARY_TEST_FULL") != nullptr ? 100'000 : 10'000;
  }

  // Most blocks are small, a few are of several groups of lanes, one in thousands is full.
  std::size_t random_size(int i) {
    if (i % 5000 == 4999) return limits::kBlockSizeBytes - random(8);
    return 1 + random(i % 100 == 0 ? 3000 : 24);
  }
  ByteView cut(const Bytes& source, std::size_t size) {
    return ByteView(source).subspan(random(source.size() - size), size);
  }

  const Kernels* const kernel_ = GetParam();
  const KernelList kernels_{&kernel_, 1};
  std::mt19937_64 numbers_{11};
};

TEST_P(RoundTripsTest, BlocksComeBack) {
  const Bytes any = noise();
  for (const Tested& codec : kTested) {
    const Bytes source = codec.make();
    for (int i = 0; i < count(); ++i) {
      const bool is_strange = i % 8 == 0 && codec.id != CodecId::Constant;
      const ByteView original = cut(is_strange ? any : source, random_size(i));
      const std::size_t phase = random(4);
      ASSERT_TRUE(round_trip_alike(
          kernels_, original,
          [&](const Kernels& kernels, Scratch& scratch) {
            return codec.encode(kernels, original, phase, scratch);
          },
          [&](const Kernels& kernels, ByteView coded, std::span<std::byte> out, Scratch& scratch) {
            return decode_block(kernels, codec.id, coded, out, scratch);
          }))
          << name_of(codec.id) << " of " << original.size() << " at phase " << phase << ", " << i;
    }
  }
}

TEST_P(RoundTripsTest, DeltasComeBack) {
  const Bytes any = noise();
  const Bytes sources[] = {weights<put_bf16>(), weights<put_fp16>(), weights<put_fp32>()};
  for (int i = 0; i < count(); ++i) {
    const DeltaElements elements{static_cast<FloatType>(i % 3), random(4)};
    const ByteView base = cut(sources[i % 3], random_size(i));
    Bytes original(base.begin(), base.end());
    // Of some, a few bytes differ; the others are strangers to the base.
    const bool is_strange = i % 8 == 0;
    for (std::size_t k = is_strange ? original.size() : random(1 + original.size()); k > 0; --k)
      original[random(original.size())] = any[random(any.size())];
    ASSERT_TRUE(round_trip_alike(
        kernels_, original,
        [&](const Kernels& kernels, Scratch& scratch) {
          const auto size = encode_delta(kernels, original, base, elements, scratch);
          return ByteView(scratch.coded()).first(size);
        },
        [&](const Kernels& kernels, ByteView coded, std::span<std::byte> out, Scratch& scratch) {
          return decode_delta(kernels, coded, base, out, scratch);
        }))
        << original.size() << " at phase " << elements.phase << ", " << i;
  }
}

TEST_P(RoundTripsTest, BlocksGivenTheirParentComeBack) {
  constexpr QuantType kTypes[] = {QuantType::F32,  QuantType::F16,  QuantType::Bf16,
                                  QuantType::Q4_0, QuantType::Q4_1, QuantType::Q5_0,
                                  QuantType::Q5_1, QuantType::Q8_0, QuantType::Q4_K,
                                  QuantType::Q5_K, QuantType::Q6_K};
  const Bytes quants = noise();
  // A full block of Q4_K is of 1.8 times as many weights as it has bytes.
  const Bytes parents[] = {transformer_weights(2, 4 * kSourceSizeBytes, put_bf16),
                           random_bytes(4, 4 * kSourceSizeBytes)};
  for (int i = 0; i < count(); ++i) {
    GgufParent relation{.quant = kTypes[random(std::size(kTypes))],
                        .parent = static_cast<FloatType>(random(3)),
                        .via_half = random(2) == 0};
    const auto* format = find_quant_format(static_cast<std::uint64_t>(relation.quant));
    // Mostly a few whole blocks.
    const ByteView original =
        cut(quants, i % 4 == 0 ? random_size(i) : random(3 * format->block_size_bytes));
    relation.phase = std::min(random(format->block_size_bytes), original.size());
    const ByteView parent = cut(parents[i % 2], parent_size_bytes(relation, original.size()));
    ASSERT_TRUE(round_trip_alike(
        kernels_, original,
        [&](const Kernels& kernels, Scratch& scratch) {
          const auto size = encode_gguf_parent(kernels, original, parent, relation, scratch);
          return ByteView(scratch.coded()).first(size);
        },
        [&](const Kernels& kernels, ByteView coded, std::span<std::byte> out, Scratch& scratch) {
          return decode_gguf_parent(kernels, coded, parent, out, scratch);
        }))
        << format->name << ", " << original.size() << ", " << i;
  }
}

TEST_P(RoundTripsTest, QuantisedBlocksAloneComeBack) {
  constexpr QuantType kTypes[] = {QuantType::Q4_0, QuantType::Q4_1, QuantType::Q5_0,
                                  QuantType::Q5_1, QuantType::Q8_0, QuantType::Q4_K,
                                  QuantType::Q5_K, QuantType::Q6_K};
  // Noise has no tree, numbers of few kinds have one in every plane.
  const Bytes sources[] = {weights<put_int8>(), weights<put_fp16>(), noise()};
  for (int i = 0; i < count(); ++i) {
    const QuantType type = kTypes[random(std::size(kTypes))];
    const auto* format = find_quant_format(static_cast<std::uint64_t>(type));
    const std::size_t size = i % 4 == 0 ? random_size(i) : random(12 * format->block_size_bytes);
    const ByteView original = cut(sources[i % 3], size);
    const std::size_t phase = random(format->block_size_bytes);
    ASSERT_TRUE(round_trip_alike(
        kernels_, original,
        [&](const Kernels& kernels, Scratch& scratch) {
          const auto coded = encode_gguf_fields(kernels, original, type, phase, scratch);
          return ByteView(scratch.coded()).first(coded);
        },
        [&](const Kernels& kernels, ByteView coded, std::span<std::byte> out, Scratch& scratch) {
          return decode_block(kernels, CodecId::GgufFields, coded, out, scratch);
        }))
        << format->name << ", " << original.size() << " at phase " << phase << ", " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(AllKernels, RoundTripsTest, ::testing::ValuesIn(kernels_to_test()),
                         [](const auto& info) { return std::string(info.param->name); });

}  // namespace
}  // namespace granary::codec
