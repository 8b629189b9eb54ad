// How often each byte occurs, and how few bytes that lets a code take.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace granary::codec {

using Histogram = std::array<std::uint32_t, 256>;

/// Adds `bytes` to `histogram`.
void count_bytes(ByteView bytes, Histogram& histogram);

/// The histogram of about one in `one_in` of `bytes`, in short runs spread evenly; of all if that
/// would leave fewer than 4096.
Histogram sample_bytes(ByteView bytes, std::size_t one_in);

/// Bits, in 65536ths, that all the bytes counted would take in an ideal code that knows the
/// histogram. By integers: every machine chooses alike.
std::uint64_t code_bits_q16(const Histogram& histogram);

/// Bits, in 65536ths, for each byte of what `histogram` is a sample of: corrected for the bytes
/// that a small sample misses. 8 * 65536 at most; 0 for an empty one.
std::uint64_t entropy_q16(const Histogram& histogram);

}  // namespace granary::codec
