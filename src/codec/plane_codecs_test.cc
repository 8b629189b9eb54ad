// Tests of the codecs of weights: each codec by each kernel, all sizes, equal bytes, damage.
#include "codec/plane_codecs.h"

#include <gtest/gtest.h>

#include <string>

#include "codec/block.h"
#include "codec/plain_kernels_testing.h"
#include "codec/weights_testing.h"

namespace granary::codec {
namespace {

using Encode = std::size_t (*)(const Kernels&, ByteView, std::size_t phase, Scratch&);
using Make = Bytes (*)(std::uint64_t seed, std::size_t size_bytes);

template <auto put>
Bytes weights(std::uint64_t seed, std::size_t size_bytes) {
  return transformer_weights(seed, size_bytes, put);
}

struct Tested {
  CodecId id;
  Encode encode;
  std::size_t element_size_bytes;
  Make make;
  double least_ratio;  // of a full block of `make`
};

constexpr std::array kTested = {
    Tested{CodecId::Bf16, encode_bf16, 2, weights<put_bf16>, 1.49},
    Tested{CodecId::Fp16, encode_fp16, 2, weights<put_fp16>, 1.15},
    Tested{CodecId::Fp32, encode_fp32, 4, weights<put_fp32>, 1.18},
    Tested{CodecId::Fp32, encode_fp32, 4, weights<put_upcast_bf16>, 2.95},
    Tested{CodecId::Fp8, encode_fp8, 1, weights<put_fp8>, 1.18},
    Tested{CodecId::Bytes, encode_bytes, 1, weights<put_int8>, 1.1},
};

class PlaneCodecsTest : public ::testing::TestWithParam<const Kernels*> {
 protected:
  // The plain kernels are slow, and are not what runs: they get a part of the tests.
  bool is_real() const { return find_kernels(ours_.name) != nullptr; }

  ByteView encode(const Tested& codec, ByteView original, std::size_t phase) {
    return scratch_.coded().first(codec.encode(ours_, original, phase, scratch_));
  }
  // Gives the coded bytes.
  Bytes expect_round_trip(const Tested& codec, ByteView original, std::size_t phase) {
    const ByteView view = encode(codec, original, phase);
    Bytes coded(view.begin(), view.end());
    EXPECT_LE(coded.size(), original.size() * (codec.id == CodecId::Fp8 ? 3U : 2U) / 2 + 6);
    out_.assign(original.size(), std::byte{0xA5});
    const auto done = decode_block(ours_, codec.id, coded, out_, decoding_);
    EXPECT_TRUE(done) << done.error().message;
    EXPECT_TRUE(std::ranges::equal(out_, original))
        << name_of(codec.id) << " of " << original.size() << " at phase " << phase;
    return coded;
  }

