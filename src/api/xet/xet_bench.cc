// Speed of reading xorbs as clients send them and of writing answers, beside memcpy.
#include <benchmark/benchmark.h>

#include <cstring>

#include "api/xet/byte_groups.h"
#include "api/xet/reconstruction_json.h"
#include "api/xet/wire_testing.h"
#include "api/xet/xorb_decoder.h"
#include "base/limits.h"

namespace granary::api::xet {
namespace {

using namespace testing;

constexpr std::size_t kChunk = 64 * limits::kKiB;
constexpr std::size_t kChunkCount = 128;  // more than the caches hold
constexpr std::size_t kPiece = limits::kMiB;

void report(benchmark::State& state, std::size_t size_bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(size_bytes));
}

void copy_by_memcpy(benchmark::State& state) {
  const Bytes bytes(kChunk * kChunkCount);
  Bytes copy(bytes.size());
  for (auto _ : state) {
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    benchmark::DoNotOptimize(copy.data());
    benchmark::ClobberMemory();
  }
  report(state, bytes.size());
}

void ungroup(benchmark::State& state) {
  const Bytes grouped = random_bytes(kChunk);
  Bytes original(grouped.size());
  for (auto _ : state) {
    ungroup_by_four(grouped, original);
    benchmark::ClobberMemory();
  }
  report(state, grouped.size());
}

/// In original bytes. `scheme`: of every chunk.
void decode(benchmark::State& state, Bytes (*make)(std::size_t), std::uint8_t scheme) {
  const Bytes original = make(kChunk * kChunkCount);
  Bytes body;
  for (std::size_t at = 0; at < original.size(); at += kChunk) {
    put_bytes(body, record_of(scheme, ByteView(original).subspan(at, kChunk)));
  }
  for (auto _ : state) {
    XorbDecoder decoder;
    const auto sink = [](ByteView chunk) -> Result<void> {
      benchmark::DoNotOptimize(chunk.data());
      return {};
    };
    for (ByteView rest = body; !rest.empty(); rest = rest.subspan(std::min(rest.size(), kPiece))) {
      GRANARY_ASSERT(decoder.write(rest.first(std::min(rest.size(), kPiece)), sink).has_value());
    }
  }
  report(state, original.size());
  state.counters["ratio"] = static_cast<double>(body.size()) / static_cast<double>(original.size());
}

Bytes noise(std::size_t size_bytes) { return random_bytes(size_bytes); }

/// Of a file whose terms each lie in a xorb of their own: 17 are a 1 GiB file just uploaded.
void write_reconstruction(benchmark::State& state) {
  service::Reconstruction answer;
  for (std::int64_t index = 0; index < state.range(0); ++index) {
    auto xorb = hash_of<XorbHash>(static_cast<std::uint8_t>(index));
    xorb.bytes[31] = static_cast<std::byte>(index >> 8);
    answer.terms.push_back({xorb, 0, 1024, limits::kXorbSizeBytesMax});
    answer.fetches.push_back({xorb, 0, 1024, 0, limits::kXorbSizeBytesMax, std::string(128, 'p')});
  }
  const FetchUrls urls{"https://hub.example.org/xet"};
  std::size_t size_bytes = 0;
  for (auto _ : state) {
    const std::string json = reconstruction_json(answer, ReconstructionVersion::V2, urls);
    size_bytes = json.size();
    benchmark::DoNotOptimize(json.data());
  }
  report(state, size_bytes);
}

BENCHMARK(copy_by_memcpy);
BENCHMARK(ungroup);
BENCHMARK_CAPTURE(decode, bf16_grouped_lz4, bf16_bytes, std::uint8_t{2});
BENCHMARK_CAPTURE(decode, text_lz4, text_bytes, std::uint8_t{1});
BENCHMARK_CAPTURE(decode, random_as_it_is, noise, std::uint8_t{0});
BENCHMARK(write_reconstruction)->Arg(17)->Arg(100'000);

}  // namespace
}  // namespace granary::api::xet

BENCHMARK_MAIN();
