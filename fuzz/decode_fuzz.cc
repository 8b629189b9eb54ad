// Hostile coded blocks of any codec and size, with any base or parent: all kernels refuse the same
// ones and give the same bytes for the others.
#include <cstdio>

#include "codec/all_kernels_testing.h"
#include "codec/block.h"
#include "codec/delta.h"
#include "codec/gguf_parent.h"

using namespace granary;

namespace {

// Of the codecs, by number: every input is decoded by the first three, which are cheap and use no
// kernels, and by one of the others.
constexpr std::size_t kOfEachInput = 3, kDelta = 8, kParent = 9, kCodecCount = 10;

// How often each codec was run is told at the end.
struct Counts {
  ~Counts() {
    constexpr const char* kNames[kCodecCount] = {
        "raw", "zstd", "constant", "bf16", "fp16", "fp32", "fp8", "bytes", "delta", "gguf-parent"};
    for (std::size_t i = 0; i < kCodecCount; ++i)
      std::fprintf(stderr, "decoded by %s: %llu times\n", kNames[i], runs[i]);
  }
  unsigned long long runs[kCodecCount] = {};
};

struct Input {
  codec::KernelList kernels;
  ByteView coded;
  ByteView given;  // base or parent
  std::size_t out_size;
};

Result<void> decode(std::size_t number, const codec::Kernels& kernels, const Input& input,
                    std::span<std::byte> out, codec::Scratch& scratch) {
  if (number == kDelta) return codec::decode_delta(kernels, input.coded, input.given, out, scratch);
  if (number == kParent)
    return codec::decode_gguf_parent(kernels, input.coded, input.given, out, scratch);
  return codec::decode_block(kernels, static_cast<codec::CodecId>(number), input.coded, out,
                             scratch);
}

void try_codec(std::size_t number, const Input& input) {
  static Counts counts;
  ++counts.runs[number];
  GRANARY_ASSERT(codec::decode_alike(
      input.kernels, input.out_size,
      [&](const codec::Kernels& kernels, std::span<std::byte> out, codec::Scratch& scratch) {
        return decode(number, kernels, input, out, scratch);
      }));
}

// The size that a reader would make of the header.
std::size_t given_size(std::size_t number, ByteView coded, std::size_t out_size) {
  if (number != kParent) return out_size;
  const auto relation = codec::read_gguf_parent(coded, out_size);
  return relation ? codec::parent_size_bytes(*relation, out_size) : 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader({reinterpret_cast<const std::byte*>(data), size});
  const auto choice = reader.u8();
  const auto out_size = reader.u16();
  if (!choice || !out_size) return 0;
  const std::size_t number = kOfEachInput + *choice % (kCodecCount - kOfEachInput);
  ByteView start;
  if (number >= kDelta) {
    const auto length = reader.u16();
    if (!length) return 0;
    start = *reader.take(std::min<std::size_t>(*length, reader.remaining()));
  }
  Input input{.kernels = {},
              .coded = *reader.take(reader.remaining()),
              .given = {},
              .out_size = *out_size % 4096U};
  for (std::size_t cheap = 0; cheap < kOfEachInput; ++cheap) try_codec(cheap, input);
  const Bytes given =
      codec::repeated(start, number < kDelta ? 0 : given_size(number, input.coded, input.out_size));
  input.given = given;
  input.kernels = codec::kernels_to_fuzz(*choice / 8);
  try_codec(number, input);
  return 0;
}
