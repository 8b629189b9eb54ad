// Takes in a xorb that arrives as one: its chunks hashed, and written as they come.
#pragma once

#include <optional>
#include <vector>

#include "chunk/hash_tree.h"
#include "store/aligned_buffer.h"
#include "store/chunk_list.h"
#include "store/intake.h"
#include "store/sealed_xorb.h"
#include "store/store.h"
#include "store/xorb_writer.h"

namespace granary::store {

/// Chunks gather in one aligned buffer, from which whole blocks go to an object without a name.
class ChunkedXorbIntake final : public XorbIntake {
 public:
  /// The parts are borrowed.
  ChunkedXorbIntake(Clock& clock, object::ObjectStore& objects, meta::ContentStore& content,
                    Intake intake);

  Result<void> add_chunk(ByteView original) override;
  Result<meta::NewContent> finish(const XorbHash& expected) override;

 private:
  Result<void> check_size(ByteView original) const;
  Result<void> write_blocks(std::size_t size_bytes);

  Clock& clock_;
  object::ObjectStore& objects_;
  meta::ContentStore& content_;
  Intake intake_;

  AlignedBuffer buffer_;
  std::size_t filled_ = 0;
  std::optional<XorbWriter> writer_;  // once its first block is written
  chunk::HashTree tree_;
  std::vector<XorbChunk> chunks_;
  std::vector<meta::Hook> hooks_;
  SealedXorb sealed_;  // kept: where it was there already, dropping it takes a while
};

}  // namespace granary::store
