// Families differ in few names, so there is one table of names, and one of families.
#include "format/tensor_names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace granary::format {
namespace {

// A family is told by how its checkpoints are laid out.
enum Trait : unsigned {
  kInterleavesHeads = 1,  // rows of attn_q and attn_k
  kShiftsNorms = 2,       // GGUF's norms are greater by 1
  kFusesHeads = 4,        // attn_qkv, and ffn_up with the gate before it
};

struct Family {
  std::string_view architecture;
  unsigned traits;
};

constexpr std::array kFamilies = {
    Family{"llama", kInterleavesHeads},
    Family{"mistral3", kInterleavesHeads},
    Family{"smollm3", kInterleavesHeads},
    Family{"granite", kInterleavesHeads},
    Family{"qwen2", 0},
    Family{"qwen3", 0},
    Family{"gemma", kShiftsNorms},
    Family{"gemma2", kShiftsNorms},
    Family{"gemma3", kShiftsNorms},
    Family{"phi3", kFusesHeads},
};

struct Pair {
  std::string_view gguf;
  std::string_view checkpoint;
  unsigned with = 0;     // traits that the family must have
  unsigned without = 0;  // and must not have
};

constexpr std::array kModelNames = {
    Pair{"token_embd", "model.embed_tokens"},
    Pair{"output_norm", "model.norm", 0, kShiftsNorms},
    Pair{"output", "lm_head"},
};

// After "blk.N." and "model.layers.N.".
constexpr std::array kLayerNames = {
    Pair{"attn_q", "self_attn.q_proj", 0, kFusesHeads},
    Pair{"attn_k", "self_attn.k_proj", 0, kFusesHeads},
    Pair{"attn_v", "self_attn.v_proj", 0, kFusesHeads},
    Pair{"attn_qkv", "self_attn.qkv_proj", kFusesHeads},
    Pair{"attn_output", "self_attn.o_proj"},
    Pair{"attn_q_norm", "self_attn.q_norm", 0, kShiftsNorms},
    Pair{"attn_k_norm", "self_attn.k_norm", 0, kShiftsNorms},
    Pair{"attn_norm", "input_layernorm", 0, kShiftsNorms},
    Pair{"ffn_norm", "post_attention_layernorm", 0, kShiftsNorms},
    Pair{"ffn_gate", "mlp.gate_proj", 0, kFusesHeads},
    Pair{"ffn_up", "mlp.up_proj", 0, kFusesHeads},
    Pair{"ffn_up", "mlp.gate_up_proj", kFusesHeads},
    Pair{"ffn_down", "mlp.down_proj"},
};

template <std::size_t kCount>
std::string_view find_name(const std::array<Pair, kCount>& pairs, std::string_view gguf,
                           unsigned traits) {
  for (const Pair& pair : pairs)
    if (pair.gguf == gguf && (traits & pair.with) == pair.with && (traits & pair.without) == 0)
      return pair.checkpoint;
  return {};
}

struct LayerName {
  std::string_view layer;  // digits
  std::string_view rest;
};

std::optional<LayerName> parse_layer(std::string_view name) {
  constexpr std::string_view kStart = "blk.";
  if (!name.starts_with(kStart)) return std::nullopt;
  name.remove_prefix(kStart.size());
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view digits = name.substr(0, dot);
  std::uint32_t layer = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), layer);
  const bool is_plain = digits == "0" || !digits.starts_with('0');
  if (error != std::errc() || end != digits.end() || !is_plain) return std::nullopt;
  return LayerName{digits, name.substr(dot + 1)};
}

// A model that also sees or hears keeps its language model apart; one without a head leaves out
// "model.".
ParentTensor whole(const std::string& name) {
  constexpr std::string_view kModel = "model.";
  ParentTensor parent{.names = {name, "language_model." + name}};
  if (name.starts_with(kModel)) parent.names.push_back(name.substr(kModel.size()));
  return parent;
}

std::optional<ParentTensor> find_in_layer(const LayerName& name, std::string_view kind,
                                          unsigned traits, const AttentionHeads& heads) {
  const std::string_view found = find_name(kLayerNames, name.rest, traits);
  if (found.empty()) return std::nullopt;
  ParentTensor parent = whole("model.layers." + std::string(name.layer) + "." + std::string(found) +
                              std::string(kind));
  const bool is_query = name.rest == "attn_q";
  if ((traits & kInterleavesHeads) == 0 || (!is_query && name.rest != "attn_k")) return parent;
  parent.rows = RowOrder::Interleaved;
  parent.head_count = is_query || heads.head_count_kv == 0 ? heads.head_count : heads.head_count_kv;
  if (parent.head_count == 0) return std::nullopt;
  return parent;
}

}  // namespace

std::optional<ParentTensor> find_parent_tensor(std::string_view architecture,
                                               std::string_view gguf_name,
                                               const AttentionHeads& heads) {
  const auto* family = std::ranges::find(kFamilies, architecture, &Family::architecture);
  if (family == kFamilies.end()) return std::nullopt;
  const std::size_t dot = gguf_name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view kind = gguf_name.substr(dot);  // ".weight" or ".bias"
  if (kind != ".weight" && kind != ".bias") return std::nullopt;
  const std::string_view name = gguf_name.substr(0, dot);
  if (const auto layer = parse_layer(name))
    return find_in_layer(*layer, kind, family->traits, heads);
  const std::string_view found = find_name(kModelNames, name, family->traits);
  if (found.empty()) return std::nullopt;
  ParentTensor parent = whole(std::string(found) + std::string(kind));
  // Tied models have one matrix for both.
  if (name == "output")
    std::ranges::move(whole("model.embed_tokens" + std::string(kind)).names,
                      std::back_inserter(parent.names));
  return parent;
}

std::uint64_t parent_row(std::uint64_t row, std::uint64_t row_count, std::uint64_t head_count) {
  if (head_count == 0 || row_count % head_count != 0) return row;
  const std::uint64_t size = row_count / head_count;
  if (size == 0 || size % 2 != 0) return row;
  const std::uint64_t within = row % size;
  return row - within + within % 2 * (size / 2) + within / 2;
}

}  // namespace granary::format
