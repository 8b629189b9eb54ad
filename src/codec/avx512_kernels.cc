// The kernels for AVX-512 with VBMI2: 64 lanes, which it compresses and expands by itself.
#include <immintrin.h>

#include "codec/kernels.h"
#include "codec/lane_kernels.h"

namespace granary::codec {
namespace {

struct Indices {
  alignas(64) std::uint8_t zip_low[64];
  alignas(64) std::uint8_t zip_high[64];
  alignas(64) std::uint8_t even[64];
  alignas(64) std::uint8_t odd[64];
};

constexpr Indices make_indices() {
  Indices indices{};
  for (std::uint8_t i = 0; i < 64; ++i) {
    const std::uint8_t second = i % 2 == 0 ? 0 : 64;
    indices.zip_low[i] = static_cast<std::uint8_t>(second + i / 2);
    indices.zip_high[i] = static_cast<std::uint8_t>(second + 32 + i / 2);
    indices.even[i] = static_cast<std::uint8_t>(2 * i);
    indices.odd[i] = static_cast<std::uint8_t>(2 * i + 1);
  }
  return indices;
}

constexpr Indices kIndices = make_indices();

struct Avx512Lanes {
  using Byte = std::uint8_t;
  using Vector = __m512i;
  using Mask = std::uint64_t;
  static constexpr std::size_t kCount = 64;
  struct Pair {
    Vector first, second;
  };

  static Vector load(const Byte* at) { return _mm512_loadu_si512(at); }
  static void store(Byte* at, Vector v) { _mm512_storeu_si512(at, v); }
  static Vector broadcast(Byte byte) { return _mm512_set1_epi8(static_cast<char>(byte)); }
  static Vector bit_and(Vector a, Vector b) { return _mm512_and_si512(a, b); }
  static Vector bit_or(Vector a, Vector b) { return _mm512_or_si512(a, b); }
  static Vector bit_xor(Vector a, Vector b) { return _mm512_xor_si512(a, b); }
  template <unsigned kBits>
  static Vector left(Vector v) {
    return bit_and(_mm512_slli_epi16(v, kBits), broadcast(static_cast<Byte>(0xFF << kBits)));
  }
  template <unsigned kBits>
  static Vector right(Vector v) {
    return bit_and(_mm512_srli_epi16(v, kBits), broadcast(0xFF >> kBits));
  }

  static Vector pick(Pair from, const Byte indices[64]) {
    return _mm512_permutex2var_epi8(from.first, load(indices), from.second);
  }
  static Pair zip(Pair in) { return {pick(in, kIndices.zip_low), pick(in, kIndices.zip_high)}; }
  static Pair unzip(Pair in) { return {pick(in, kIndices.even), pick(in, kIndices.odd)}; }

  static std::size_t count(std::uint64_t mask) {
    return static_cast<std::size_t>(_mm_popcnt_u64(mask));
  }
  static Mask at_least(Vector v, Vector thresholds) {
    return _mm512_cmpge_epu8_mask(v, thresholds);
  }
  static Vector choose(Mask mask, Vector zeros, Vector ones) {
    return _mm512_mask_blend_epi8(mask, zeros, ones);
  }
  static Vector expand(Mask mask, Vector zeros, const Byte*& ones) {
    const Vector expanded = _mm512_mask_expand_epi8(zeros, mask, load(ones));
    ones += count(mask);
    return expanded;
  }
  static Vector merge(Mask mask, const Byte*& zeros, const Byte*& ones) {
    const Vector expanded = _mm512_maskz_expand_epi8(~mask, load(zeros));
    zeros += kCount - count(mask);
    return expand(mask, expanded, ones);
  }
  // Compressing straight to memory is slow on some CPUs: by a register instead.
  static void keep(Mask mask, Vector v, Byte*& ones) {
    store(ones, _mm512_maskz_compress_epi8(mask, v));
    ones += count(mask);
  }
  static void part(Mask mask, Vector v, Byte*& zeros, Byte*& ones) {
    keep(~mask, v, zeros);
    keep(mask, v, ones);
  }

  struct Lookup {
    explicit Lookup(const Byte table[256])
        : low_{load(table), load(table + 64)}, high_{load(table + 128), load(table + 192)} {}
    Vector operator()(Vector v) const {
      return choose(_mm512_movepi8_mask(v), _mm512_permutex2var_epi8(low_.first, v, low_.second),
                    _mm512_permutex2var_epi8(high_.first, v, high_.second));
    }

   private:
    Pair low_, high_;
  };
};

}  // namespace

constexpr Kernels kAvx512Kernels =
    kernels_of<LaneKernels<Avx512Lanes>>("avx512", kAvx2QuantKernels, kAvx2DeltaKernels);

}  // namespace granary::codec
