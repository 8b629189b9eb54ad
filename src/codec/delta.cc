// Tuning moves all weights by much the same distance, which spans few steps between neighbouring
// numbers where these are large and many where they are small. So steps are parted into classes by
// the base's exponent, and each class is coded by itself.
#include "codec/delta.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/limits.h"
#include "codec/delta_kernels.h"
#include "codec/element_frame.h"
#include "codec/exponent_classes.h"
#include "codec/histogram.h"
#include "codec/sparse_plane.h"

namespace granary::codec {
namespace {

using Byte = std::uint8_t;

constexpr std::size_t kPlaneCountMax = 4;

/// What stands before the planes.
struct Header {
  FloatType type;
  unsigned top;     // exponent of class 0
  unsigned moved;   // bit i: plane i is not zero
  unsigned parted;  // bit i: plane i is coded class by class
};
constexpr std::size_t kHeaderSizeBytes = 4;

Result<Header> take_header(ByteView& coded) {
  if (coded.size() < kHeaderSizeBytes) return fail(ErrorKind::Corrupt, "a delta is cut short");
  const auto type = static_cast<unsigned>(coded[0]);
  if (type > kFloatTypeLast) return fail(ErrorKind::Corrupt, "a delta of unknown type");
  const Header header{.type = static_cast<FloatType>(type),
                      .top = static_cast<unsigned>(coded[1]),
                      .moved = static_cast<unsigned>(coded[2]),
                      .parted = static_cast<unsigned>(coded[3])};
  if (header.moved >> size_bytes_of(header.type) != 0 || (header.parted & ~header.moved) != 0)
    return fail(ErrorKind::Corrupt, "a delta of planes that are none");
  coded = coded.subspan(kHeaderSizeBytes);
  return header;
}

Byte* write_header(const Header& header, Byte* out) {
  *out++ = static_cast<Byte>(header.type);
  *out++ = static_cast<Byte>(header.top);
  *out++ = static_cast<Byte>(header.moved);
  *out++ = static_cast<Byte>(header.parted);
  return out;
}

/// Where the planes of a block lie in a scratch, and one of them parted.
struct Room {
  Room(Scratch& scratch, FloatType type, std::size_t count)
      : parted(scratch.planes() + size_bytes_of(type) * count) {
    for (std::size_t i = 0; i < size_bytes_of(type); ++i) planes[i] = scratch.planes() + i * count;
  }

  std::array<Byte*, kPlaneCountMax> planes{};
  Byte* parted;
};

// Classes do not help a plane of noise, nor one that is nearly all zero, where a bitmap does as
// well.
bool is_worth_parting(std::span<const Byte> plane) {
  constexpr std::size_t kSampleOneIn = 8;
  constexpr std::size_t kOtherShare = 64;
  constexpr std::uint64_t kNoiseQ16 = 79 * 65536 / 10;  // 7.9 bits
  const Histogram sample = sample_bytes(std::as_bytes(plane), kSampleOneIn);
  std::size_t total = 0;
  for (const std::uint32_t count : sample) total += count;
  return (total - sample[0]) * kOtherShare >= total && entropy_q16(sample) < kNoiseQ16;
}

Byte* encode_parted(const Kernels& kernels, Scratch& scratch, const ExponentClasses& classes,
                    const Byte* plane, Byte* parted, Byte* out) {
  classes.part(kernels, plane, parted);
  for (std::size_t number = 0; number < kDeltaClassCount; ++number) {
    const std::span symbols(parted, classes.size(number));
    out += encode_sparse_plane(kernels, scratch, symbols, out);
    parted += symbols.size();
  }
  return out;
}

Result<void> take_parted(const Kernels& kernels, Scratch& scratch, const ExponentClasses& classes,
                         ByteView& coded, Byte* parted) {
  for (std::size_t number = 0; number < kDeltaClassCount; ++number) {
    const std::span symbols(parted, classes.size(number));
    TRY_DONE(decode_sparse_plane(kernels, scratch, coded, symbols));
    parted += symbols.size();
  }
  return {};
}

// Elements are put together so many at a time: what they are made of stays in the nearest cache.
constexpr std::size_t kBatchCount = 4096;
constexpr std::array<Byte, kBatchCount> kZeros{};

/// The planes of a block that is decoded, those that are parted still so.
struct Taken {
  const Header& header;
  Room room;
  const ExponentClasses& classes;

