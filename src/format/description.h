// What a repo is, put together from its card, its file names and its configuration.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "format/card.h"
#include "format/model_config.h"

namespace granary::format {

struct RepoFiles {
  CardKind kind = CardKind::Model;
  std::vector<std::string> paths;  // of all files
  Card card;
  std::optional<ModelConfig> config;      // config.json
  std::optional<AdapterConfig> adapter;   // adapter_config.json
  std::string diffusers_class;            // of model_index.json; empty: none
};

struct Description {
  std::string library_name;  // empty: not known, as for all below
  std::string pipeline_tag;
  std::vector<std::string> tags;      // each once
  std::string transformers_info_json;  // only if the class name says for sure
  std::vector<std::string> base_models;
};

/// Derives what the big hub derives, and nothing that would be a guess.
/// Source: docs/formats/card.md, "Tags".
Description describe(const RepoFiles& files);

/// The arXiv numbers ("2401.01234") that `markdown` links to or cites, each once, in order.
std::vector<std::string> arxiv_ids(std::string_view markdown);

}  // namespace granary::format
