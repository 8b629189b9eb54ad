// The kernels of the delta codec for AVX2: elements of two bytes by hand, 32 at a time, since
// compilers widen too much; the rest as compilers make it.
#include <immintrin.h>

#include "codec/delta_loops.h"

namespace granary::codec {
namespace {

struct Avx2 {};
using Byte = std::uint8_t;
using Rest = DeltaLoops<Avx2>;

constexpr std::size_t kLanes = 32;

__m256i load(const Byte* at) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)); }
void store(Byte* at, __m256i v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), v); }

void classify2(const Byte* base, std::size_t count, ExponentField exponent, unsigned top,
               Byte* classes) {
  const __m128i shift = _mm_cvtsi32_si128(static_cast<int>(exponent.shift));
  const __m256i mask = _mm256_set1_epi16(static_cast<short>(exponent.mask));
  const __m256i tops = _mm256_set1_epi16(static_cast<short>(top));
  // Held to 0 where the exponent is greater.
  const auto below = [&](__m256i elements) {
    return _mm256_subs_epu16(tops, _mm256_and_si256(_mm256_srl_epi16(elements, shift), mask));
  };
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const __m256i packed =
        _mm256_packus_epi16(below(load(base + 2 * i)), below(load(base + 2 * i + kLanes)));
    const __m256i in_order = _mm256_permute4x64_epi64(packed, 0xD8);
    store(classes + i, _mm256_min_epu8(in_order, _mm256_set1_epi8(kDeltaClassCount - 1)));
  }
  Rest::classify<std::uint16_t>(base + 2 * i, count - i, exponent, top, classes + i);
}

// As DeltaLoops::ordered.
__m256i ordered(__m256i bits) {
  return _mm256_xor_si256(bits, _mm256_srli_epi16(_mm256_srai_epi16(bits, 15), 1));
}

__m256i fold(__m256i base, __m256i in) {
  const __m256i step = _mm256_sub_epi16(ordered(in), ordered(base));
  const __m256i twice = _mm256_slli_epi16(_mm256_abs_epi16(step), 1);
  return _mm256_or_si256(twice, _mm256_srli_epi16(step, 15));
}

__m256i unfold(__m256i base, __m256i folded) {
  const __m256i one = _mm256_set1_epi16(1);
  const __m256i spread = _mm256_sub_epi16(_mm256_setzero_si256(), _mm256_and_si256(folded, one));
  const __m256i top = _mm256_slli_epi16(_mm256_cmpeq_epi16(folded, one), 15);
  const __m256i magnitude = _mm256_or_si256(_mm256_srli_epi16(folded, 1), top);
  const __m256i step = _mm256_sub_epi16(_mm256_xor_si256(magnitude, spread), spread);
  return ordered(_mm256_add_epi16(ordered(base), step));
}

void fold2(const Byte* base, const Byte* in, std::size_t count, Byte* const* planes) {
  const __m256i low_bytes = _mm256_set1_epi16(0xFF);
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const __m256i a = fold(load(base + 2 * i), load(in + 2 * i));
    const __m256i b = fold(load(base + 2 * i + kLanes), load(in + 2 * i + kLanes));
    const __m256i low =
        _mm256_packus_epi16(_mm256_and_si256(a, low_bytes), _mm256_and_si256(b, low_bytes));
    const __m256i high = _mm256_packus_epi16(_mm256_srli_epi16(a, 8), _mm256_srli_epi16(b, 8));
    store(planes[0] + i, _mm256_permute4x64_epi64(low, 0xD8));
    store(planes[1] + i, _mm256_permute4x64_epi64(high, 0xD8));
  }
  Byte* const rest[] = {planes[0] + i, planes[1] + i};
  Rest::fold<std::uint16_t>(base + 2 * i, in + 2 * i, count - i, rest);
}

void unfold2(const Byte* base, const Byte* const* planes, std::size_t count, Byte* out) {
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const __m256i low = _mm256_permute4x64_epi64(load(planes[0] + i), 0xD8);
    const __m256i high = _mm256_permute4x64_epi64(load(planes[1] + i), 0xD8);
    const __m256i a = unfold(load(base + 2 * i), _mm256_unpacklo_epi8(low, high));
    const __m256i b = unfold(load(base + 2 * i + kLanes), _mm256_unpackhi_epi8(low, high));
    store(out + 2 * i, a);
    store(out + 2 * i + kLanes, b);
  }
  const Byte* const rest[] = {planes[0] + i, planes[1] + i};
  Rest::unfold<std::uint16_t>(base + 2 * i, rest, count - i, out + 2 * i);
}

constexpr DeltaKernels make_table() {
  DeltaKernels table = Rest::table();
  table.classify2 = classify2;
  table.fold2 = fold2;
  table.unfold2 = unfold2;
  return table;
}

}  // namespace

constexpr DeltaKernels kAvx2DeltaKernels = make_table();

}  // namespace granary::codec
