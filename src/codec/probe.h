// A guess, from a few KiB of a block, which codec will pay.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "codec/codec_id.h"

namespace granary::codec {

/// What a sample of 4 KiB tells about a block.
struct Probe {
  /// The codec of planes that would take least, or Raw if none would save 5 %.
  CodecId planes = CodecId::Raw;
  /// Of `planes`: how many leading bytes end an element of the block before.
  std::size_t phase = 0;
  /// Text and binary data of few kinds of bytes (padding, tables of numbers), in which a general
  /// compressor may find more than planes do.
  bool is_text = false;
  bool is_sparse = false;
};

/// Takes some microseconds, least for noise and for what is compressed already.
Probe probe_block(ByteView block);

}  // namespace granary::codec
