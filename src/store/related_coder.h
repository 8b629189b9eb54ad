// Chooses how the blocks of a xorb are coded when something is known of them.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "codec/based_block.h"
#include "codec/scratch_pool.h"
#include "store/relations.h"
#include "store/xorb_reader.h"

namespace granary::store {

/// Codes each block alone by what its tensors are, and by their bases where these are at hand, and
/// takes what is smaller. For one thread.
class RelatedCoder {
 public:
  /// `relations` is borrowed, and what `decoding` borrows.
  RelatedCoder(const Relations& relations, const Decoding& decoding)
      : relations_(relations), decoding_(decoding) {}

  /// `original`: the block of the xorb that begins at `offset_bytes`. The result lies in `original`
  /// or here, until the next call. Errors: Corrupt if a base cannot be read.
  Result<codec::CodedBlock> code(ByteView original, std::uint32_t offset_bytes);

  /// Whether most of the block is of quantised blocks. Only the size of `original` counts.
  bool holds_quants(ByteView original, std::uint32_t offset_bytes) const;

  /// Whose bytes the blocks coded so far need.
  std::vector<meta::XorbId> bases() const { return {bases_.begin(), bases_.end()}; }

 private:
  /// Some of a block's bytes, and the run that they, or most of them, are of; perhaps none.
  struct Part {
    ByteView original;
    std::uint32_t offset_bytes = 0;  // in the xorb
    const TensorRun* run = nullptr;

    bool has_base() const;
    std::uint64_t tensor_offset_bytes() const;
    std::size_t phase(std::size_t unit_size_bytes) const;
  };
  /// How the quantiser of a run read its parent, and how small a part of the run became by that.
  struct Reading {
    const TensorRun* run = nullptr;
    bool via_half = false;
    std::size_t size_bytes = 0;
    std::size_t coded_size_bytes = 0;

    bool fits(std::size_t part_size_bytes, std::size_t coded_part_size_bytes) const;
  };
  std::vector<Part> part(ByteView original, std::uint32_t offset_bytes) const;
  static const Part& largest_of(std::span<const Part> parts);
  codec::CodedBlock code_alone(const Part& part);
  Result<std::vector<codec::Section>> code_parts(std::span<const Part> parts);
  static bool is_surely_worth_a_base(std::size_t based_size_bytes, const Part& part);
  Result<codec::Section> code_by_base(const Part& part);
  Result<codec::Section> code_by_parent(const Part& part, const QuantisedFrom& relation);
  Result<codec::Section> code_delta(const Part& part, const TunedFrom& relation);
  Result<ByteView> read_base(std::span<const codec::BaseStretch> stretches);
  ByteView keep(ByteView coded);
  void note_bases(std::span<const Part> parts, std::span<const codec::Section> sections);

  const Relations& relations_;
  Decoding decoding_;
  codec::ScratchPool::Lent scratch_ = decoding_.scratches.lend();
  std::vector<Bytes> kept_;  // of the block under way
  std::set<meta::XorbId> bases_;
  Reading reading_;  // of the run that was last coded by a parent
};

}  // namespace granary::store
