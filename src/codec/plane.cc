// Choosing how a plane is stored, by a sample of its symbols.
#include "codec/plane.h"

#include <algorithm>
#include <cstring>

#include "codec/bitmap_tree.h"
#include "codec/histogram.h"

namespace granary::codec {
namespace {

enum class PlaneMode : std::uint8_t { Raw = 0, Constant = 1, Tree = 2 };

constexpr std::size_t kTreeCountMin = 6;  // the least header and bitmap take 5 bytes
constexpr std::size_t kGlanceOneIn = 64;  // enough to tell noise

ByteView as_view(std::span<const std::uint8_t> symbols) { return std::as_bytes(symbols); }

bool is_constant(std::span<const std::uint8_t> symbols) {
  return std::memcmp(symbols.data(), symbols.data() + 1, symbols.size() - 1) == 0;
}

// Gives 0 if a tree does not pay.
std::size_t encode_as_tree(const Kernels& kernels, Scratch& scratch,
                           std::span<const std::uint8_t> symbols, std::span<std::uint8_t> out,
                           const TreeChoice& choice) {
  if (symbols.size() < kTreeCountMin) return 0;
  if (entropy_q16(sample_bytes(as_view(symbols), kGlanceOneIn)) > choice.entropy_q16_max) return 0;
  const Histogram sample = sample_bytes(as_view(symbols), choice.sample_one_in);
  if (entropy_q16(sample) > choice.entropy_q16_max) return 0;
  // All of a sample may be one symbol; the tree needs another, which the plane has.
  const auto kinds = std::ranges::count_if(sample, [](std::uint32_t count) { return count > 0; });
  Histogram histogram = sample;
  if (kinds < 2) {
    const auto other =
        std::ranges::find_if(symbols, [&](std::uint8_t symbol) { return sample[symbol] == 0; });
    histogram[*other] = 1;
  }
  return encode_tree(kernels, scratch, symbols, histogram, out);
}

Result<PlaneMode> take_mode(ByteView& coded) {
  if (coded.empty()) return fail(ErrorKind::Corrupt, "a plane is missing");
  const auto mode = static_cast<std::uint8_t>(coded.front());
  if (mode > static_cast<std::uint8_t>(PlaneMode::Tree))
    return fail(ErrorKind::Corrupt, "a plane of unknown mode");
  coded = coded.subspan(1);
  return static_cast<PlaneMode>(mode);
}

Result<const std::uint8_t*> take_bytes(ByteView& coded, std::size_t count) {
  if (count > coded.size()) return fail(ErrorKind::Corrupt, "a plane is cut short");
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(coded.data());
  coded = coded.subspan(count);
  return bytes;
}

// What remains of a plane of which the mode is taken.
Result<const std::uint8_t*> view_rest(const Kernels& kernels, Scratch& scratch, PlaneMode mode,
                                      ByteView& coded, std::span<std::uint8_t> buffer) {
  if (mode == PlaneMode::Raw) return take_bytes(coded, buffer.size());
  if (mode == PlaneMode::Constant) {
    TRY(const auto* symbol, take_bytes(coded, 1));
    std::ranges::fill(buffer, *symbol);
  } else {
    TRY_DONE(take_tree(kernels, scratch, coded, buffer));
  }
  return buffer.data();
}

}  // namespace

std::size_t encode_plane(const Kernels& kernels, Scratch& scratch,
                         std::span<const std::uint8_t> symbols, std::uint8_t* out,
                         const TreeChoice& choice) {
  if (symbols.empty()) return 0;
  if (is_constant(symbols)) {
    const std::uint8_t symbol = symbols[0];
    out[0] = static_cast<std::uint8_t>(PlaneMode::Constant);
    out[1] = symbol;
    return 2;
  }
  const bool in_place = symbols.data() == out + 1;
  const std::size_t size =
      encode_as_tree(kernels, scratch, symbols,
                     in_place ? scratch.spare() : std::span(out + 1, symbols.size() - 1), choice);
  if (size > 0 && size < choice.size_bytes_max(symbols.size())) {
    out[0] = static_cast<std::uint8_t>(PlaneMode::Tree);
    if (in_place) std::memcpy(out + 1, scratch.spare().data(), size);
    return 1 + size;
  }
  out[0] = static_cast<std::uint8_t>(PlaneMode::Raw);
  if (!in_place) std::memcpy(out + 1, symbols.data(), symbols.size());
  return 1 + symbols.size();
}

Result<void> decode_plane(const Kernels& kernels, Scratch& scratch, ByteView& coded,
                          std::span<std::uint8_t> out) {
  TRY(const auto* symbols, view_plane(kernels, scratch, coded, out));
  if (symbols != out.data()) std::memcpy(out.data(), symbols, out.size());
  return {};
}

Result<const std::uint8_t*> view_plane(const Kernels& kernels, Scratch& scratch, ByteView& coded,
                                       std::span<std::uint8_t> buffer) {
  if (buffer.empty()) return buffer.data();
  TRY(const PlaneMode mode, take_mode(coded));
  return view_rest(kernels, scratch, mode, coded, buffer);
}

Result<void> decode_joined_plane(const Kernels& kernels, Scratch& scratch, ByteView& coded,
                                 std::span<const std::uint8_t> low, bool swapped,
                                 std::span<std::uint8_t> out) {
  GRANARY_ASSERT(out.size() == 2 * low.size());
  if (low.empty()) return {};
  TRY(const PlaneMode mode, take_mode(coded));
  if (mode == PlaneMode::Tree) return take_joined_tree(kernels, scratch, coded, low, swapped, out);
  const std::span buffer(scratch.ranks(), low.size());
  TRY(const auto* high, view_rest(kernels, scratch, mode, coded, buffer));
  (swapped ? kernels.join2_swapped : kernels.join2)(low.data(), high, low.size(), out.data());
  return {};
}

}  // namespace granary::codec
