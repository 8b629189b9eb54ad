// Speed and ratio of blocks given their base or parent, beside XOR and zstd in the same run.
#include <benchmark/benchmark.h>
#include <zstd.h>

#include <cmath>
#include <random>

#include "base/limits.h"
#include "codec/delta.h"
#include "codec/gguf_parent.h"
#include "codec/weights_testing.h"

namespace granary::codec {
namespace {

constexpr std::size_t kBlock = limits::kBlockSizeBytes;
constexpr double kDistanceUnit = 1e-4;  // of a weight's deviation, for the tuning

struct Pair {
  Bytes base;
  Bytes tuned;
};

Pair tuned_weights(double distance) {
  std::mt19937_64 numbers(3);
  std::normal_distribution<float> normal;
  Pair pair;
  while (pair.base.size() < kBlock) {
    const float weight = 0.02F * normal(numbers);
    put_bf16(pair.base, weight);
    put_bf16(pair.tuned, weight + 0.02F * static_cast<float>(distance) * normal(numbers));
  }
  return pair;
}

void report(benchmark::State& state, std::size_t coded_size) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(kBlock));
  state.counters["ratio"] = static_cast<double>(kBlock) / static_cast<double>(coded_size);
}

void delta_encode(benchmark::State& state) {
  const Pair pair = tuned_weights(static_cast<double>(state.range(0)) * kDistanceUnit);
  Scratch scratch;
  std::size_t size = 0;
  for (auto _ : state)
    size = encode_delta(best_kernels(), pair.tuned, pair.base, {FloatType::Bf16}, scratch);
  report(state, size);
}

void delta_decode(benchmark::State& state) {
  const Pair pair = tuned_weights(static_cast<double>(state.range(0)) * kDistanceUnit);
  Scratch scratch;
  const std::size_t size =
      encode_delta(best_kernels(), pair.tuned, pair.base, {FloatType::Bf16}, scratch);
  const Bytes coded(scratch.coded().begin(),
                    scratch.coded().begin() + static_cast<std::ptrdiff_t>(size));
  Bytes out(kBlock);
  for (auto _ : state)
    benchmark::DoNotOptimize(decode_delta(best_kernels(), coded, pair.base, out, scratch));
  report(state, size);
}

// What ZipLLM does: XOR with the base, exponents apart, zstd -3.
Bytes xor_planes(const Pair& pair) {
  Bytes planes(kBlock);
  for (std::size_t i = 0; i < kBlock / 2; ++i) {
    const auto low = pair.base[2 * i] ^ pair.tuned[2 * i];
    const auto high = pair.base[2 * i + 1] ^ pair.tuned[2 * i + 1];
    planes[i] = (low & std::byte{0x7F}) | (high & std::byte{0x80});
    planes[kBlock / 2 + i] = high << 1 | low >> 7;
  }
  return planes;
}

void xor_zstd_decode(benchmark::State& state) {
  const Pair pair = tuned_weights(static_cast<double>(state.range(0)) * kDistanceUnit);
  const Bytes planes = xor_planes(pair);
  Bytes frames[2];
  for (std::size_t i = 0; i < 2; ++i) {
    frames[i].resize(ZSTD_compressBound(kBlock / 2));
    frames[i].resize(
        ZSTD_compress(frames[i].data(), frames[i].size(), &planes[i * kBlock / 2], kBlock / 2, 3));
  }
  Bytes restored(kBlock), out(kBlock);
  for (auto _ : state) {
    for (std::size_t i = 0; i < 2; ++i)
      ZSTD_decompress(&restored[i * kBlock / 2], kBlock / 2, frames[i].data(), frames[i].size());
    best_kernels().join2_swapped(reinterpret_cast<const std::uint8_t*>(restored.data()),
                                 reinterpret_cast<const std::uint8_t*>(&restored[kBlock / 2]),
                                 kBlock / 2, reinterpret_cast<std::uint8_t*>(out.data()));
    for (std::size_t i = 0; i < kBlock; ++i) out[i] ^= pair.base[i];
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  report(state, frames[0].size() + frames[1].size());
}

// Of a block of zeros, which holds surprises everywhere: real ones decode faster.
template <QuantType kType>
void gguf_parent_decode(benchmark::State& state) {
  const GgufParent relation{.quant = kType};
  const std::size_t parent_size = parent_size_bytes(relation, kBlock);
  const Bytes parent = transformer_weights(1, parent_size, put_bf16);
  Scratch scratch;
  Bytes out(kBlock);
  const std::size_t size = encode_gguf_parent(best_kernels(), out, parent, relation, scratch);
  const Bytes coded(scratch.coded().begin(),
                    scratch.coded().begin() + static_cast<std::ptrdiff_t>(size));
  for (auto _ : state)
    benchmark::DoNotOptimize(decode_gguf_parent(best_kernels(), coded, parent, out, scratch));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(kBlock));
}

BENCHMARK(delta_encode)->Arg(3)->Arg(10)->Arg(30)->Arg(100);
BENCHMARK(delta_decode)->Arg(3)->Arg(10)->Arg(30)->Arg(100);
BENCHMARK(xor_zstd_decode)->Arg(3)->Arg(10)->Arg(30)->Arg(100);
BENCHMARK(gguf_parent_decode<QuantType::F16>)->Name("gguf_parent_decode/F16");
BENCHMARK(gguf_parent_decode<QuantType::Q8_0>)->Name("gguf_parent_decode/Q8_0");
BENCHMARK(gguf_parent_decode<QuantType::Q4_K>)->Name("gguf_parent_decode/Q4_K");
BENCHMARK(gguf_parent_decode<QuantType::Q6_K>)->Name("gguf_parent_decode/Q6_K");

}  // namespace
}  // namespace granary::codec
