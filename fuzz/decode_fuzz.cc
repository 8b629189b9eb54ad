// Hostile coded blocks of any size, with any base or parent, decoded by every codec: all kernels
// refuse the same ones and give the same bytes for the others.
#include <array>
#include <cstdio>
#include <string>

#include "codec/all_kernels_testing.h"
#include "codec/block.h"
#include "codec/delta.h"
#include "codec/gguf_parent.h"

using namespace granary;
using codec::CodecId;

namespace {

constexpr std::array kCodecs = {CodecId::Raw,        CodecId::Zstd,      CodecId::Constant,
                                CodecId::Bf16,       CodecId::Fp16,      CodecId::Fp32,
                                CodecId::Fp8,        CodecId::Bytes,     CodecId::Delta,
                                CodecId::GgufFields, CodecId::GgufParent};

// How often each codec was run, and how often that gave a block, is told at the end.
struct Counts {
  ~Counts() {
    for (std::size_t i = 0; i < kCodecs.size(); ++i)
      std::fprintf(stderr, "decoded by %s: %llu times, to the end %llu\n",
                   std::string(name_of(kCodecs[i])).c_str(), runs[i], done[i]);
  }
  std::array<unsigned long long, kCodecs.size()> runs{}, done{};
};

struct Input {
  codec::KernelList kernels;
  ByteView coded;
  ByteView start;  // of the base or parent
  std::size_t out_size;
};

Result<void> decode(CodecId codec, const codec::Kernels& kernels, const Input& input,
                    ByteView given, std::span<std::byte> out, codec::Scratch& scratch) {
  if (codec == CodecId::Delta)
    return codec::decode_delta(kernels, input.coded, given, out, scratch);
  if (codec == CodecId::GgufParent)
    return codec::decode_gguf_parent(kernels, input.coded, given, out, scratch);
  return codec::decode_block(kernels, codec, input.coded, out, scratch);
}

// The size that a reader would make of the header.
std::size_t given_size(CodecId codec, const Input& input) {
  if (codec == CodecId::Delta) return input.out_size;
  if (codec != CodecId::GgufParent) return 0;
  const auto relation = codec::read_gguf_parent(input.coded, input.out_size);
  return relation ? codec::parent_size_bytes(*relation, input.out_size) : 0;
}

void try_codec(std::size_t index, const Input& input) {
  static Counts counts;
  const CodecId codec = kCodecs[index];
  const Bytes given = codec::repeated(input.start, given_size(codec, input));
  bool done = false;
  GRANARY_ASSERT(codec::decode_alike(
      input.kernels, input.out_size,
      [&](const codec::Kernels& kernels, std::span<std::byte> out, codec::Scratch& scratch) {
        auto decoded = decode(codec, kernels, input, given, out, scratch);
        done = decoded.has_value();
        return decoded;
      }));
  ++counts.runs[index];
  counts.done[index] += done ? 1 : 0;
}

// A few vectors' worth shows what a block does; some are larger.
std::size_t out_size_of(std::uint8_t choice, std::uint16_t size) {
  return size % (choice >= 0xF0 ? 4096U : 384U);
}

}  // namespace

// Codecs have large frames, and give out nothing that lies in them: to look for that, as unit tests
// do, would take half of the time.
extern "C" const char* __asan_default_options() { return "detect_stack_use_after_return=0"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader({reinterpret_cast<const std::byte*>(data), size});
  const auto choice = reader.u8();
  const auto out_size = reader.u16();
  if (!choice || !out_size) return 0;
  Input input{.kernels = codec::kernels_to_fuzz(*choice / 2),
              .coded = {},
              .start = {},
              .out_size = out_size_of(*choice, *out_size)};
  if (*choice % 2 != 0) {  // a base or parent comes first
    const auto length = reader.u16();
    if (!length) return 0;
    input.start = *reader.take(std::min<std::size_t>(*length, reader.remaining()));
  }
  input.coded = *reader.take(reader.remaining());
  for (std::size_t index = 0; index < kCodecs.size(); ++index) try_codec(index, input);
  return 0;
}
