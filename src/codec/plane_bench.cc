// Speed and ratio of the codecs of weights for each kernel, over blocks in cache, beside memcpy and
// what others use for the same: zstd, LZ4, and LZ4 over bytes grouped by four.
#include <benchmark/benchmark.h>
#include <lz4.h>
#include <zstd.h>

#include <cstring>
#include <string>

#include "base/limits.h"
#include "codec/block.h"
#include "codec/probe.h"
#include "codec/weights_testing.h"

namespace granary::codec {
namespace {

constexpr std::size_t kBlock = limits::kBlockSizeBytes;

void report(benchmark::State& state, std::size_t coded_size_bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(kBlock));
  state.counters["ratio"] = double(kBlock) / static_cast<double>(coded_size_bytes);
}

struct Sample {
  const char* name;
  ElementHint hint;
  Bytes bytes;
};

const std::vector<Sample>& samples() {
  static const std::vector<Sample> made = {
      {"bf16", {ElementType::Bf16}, transformer_weights(1, kBlock, put_bf16)},
      {"fp16", {ElementType::Fp16}, transformer_weights(1, kBlock, put_fp16)},
      {"fp32", {ElementType::Fp32}, transformer_weights(1, kBlock, put_fp32)},
      {"fp32_of_bf16", {ElementType::Fp32}, transformer_weights(1, kBlock, put_upcast_bf16)},
      {"fp8", {ElementType::Fp8}, transformer_weights(1, kBlock, put_fp8)},
      {"int8", {ElementType::Int8}, transformer_weights(1, kBlock, put_int8)},
      {"noise", {}, random_bytes(1, kBlock)},
  };
  return made;
}

void encode(benchmark::State& state, const Kernels& kernels, const Sample& sample) {
  Scratch scratch;
  for (auto _ : state)
    benchmark::DoNotOptimize(encode_block(kernels, sample.bytes, sample.hint, scratch));
  report(state, encode_block(kernels, sample.bytes, sample.hint, scratch).bytes.size());
}

void decode(benchmark::State& state, const Kernels& kernels, const Sample& sample) {
  Scratch encoding;
  Scratch scratch;
  const CodedBlock coded = encode_block(kernels, sample.bytes, sample.hint, encoding);
  Bytes out(kBlock);
  for (auto _ : state) {
    benchmark::DoNotOptimize(decode_block(kernels, coded.codec, coded.bytes, out, scratch));
    benchmark::ClobberMemory();
  }
  if (out != sample.bytes) state.SkipWithError("other bytes came back");
  report(state, coded.bytes.size());
}

void probe(benchmark::State& state, const Sample& sample) {
  for (auto _ : state) benchmark::DoNotOptimize(probe_block(sample.bytes));
}

void copy(benchmark::State& state) {
  const Bytes& block = samples()[0].bytes;
  Bytes out(kBlock);
  for (auto _ : state) {
    std::memcpy(out.data(), block.data(), kBlock);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  report(state, kBlock);
}

// Each byte of every four to a plane of its own, as Xet's byte grouping does.
void group_by_four(const Bytes& from, Bytes& to) {
  for (std::size_t i = 0; i < kBlock; i += 4)
    for (std::size_t lane = 0; lane < 4; ++lane) to[lane * kBlock / 4 + i / 4] = from[i + lane];
}
void ungroup_by_four(const Bytes& from, Bytes& to) {
  for (std::size_t i = 0; i < kBlock; i += 4)
    for (std::size_t lane = 0; lane < 4; ++lane) to[i + lane] = from[lane * kBlock / 4 + i / 4];
}

std::size_t encode_lz4(const Bytes& from, Bytes& to) {
  return static_cast<std::size_t>(LZ4_compress_default(
      reinterpret_cast<const char*>(from.data()), reinterpret_cast<char*>(to.data()),
      static_cast<int>(from.size()), static_cast<int>(to.size())));
}
void decode_lz4(const Bytes& from, std::size_t size, Bytes& to) {
  LZ4_decompress_safe(reinterpret_cast<const char*>(from.data()),
                      reinterpret_cast<char*>(to.data()), static_cast<int>(size),
                      static_cast<int>(to.size()));
}
std::size_t encode_zstd_3(const Bytes& from, Bytes& to) {
  return ZSTD_compress(to.data(), to.size(), from.data(), from.size(), 3);
}
void decode_zstd_3(const Bytes& from, std::size_t size, Bytes& to) {
  ZSTD_decompress(to.data(), to.size(), from.data(), size);
}
std::size_t encode_grouped(const Bytes& from, Bytes& to) {
  static Bytes grouped(kBlock);
  group_by_four(from, grouped);
  return encode_lz4(grouped, to);
}
void decode_grouped(const Bytes& from, std::size_t size, Bytes& to) {
  static Bytes grouped(kBlock);
  decode_lz4(from, size, grouped);
  ungroup_by_four(grouped, to);
}

template <auto encode_other>
void encode_by(benchmark::State& state) {
  Bytes coded(2 * kBlock);
  std::size_t size = 0;
  for (auto _ : state) benchmark::DoNotOptimize(size = encode_other(samples()[0].bytes, coded));
  report(state, size);
}

template <auto encode_other, auto decode_other>
void decode_by(benchmark::State& state) {
  Bytes coded(2 * kBlock);
  const std::size_t size = encode_other(samples()[0].bytes, coded);
  Bytes out(kBlock);
  for (auto _ : state) {
    decode_other(coded, size, out);
    benchmark::ClobberMemory();
  }
  if (out != samples()[0].bytes) state.SkipWithError("other bytes came back");
  report(state, size);
}

BENCHMARK(copy)->Name("bf16/memcpy");
BENCHMARK(encode_by<encode_zstd_3>)->Name("bf16/encode/zstd-3");
BENCHMARK(encode_by<encode_lz4>)->Name("bf16/encode/lz4");
BENCHMARK(encode_by<encode_grouped>)->Name("bf16/encode/bg4+lz4");
BENCHMARK(decode_by<encode_zstd_3, decode_zstd_3>)->Name("bf16/decode/zstd-3");
BENCHMARK(decode_by<encode_lz4, decode_lz4>)->Name("bf16/decode/lz4");
BENCHMARK(decode_by<encode_grouped, decode_grouped>)->Name("bf16/decode/bg4+lz4");

const bool kRegistered = [] {
  for (const Sample& sample : samples()) {
    const std::string name = sample.name;
    benchmark::RegisterBenchmark((name + "/probe").c_str(),
                                 [&](benchmark::State& state) { probe(state, sample); });
    for (const Kernels* kernels : all_kernels()) {
      const std::string kernel = std::string(kernels->name);
      benchmark::RegisterBenchmark(
          (name + "/encode/" + kernel).c_str(),
          [&, kernels](benchmark::State& state) { encode(state, *kernels, sample); });
      benchmark::RegisterBenchmark(
          (name + "/decode/" + kernel).c_str(),
          [&, kernels](benchmark::State& state) { decode(state, *kernels, sample); });
    }
  }
  return true;
}();

}  // namespace
}  // namespace granary::codec
