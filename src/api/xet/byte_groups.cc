// Interleaving four runs of bytes, sixteen of each at a time where the processor has SSE2.
#include "api/xet/byte_groups.h"

#include <array>

#include "base/result.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace granary::api::xet {
namespace {

using Groups = std::array<const std::byte*, 4>;

Groups find_groups(ByteView grouped) {
  Groups groups{};
  const std::byte* at = grouped.data();
  for (std::size_t index = 0; index < groups.size(); ++index) {
    groups[index] = at;
    at += grouped.size() / 4 + (index < grouped.size() % 4 ? 1 : 0);
  }
  return groups;
}

#if defined(__SSE2__)
/// Interleaves as many whole steps of 16 bytes as there are in `count`; gives how many bytes of
/// each group that were.
std::size_t interleave_wide(const Groups& groups, std::size_t count, std::byte* out) {
  std::size_t done = 0;
  for (; done + 16 <= count; done += 16) {
    const auto load = [&](std::size_t group) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(groups[group] + done));
    };
    const auto store = [&](std::size_t quarter, __m128i value) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 4 * done + 16 * quarter), value);
    };
    const __m128i low01 = _mm_unpacklo_epi8(load(0), load(1));
    const __m128i high01 = _mm_unpackhi_epi8(load(0), load(1));
    const __m128i low23 = _mm_unpacklo_epi8(load(2), load(3));
    const __m128i high23 = _mm_unpackhi_epi8(load(2), load(3));
    store(0, _mm_unpacklo_epi16(low01, low23));
    store(1, _mm_unpackhi_epi16(low01, low23));
    store(2, _mm_unpacklo_epi16(high01, high23));
    store(3, _mm_unpackhi_epi16(high01, high23));
  }
  return done;
}
#else
// Elsewhere the plain loop is left to the compiler: AArch64 has one instruction for it.
std::size_t interleave_wide(const Groups&, std::size_t, std::byte*) { return 0; }
#endif

}  // namespace

void ungroup_by_four(ByteView grouped, std::span<std::byte> original) {
  GRANARY_ASSERT(grouped.size() == original.size());
  const Groups groups = find_groups(grouped);
  const std::size_t count = grouped.size() / 4;
  std::byte* const out = original.data();
  for (std::size_t at = interleave_wide(groups, count, out); at < count; ++at) {
    for (std::size_t group = 0; group < 4; ++group) out[4 * at + group] = groups[group][at];
  }
  for (std::size_t group = 0; group < grouped.size() % 4; ++group) {
    out[4 * count + group] = groups[group][count];
  }
}

}  // namespace granary::api::xet
