// Summary: which files of a snapshot are read, and how much of them.
#include "service/summary.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "format/card.h"
#include "format/description.h"
#include "format/model_config.h"
#include "format/utf8.h"
#include "format/weight_header.h"

namespace granary::service {
namespace {

constexpr std::size_t kDescriptionLengthMax = 300;

using Parameters = std::map<std::string, std::uint64_t>;  // by dtype

class Summariser {
 public:
  Summariser(meta::RepoKind kind, const std::vector<SnapshotFile>& files, const ReadPrefix& read)
      : kind_(kind), files_(files), read_(read) {}

  meta::RepoSummary run(const GitOid& head) {
    summary_.head = head;
    summary_.used_storage_bytes = used_storage_bytes();
    const format::Card card = read_card();
    summary_.card_json = card.has_metadata ? card.metadata_json : "";
    summary_.description = first_paragraph(card.body);
    if (kind_ == meta::RepoKind::Model) read_weights();
    describe(card);
    return std::move(summary_);
  }

 private:
  const SnapshotFile* find(std::string_view path) const {
    const auto found = std::ranges::find(files_, path, &SnapshotFile::path);
    return found == files_.end() ? nullptr : &*found;
  }

  /// The text of a small file; empty if it is absent, too large or unreadable.
  std::string read_text(std::string_view path, std::size_t size_bytes_max) const {
    const auto* file = find(path);
    if (!file || file->size_bytes > size_bytes_max) return {};
    const auto bytes = read_(*file, size_bytes_max);
    return bytes ? std::string(as_text(*bytes)) : std::string();
  }

  format::Card read_card() const {
    const auto* file = find("README.md");
    if (!file) return {};
    const auto bytes = read_(*file, limits::kCardSizeBytesMax);
    if (!bytes) return {};
    auto card = format::parse_card(as_text(*bytes));
    return card ? *std::move(card) : format::Card();
  }

  std::uint64_t used_storage_bytes() const {
    std::set<GitOid> seen;
    std::uint64_t total_bytes = 0;
    for (const auto& file : files_) {
      if (seen.insert(file.oid).second) total_bytes += file.size_bytes;
    }
    return total_bytes;
  }

  void describe(const format::Card& card) {
    format::RepoFiles about;
    about.kind = card_kind();
    for (const auto& file : files_) about.paths.push_back(file.path);
    about.card = card;
    if (kind_ == meta::RepoKind::Model) read_configs(about);
    const auto description = format::describe(about);
    summary_.tags = description.tags;
    summary_.pipeline_tag = description.pipeline_tag;
    summary_.library_name = description.library_name;
    summary_.transformers_info_json = description.transformers_info_json;
    if (about.config) summary_.config_json = about.config->info_json;
  }

  void read_configs(format::RepoFiles& about) const {
    const std::string config = read_text("config.json", limits::kModelJsonSizeBytesMax);
    const std::string tokenizer =
        read_text("tokenizer_config.json", limits::kModelJsonSizeBytesMax);
    if (auto parsed = format::parse_model_config(config, tokenizer)) about.config = *parsed;
    const std::string adapter = read_text("adapter_config.json", limits::kModelJsonSizeBytesMax);
    if (auto parsed = format::parse_adapter_config(adapter)) about.adapter = *parsed;
    const std::string index = read_text("model_index.json", limits::kModelJsonSizeBytesMax);
    if (auto parsed = format::diffusers_class(index)) about.diffusers_class = *parsed;
  }

  format::CardKind card_kind() const {
    switch (kind_) {
      case meta::RepoKind::Model: return format::CardKind::Model;
      case meta::RepoKind::Dataset: return format::CardKind::Dataset;
      case meta::RepoKind::Space: return format::CardKind::Space;
    }
    return format::CardKind::Model;
  }

  void read_weights() {
    std::uint64_t safetensors_count = 0;
    if (const auto parameters = read_safetensors()) {
      for (const auto& [dtype, count] : *parameters) safetensors_count += count;
      summary_.safetensors_json = parameters_json(*parameters, safetensors_count);
    }
    const std::uint64_t gguf_count = read_gguf();
    summary_.parameter_count = safetensors_count > 0 ? safetensors_count : gguf_count;
  }

