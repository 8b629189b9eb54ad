// What config.json and its companions say about a model.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace granary::format {

struct ModelConfig {
  std::vector<std::string> architectures;
  std::string model_type;
  std::string quantization_method;  // "gptq", "fp8", …; empty: not quantised
  /// Loading it runs code from the repo ("auto_map", custom pipelines).
  bool needs_remote_code = false;
  /// The subset that model info shows: architectures, model_type, quantization_config, auto_map and
  /// tokenizer_config (special tokens and chat template).
  std::string info_json;
};

/// `tokenizer_config_json`: the text of tokenizer_config.json; empty, or malformed: left out.
/// Errors: Invalid if `config_json` is not a JSON object; TooLarge.
Result<ModelConfig> parse_model_config(std::string_view config_json,
                                       std::string_view tokenizer_config_json);

/// An adapter_config.json: which model it adapts. Errors as above.
struct AdapterConfig {
  std::string base_model;
  std::string kind;  // "LORA", …
};
Result<AdapterConfig> parse_adapter_config(std::string_view json);

/// A diffusers model_index.json: its pipeline's class, "" if there is none. Errors as above.
Result<std::string> diffusers_class(std::string_view model_index_json);

}  // namespace granary::format
