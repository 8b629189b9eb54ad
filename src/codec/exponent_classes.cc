// Most weights have one of the few largest exponents, so a chain of bitmaps is as short as a tree.
#include "codec/exponent_classes.h"

#include <cstring>

namespace granary::codec {
namespace {

using Byte = std::uint8_t;

// Class 0 takes at least this share: the larger it is, the less there is to part; up to a quarter
// costs less than 1 % in size.
constexpr std::size_t kTopShare = 4;
// Enough to find that; an odd share, so that no column of a matrix is left out.
constexpr std::size_t kSampleOneIn = 7;
constexpr std::size_t kSampleCountMin = 4096;

ExponentField exponent_of(FloatType type) {
  if (type == FloatType::Fp16) return {.shift = 10, .mask = 0x1F};
  return {.shift = type == FloatType::Bf16 ? 7U : 23U, .mask = 0xFF};
}

}  // namespace

ExponentClasses::ExponentClasses(const Kernels& kernels, Scratch& scratch, FloatType type,
                                 unsigned top, const Byte* base, std::size_t count)
    : scratch_(scratch) {
  const auto classify =
      type == FloatType::Fp32 ? kernels.delta->classify4 : kernels.delta->classify2;
  Byte* const classes = scratch.spare().data();
  classify(base, count, exponent_of(type), top, classes);
  Byte* bitmap = classes + count;
  const Byte* rest = classes;
  counts_[0] = count;
  for (std::size_t i = 0; i < kBitmapCount; ++i) {
    counts_[i + 1] = kernels.keep(rest, counts_[i], static_cast<Byte>(i + 1), bitmap, turn(i));
    sizes_[i] = counts_[i] - counts_[i + 1];
    bitmaps_[i] = bitmap;
    bitmap += (counts_[i] + 7) / 8;
    rest = turn(i);
  }
  sizes_.back() = counts_.back();
}

unsigned ExponentClasses::choose_top(FloatType type, const Byte* base, std::size_t count) {
  const ExponentField exponent = exponent_of(type);
  const std::size_t size = size_bytes_of(type);
  const std::size_t step = count < kSampleCountMin * kSampleOneIn ? 1 : kSampleOneIn;
  std::array<std::size_t, 256> counts{};
  for (std::size_t i = 0; i < count; i += step) {
    std::uint16_t upper;
    std::memcpy(&upper, base + (i + 1) * size - sizeof upper, sizeof upper);
    ++counts[upper >> exponent.shift % 16 & exponent.mask];
  }
  std::size_t above = 0;
  for (unsigned top = 255; top > 0; --top) {
    above += counts[top];
    if (above * kTopShare * step >= count) return top;
  }
  return 0;
}

void ExponentClasses::part(const Kernels& kernels, const Byte* symbols, Byte* parted) const {
  for (std::size_t i = 0; i < kBitmapCount; ++i) {
    kernels.divide(bitmaps_[i], counts_[i], symbols, parted, turn(i));
    symbols = turn(i);
    parted += sizes_[i];
  }
  std::memcpy(parted, symbols, sizes_.back());
}

void ExponentClasses::gather(const Kernels& kernels, const Byte* parted, Byte* symbols) const {
  const Byte* rest = parted + counts_[0] - counts_.back();
  for (std::size_t i = kBitmapCount; i-- > 0;) {
    Byte* const out = i == 0 ? symbols : turn(i);
    kernels.merge(bitmaps_[i], counts_[i], parted + counts_[0] - counts_[i], rest, out);
    rest = out;
  }
}

}  // namespace granary::codec
