// What taking files in and giving them out costs, on the real disk. GRANARY_BENCH_FOLDER says
// where.
#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/hasher.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/sim_disk.h"
#include "chunk/chunker.h"
#include "chunk/hash_tree.h"
#include "meta/sqlite/sqlite_meta_store.h"
#include "object/disk_store.h"
#include "store/store.h"

namespace granary::store {
namespace {

constexpr std::size_t kFileSizeBytes = 512 * limits::kMiB;
constexpr std::size_t kPieceSizeBytes = limits::kMiB;

class BenchStore {
 public:
  BenchStore() {
    log::start(log::Level::Error, log::Format::Text);
    const char* base = std::getenv("GRANARY_BENCH_FOLDER");
    std::string folder = std::string(base ? base : "/tmp") + "/granary_bench.XXXXXX";
    GRANARY_ASSERT(::mkdtemp(folder.data()) != nullptr);
    folder_ = folder;
    facts = meta::create_sqlite_meta_store(real_env(), {.path = folder + "/facts.db"}).value();
    objects = object::open_disk_store(real_env(), folder, {}).value();
    store = make_store(real_env(), *objects, *facts, {});
  }
  ~BenchStore() {
    store.reset();
    objects.reset();
    facts.reset();
    std::filesystem::remove_all(folder_);
  }

  Sha256 put(ByteView bytes) {
    auto ingest = store->start_ingest({.size_bytes = bytes.size()}).value();
    for (std::size_t at = 0; at < bytes.size(); at += kPieceSizeBytes) {
      const std::size_t size = std::min(kPieceSizeBytes, bytes.size() - at);
      GRANARY_ASSERT(ingest->write(bytes.subspan(at, size)).has_value());
    }
    const auto content = ingest->finish({}).value();
    GRANARY_ASSERT(facts->content().record(content).has_value());
    return content.file->sha256;
  }

  std::unique_ptr<meta::MetaStore> facts;
  std::unique_ptr<object::ObjectStore> objects;
  std::unique_ptr<Store> store;

 private:
  std::filesystem::path folder_;
};

Bytes make_file() {
  Bytes bytes(kFileSizeBytes);
  SimNumbers numbers(1);
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    const std::uint64_t number = numbers.next();
    std::memcpy(bytes.data() + at, &number, sizeof number);
  }
  return bytes;
}

// Makes every chunk a new one.
void renew(Bytes& bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += 4096) bytes[at] ^= std::byte{0x5A};
  bytes[1] ^= std::byte{1};
  for (std::size_t at = 7; at < bytes.size(); at += 4096) {
    bytes[at] = static_cast<std::byte>(static_cast<unsigned>(bytes[at]) + 1);
  }
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void report(benchmark::State& state, double bytes, double cpu) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.counters["GB_per_cpu_second"] = bytes / 1e9 / cpu;
}

void ingest_new_bytes(benchmark::State& state) {
  BenchStore world;
  Bytes bytes = make_file();
  double cpu = 0;
  for (auto _ : state) {
    state.PauseTiming();
    renew(bytes);
    const double before = cpu_seconds();
    state.ResumeTiming();
    world.put(bytes);
    cpu += cpu_seconds() - before;
  }
  report(state, static_cast<double>(state.iterations()) * kFileSizeBytes, cpu);
}
BENCHMARK(ingest_new_bytes)->Iterations(3)->UseRealTime();

void ingest_known_bytes_with_an_edit(benchmark::State& state) {
  BenchStore world;
  Bytes bytes = make_file();
  world.put(bytes);
  double cpu = 0;
  for (auto _ : state) {
    bytes[bytes.size() / 2] ^= std::byte{1};
    bytes.back() = static_cast<std::byte>(static_cast<unsigned>(bytes.back()) + 1);
    const double before = cpu_seconds();
    world.put(bytes);
    cpu += cpu_seconds() - before;
  }
  report(state, static_cast<double>(state.iterations()) * kFileSizeBytes, cpu);
}
BENCHMARK(ingest_known_bytes_with_an_edit)->Iterations(3)->UseRealTime();

void ingest_small_files(benchmark::State& state) {
  BenchStore world;
  Bytes bytes = make_file();
  bytes.resize(static_cast<std::size_t>(state.range(0)));
  std::uint64_t number = 0;
  const double before = cpu_seconds();
  for (auto _ : state) {
    ++number;
    std::memcpy(bytes.data(), &number, sizeof number);
    world.put(bytes);
  }
  state.counters["cpu_microseconds_each"] =
      (cpu_seconds() - before) * 1e6 / static_cast<double>(state.iterations());
}
BENCHMARK(ingest_small_files)->Arg(8 << 10)->Arg(1 << 20)->Iterations(200)->UseRealTime();

void read_all(benchmark::State& state) {
  BenchStore world;
  const Sha256 sha256 = world.put(make_file());
  double cpu = 0;
  for (auto _ : state) {
    const double before = cpu_seconds();
    auto reader = world.store->open(sha256).value();
    for (std::uint64_t at = 0; at < kFileSizeBytes;) {
      at += reader->read(at, 4 * limits::kMiB)->size_bytes();
    }
    cpu += cpu_seconds() - before;
  }
  report(state, static_cast<double>(state.iterations()) * kFileSizeBytes, cpu);
}
// The first pass reads and checks, the others give slices.
BENCHMARK(read_all)->Iterations(1)->UseRealTime();

/// Chunks of a file, cut as Xet cuts them.
std::vector<ByteView> chunks_of(ByteView bytes) {
  std::vector<ByteView> chunks;
  std::size_t start = 0;
  for (const std::size_t end : chunk::chunk_ends(bytes)) {
    chunks.push_back(bytes.subspan(start, end - start));
    start = end;
  }
  return chunks;
}

