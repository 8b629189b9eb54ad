// Speed of zstd over blocks of text, and of the checksum.
#include <benchmark/benchmark.h>

#include <cstring>
#include <random>
#include <string>

#include "base/limits.h"
#include "codec/block.h"
#include "codec/block_checksum.h"
#include "codec/weights_testing.h"

namespace granary::codec {
namespace {

constexpr std::size_t kBlock = limits::kBlockSizeBytes;

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

void checksum(benchmark::State& state) {
  const Bytes block = random_bytes(1, kBlock);
  for (auto _ : state) benchmark::DoNotOptimize(block_checksum(block));
  report(state);
}

void encode_text(benchmark::State& state) {
  const Bytes block = json_text();
  Scratch scratch;
  for (auto _ : state) benchmark::DoNotOptimize(encode_block(best_kernels(), block, {}, scratch));
  state.counters["ratio"] =
      double(kBlock) /
      static_cast<double>(encode_block(best_kernels(), block, {}, scratch).bytes.size());
  report(state);
}

void decode_text(benchmark::State& state) {
  const Bytes block = json_text();
  Scratch scratch;
  const CodedBlock coded = encode_block(best_kernels(), block, {}, scratch);
  Bytes out(kBlock);
  for (auto _ : state)
    benchmark::DoNotOptimize(decode_block(best_kernels(), coded.codec, coded.bytes, out, scratch));
  report(state);
}

BENCHMARK(checksum);
BENCHMARK(encode_text);
BENCHMARK(decode_text);

}  // namespace
}  // namespace granary::codec

BENCHMARK_MAIN();