  /// The files that together are the model: one file, or the shards that an index names.
  std::vector<const SnapshotFile*> safetensors_files() const {
    for (const auto* path : {"model.safetensors", "adapter_model.safetensors"}) {
      if (const auto* file = find(path)) return {file};
    }
    const std::string text =
        read_text("model.safetensors.index.json", limits::kModelJsonSizeBytesMax);
    const auto index = format::parse_safetensors_index(text);
    if (!index || index->files.size() > limits::kSummaryShardCountMax) return {};
    std::vector<const SnapshotFile*> shards;
    for (const auto& name : index->files) {
      const auto* shard = find(name);
      if (!shard) return {};  // an upload still under way: nothing true can be said yet
      shards.push_back(shard);
    }
    return shards;
  }

  std::optional<Parameters> read_safetensors() const {
    const auto shards = safetensors_files();
    if (shards.empty()) return std::nullopt;
    Parameters parameters;
    for (const auto* shard : shards) {
      const auto header = format::read_safetensors(source_of(*shard));
      if (!header) return std::nullopt;
      for (const auto& [dtype, count] : header->parameters) parameters[dtype] += count;
    }
    return parameters;
  }

  format::HeaderSource source_of(const SnapshotFile& file) const {
    return {.read_prefix = [this, &file](std::uint64_t size_max) { return read_(file, size_max); },
            .file_size_bytes = file.size_bytes,
            .header_size_bytes_max = limits::kSummaryHeaderSizeBytesMax};
  }

  /// Gives the parameters of the first GGUF model, 0 if there is none.
  std::uint64_t read_gguf() {
    const auto parts = gguf_files();
    std::optional<format::GgufHeader> first;
    std::uint64_t count = 0;
    for (const auto* part : parts) {
      auto header = format::read_gguf(source_of(*part));
      if (!header) return 0;
      count += header->parameter_count;
      if (!first) first = *std::move(header);
    }
    if (!first) return 0;
    first->parameter_count = count;
    summary_.gguf_json = format::gguf_info_json(*first);
    return count;
  }

  /// One model's GGUF file, or all parts of it.
  std::vector<const SnapshotFile*> gguf_files() const {
    const auto is_model = [](const SnapshotFile& file) {
      const std::string name = to_lower(file.path);
      return name.ends_with(".gguf") && name.find("mmproj") == std::string::npos &&
             name.find("imatrix") == std::string::npos;
    };
    const auto first = std::ranges::find_if(files_, is_model);
    if (first == files_.end()) return {};
    constexpr std::string_view kFirstPart = "-00001-of-";
    const auto at = first->path.rfind(kFirstPart);
    if (at == std::string::npos) return {&*first};
    // "x-00001-of-00003.gguf": the parts differ in five digits.
    std::vector<const SnapshotFile*> parts;
    for (const auto& file : files_) {
      if (file.path.size() == first->path.size() &&
          file.path.starts_with(first->path.substr(0, at)) &&
          file.path.ends_with(first->path.substr(at + 6)) && is_model(file)) {
        parts.push_back(&file);
      }
    }
    if (parts.size() > limits::kSummaryShardCountMax) return {};
    return parts;
  }

  /// Dtypes are of a fixed list of plain words, so nothing here needs escaping.
  static std::string parameters_json(const Parameters& parameters, std::uint64_t total) {
    std::string json = "{\"parameters\":{";
    for (const auto& [dtype, count] : parameters) {
      json += (json.back() == '{' ? "\"" : ",\"") + dtype + "\":" + std::to_string(count);
    }
    return json + "},\"total\":" + std::to_string(total) + "}";
  }

  /// The first lines of a card that are prose, for lists.
  static std::string first_paragraph(std::string_view markdown) {
    std::string text;
    for (const auto raw : split(markdown, '\n')) {
      const auto line = trim(raw);
      const bool is_prose = !line.empty() && line.find_first_of("#<|![`-*>=+") != 0;
      if (!is_prose && !text.empty()) break;
      if (!is_prose) continue;
      text += (text.empty() ? "" : " ") + std::string(line);
      if (text.size() > kDescriptionLengthMax) break;
    }
    if (!format::is_utf8(text)) return {};
    if (text.size() > kDescriptionLengthMax) text.resize(kDescriptionLengthMax);
    while (!format::is_utf8(text)) text.pop_back();  // a character that was cut
    return text;
  }

  const meta::RepoKind kind_;
  const std::vector<SnapshotFile>& files_;
  const ReadPrefix& read_;
  meta::RepoSummary summary_;
};

}  // namespace

meta::RepoSummary summarise(meta::RepoKind kind, const GitOid& head,
                            const std::vector<SnapshotFile>& files, const ReadPrefix& read) {
  return Summariser(kind, files, read).run(head);
}

}  // namespace granary::service
