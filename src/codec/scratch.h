// The memory that coding and decoding work in, made once and used for block after block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "base/limits.h"
#include "codec/kernels.h"
#include "codec/tree_code.h"

namespace granary::codec {

/// 2.5 MiB, of which only what a codec touches becomes resident. For one thread at a time; holds
/// nothing between calls but the last coded block.
class Scratch {
 public:
  /// Of coded bytes: room for all planes of any block, stored raw, and their headers.
  static constexpr std::size_t kCodedSizeBytes = limits::kBlockSizeBytes * 3 / 2 + 64;

  std::span<std::byte> coded() { return {reinterpret_cast<std::byte*>(at(0)), kCodedSizeBytes}; }
  /// Of symbols split from a block, each plane with slack: 3/2 of a block.
  std::uint8_t* planes() { return at(kPlanesStart); }
  /// Of coded bytes that may yet be dropped, or that cannot lie where they will go.
  std::span<std::uint8_t> spare() { return {at(kSpareStart), limits::kBlockSizeBytes}; }
  /// Of a plane's symbols as ranks, with slack.
  std::uint8_t* ranks() { return at(kRanksStart); }
  /// Of the symbols below the nodes of one level of a tree, each node with slack. Levels take turns
  /// at parities 0 and 1; side 0 or 1 is what lies left or right of their parents.
  std::uint8_t* level(std::size_t parity, std::size_t side) {
    return at(kLevelsStart + (2 * parity + side) * kLevelSizeBytes);
  }
  /// Of the bitmaps of a sparse plane and what they leave, each with slack: 5/8 of a block.
  std::uint8_t* side() { return at(kSideStart); }
  /// Of the base of a block, or a part of it: any size, grown once it is asked for.
  std::span<std::byte> base(std::size_t size_bytes) {
    if (base_.size() < size_bytes) base_.resize(size_bytes);
    return std::span(base_).first(size_bytes);
  }

 private:
  static constexpr std::size_t kPlanesStart = kCodedSizeBytes;
  static constexpr std::size_t kPlanesSizeBytes =
      limits::kBlockSizeBytes * 3 / 2 + 4 * kKernelSlackBytes;
  static constexpr std::size_t kSpareStart = kPlanesStart + kPlanesSizeBytes;
  static constexpr std::size_t kRanksStart = kSpareStart + limits::kBlockSizeBytes;
  static constexpr std::size_t kRanksSizeBytes = limits::kBlockSizeBytes + kKernelSlackBytes;
  static constexpr std::size_t kLevelsStart = kRanksStart + kRanksSizeBytes;
  static constexpr std::size_t kLevelSizeBytes =
      limits::kBlockSizeBytes + kTreeNodeCountMax * kKernelSlackBytes;
  static constexpr std::size_t kSideStart = kLevelsStart + 4 * kLevelSizeBytes;
  static constexpr std::size_t kSideSizeBytes =
      limits::kBlockSizeBytes * 5 / 8 + 16 * kKernelSlackBytes;
  static constexpr std::size_t kSizeBytes = kSideStart + kSideSizeBytes;

  std::uint8_t* at(std::size_t offset) { return memory_.get() + offset; }

  std::unique_ptr<std::uint8_t[]> memory_ =
      std::make_unique_for_overwrite<std::uint8_t[]>(kSizeBytes);
  Bytes base_;
};

}  // namespace granary::codec
