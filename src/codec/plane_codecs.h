// The codecs of weights: each splits a block's elements into planes and codes each plane by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/kernels.h"
#include "codec/scratch.h"

namespace granary::codec {

// Encoders write to scratch.coded() and give the size, which may exceed the original's.
// `phase`: how many leading bytes end an element of the block before.
// Decoders fill `out`, the original's size. Errors: Corrupt.
// Source: docs/formats/weight-planes.md.

/// One byte repeated. Encoding gives 0 for a block that is something else.
std::size_t encode_constant(ByteView original, Scratch& scratch);
Result<void> decode_constant(const Kernels& kernels, ByteView coded, std::span<std::byte> out,
                             Scratch& scratch);

/// BF16: sign and mantissa; exponents.
std::size_t encode_bf16(const Kernels& kernels, ByteView original, std::size_t phase,
                        Scratch& scratch);
Result<void> decode_bf16(const Kernels& kernels, ByteView coded, std::span<std::byte> out,
                         Scratch& scratch);

/// FP16: low bytes; high bytes, which hold sign, exponent and the mantissa's top.
std::size_t encode_fp16(const Kernels& kernels, ByteView original, std::size_t phase,
                        Scratch& scratch);
Result<void> decode_fp16(const Kernels& kernels, ByteView coded, std::span<std::byte> out,
                         Scratch& scratch);

/// FP32: the two low bytes, often zero; sign and the mantissa's top; exponents.
std::size_t encode_fp32(const Kernels& kernels, ByteView original, std::size_t phase,
                        Scratch& scratch);
Result<void> decode_fp32(const Kernels& kernels, ByteView coded, std::span<std::byte> out,
                         Scratch& scratch);

/// FP8 as E4M3: sign and mantissa; exponents.
std::size_t encode_fp8(const Kernels& kernels, ByteView original, std::size_t phase,
                       Scratch& scratch);
Result<void> decode_fp8(const Kernels& kernels, ByteView coded, std::span<std::byte> out,
                        Scratch& scratch);

/// Whole bytes in one plane: INT8, and whatever else has few kinds of bytes.
std::size_t encode_bytes(const Kernels& kernels, ByteView original, std::size_t phase,
                         Scratch& scratch);
Result<void> decode_bytes(const Kernels& kernels, ByteView coded, std::span<std::byte> out,
                          Scratch& scratch);

}  // namespace granary::codec
