// The kernels for NEON on 64-bit ARM: 16 lanes; merging and parting go by groups of eight, shuffled
// by tables of their 256 masks.
#include <arm_neon.h>

#include "codec/group_tables.h"
#include "codec/kernels.h"
#include "codec/lane_kernels.h"

namespace granary::codec {
namespace {

constexpr std::uint8_t kBitOfLane[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};

struct NeonLanes {
  using Byte = std::uint8_t;
  using Vector = uint8x16_t;
  using Mask = std::uint16_t;
  static constexpr std::size_t kCount = 16;
  struct Pair {
    Vector first, second;
  };

  static Vector load(const Byte* at) { return vld1q_u8(at); }
  static void store(Byte* at, Vector v) { vst1q_u8(at, v); }
  static Vector broadcast(Byte byte) { return vdupq_n_u8(byte); }
  static Vector bit_and(Vector a, Vector b) { return vandq_u8(a, b); }
  static Vector bit_or(Vector a, Vector b) { return vorrq_u8(a, b); }
  static Vector bit_xor(Vector a, Vector b) { return veorq_u8(a, b); }
  template <int kBits>
  static Vector left(Vector v) {
    return vshlq_n_u8(v, kBits);
  }
  template <int kBits>
  static Vector right(Vector v) {
    return vshrq_n_u8(v, kBits);
  }
  static Pair zip(Pair in) {
    return {vzip1q_u8(in.first, in.second), vzip2q_u8(in.first, in.second)};
  }
  static Pair unzip(Pair in) {
    return {vuzp1q_u8(in.first, in.second), vuzp2q_u8(in.first, in.second)};
  }

  static std::size_t count(std::uint64_t mask) { return vaddv_u8(vcnt_u8(vcreate_u8(mask))); }
  static Mask at_least(Vector v, Vector thresholds) {
    const Vector bits = bit_and(vcgeq_u8(v, thresholds), load(kBitOfLane));
    const unsigned high = vaddv_u8(vget_high_u8(bits));
    return static_cast<Mask>(high << 8 | vaddv_u8(vget_low_u8(bits)));
  }
  static Vector choose(Mask mask, Vector zeros, Vector ones) {
    const Vector spread = vcombine_u8(vdup_n_u8(static_cast<Byte>(mask & 0xFF)),
                                      vdup_n_u8(static_cast<Byte>(mask >> 8)));
    return vbslq_u8(vtstq_u8(spread, load(kBitOfLane)), ones, zeros);
  }

  // Groups of eight lanes one after the other.
  static uint8x8_t merge8(unsigned of_group, uint8x8_t zeros, const Byte*& ones) {
    const Vector both = vcombine_u8(zeros, vld1_u8(ones));
    ones += count(of_group);
    return vqtbl1_u8(both, vld1_u8(kGroupTables.merge[of_group]));
  }
  static uint8x8_t merge_group(unsigned of_group, const Byte*& zeros, const Byte*& ones) {
    const uint8x8_t merged = merge8(of_group, vld1_u8(zeros), ones);
    zeros += 8 - count(of_group);
    return merged;
  }
  static Vector merge(Mask mask, const Byte*& zeros, const Byte*& ones) {
    const uint8x8_t low = merge_group(mask & 0xFFU, zeros, ones);
    return vcombine_u8(low, merge_group(mask >> 8U, zeros, ones));
  }
  static Vector expand(Mask mask, Vector zeros, const Byte*& ones) {
    const uint8x8_t zeros8 = vget_low_u8(zeros);
    const uint8x8_t low = merge8(mask & 0xFFU, zeros8, ones);
    return vcombine_u8(low, merge8(mask >> 8U, zeros8, ones));
  }

  static Vector part8(unsigned of_group, uint8x8_t lanes) {
    return vqtbl1q_u8(vcombine_u8(lanes, lanes), load(kGroupTables.part[of_group]));
  }
  static void keep8(unsigned of_group, uint8x8_t lanes, Byte*& ones) {
    vst1_u8(ones, vget_high_u8(part8(of_group, lanes)));
    ones += count(of_group);
  }
  static void part_group(unsigned of_group, uint8x8_t lanes, Byte*& zeros, Byte*& ones) {
    const Vector parted = part8(of_group, lanes);
    const std::size_t one_count = count(of_group);
    vst1_u8(zeros, vget_low_u8(parted));
    vst1_u8(ones, vget_high_u8(parted));
    zeros += 8 - one_count;
    ones += one_count;
  }
  static void keep(Mask mask, Vector v, Byte*& ones) {
    keep8(mask & 0xFFU, vget_low_u8(v), ones);
    keep8(mask >> 8U, vget_high_u8(v), ones);
  }
  static void part(Mask mask, Vector v, Byte*& zeros, Byte*& ones) {
    part_group(mask & 0xFFU, vget_low_u8(v), zeros, ones);
    part_group(mask >> 8U, vget_high_u8(v), zeros, ones);
  }

  struct Lookup {
    explicit Lookup(const Byte table[256])
        : rows_{vld1q_u8_x4(table), vld1q_u8_x4(table + 64), vld1q_u8_x4(table + 128),
                vld1q_u8_x4(table + 192)} {}
    Vector operator()(Vector v) const {
      // Lanes outside a row of 64 give 0 first, and are left as they are after.
      Vector found = vqtbl4q_u8(rows_[0], v);
      found = vqtbx4q_u8(found, rows_[1], bit_xor(v, broadcast(0x40)));
      found = vqtbx4q_u8(found, rows_[2], bit_xor(v, broadcast(0x80)));
      return vqtbx4q_u8(found, rows_[3], bit_xor(v, broadcast(0xC0)));
    }

   private:
    uint8x16x4_t rows_[4];
  };
};

}  // namespace

constexpr Kernels kNeonKernels = kernels_of<LaneKernels<NeonLanes>>("neon");

}  // namespace granary::codec
