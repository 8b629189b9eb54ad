// Each level of bitmaps is an eighth of the one below, and zeros are again most of it.
#include "codec/sparse_plane.h"

#include <algorithm>
#include <array>

namespace granary::codec {
namespace {

using Byte = std::uint8_t;

enum class SparseMode : Byte { Plane = 0, Bitmap = 1 };

constexpr std::size_t kBitmapCountMin = 64;

// A tree has no code under one bit, which is what zeros take in it when they are the most. Below
// five in eight the bitmap would save less than 5 % of that and cost time.
bool is_worth_bitmap(const Kernels& kernels, std::span<const Byte> symbols, Byte* bitmap) {
  if (symbols.size() < kBitmapCountMin) return false;
  kernels.mark(symbols.data(), symbols.size(), 1, bitmap);
  const std::size_t others = kernels.count_ones(bitmap, symbols.size());
  return others > 0 && others * 8 <= symbols.size() * 3;
}

std::size_t encode_level(const Kernels& kernels, Scratch& scratch, std::span<const Byte> symbols,
                         Byte* room, Byte* out) {
  if (!is_worth_bitmap(kernels, symbols, room)) {
    out[0] = static_cast<Byte>(SparseMode::Plane);
    return 1 + encode_plane(kernels, scratch, symbols, out + 1);
  }
  const std::span bitmap(room, bitmap_size_bytes(symbols.size()));
  Byte* const others = room + bitmap.size() + kKernelSlackBytes;
  const std::size_t count = kernels.keep(symbols.data(), symbols.size(), 1, bitmap.data(), others);
  out[0] = static_cast<Byte>(SparseMode::Bitmap);
  std::size_t size =
      1 + encode_level(kernels, scratch, bitmap, others + count + kKernelSlackBytes, out + 1);
  size += encode_plane(kernels, scratch, {others, count}, out + size);
  return size;
}

Result<void> decode_level(const Kernels& kernels, Scratch& scratch, ByteView& coded, Byte* room,
                          std::span<Byte> out) {
  if (coded.empty()) return fail(ErrorKind::Corrupt, "a sparse plane is missing");
  const auto mode = static_cast<SparseMode>(coded.front());
  coded = coded.subspan(1);
  if (mode == SparseMode::Plane) return decode_plane(kernels, scratch, coded, out);
  if (mode != SparseMode::Bitmap || out.size() < kBitmapCountMin)
    return fail(ErrorKind::Corrupt, "a sparse plane of unknown mode");
  const std::span bitmap(room, bitmap_size_bytes(out.size()));
  TRY_DONE(decode_level(kernels, scratch, coded, room + bitmap.size() + kKernelSlackBytes, bitmap));
  if (out.size() % 8 != 0 && bitmap.back() >> out.size() % 8 != 0)
    return fail(ErrorKind::Corrupt, "a sparse plane has symbols beyond its end");
  const std::span others(scratch.ranks(), kernels.count_ones(bitmap.data(), out.size()));
  TRY_DONE(decode_plane(kernels, scratch, coded, others));
  kernels.expand(bitmap.data(), out.size(), 0, others.data(), out.data());
  return {};
}

}  // namespace

std::size_t encode_sparse_plane(const Kernels& kernels, Scratch& scratch,
                                std::span<const std::uint8_t> symbols, std::uint8_t* out) {
  return symbols.empty() ? 0 : encode_level(kernels, scratch, symbols, scratch.side(), out);
}

Result<void> decode_sparse_plane(const Kernels& kernels, Scratch& scratch, ByteView& coded,
                                 std::span<std::uint8_t> out) {
  if (out.empty()) return {};
  return decode_level(kernels, scratch, coded, scratch.side(), out);
}

bool take_zero_plane(ByteView& coded, std::size_t count) {
  if (count == 0) return true;
  constexpr std::array kZeros = {std::byte{0}, std::byte{1}, std::byte{0}};
  if (coded.size() < kZeros.size() || !std::ranges::equal(coded.first(kZeros.size()), kZeros))
    return false;
  coded = coded.subspan(kZeros.size());
  return true;
}

}  // namespace granary::codec
