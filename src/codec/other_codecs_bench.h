// What others use for weights, to compare with.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "codec/float_type.h"
#include "codec/speed_table_bench.h"

namespace granary::codec {

/// memcpy, zstd -3, LZ4, and LZ4 over bytes grouped by four (Xet's BG4). `blocks` must outlive it.
std::vector<Method> other_codecs(const std::vector<Bytes>& blocks);

/// XOR with the base, the planes of bytes apart (exponents in one of their own), zstd -3 on each:
/// ZipLLM's way. Both must outlive it.
Method xor_zstd(FloatType type, const std::vector<Bytes>& bases, const std::vector<Bytes>& blocks);

}  // namespace granary::codec