  bool is_parted(std::size_t plane) const { return (header.parted >> plane & 1) != 0; }
  bool is_zero(std::size_t plane) const { return (header.moved >> plane & 1) == 0; }
};

/// Puts the planes together with the base's elements. All parted planes but the last take each the
/// place of the one before once they are gathered.
void unfold(const Kernels& kernels, Taken& taken, const Byte* base, std::size_t count, Byte* out) {
  const std::size_t size = size_bytes_of(taken.header.type);
  const std::size_t last = std::bit_width(taken.header.parted) - 1U;
  for (std::size_t i = 0; i < size; ++i) {
    if (i == last || !taken.is_parted(i)) continue;
    taken.classes.gather(kernels, taken.room.planes[i], taken.room.parted);
    std::swap(taken.room.planes[i], taken.room.parted);
  }
  ExponentClasses::Gathering gathering;
  if (last < size) gathering = taken.classes.start_gathering(kernels, taken.room.planes[last]);
  const auto unfold_batch = size == 4 ? kernels.delta->unfold4 : kernels.delta->unfold2;
  std::array<Byte, kBatchCount> gathered;
  std::array<const Byte*, kPlaneCountMax> planes{};
  for (std::size_t at = 0; at < count; at += kBatchCount) {
    const std::size_t batch = std::min(kBatchCount, count - at);
    for (std::size_t i = 0; i < size; ++i)
      planes[i] = taken.is_zero(i) ? kZeros.data() : taken.room.planes[i] + at;
    if (last < size) {
      gathering.next(kernels, batch, gathered.data());
      planes[last] = gathered.data();
    }
    unfold_batch(base + at * size, planes.data(), batch, out + at * size);
  }
}

}  // namespace

std::size_t encode_delta(const Kernels& kernels, ByteView original, ByteView base,
                         const DeltaElements& elements, Scratch& scratch) {
  GRANARY_ASSERT(original.size() <= limits::kBlockSizeBytes && base.size() == original.size());
  const std::size_t size = size_bytes_of(elements.type);
  const std::span block(reinterpret_cast<const Byte*>(original.data()), original.size());
  const auto frame = frame_elements(block, size, elements.phase);
  const Byte* const base_elements = reinterpret_cast<const Byte*>(base.data()) + frame.lead.size();
  const DeltaKernels& loops = *kernels.delta;
  const Room room(scratch, elements.type, frame.count);
  (size == 4 ? loops.fold4 : loops.fold2)(base_elements, frame.elements, frame.count,
                                          room.planes.data());

  Header header{.type = elements.type,
                .top = ExponentClasses::choose_top(elements.type, base_elements, frame.count),
                .moved = 0,
                .parted = 0};
  for (std::size_t i = 0; i < size; ++i) {
    const std::span plane(room.planes[i], frame.count);
    if (std::ranges::all_of(plane, [](Byte byte) { return byte == 0; })) continue;
    header.moved |= 1U << i;
    if (is_worth_parting(plane)) header.parted |= 1U << i;
  }
  const ExponentClasses classes(kernels, scratch, header.type, header.top, base_elements,
                                header.parted != 0 ? frame.count : 0);
  auto* const start = reinterpret_cast<Byte*>(scratch.coded().data());
  Byte* out = write_frame_start(frame, write_header(header, start));
  for (std::size_t i = 0; i < size; ++i) {
    if ((header.parted >> i & 1) != 0)
      out = encode_parted(kernels, scratch, classes, room.planes[i], room.parted, out);
    else if ((header.moved >> i & 1) != 0)
      out += encode_sparse_plane(kernels, scratch, {room.planes[i], frame.count}, out);
  }
  return static_cast<std::size_t>(write_frame_end(frame, out) - start);
}

Result<void> decode_delta(const Kernels& kernels, ByteView coded, ByteView base,
                          std::span<std::byte> out, Scratch& scratch) {
  if (out.size() > limits::kBlockSizeBytes) return fail(ErrorKind::Corrupt, "an oversized block");
  if (base.size() != out.size()) return fail(ErrorKind::Corrupt, "a base of another size");
  TRY(const Header header, take_header(coded));
  const std::size_t size = size_bytes_of(header.type);
  const std::span block(reinterpret_cast<Byte*>(out.data()), out.size());
  TRY(const auto frame, take_frame_start(coded, block, size));
  const Byte* const base_elements = reinterpret_cast<const Byte*>(base.data()) + frame.lead.size();
  const ExponentClasses classes(kernels, scratch, header.type, header.top, base_elements,
                                header.parted != 0 ? frame.count : 0);
  Taken taken{.header = header, .room = {scratch, header.type, frame.count}, .classes = classes};
  for (std::size_t i = 0; i < size; ++i) {
    const std::span plane(taken.room.planes[i], frame.count);
    if (taken.is_parted(i)) {
      TRY_DONE(take_parted(kernels, scratch, classes, coded, plane.data()));
    } else if (!taken.is_zero(i)) {
      TRY_DONE(decode_sparse_plane(kernels, scratch, coded, plane));
    }
  }
  unfold(kernels, taken, base_elements, frame.count, frame.elements);
  return take_frame_end(coded, frame);
}

}  // namespace granary::codec
