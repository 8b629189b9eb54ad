// Tests of what is read from config.json and its companions.
#include "format/model_config.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace granary::format {
namespace {

TEST(ModelConfig, ShowsWhatModelInfoShows) {
  const auto config = parse_model_config(
      R"({"architectures":["Qwen3ForCausalLM"],"model_type":"qwen3","hidden_size":8,)"
      R"("quantization_config":{"quant_method":"fp8","bits":8}})",
      R"({"bos_token":null,"eos_token":"<|im_end|>","chat_template":"{{ x }}",)"
      R"("added_tokens_decoder":{}})");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->architectures, std::vector<std::string>{"Qwen3ForCausalLM"});
  EXPECT_EQ(config->model_type, "qwen3");
  EXPECT_EQ(config->quantization_method, "fp8");
  EXPECT_FALSE(config->needs_remote_code);
  EXPECT_EQ(config->info_json,
            R"({"architectures":["Qwen3ForCausalLM"],"model_type":"qwen3",)"
            R"("quantization_config":{"quant_method":"fp8","bits":8},)"
            R"("tokenizer_config":{"eos_token":"<|im_end|>","chat_template":"{{ x }}"}})");
}

TEST(ModelConfig, OddTypesAreLeftOut) {
  const auto config = parse_model_config(
      R"({"architectures":"X","model_type":5,"quantization_config":null,"auto_map":{}})",
      "nonsense");
  ASSERT_TRUE(config);
  EXPECT_TRUE(config->architectures.empty());
  EXPECT_EQ(config->model_type, "");
  EXPECT_EQ(config->quantization_method, "");
  EXPECT_TRUE(config->needs_remote_code);
}

TEST(ModelConfig, WhatIsNoObjectIsInvalid) {
  for (const char* text : {"", "[]", "{", "{\"a\":}", "NaN", "{\"a\":NaN}"})
    EXPECT_EQ(parse_model_config(text, "").error().kind, ErrorKind::Invalid) << text;
  const std::string deep = "{\"a\":" + std::string(100'000, '[');
  EXPECT_EQ(parse_model_config(deep, "").error().kind, ErrorKind::Invalid);
  const std::string huge(limits::kModelJsonSizeBytesMax + 1, ' ');
  EXPECT_EQ(parse_model_config(huge, "").error().kind, ErrorKind::TooLarge);
}

TEST(AdapterConfig, NamesItsBase) {
  const auto adapter =
      parse_adapter_config(R"({"base_model_name_or_path":"ns/base","peft_type":"LORA"})");
  ASSERT_TRUE(adapter);
  EXPECT_EQ(adapter->base_model, "ns/base");
  EXPECT_EQ(adapter->kind, "LORA");
  EXPECT_FALSE(parse_adapter_config("[]"));
}

TEST(Diffusers, NamesItsPipeline) {
  EXPECT_EQ(diffusers_class(R"({"_class_name":"FluxPipeline"})").value(), "FluxPipeline");
  EXPECT_EQ(diffusers_class("{}").value(), "");
  EXPECT_FALSE(diffusers_class("x"));
}

}  // namespace
}  // namespace granary::format
