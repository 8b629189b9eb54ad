// The kernels for AVX2 and BMI2: 32 lanes; merging and parting go by groups of eight, shuffled by
// tables of their 256 masks.
#include <immintrin.h>

#include "codec/group_tables.h"
#include "codec/kernels.h"
#include "codec/lane_kernels.h"

namespace granary::codec {
namespace {

struct Avx2Lanes {
  using Byte = std::uint8_t;
  using Vector = __m256i;
  using Mask = std::uint32_t;
  static constexpr std::size_t kCount = 32;
  struct Pair {
    Vector first, second;
  };

  static Vector load(const Byte* at) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  }
  static void store(Byte* at, Vector v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), v); }
  static Vector broadcast(Byte byte) { return _mm256_set1_epi8(static_cast<char>(byte)); }
  static Vector bit_and(Vector a, Vector b) { return _mm256_and_si256(a, b); }
  static Vector bit_or(Vector a, Vector b) { return _mm256_or_si256(a, b); }
  static Vector bit_xor(Vector a, Vector b) { return _mm256_xor_si256(a, b); }
  template <int kBits>
  static Vector left(Vector v) {
    return bit_and(_mm256_slli_epi16(v, kBits), broadcast(static_cast<Byte>(0xFF << kBits)));
  }
  template <int kBits>
  static Vector right(Vector v) {
    return bit_and(_mm256_srli_epi16(v, kBits), broadcast(0xFF >> kBits));
  }

  static Pair zip(Pair in) {
    const Vector low = _mm256_unpacklo_epi8(in.first, in.second);
    const Vector high = _mm256_unpackhi_epi8(in.first, in.second);
    return {_mm256_permute2x128_si256(low, high, 0x20), _mm256_permute2x128_si256(low, high, 0x31)};
  }
  static Pair unzip(Pair in) {
    const Vector low_bytes = _mm256_set1_epi16(0xFF);
    const Vector even =
        _mm256_packus_epi16(bit_and(in.first, low_bytes), bit_and(in.second, low_bytes));
    const Vector odd =
        _mm256_packus_epi16(_mm256_srli_epi16(in.first, 8), _mm256_srli_epi16(in.second, 8));
    // Packing goes by halves of 128 bits: put the quarters in order.
    return {_mm256_permute4x64_epi64(even, 0xD8), _mm256_permute4x64_epi64(odd, 0xD8)};
  }

  static std::size_t count(std::uint64_t mask) {
    return static_cast<std::size_t>(_mm_popcnt_u64(mask));
  }
  static Mask at_least(Vector v, Vector thresholds) {
    const Vector is = _mm256_cmpeq_epi8(_mm256_max_epu8(v, thresholds), v);
    return static_cast<Mask>(_mm256_movemask_epi8(is));
  }
  static Vector choose(Mask mask, Vector zeros, Vector ones) {
    const Vector byte_of_lane =
        _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const Vector bit_of_lane = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201U));
    const Vector spread =
        _mm256_shuffle_epi8(_mm256_set1_epi32(static_cast<int>(mask)), byte_of_lane);
    const Vector is_one = _mm256_cmpeq_epi8(bit_and(spread, bit_of_lane), bit_of_lane);
    return _mm256_blendv_epi8(zeros, ones, is_one);
  }

  static __m128i load8(const Byte* at) {
    return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(at));
  }
  // Groups of eight lanes one after the other: to count their ones costs less than to know where
  // each group starts.
  static Mask group(Mask mask, int number) { return mask >> 8 * number & 0xFF; }

  // Lanes of 8 zeros and the next ones, for a group's mask.
  static __m128i merge8(Mask of_group, __m128i zeros, const Byte*& ones) {
    const __m128 both = _mm_loadh_pi(_mm_castsi128_ps(zeros), reinterpret_cast<const __m64*>(ones));
    ones += count(of_group);
    // The upper half is another mask's shuffle, and not used.
    const Byte* shuffle = kGroupTables.merge[of_group];
    return _mm_shuffle_epi8(_mm_castps_si128(both),
                            _mm_loadu_si128(reinterpret_cast<const __m128i*>(shuffle)));
  }
  static Vector join_groups(__m128i a, __m128i b, __m128i c, __m128i d) {
    return _mm256_set_m128i(_mm_unpacklo_epi64(c, d), _mm_unpacklo_epi64(a, b));
  }
  // `zeros` moves back by the ones: the lanes of all groups before are added by the caller.
  template <int kNumber>
  static __m128i merge_group(Mask mask, const Byte*& zeros, const Byte*& ones) {
    const Mask of_group = group(mask, kNumber);
    const __m128i merged = merge8(of_group, load8(zeros + 8 * kNumber), ones);
    zeros -= count(of_group);
    return merged;
  }

  static Vector merge(Mask mask, const Byte*& zeros, const Byte*& ones) {
    const __m128i a = merge_group<0>(mask, zeros, ones);
    const __m128i b = merge_group<1>(mask, zeros, ones);
    const __m128i c = merge_group<2>(mask, zeros, ones);
    const __m128i d = merge_group<3>(mask, zeros, ones);
    zeros += kCount;
    return join_groups(a, b, c, d);
  }
  static Vector expand(Mask mask, Vector zeros, const Byte*& ones) {
    const __m128i zeros8 = _mm256_castsi256_si128(zeros);
    const __m128i a = merge8(group(mask, 0), zeros8, ones);
    const __m128i b = merge8(group(mask, 1), zeros8, ones);
    const __m128i c = merge8(group(mask, 2), zeros8, ones);
    const __m128i d = merge8(group(mask, 3), zeros8, ones);
    return join_groups(a, b, c, d);
  }

  // Parts the low 8 lanes of `lanes`: zeros to the low half of the result, ones to the high one.
  static __m128i part8(Mask of_group, __m128i lanes) {
    const Byte* shuffle = kGroupTables.part[of_group];
    return _mm_shuffle_epi8(lanes, _mm_load_si128(reinterpret_cast<const __m128i*>(shuffle)));
  }
  static void keep8(Mask of_group, __m128i lanes, Byte*& ones) {
    _mm_storeh_pd(reinterpret_cast<double*>(ones), _mm_castsi128_pd(part8(of_group, lanes)));
    ones += count(of_group);
  }
  static void part_group(Mask of_group, __m128i lanes, Byte*& zeros, Byte*& ones) {
    const __m128i parted = part8(of_group, lanes);
    const std::size_t one_count = count(of_group);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(zeros), parted);
    _mm_storeh_pd(reinterpret_cast<double*>(ones), _mm_castsi128_pd(parted));
    zeros += 8 - one_count;
    ones += one_count;
  }

  static void keep(Mask mask, Vector v, Byte*& ones) {
    const __m128i low = _mm256_castsi256_si128(v);
    const __m128i high = _mm256_extracti128_si256(v, 1);
    keep8(group(mask, 0), low, ones);
    keep8(group(mask, 1), _mm_unpackhi_epi64(low, low), ones);
    keep8(group(mask, 2), high, ones);
    keep8(group(mask, 3), _mm_unpackhi_epi64(high, high), ones);
  }
  static void part(Mask mask, Vector v, Byte*& zeros, Byte*& ones) {
    const __m128i low = _mm256_castsi256_si128(v);
    const __m128i high = _mm256_extracti128_si256(v, 1);
    part_group(group(mask, 0), low, zeros, ones);
    part_group(group(mask, 1), _mm_unpackhi_epi64(low, low), zeros, ones);
    part_group(group(mask, 2), high, zeros, ones);
    part_group(group(mask, 3), _mm_unpackhi_epi64(high, high), zeros, ones);
  }

  // Looks up 16 rows of 16, leaving out rows that are all 0xFF: a plane of exponents needs few.
  struct Lookup {
    explicit Lookup(const Byte table[256]) {
      for (int row = 0; row < 16; ++row) {
        const __m128i values = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table + 16 * row));
        if (_mm_movemask_epi8(_mm_cmpeq_epi8(values, _mm_set1_epi8(-1))) == 0xFFFF) continue;
        // Kept inverted, so that a lane of another row, for which a shuffle gives 0, stays 0xFF.
        const __m128i inverted = _mm_xor_si128(values, _mm_set1_epi8(-1));
        values_[count_] = _mm256_broadcastsi128_si256(inverted);
        rows_[count_++] = broadcast(static_cast<Byte>(16 * row));
      }
    }
    Vector operator()(Vector v) const {
      // Rows that are not there give 0: it is faster to look there too than to count.
      Vector found = bit_or(bit_or(find(v, 0), find(v, 1)), bit_or(find(v, 2), find(v, 3)));
      for (int i = 4; i < count_; ++i) found = bit_or(found, find(v, i));
      return bit_xor(found, broadcast(0xFF));
    }

   private:
    Vector find(Vector v, int row) const {
      // 0 to 15 in this row; elsewhere the top bit gets set, for which a shuffle gives 0.
      const Vector index = _mm256_adds_epu8(bit_xor(v, rows_[row]), broadcast(0x70));
      return _mm256_shuffle_epi8(values_[row], index);
    }

    Vector values_[16] = {};
    Vector rows_[16] = {};
    int count_ = 0;
  };
};

}  // namespace

constexpr Kernels kAvx2Kernels =
    kernels_of<LaneKernels<Avx2Lanes>>("avx2", kAvx2QuantKernels, kAvx2DeltaKernels);

}  // namespace granary::codec