  const Kernels& ours_ = *GetParam();
  Scratch scratch_;
  Scratch decoding_;
  Bytes out_;
};

TEST_P(PlaneCodecsTest, TheExamplesOfTheDocumentation) {  // docs/formats/weight-planes.md
  const auto expect = [&](Encode encode, CodecId id, std::size_t phase, std::string_view original,
                          std::string_view coded) {
    Bytes bytes(original.size() / 2);
    ASSERT_TRUE(parse_hex(original, bytes));
    const std::size_t size = encode(ours_, bytes, phase, scratch_);
    EXPECT_EQ(to_hex(scratch_.coded().first(size)), coded);
    out_.assign(bytes.size(), std::byte{0});
    EXPECT_TRUE(decode_block(ours_, id, scratch_.coded().first(size), out_, decoding_));
    EXPECT_EQ(out_, bytes);
  };
  expect(encode_bf16, CodecId::Bf16, 0, "013f023f07", "00000102013f07");
  expect(encode_bf16, CodecId::Bf16, 1, "aa80bf", "01aa018001bf");
  expect(encode_fp32, CodecId::Fp32, 0, "0000c03f0000a03f",
         "0001000100"
         "00402001bf");
  expect(encode_fp16, CodecId::Fp16, 0, "003c0040", "000100003c40");
  expect(encode_fp8, CodecId::Fp8, 0, "b93a41", "0000290100070708");
  expect(encode_bytes, CodecId::Bytes, 0, "050505", "0105");
}

TEST_P(PlaneCodecsTest, EverySizeAndPhaseComesBackAndIsTheSameByTheScalarKernels) {
  Scratch scalar;
  for (const Tested& codec : kTested) {
    const Bytes source = codec.make(1, 700);
    for (std::size_t size = 1; size <= 600; size += is_real() ? 1 : 7) {
      for (std::size_t phase = 0; phase <= codec.element_size_bytes; ++phase) {
        const ByteView original = ByteView(source).subspan(size % 97, size);
        const Bytes coded = expect_round_trip(codec, original, phase);
        const std::size_t reference = codec.encode(kScalarKernels, original, phase, scalar);
        ASSERT_TRUE(std::ranges::equal(coded, scalar.coded().first(reference)));
      }
    }
  }
}

TEST_P(PlaneCodecsTest, FullBlocksAreAsSmallAsTheyShouldBe) {
  Scratch scalar;
  for (const Tested& codec : kTested) {
    const Bytes block = codec.make(4, limits::kBlockSizeBytes);
    for (std::size_t phase : {0UL, 1UL}) {
      if (phase >= codec.element_size_bytes) continue;
      // At another phase, the block begins inside an element.
      Bytes original = codec.make(4, limits::kBlockSizeBytes + phase);
      original.erase(original.begin(),
                     original.begin() + static_cast<std::ptrdiff_t>(
                                            phase == 0 ? 0 : codec.element_size_bytes - phase));
      original.resize(std::min(original.size(), limits::kBlockSizeBytes));
      const Bytes coded = expect_round_trip(codec, original, phase);
      EXPECT_GE(double(original.size()) / double(coded.size()), codec.least_ratio)
          << name_of(codec.id) << " at phase " << phase;
      const std::size_t reference = codec.encode(kScalarKernels, original, phase, scalar);
      ASSERT_TRUE(std::ranges::equal(coded, scalar.coded().first(reference)));
    }
  }
}

TEST_P(PlaneCodecsTest, CutShortOrDamagedIsCorruptOrOtherBytesAndTheSameForAllKernels) {
  Scratch other;
  for (const Tested& codec : kTested) {
    const Bytes original = codec.make(5, 501);
    const ByteView view = encode(codec, original, 1);
    const Bytes coded(view.begin(), view.end());
    Bytes out(original.size()), reference(original.size());
    for (std::size_t size = 0; size < coded.size(); ++size)
      EXPECT_FALSE(decode_block(ours_, codec.id, ByteView(coded).first(size), out, decoding_));
    for (std::size_t bit = 0; bit < coded.size() * 8; ++bit) {
      Bytes damaged = coded;
      damaged[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
      const auto done = decode_block(ours_, codec.id, damaged, out, decoding_);
      const auto expected = decode_block(kScalarKernels, codec.id, damaged, reference, other);
      ASSERT_EQ(done.has_value(), expected.has_value());
      if (done)
        EXPECT_EQ(out, reference);
      else
        EXPECT_EQ(done.error().kind, ErrorKind::Corrupt);
    }
  }
}

TEST_P(PlaneCodecsTest, OfAnotherSizeIsCorrupt) {
  for (const Tested& codec : kTested) {
    const Bytes original = codec.make(6, 5000);
    const ByteView coded = encode(codec, original, 0);
    for (std::size_t size : {0UL, 1UL, 4999UL, 5001UL, 20'000UL}) {
      Bytes out(size);
      EXPECT_FALSE(decode_block(ours_, codec.id, coded, out, decoding_)) << name_of(codec.id);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, PlaneCodecsTest, ::testing::ValuesIn(kernels_to_test()),
                         [](const auto& tested) { return std::string(tested.param->name); });

}  // namespace
}  // namespace granary::codec
