// What config.json and its companions say about a model.
#include "format/model_config.h"

#include <array>
#include <boost/json.hpp>

#include "format/json.h"

namespace granary::format {
namespace {

namespace json = boost::json;

constexpr auto kShown = std::to_array<std::string_view>(
    {"architectures", "model_type", "quantization_config", "auto_map"});
constexpr auto kTokenizerShown = std::to_array<std::string_view>(
    {"bos_token", "eos_token", "pad_token", "unk_token", "cls_token", "sep_token", "mask_token",
     "chat_template", "use_default_system_prompt"});

void copy_key(const json::object& from, std::string_view key, json::object& to) {
  const json::value* value = from.if_contains(key);
  if (value != nullptr && !value->is_null()) to[key] = *value;
}

json::object tokenizer_info(std::string_view text) {
  json::object info;
  const auto config = parse_json_object(text);
  if (!config) return info;
  for (std::string_view key : kTokenizerShown) copy_key(*config, key, info);
  return info;
}

}  // namespace

Result<ModelConfig> parse_model_config(std::string_view config_json,
                                       std::string_view tokenizer_config_json) {
  TRY(const auto root, parse_json_object(config_json));
  ModelConfig config;
  config.model_type = string_at(root, "model_type");
  if (const auto* list = root.if_contains("architectures"); list != nullptr && list->is_array())
    for (const auto& item : list->get_array())
      if (item.is_string()) config.architectures.emplace_back(std::string_view(item.get_string()));
  const auto* quantization = root.if_contains("quantization_config");
  if (quantization != nullptr && quantization->is_object()) {
    config.quantization_method = string_at(quantization->get_object(), "quant_method");
    if (config.quantization_method.empty()) config.quantization_method = "unknown";
  }
  config.needs_remote_code = root.contains("auto_map") || root.contains("custom_pipelines");

  json::object info;
  for (std::string_view key : kShown) copy_key(root, key, info);
  if (!tokenizer_config_json.empty())
    info["tokenizer_config"] = tokenizer_info(tokenizer_config_json);
  config.info_json = json::serialize(info);
  return config;
}

Result<AdapterConfig> parse_adapter_config(std::string_view text) {
  TRY(const auto root, parse_json_object(text));
  return AdapterConfig{string_at(root, "base_model_name_or_path"), string_at(root, "peft_type")};
}

Result<std::string> diffusers_class(std::string_view model_index_json) {
  TRY(const auto root, parse_json_object(model_index_json));
  return string_at(root, "_class_name");
}

}  // namespace granary::format
