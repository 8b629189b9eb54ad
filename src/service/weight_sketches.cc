// Tensors with the same name and shape are compared by the weights in their middles: those of one
// type by their correlation, others by how well the one foretells the other.
#include "service/weight_sketches.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/hasher.h"
#include "codec/float_type.h"
#include "codec/gguf_parent.h"
#include "codec/quant_format.h"
#include "format/checked_math.h"
#include "format/tensor_names.h"

namespace granary::service {
namespace {

constexpr std::size_t kSketchSizeBytesMax = 1920;
constexpr std::size_t kSketchedWeightsMax = kSketchSizeBytesMax / 2;
constexpr std::uint64_t kWeightsForEachSketched = 4096;
constexpr std::uint64_t kSketchedWeightsMin = 32;
constexpr std::uint64_t kAlignmentWeights = 256;  // the longest quantised block

// What a search looks at: the largest tensors, and of each the oldest that may be like it.
constexpr std::size_t kTensorsAskedMax = 16;
constexpr std::size_t kSketchesAskedMax = 64;
constexpr std::size_t kLikeFilesMax = 4;
constexpr double kLikenessMin = 0.5;

/// Whole blocks of a tensor, or single weights where it has no blocks.
struct Middle {
  std::uint64_t offset_bytes = 0;  // in the file
  std::size_t size_bytes = 0;
};

/// Nothing for types that have no float weights, and for tensors that are too small.
std::optional<Middle> middle_of(const format::WeightTensor& tensor, std::size_t weights_max) {
  const codec::QuantFormat* format = codec::find_quant_format(tensor.type);
  const auto count = format::element_count(tensor.shape);
  if (format == nullptr || !count) return {};
  const std::uint64_t sketched = *count / kWeightsForEachSketched;
  if (sketched < kSketchedWeightsMin) return {};
  const std::uint64_t first = *count / 2 / kAlignmentWeights * kAlignmentWeights;
  const std::uint64_t begin = first / format->weight_count * format->block_size_bytes;
  const std::uint64_t blocks =
      std::min<std::uint64_t>(sketched, weights_max) / format->weight_count;
  const std::uint64_t size = blocks * format->block_size_bytes;
  if (size == 0 || begin > tensor.size_bytes || size > tensor.size_bytes - begin) return {};
  return Middle{.offset_bytes = tensor.offset_bytes + begin,
                .size_bytes = static_cast<std::size_t>(size)};
}

std::optional<Middle> sketched_part(const format::WeightTensor& tensor) {
  const auto type = codec::find_float_type(tensor.type);
  if (!type) return {};
  return middle_of(tensor, kSketchSizeBytesMax / codec::size_bytes_of(*type));
}

/// Shared by tensors of one name and shape, rows kept flat or not.
std::int64_t key_of(std::string_view name, const format::WeightTensor& tensor) {
  Bytes text;
  put_bytes(text, as_bytes(name));
  for (const std::uint64_t extent : tensor.shape) {
    if (extent != 1) put_u64(text, extent);
  }
  return static_cast<std::int64_t>(load_u64(sha256_of(text).bytes.data()));
}

/// By preference.
std::vector<std::int64_t> keys_of_bases(const WeightFile& file,
                                        const format::WeightTensor& tensor) {
  std::vector<std::int64_t> keys{key_of(tensor.name, tensor)};
  if (file.header.format != format::WeightFormat::Gguf) return keys;
  const auto parent =
      format::find_parent_tensor(file.header.architecture, tensor.name, file.header.heads);
  if (!parent || parent->rows != format::RowOrder::Same) return keys;
  for (const std::string& name : parent->names) keys.push_back(key_of(name, tensor));
  return keys;
}

using Floats = std::array<float, kSketchedWeightsMax>;

std::span<const float> widen(const codec::Kernels& kernels, codec::FloatType type, ByteView bytes,
                             Floats& room) {
  const std::size_t count = std::min(bytes.size() / codec::size_bytes_of(type), room.size());
  const auto* in = reinterpret_cast<const std::uint8_t*>(bytes.data());
  switch (type) {
    case codec::FloatType::Bf16: kernels.quant->widen_bf16(in, count, room.data()); break;
    case codec::FloatType::Fp16: kernels.quant->widen_fp16(in, count, room.data()); break;
    case codec::FloatType::Fp32: kernels.quant->widen_fp32(in, count, room.data()); break;
  }
  return std::span(room).first(count);
}

/// Pearson's, from -1 to 1; 0 where it has no meaning.
double correlation(std::span<const float> one, std::span<const float> other) {
  const std::size_t count = std::min(one.size(), other.size());
  double sums[2] = {};
  for (std::size_t at = 0; at < count; ++at) {
    sums[0] += one[at];
    sums[1] += other[at];
  }
  double squares[2] = {};
  double products = 0;
  for (std::size_t at = 0; at < count; ++at) {
    const double x = one[at] - sums[0] / static_cast<double>(count);
    const double y = other[at] - sums[1] / static_cast<double>(count);
    squares[0] += x * x;
    squares[1] += y * y;
    products += x * y;
  }
  const double result = products / std::sqrt(squares[0] * squares[1]);
  return std::isfinite(result) ? result : 0;
}

}  // namespace

WeightSketches::WeightSketches(meta::SketchStore& facts, store::Store& store)
    : facts_(facts), store_(store), kernels_(codec::best_kernels()) {}

Result<void> WeightSketches::add(const WeightFile& file) {
  TRY(const bool known, facts_.has_sketches(file.stored.sha256));
  if (known) return {};
  std::vector<meta::TensorSketch> sketches;
  std::unique_ptr<store::FileReader> reader;
  for (const format::WeightTensor& tensor : file.header.tensors) {
    const auto part = sketched_part(tensor);
    if (!part) continue;
    if (reader == nullptr) {
      TRY(reader, store_.open(file.stored.sha256));
    }
    Bytes weights(part->size_bytes);
    if (!reader->read_exactly(part->offset_bytes, weights)) continue;
    sketches.push_back({.key = key_of(tensor.name, tensor),
                        .type = static_cast<std::uint8_t>(*codec::find_float_type(tensor.type)),
                        .weights = std::move(weights)});
  }
  if (sketches.empty()) return {};
  return facts_.put(file.stored.sha256, sketches);
}

Result<std::vector<Sha256>> WeightSketches::find_like(const WeightFile& file,
                                                      const MayUse& may_use) {
  std::vector<const format::WeightTensor*> asked;
  for (const format::WeightTensor& tensor : file.header.tensors) asked.push_back(&tensor);
  std::ranges::sort(asked, std::greater(), &format::WeightTensor::size_bytes);
  if (asked.size() > kTensorsAskedMax) asked.resize(kTensorsAskedMax);
  std::map<Sha256, std::uint64_t> votes;  // bytes
  std::map<Sha256, bool> usable;
  for (const format::WeightTensor* tensor : asked) {
    TRY(const auto like, list_like(file, *tensor));
    for (const Like& each : like) {
      auto known = usable.find(each.file);
      if (known == usable.end()) {
        TRY(const bool may, may_use(each.file));
        known = usable.emplace(each.file, may).first;
      }
      if (!known->second) continue;
      votes[each.file] += tensor->size_bytes;
      break;
    }
  }
  std::vector<std::pair<std::uint64_t, Sha256>> order;
  for (const auto& [sha256, size_bytes] : votes) order.emplace_back(size_bytes, sha256);
  std::ranges::sort(order, std::greater());
  std::vector<Sha256> files;
  for (const auto& [size_bytes, sha256] : order) {
    if (files.size() < kLikeFilesMax) files.push_back(sha256);
  }
  return files;
}

// The likest first.
Result<std::vector<WeightSketches::Like>> WeightSketches::list_like(
    const WeightFile& file, const format::WeightTensor& tensor) {
  std::vector<Like> like;
  const auto part = middle_of(tensor, kSketchedWeightsMax);
  if (!part) return like;
  std::vector<meta::StoredSketch> sketches;
  for (const std::int64_t key : keys_of_bases(file, tensor)) {
    TRY(const auto found, facts_.list(key, kSketchesAskedMax));
    std::ranges::copy_if(found, std::back_inserter(sketches),
                         [&](const auto& stored) { return stored.file != file.stored.sha256; });
  }
  if (sketches.empty()) return like;
  Bytes weights(part->size_bytes);
  TRY(const auto reader, store_.open(file.stored.sha256));
  if (!reader->read_exactly(part->offset_bytes, weights)) return like;
  for (const meta::StoredSketch& stored : sketches) {
    const double likeness = likeness_of(tensor, weights, stored.sketch);
    if (likeness < kLikenessMin) continue;
    const auto at = std::ranges::upper_bound(like, likeness, std::greater(), &Like::likeness);
    like.insert(at, {stored.file, likeness});
  }
  return like;
}

double WeightSketches::likeness_of(const format::WeightTensor& tensor, ByteView weights,
                                   const meta::TensorSketch& sketch) {
  if (sketch.type > codec::kFloatTypeLast) return 0;
  const auto type = static_cast<codec::FloatType>(sketch.type);
  if (codec::find_float_type(tensor.type) == type) {
    Floats one;
    Floats other;
    return correlation(widen(kernels_, type, weights, one),
                       widen(kernels_, type, sketch.weights, other));
  }
  const codec::QuantFormat& format = *codec::find_quant_format(tensor.type);
  const std::size_t blocks =
      std::min(weights.size() / format.block_size_bytes,
               sketch.weights.size() / codec::size_bytes_of(type) / format.weight_count);
  if (blocks == 0) return 0;
  const ByteView original = weights.first(blocks * format.block_size_bytes);
  const codec::GgufParent relation{.quant = format.type, .parent = type};
  const ByteView parent =
      ByteView(sketch.weights).first(codec::parent_size_bytes(relation, original.size()));
  const std::size_t coded =
      codec::encode_gguf_parent(kernels_, original, parent, relation, scratch_);
  return 1 - static_cast<double>(coded) / static_cast<double>(original.size());
}

}  // namespace granary::service
