// Speed of the codec choice, of zstd and of the checksum over blocks, beside memcpy in the same
// run.
#include <benchmark/benchmark.h>

#include <bit>
#include <cstring>
#include <random>
#include <string>

#include "base/limits.h"
#include "codec/block.h"
#include "codec/block_checksum.h"
#include "codec/sample.h"

namespace granary::codec {
namespace {

constexpr std::size_t kBlock = limits::kBlockSizeBytes;

Bytes bf16_weights() {
  std::mt19937_64 numbers(1);
  std::normal_distribution<float> normal(0, 0.02F);
  Bytes bytes;
  while (bytes.size() < kBlock)
    put_u16(bytes, static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(normal(numbers)) >> 16));
  return bytes;
}

Bytes json_text() {
  std::mt19937_64 numbers(1);
  std::string text;
  while (text.size() < kBlock) {
    text += '"';
    for (std::uint64_t n = numbers(); n > 0; n /= 20'000) text += static_cast<char>('a' + n % 26);
    text += "\": " + std::to_string(numbers() % 100'000) + ",\n";
  }
  return {as_bytes(text).begin(), as_bytes(text).begin() + kBlock};
}

void report(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(kBlock));
}

void copy_by_memcpy(benchmark::State& state) {
  const Bytes block = bf16_weights();
  Bytes copy(kBlock);
  for (auto _ : state) {
    std::memcpy(copy.data(), block.data(), kBlock);
    benchmark::DoNotOptimize(copy.data());
    benchmark::ClobberMemory();
  }
  report(state);
}

void checksum(benchmark::State& state) {
  const Bytes block = bf16_weights();
  for (auto _ : state) benchmark::DoNotOptimize(block_checksum(block));
  report(state);
}

template <Bytes (*make)()>
void encode(benchmark::State& state) {
  const Bytes block = make();
  Bytes scratch;
  for (auto _ : state) benchmark::DoNotOptimize(encode_block(block, scratch));
  state.counters["ratio"] =
      double(kBlock) / static_cast<double>(encode_block(block, scratch).bytes.size());
  report(state);
}

void decode_text(benchmark::State& state) {
  const Bytes block = json_text();
  Bytes scratch;
  const CodedBlock coded = encode_block(block, scratch);
  Bytes out(kBlock);
  for (auto _ : state) benchmark::DoNotOptimize(decode_block(coded.codec, coded.bytes, out));
  report(state);
}

BENCHMARK(copy_by_memcpy);
BENCHMARK(checksum);
BENCHMARK(encode<bf16_weights>)->Name("reject_bf16_weights");
BENCHMARK(encode<json_text>)->Name("encode_text");
BENCHMARK(decode_text);

}  // namespace
}  // namespace granary::codec

BENCHMARK_MAIN();
