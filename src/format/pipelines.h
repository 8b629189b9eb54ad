// The tasks ("pipeline tags") that a model may have, and which a model's class name implies.
#pragma once

#include <string>
#include <string_view>

namespace granary::format {

bool is_known_pipeline(std::string_view tag);

/// All of them, as "a, b, c".
std::string known_pipelines();

/// How transformers loads a class. All empty if its name does not say for sure.
struct ClassUse {
  std::string_view auto_model;
  std::string_view pipeline_tag;
  std::string_view processor;
};

/// `architecture`: a class name of config.json, such as "LlamaForCausalLM".
ClassUse use_of_class(std::string_view architecture, std::string_view model_type);

}  // namespace granary::format