/// Of each xorb that the chunks fill: its name, and the claim of all of it.
ClaimedFile plan_xorbs(const std::vector<ByteView>& chunks,
                       std::vector<std::vector<ByteView>>& xorbs) {
  ClaimedFile file;
  chunk::HashTree whole, tree;
  std::vector<chunk::Chunk> here;
  std::uint64_t size_bytes = 0;
  const auto close = [&] {
    ClaimedTerm term;
    term.xorb.hash = tree.finish_xorb();
    term.chunk_end = static_cast<std::uint32_t>(here.size());
    term.size_bytes = std::exchange(size_bytes, 0);
    term.range_hash = chunk::range_hash(std::exchange(here, {}));
    file.terms.push_back(term);
    xorbs.emplace_back();
  };
  xorbs.emplace_back();
  for (const ByteView bytes : chunks) {
    if (size_bytes + bytes.size() > limits::kXorbSizeBytesMax) close();
    const chunk::Chunk chunk{chunk::chunk_hash(bytes), bytes.size()};
    whole.add(chunk);
    tree.add(chunk);
    here.push_back(chunk);
    xorbs.back().push_back(bytes);
    size_bytes += bytes.size();
  }
  close();
  xorbs.pop_back();
  file.file_hash = whole.finish_file();
  return file;
}

/// Takes the xorbs in, and completes the claim with what the facts say of them.
void take_in(BenchStore& world, const std::vector<std::vector<ByteView>>& xorbs,
             ClaimedFile& file) {
  for (std::size_t i = 0; i < xorbs.size(); ++i) {
    auto intake = world.store->start_xorb().value();
    for (const ByteView chunk : xorbs[i]) GRANARY_ASSERT(intake->add_chunk(chunk).has_value());
    const auto taken = intake->finish(file.terms[i].xorb.hash).value();
    GRANARY_ASSERT(world.facts->content().record(taken).has_value());
  }
  const auto stored = world.facts->content().list_xorbs({}, 1000).value();
  for (ClaimedTerm& term : file.terms) {
    for (const meta::Xorb& xorb : stored) {
      if (xorb.hash == term.xorb.hash) term.xorb = xorb;
    }
  }
}

void take_in_xorbs(benchmark::State& state) {
  BenchStore world;
  Bytes bytes = make_file();
  double cpu = 0;
  for (auto _ : state) {
    state.PauseTiming();
    renew(bytes);
    std::vector<std::vector<ByteView>> xorbs;
    ClaimedFile file = plan_xorbs(chunks_of(bytes), xorbs);
    const double before = cpu_seconds();
    state.ResumeTiming();
    take_in(world, xorbs, file);
    cpu += cpu_seconds() - before;
  }
  report(state, static_cast<double>(state.iterations()) * kFileSizeBytes, cpu);
}
BENCHMARK(take_in_xorbs)->Iterations(3)->UseRealTime();

// Xorbs bypass the page cache on their way in, so the first pass reads the disk.
void assemble_file(benchmark::State& state) {
  BenchStore world;
  const Bytes bytes = make_file();
  std::vector<std::vector<ByteView>> xorbs;
  ClaimedFile file = plan_xorbs(chunks_of(bytes), xorbs);
  take_in(world, xorbs, file);
  const bool warm = state.range(0) != 0;
  if (warm) benchmark::DoNotOptimize(world.store->assemble(file, {}).value());
  double cpu = 0;
  for (auto _ : state) {
    const double before = cpu_seconds();
    const auto made = world.store->assemble(file, {}).value();
    cpu += cpu_seconds() - before;
    GRANARY_ASSERT(made.file->size_bytes == kFileSizeBytes);
  }
  report(state, static_cast<double>(state.iterations()) * kFileSizeBytes, cpu);
}
BENCHMARK(assemble_file)->ArgName("warm")->Arg(0)->Arg(1)->Iterations(1)->UseRealTime();

void read_wire_xorbs(benchmark::State& state) {
  BenchStore world;
  const Bytes bytes = make_file();
  std::vector<std::vector<ByteView>> xorbs;
  ClaimedFile file = plan_xorbs(chunks_of(bytes), xorbs);
  take_in(world, xorbs, file);
  benchmark::DoNotOptimize(world.store->assemble(file, {}).value());
  double cpu = 0;
  double size_bytes = 0;
  for (auto _ : state) {
    const double before = cpu_seconds();
    for (const ClaimedTerm& term : file.terms) {
      auto reader = world.store->open_xorb(term.xorb.id).value();
      for (std::uint64_t at = 0; at < reader->size_bytes();) {
        at += reader->read(at, 4 * limits::kMiB)->size_bytes();
      }
      size_bytes += static_cast<double>(reader->size_bytes());
    }
    cpu += cpu_seconds() - before;
  }
  report(state, size_bytes, cpu);
}
BENCHMARK(read_wire_xorbs)->Iterations(3)->UseRealTime();

void sha256_alone(benchmark::State& state) {
  const Bytes bytes = make_file();
  double cpu = 0;
  for (auto _ : state) {
    const double before = cpu_seconds();
    benchmark::DoNotOptimize(sha256_of(bytes));
    cpu += cpu_seconds() - before;
  }
  report(state, static_cast<double>(state.iterations()) * kFileSizeBytes, cpu);
}
BENCHMARK(sha256_alone)->Iterations(3)->UseRealTime();

}  // namespace
}  // namespace granary::store

BENCHMARK_MAIN();
