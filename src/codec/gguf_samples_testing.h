// The blocks of tests/testdata/gguf-parent, which llama.cpp made, and the weights that it made them
// of.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "codec/half.h"
#include "codec/quant_format.h"

namespace granary::codec {

struct GgufSample {
  std::string name;
  QuantType type = QuantType::F32;
  std::string weights_file;
  std::string quants_file;
  bool by_importance = false;
};

inline constexpr std::size_t kSampleWeightCount = 4096;

inline Bytes sample_file(const std::string& name) {
  std::ifstream file(GRANARY_TESTDATA "/gguf-parent/" + name, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_FALSE(text.empty()) << name;
  const ByteView bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

/// In the order in which a file of quants holds them.
inline std::vector<QuantType> sample_types() {
  return {QuantType::F16,  QuantType::Bf16, QuantType::Q4_0, QuantType::Q4_1, QuantType::Q5_0,
          QuantType::Q5_1, QuantType::Q8_0, QuantType::Q4_K, QuantType::Q5_K, QuantType::Q6_K};
}

inline std::vector<GgufSample> all_gguf_samples() {
  std::vector<GgufSample> samples;
  for (const QuantType type : sample_types()) {
    const std::string name(find_quant_format(static_cast<std::uint64_t>(type))->name);
    samples.push_back({name + "_of_bf16", type, "weights.bf16", "bf16-via-f16.quants"});
    samples.push_back({name + "_of_f32", type, "weights.f32", "f32.quants"});
    samples.push_back(
        {name + "_with_imatrix", type, "weights.bf16", "bf16-via-f16-imatrix.quants", true});
  }
  return samples;
}

inline bool is_of_bf16(const GgufSample& sample) { return sample.weights_file == "weights.bf16"; }

/// The weights as the quantiser saw them.
inline std::vector<float> sample_weights(const GgufSample& sample) {
  const Bytes bytes = sample_file(sample.weights_file);
  std::vector<float> weights(kSampleWeightCount);
  const auto* in = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const QuantKernels& kernels = kScalarQuantKernels;
  if (!is_of_bf16(sample)) {
    kernels.widen_fp32(in, weights.size(), weights.data());
    return weights;
  }
  kernels.widen_bf16(in, weights.size(), weights.data());
  kernels.round_to_half(weights.data(), weights.size());
  return weights;
}

inline Bytes sample_blocks(const GgufSample& sample) {
  const Bytes all = sample_file(sample.quants_file);
  std::size_t offset = 0;
  for (const QuantType type : sample_types()) {
    const QuantFormat& format = *find_quant_format(static_cast<std::uint64_t>(type));
    const std::size_t size = kSampleWeightCount / format.weight_count * format.block_size_bytes;
    if (type == sample.type) {
      const ByteView blocks = ByteView(all).subspan(offset, size);
      return {blocks.begin(), blocks.end()};
    }
    offset += size;
  }
  return {};
}

}  // namespace granary::codec
