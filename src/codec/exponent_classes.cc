// Most weights have one of the few largest exponents, so a chain of bitmaps is as short as a tree.
#include "codec/exponent_classes.h"

#include <algorithm>
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
// Classes are used up while they are in the nearest cache.
constexpr std::size_t kBatchCount = 4096;

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
  counts_[0] = count;
  Byte* bitmap = scratch.spare().data();
  bitmaps_[0] = bitmap;
  std::array<Byte, kBatchCount> classes;
  for (std::size_t at = 0; at < count; at += kBatchCount) {
    const std::size_t batch = std::min(kBatchCount, count - at);
    classify(base + at * size_bytes_of(type), batch, exponent_of(type), top, classes.data());
    counts_[1] += kernels.keep(classes.data(), batch, 1, bitmap + at / 8, turn(0) + counts_[1]);
  }
  for (std::size_t i = 1; i < kBitmapCount; ++i) {
    bitmap += bitmap_size_bytes(counts_[i - 1]);
    bitmaps_[i] = bitmap;
    counts_[i + 1] =
        kernels.keep(turn(i - 1), counts_[i], static_cast<Byte>(i + 1), bitmap, turn(i));
  }
  for (std::size_t i = 0; i < kBitmapCount; ++i) sizes_[i] = counts_[i] - counts_[i + 1];
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
  start_gathering(kernels, parted).next(kernels, counts_[0], symbols);
}

ExponentClasses::Gathering ExponentClasses::start_gathering(const Kernels& kernels,
                                                            const Byte* parted) const {
  const Byte* rest = parted + counts_[0] - counts_.back();
  for (std::size_t i = kBitmapCount; i-- > 1;) {
    kernels.merge(bitmaps_[i], counts_[i], parted + counts_[0] - counts_[i], rest, turn(i));
    rest = turn(i);
  }
  Gathering gathering;
  gathering.bitmap_ = bitmaps_[0];
  gathering.zeros_ = parted;
  gathering.ones_ = rest;
  return gathering;
}

void ExponentClasses::Gathering::next(const Kernels& kernels, std::size_t count, Byte* symbols) {
  kernels.merge(bitmap_, count, zeros_, ones_, symbols);
  const std::size_t one_count = kernels.count_ones(bitmap_, count);
  bitmap_ += bitmap_size_bytes(count);
  zeros_ += count - one_count;
  ones_ += one_count;
}

}  // namespace granary::codec
