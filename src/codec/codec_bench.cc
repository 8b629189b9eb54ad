// Speed and ratio of every codec by every kernel, beside what others use, in one table, one thread:
//   granary_codec_bench [--model FILE] [--quants FOLDER] [--samples FOLDER] [--only DATA]
// FILE: safetensors of FP32. Quants: weights.bf16, and TYPE.quants that llama.cpp made of it.
// Samples: where to write the blocks of weights, for others to measure. DATA: how the names of the
// rows begin that are wanted.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

#include "base/limits.h"
#include "codec/block.h"
#include "codec/delta.h"
#include "codec/gguf_parent.h"
#include "codec/half.h"
#include "codec/other_codecs_bench.h"
#include "codec/weights_testing.h"

namespace granary::codec {
namespace {

using Blocks = std::vector<Bytes>;

constexpr std::size_t kBlock = limits::kBlockSizeBytes;
constexpr std::size_t kMadeBlockCount = 8;
constexpr std::size_t kModelBlockCount = 32;

std::string granary(const Kernels& kernels) { return "granary-" + std::string(kernels.name); }

Method by_block(const Kernels& kernels, ElementHint hint, const Blocks& blocks) {
  struct State {
    Scratch coding, decoding;
    std::vector<CodecId> codecs;
  };
  auto state = std::make_shared<State>();
  state->codecs.resize(blocks.size());
  return {.name = granary(kernels),
          .encode =
              [=, &kernels, &blocks](std::size_t i) {
                const CodedBlock coded = encode_block(kernels, blocks[i], hint, state->coding);
                state->codecs[i] = coded.codec;
                return coded.bytes;
              },
          .decode =
              [=, &kernels](std::size_t i, ByteView coded, std::span<std::byte> out) {
                (void)decode_block(kernels, state->codecs[i], coded, out, state->decoding);
              }};
}

Method by_delta(const Kernels& kernels, FloatType type, const Blocks& bases, const Blocks& blocks) {
  auto scratch = std::make_shared<Scratch>();
  auto decoding = std::make_shared<Scratch>();
  return {.name = granary(kernels),
          .encode =
              [=, &kernels, &bases, &blocks](std::size_t i) {
                const std::size_t size =
                    encode_delta(kernels, blocks[i], bases[i], {type}, *scratch);
                return ByteView(scratch->coded()).first(size);
              },
          .decode =
              [=, &kernels, &bases](std::size_t i, ByteView coded, std::span<std::byte> out) {
                (void)decode_delta(kernels, coded, bases[i], out, *decoding);
              }};
}

Method by_parent(const Kernels& kernels, const GgufParent& relation, const Blocks& parents,
                 const Blocks& blocks) {
  auto scratch = std::make_shared<Scratch>();
  auto decoding = std::make_shared<Scratch>();
  return {.name = granary(kernels),
          .encode =
              [=, &kernels, &parents, &blocks](std::size_t i) {
                const std::size_t size =
                    encode_gguf_parent(kernels, blocks[i], parents[i], relation, *scratch);
                return ByteView(scratch->coded()).first(size);
              },
          .decode =
              [=, &kernels, &parents](std::size_t i, ByteView coded, std::span<std::byte> out) {
                (void)decode_gguf_parent(kernels, coded, parents[i], out, *decoding);
              }};
}

struct Sample {
  std::string name;
  ElementType type;
  Blocks blocks;
  QuantType quant = QuantType::F32;
};

void measure(SpeedTable& table, const Sample& sample) {
  for (const Method& other : other_codecs(sample.blocks))
    table.add(sample.name, other, sample.blocks);
  for (const Kernels* kernels : all_kernels())
    table.add(sample.name, by_block(*kernels, {sample.type, 0, sample.quant}, sample.blocks),
              sample.blocks);
}

void write_sample(const std::filesystem::path& folder, const Sample& sample) {
  std::ofstream file(folder / sample.name, std::ios::binary);
  for (const Bytes& block : sample.blocks) file << as_text(block);
}

Bytes json_text(std::uint64_t seed) {
  std::mt19937_64 numbers(seed);
  std::string text;
  while (text.size() < kBlock) {
    text += '"';
    for (std::uint64_t n = numbers(); n > 0; n /= 20'000) text += static_cast<char>('a' + n % 26);
    text += "\": " + std::to_string(numbers() % 100'000) + ",\n";
  }
  return {as_bytes(text).begin(), as_bytes(text).begin() + kBlock};
}

using Make = Bytes (*)(std::uint64_t seed);

template <auto put>
Bytes weights(std::uint64_t seed) {
  return transformer_weights(seed, kBlock, put);
}

struct MadeUp {
  const char* name;
  ElementType type;
  Make make;
};

constexpr MadeUp kMadeUp[] = {
    {"bf16", ElementType::Bf16, weights<put_bf16>},
    {"bf16-not-told", ElementType::Unknown, weights<put_bf16>},
    {"fp16", ElementType::Fp16, weights<put_fp16>},
    {"fp32", ElementType::Fp32, weights<put_fp32>},
    {"fp32-of-bf16", ElementType::Fp32, weights<put_upcast_bf16>},
    {"fp8", ElementType::Fp8, weights<put_fp8>},
    {"int8", ElementType::Int8, weights<put_int8>},
    {"text", ElementType::Unknown, json_text},
    {"noise", ElementType::Unknown, [](std::uint64_t seed) { return random_bytes(seed, kBlock); }},
};

void measure_made_up(SpeedTable& table, const std::filesystem::path& folder) {
  for (const MadeUp& made : kMadeUp) {
    if (!table.wants(made.name)) continue;
    Sample sample{made.name, made.type, {}, {}};
    for (std::uint64_t seed = 1; seed <= kMadeBlockCount; ++seed)
      sample.blocks.push_back(made.make(seed));
    if (!folder.empty()) write_sample(folder, sample);
    measure(table, sample);
  }
}

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const ByteView bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

struct Cast {
  const char* name;
  ElementType type;
  void (*put)(Bytes&, float);
};

constexpr Cast kCasts[] = {
    {"model-fp32", ElementType::Fp32, put_fp32},
    {"model-bf16", ElementType::Bf16, put_bf16},
    {"model-fp16", ElementType::Fp16,
     [](Bytes& out, float weight) { put_u16(out, half_of_bits(bits_of(weight))); }},
};

void measure_model(SpeedTable& table, const std::filesystem::path& path,
                   const std::filesystem::path& folder) {
  const Bytes file = read_file(path);
  const ByteView weights = ByteView(file).subspan(sizeof(std::uint64_t) + load_u64(file.data()));
  for (const Cast& cast : kCasts) {
    if (!table.wants(cast.name)) continue;
    Bytes all;
    for (std::size_t i = 0; i + sizeof(float) <= weights.size(); i += sizeof(float)) {
      float weight;
      std::memcpy(&weight, &weights[i], sizeof weight);
      cast.put(all, weight);
    }
    Sample sample{cast.name, cast.type, {}, {}};
    const std::size_t step = all.size() / kBlock / kModelBlockCount * kBlock;
    for (std::size_t i = 0; i < kModelBlockCount; ++i) {
      const ByteView block = ByteView(all).subspan(i * step, kBlock);
      sample.blocks.emplace_back(block.begin(), block.end());
    }
    if (!folder.empty()) write_sample(folder, sample);
    measure(table, sample);
  }
}

// `distance`: of the tuning, as a share of the weights' deviation.
template <class Put>
void measure_delta(SpeedTable& table, const std::string& name, FloatType type, Put put) {
  for (const float distance : {0.0003F, 0.001F, 0.003F, 0.01F}) {
    char row[64];
    std::snprintf(row, sizeof row, "%s-r=%g", name.c_str(), static_cast<double>(distance));
    if (!table.wants(row)) continue;
    std::mt19937_64 numbers(3);
    std::normal_distribution<float> normal;
    Blocks bases(kMadeBlockCount), blocks(kMadeBlockCount);
    for (std::size_t i = 0; i < kMadeBlockCount; ++i) {
      while (bases[i].size() < kBlock) {
        const float weight = 0.02F * normal(numbers);
        put(bases[i], weight);
        put(blocks[i], weight + 0.02F * distance * normal(numbers));
      }
    }
    table.add(row, xor_zstd(type, bases, blocks), blocks);
    for (const Kernels* kernels : all_kernels())
      table.add(row, by_delta(*kernels, type, bases, blocks), blocks);
  }
}

void measure_quants_alone(SpeedTable& table, const std::string& row, const QuantFormat& format,
                          ByteView quants) {
  Sample sample{row, ElementType::Quants, {}, format.type};
  const std::size_t step = kBlock / format.block_size_bytes * format.block_size_bytes;
  for (std::size_t at = 0; at < quants.size(); at += step) {
    const ByteView block = quants.subspan(at, std::min(step, quants.size() - at));
    sample.blocks.emplace_back(block.begin(), block.end());
  }
  for (const Kernels* kernels : all_kernels())
    table.add(row, by_block(*kernels, {sample.type, 0, sample.quant}, sample.blocks),
              sample.blocks);
}

// Blocks of the store that hold whole quantised blocks, and these blocks' parents.
void measure_quants(SpeedTable& table, const std::filesystem::path& folder) {
  const Bytes weights = read_file(folder / "weights.bf16");
  for (std::uint64_t number = 0; number <= 0xFF; ++number) {
    const QuantFormat* format = find_quant_format(number);
    if (format == nullptr) continue;
    const std::string name(format->name);
    const Bytes quants = read_file(folder / (name + ".quants"));
    if (quants.empty()) continue;
    if (format->load_fields != nullptr && table.wants("alone-" + name))
      measure_quants_alone(table, "alone-" + name, *format, quants);
    if (!table.wants("given-" + name)) continue;
    const GgufParent relation{.quant = format->type, .via_half = true};
    const std::size_t step = kBlock / format->block_size_bytes * format->block_size_bytes;
    Blocks parents, blocks;
    std::size_t parent_at = 0;
    for (std::size_t at = 0; at < quants.size(); at += step) {
      const ByteView block = ByteView(quants).subspan(at, std::min(step, quants.size() - at));
      const std::size_t parent_size = parent_size_bytes(relation, block.size());
      const ByteView parent = ByteView(weights).subspan(parent_at, parent_size);
      blocks.emplace_back(block.begin(), block.end());
      parents.emplace_back(parent.begin(), parent.end());
      parent_at += parent_size;
    }
    for (const Kernels* kernels : all_kernels())
      table.add("given-" + name, by_parent(*kernels, relation, parents, blocks), blocks);
  }
}

}  // namespace
}  // namespace granary::codec

int main(int count, char** words) {
  using namespace granary::codec;
  std::map<std::string, std::filesystem::path> options;
  for (int i = 1; i + 1 < count; i += 2) options[words[i]] = words[i + 1];
  SpeedTable table(options["--only"].string());
  measure_made_up(table, options["--samples"]);
  if (!options["--model"].empty()) measure_model(table, options["--model"], options["--samples"]);
  measure_delta(table, "bf16", FloatType::Bf16, put_bf16);
  measure_delta(table, "fp16", FloatType::Fp16, put_fp16);
  measure_delta(table, "fp32", FloatType::Fp32, put_fp32);
  if (!options["--quants"].empty()) measure_quants(table, options["--quants"]);
}
