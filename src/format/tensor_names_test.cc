// Tests of the names of parents, against the names of real files, and of the order of rows.
#include "format/tensor_names.h"

#include <gtest/gtest.h>

#include <set>

namespace granary::format {
namespace {

// Of SmolLM2-135M: an embedding of 576, 9 heads of 64 rows, 3 for keys.
constexpr AttentionHeads kSmolHeads{.head_count = 9, .head_count_kv = 3};

std::string name_in(std::string_view architecture, std::string_view gguf) {
  const auto parent = find_parent_tensor(architecture, gguf, kSmolHeads);
  return parent ? parent->names.front() : "none";
}

TEST(TensorNames, NamesOfALlamaFileAreThoseOfItsCheckpoint) {
  const std::pair<std::string_view, std::string_view> names[] = {
      {"token_embd.weight", "model.embed_tokens.weight"},
      {"output_norm.weight", "model.norm.weight"},
      {"output.weight", "lm_head.weight"},
      {"blk.0.attn_norm.weight", "model.layers.0.input_layernorm.weight"},
      {"blk.0.attn_q.weight", "model.layers.0.self_attn.q_proj.weight"},
      {"blk.11.attn_k.weight", "model.layers.11.self_attn.k_proj.weight"},
      {"blk.29.attn_v.weight", "model.layers.29.self_attn.v_proj.weight"},
      {"blk.0.attn_output.weight", "model.layers.0.self_attn.o_proj.weight"},
      {"blk.0.ffn_norm.weight", "model.layers.0.post_attention_layernorm.weight"},
      {"blk.0.ffn_gate.weight", "model.layers.0.mlp.gate_proj.weight"},
      {"blk.0.ffn_up.weight", "model.layers.0.mlp.up_proj.weight"},
      {"blk.0.ffn_down.weight", "model.layers.0.mlp.down_proj.weight"},
  };
  for (const auto& [gguf, checkpoint] : names) EXPECT_EQ(name_in("llama", gguf), checkpoint);
}

TEST(TensorNames, ATiedModelsOutputIsItsEmbedding) {
  const auto parent = find_parent_tensor("qwen2", "output.weight", {});
  ASSERT_TRUE(parent);
  EXPECT_EQ(parent->names,
            (std::vector<std::string>{
                "lm_head.weight", "language_model.lm_head.weight", "model.embed_tokens.weight",
                "language_model.model.embed_tokens.weight", "embed_tokens.weight"}));
}

TEST(TensorNames, AModelThatSeesOrHasNoHeadNamesItsTensorsOtherwise) {
  const auto parent = find_parent_tensor("gemma3", "blk.2.attn_v.weight", {});
  ASSERT_TRUE(parent);
  EXPECT_EQ(parent->names,
            (std::vector<std::string>{"model.layers.2.self_attn.v_proj.weight",
                                      "language_model.model.layers.2.self_attn.v_proj.weight",
                                      "layers.2.self_attn.v_proj.weight"}));
}

TEST(TensorNames, FamiliesDifferWhereTheirCheckpointsDo) {
  EXPECT_EQ(name_in("qwen2", "blk.1.attn_q.bias"), "model.layers.1.self_attn.q_proj.bias");
  EXPECT_EQ(name_in("qwen3", "blk.1.attn_q_norm.weight"), "model.layers.1.self_attn.q_norm.weight");
  EXPECT_EQ(name_in("phi3", "blk.1.attn_qkv.weight"), "model.layers.1.self_attn.qkv_proj.weight");
  EXPECT_EQ(name_in("phi3", "blk.1.ffn_up.weight"), "model.layers.1.mlp.gate_up_proj.weight");
  EXPECT_EQ(name_in("phi3", "blk.1.ffn_gate.weight"), "none");
  EXPECT_EQ(name_in("llama", "blk.1.attn_qkv.weight"), "none");
  EXPECT_EQ(name_in("gemma2", "blk.1.ffn_up.weight"), "model.layers.1.mlp.up_proj.weight");
}

TEST(TensorNames, NormsThatWereShiftedHaveNoParent) {
  for (const char* name : {"output_norm.weight", "blk.1.attn_norm.weight", "blk.1.ffn_norm.weight",
                           "blk.1.attn_q_norm.weight"})
    EXPECT_EQ(name_in("gemma3", name), "none") << name;
}

TEST(TensorNames, OnlyQueriesAndKeysOfLlamasAreInterleaved) {
  const auto parent = [](std::string_view architecture, std::string_view name) {
    return find_parent_tensor(architecture, name, kSmolHeads).value();
  };
  EXPECT_EQ(parent("llama", "blk.0.attn_q.weight").rows, RowOrder::Interleaved);
  EXPECT_EQ(parent("llama", "blk.0.attn_q.weight").head_count, 9U);
  EXPECT_EQ(parent("llama", "blk.0.attn_k.weight").head_count, 3U);
  EXPECT_EQ(parent("llama", "blk.0.attn_v.weight").rows, RowOrder::Same);
  EXPECT_EQ(parent("llama", "blk.0.attn_output.weight").rows, RowOrder::Same);
  EXPECT_EQ(parent("qwen3", "blk.0.attn_q.weight").rows, RowOrder::Same);
  EXPECT_FALSE(find_parent_tensor("llama", "blk.0.attn_q.weight", {}));
  EXPECT_EQ(find_parent_tensor("llama", "blk.0.attn_k.weight", {.head_count = 4})->head_count, 4U);
}

TEST(TensorNames, WhatIsNotKnownHasNoParent) {
  for (const char* name :
       {"", ".", "weight", "blk.0.attn_q", "blk..attn_q.weight", "blk.x.attn_q.weight",
        "blk.00.attn_q.weight", "blk.-1.attn_q.weight", "blk.99999999999.attn_q.weight",
        "blk.0.attn_q.weight.weight", "blk.0.ffn_gate_exps.weight", "rope_freqs.weight",
        "model.layers.0.self_attn.q_proj.weight"})
    EXPECT_EQ(name_in("llama", name), "none") << name;
  EXPECT_EQ(name_in("deepseek2", "token_embd.weight"), "none");
}

TEST(TensorNames, HalvesOfAHeadTakeTurns) {
  // Two heads of six rows: 0 3 1 4 2 5, then 6 9 7 10 8 11.
  std::vector<std::uint64_t> rows;
  for (std::uint64_t row = 0; row < 12; ++row) rows.push_back(parent_row(row, 12, 2));
  EXPECT_EQ(rows, (std::vector<std::uint64_t>{0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11}));
}

TEST(TensorNames, EachRowHasItsOwnParent) {
  std::set<std::uint64_t> rows;
  for (std::uint64_t row = 0; row < 576; ++row) rows.insert(parent_row(row, 576, 9));
  EXPECT_EQ(rows.size(), 576U);
  EXPECT_EQ(*rows.rbegin(), 575U);
}

TEST(TensorNames, RowsThatMakeNoHeadsKeepTheirOrder) {
  EXPECT_EQ(parent_row(5, 12, 0), 5U);
  EXPECT_EQ(parent_row(5, 12, 5), 5U);
  EXPECT_EQ(parent_row(5, 12, 4), 5U);
  EXPECT_EQ(parent_row(5, 12, 24), 5U);
}

}  // namespace
}  // namespace granary::format
