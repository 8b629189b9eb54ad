// What a repo is: library, task and tags.
#include "format/description.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>
#include <string_view>

#include "base/limits.h"
#include "format/pipelines.h"
#include "format/repo_id.h"

namespace granary::format {
namespace {

constexpr std::size_t kArxivCountMax = 100;

bool has_file(const RepoFiles& files, std::string_view path) {
  return std::ranges::find(files.paths, path) != files.paths.end();
}

bool has_suffix(const RepoFiles& files, std::string_view suffix) {
  return std::ranges::any_of(files.paths,
                             [&](const std::string& path) { return path.ends_with(suffix); });
}

// Collects tags, each once, in order; absurd ones, and those beyond a bound, are left out.
class Tags {
 public:
  void add(std::string tag) {
    if (tag.empty() || tag.size() > limits::kTagSizeBytesMax) return;
    if (list_.size() == limits::kTagCountMax || !seen_.insert(tag).second) return;
    list_.push_back(std::move(tag));
  }
  void add_all(std::string_view prefix, const std::vector<std::string>& values) {
    for (const std::string& value : values) add(std::string(prefix) + value);
  }
  std::vector<std::string> take() { return std::move(list_); }

 private:
  std::vector<std::string> list_;
  std::set<std::string> seen_;
};

struct Format {
  std::string_view suffix;
  std::string_view tag;
};

constexpr auto kFormats = std::to_array<Format>({
    {".safetensors", "safetensors"},
    {".gguf", "gguf"},
    {".onnx", "onnx"},
    {"pytorch_model.bin", "pytorch"},
    {"tf_model.h5", "tf"},
    {"flax_model.msgpack", "jax"},
    {".tflite", "tflite"},
    {".mlpackage", "coreml"},
    {".keras", "keras"},
});

std::string library_of(const RepoFiles& files) {
  if (!files.card.library_name.empty()) return files.card.library_name;
  if (has_file(files, "modules.json")) return "sentence-transformers";
  if (files.adapter) return "peft";
  if (!files.diffusers_class.empty()) return "diffusers";
  if (files.config && !files.config->architectures.empty()) return "transformers";
  return {};
}

// Only of the one class that there is, and only if it needs no code of the repo.
ClassUse class_use(const RepoFiles& files) {
  if (!files.config || files.config->architectures.size() != 1) return {};
  if (files.config->needs_remote_code) return {};
  return use_of_class(files.config->architectures[0], files.config->model_type);
}

std::string pipeline_of(const RepoFiles& files, const ClassUse& use, std::string_view library) {
  if (!files.card.pipeline_tag.empty()) return files.card.pipeline_tag;
  for (const std::string& tag : files.card.tags)
    if (is_known_pipeline(tag) && tag != "other") return tag;
  if (library == "sentence-transformers") return "sentence-similarity";
  return std::string(use.pipeline_tag);
}

// How the repo came from its base models, if the card does not say.
std::string relation_of(const RepoFiles& files) {
  if (!files.card.base_model_relation.empty()) return files.card.base_model_relation;
  if (files.adapter) return "adapter";
  const auto& tags = files.card.tags;
  if (files.card.base_models.size() > 1 || std::ranges::find(tags, "merge") != tags.end())
    return "merge";
  const bool is_quantized = files.config && !files.config->quantization_method.empty();
  return is_quantized || has_suffix(files, ".gguf") ? "quantized" : "finetune";
}

void add_base_models(Tags& tags, const std::vector<std::string>& models,
                     std::string_view relation) {
  for (const std::string& model : models) {
    tags.add("base_model:" + model);
    tags.add("base_model:" + std::string(relation) + ":" + model);
  }
}

void add_model_tags(Tags& tags, const RepoFiles& files, const Description& description) {
  tags.add(description.library_name);
  for (const Format& format : kFormats)
    if (has_suffix(files, format.suffix)) tags.add(std::string(format.tag));
  if (files.config) tags.add(files.config->model_type);
  if (!files.diffusers_class.empty()) tags.add("diffusers:" + files.diffusers_class);
  tags.add(description.pipeline_tag);
  tags.add_all("", files.card.tags);
  if (files.config && files.config->needs_remote_code) tags.add("custom_code");
  tags.add_all("", files.card.languages);
  tags.add_all("dataset:", files.card.datasets);
  add_base_models(tags, description.base_models, relation_of(files));
}

void add_dataset_tags(Tags& tags, const RepoFiles& files) {
  tags.add_all("task_categories:", files.card.task_categories);
  tags.add_all("language:", files.card.languages);
  tags.add_all("size_categories:", files.card.size_categories);
  tags.add_all("", files.card.tags);
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

// "2401.01234" at the front of `text`, or "".
std::string_view arxiv_id_at(std::string_view text) {
  constexpr std::size_t kDot = 4;
  std::size_t size = 0;
  while (size < text.size() && (size == kDot ? text[size] == '.' : is_digit(text[size]))) ++size;
  const std::size_t digits = size > kDot ? size - kDot - 1 : 0;
  return digits == 4 || digits == 5 ? text.substr(0, size) : std::string_view();
}

std::string transformers_info(const ClassUse& use) {
  if (use.auto_model.empty()) return {};
  return boost::json::serialize(boost::json::object{{"auto_model", use.auto_model},
                                                    {"pipeline_tag", use.pipeline_tag},
                                                    {"processor", use.processor}});
}

}  // namespace

std::vector<std::string> arxiv_ids(std::string_view markdown) {
  std::vector<std::string> ids;
  constexpr auto kBefore = std::to_array<std::string_view>({"arxiv.org/abs/", "arxiv.org/pdf/"});
  while (ids.size() < kArxivCountMax) {
    const std::size_t at = markdown.find("arxiv.org/");
    if (at == markdown.npos) break;
    markdown.remove_prefix(at);
    for (std::string_view before : kBefore) {
      if (!markdown.starts_with(before)) continue;
      const std::string id(arxiv_id_at(markdown.substr(before.size())));
      if (!id.empty() && std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
    markdown.remove_prefix(1);
  }
  return ids;
}

Description describe(const RepoFiles& files) {
  Description description;
  Tags tags;
  if (files.kind == CardKind::Model) {
    const ClassUse use = class_use(files);
    description.library_name = library_of(files);
    description.pipeline_tag = pipeline_of(files, use, description.library_name);
    if (description.library_name == "transformers")
      description.transformers_info_json = transformers_info(use);
    description.base_models = files.card.base_models;
    if (description.base_models.empty() && files.adapter && is_repo_id(files.adapter->base_model))
      description.base_models = {files.adapter->base_model};
    add_model_tags(tags, files, description);
  } else if (files.kind == CardKind::Dataset) {
    add_dataset_tags(tags, files);
  } else {
    tags.add(files.card.sdk);
    tags.add_all("", files.card.tags);
    tags.add_all("model:", files.card.models);
    tags.add_all("dataset:", files.card.datasets);
  }
  tags.add_all("arxiv:", arxiv_ids(files.card.body));
  tags.add_all("license:", files.card.licenses);
  tags.add("region:us");
  description.tags = tags.take();
  return description;
}

}  // namespace granary::format
