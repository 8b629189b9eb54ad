// The checks of a card before it is uploaded.
#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "format/card.h"
#include "format/json.h"
#include "format/licenses.h"
#include "format/pipelines.h"
#include "format/repo_id.h"

namespace granary::format {
namespace {

namespace json = boost::json;

// Collects what is wrong with the value at a path such as `model-index[0].name`.
class Checker {
 public:
  Checker(const json::object& metadata, CardReport& report)
      : metadata_(metadata), report_(report) {}

  void check(CardKind kind) {
    check_license();
    check_strings("tags");
    check_languages();
    if (kind == CardKind::Model) {
      check_ids("base_model");
      check_ids("datasets");
      check_pipeline_tag();
      check_model_index();
    }
    if (kind == CardKind::Space) check_space();
  }

 private:
  void error(std::string text) { report_.errors.push_back(std::move(text)); }
  void warn(std::string text) { report_.warnings.push_back(std::move(text)); }

  // Calls `each(path, item)` for the value at `key`, or for each item of the list there.
  template <class Each>
  void for_each_at(std::string_view key, Each each) {
    const json::value* value = metadata_.if_contains(key);
    if (value == nullptr || value->is_null()) return;
    if (!value->is_array()) return each("\"" + std::string(key) + "\"", *value);
    for (std::size_t i = 0; i < value->get_array().size(); ++i)
      each("\"" + std::string(key) + "[" + std::to_string(i) + "]\"", value->get_array()[i]);
  }

  void check_license() {
    for_each_at("license", [&](const std::string& path, const json::value& value) {
      if (!value.is_string() || !is_known_license(value.get_string()))
        error(path + " must be one of [" + known_licenses() + "]");
    });
  }

  void check_strings(std::string_view key) {
    const json::value* value = metadata_.if_contains(key);
    if (value != nullptr && !value->is_array() && !value->is_null())
      return error("\"" + std::string(key) + "\" must be an array");
    for_each_at(key, [&](const std::string& path, const json::value& item) {
      if (!item.is_string()) error(path + " must be a string");
    });
  }

  void check_languages() {
    for_each_at("language", [&](const std::string& path, const json::value& value) {
      if (!value.is_string()) return error(path + " must be a string");
      const std::string_view code = value.get_string();
      const auto is_lower = [](char letter) { return letter >= 'a' && letter <= 'z'; };
      const bool is_code =
          (code.size() == 2 || code.size() == 3) && std::ranges::all_of(code, is_lower);
      if (is_code || code == "code" || code == "multilingual") return;
      error(
          path + " with value \"" + std::string(code) +
          "\" is not valid. It must be an ISO 639-1, 639-2 or 639-3 code (two/three letters), or a "
          "special value like \"code\", \"multilingual\". BCP-47 identifiers go in "
          "language_bcp47.");
    });
  }

  void check_ids(std::string_view key) {
    for_each_at(key, [&](const std::string& path, const json::value& value) {
      if (!value.is_string()) return error(path + " must be a string");
      const std::string_view id = value.get_string();
      if (!is_repo_id(id))
        error(path + " with value \"" + std::string(id) + "\" is not a repo's id");
    });
  }

  void check_pipeline_tag() {
    const json::value* value = metadata_.if_contains("pipeline_tag");
    if (value == nullptr || value->is_null()) return;
    if (!value->is_string()) return error("\"pipeline_tag\" must be a string");
    const std::string tag(std::string_view(value->get_string()));
    if (!is_known_pipeline(tag))
      warn("The pipeline tag \"" + tag + "\" is not in the official list: " + known_pipelines());
  }

  void check_model_index() {
    const json::value* index = metadata_.if_contains("model-index");
    if (index == nullptr || index->is_null()) return;
    if (!index->is_array()) return error("\"model-index\" must be an array");
    for (std::size_t i = 0; i < index->get_array().size(); ++i) {
      const std::string path = "model-index[" + std::to_string(i) + "]";
      const json::object* model = require_object(path, index->get_array()[i]);
      if (model == nullptr) continue;
      require(path, *model, {"name"});
      check_results(path, *model);
    }
  }

  void check_results(const std::string& path, const json::object& model) {
    const json::value* results = model.if_contains("results");
    if (results == nullptr) return error("\"" + path + ".results\" is required");
    if (!results->is_array()) return error("\"" + path + ".results\" must be an array");
    for (std::size_t i = 0; i < results->get_array().size(); ++i) {
      const std::string at = path + ".results[" + std::to_string(i) + "]";
      const json::object* result = require_object(at, results->get_array()[i]);
      if (result == nullptr) continue;
      require_part(at, *result, "task", {"type"});
      require_part(at, *result, "dataset", {"type", "name"});
      check_metrics(at, *result);
    }
  }

  void check_metrics(const std::string& path, const json::object& result) {
    const json::value* metrics = result.if_contains("metrics");
    if (metrics == nullptr) return error("\"" + path + ".metrics\" is required");
    if (!metrics->is_array()) return error("\"" + path + ".metrics\" must be an array");
    for (std::size_t i = 0; i < metrics->get_array().size(); ++i) {
      const std::string at = path + ".metrics[" + std::to_string(i) + "]";
      if (const json::object* metric = require_object(at, metrics->get_array()[i]))
        require(at, *metric, {"type", "value"});
    }
  }

  void check_space() {
    require_one_of("sdk", {"gradio", "streamlit", "docker", "static"});
    for (std::string_view key : {"colorFrom", "colorTo"})
      require_one_of(key, {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"});
  }

  void require_one_of(std::string_view key, std::initializer_list<std::string_view> values) {
    const json::value* value = metadata_.if_contains(key);
    if (value == nullptr) return;
    std::string list;
    for (std::string_view known : values) {
      if (value->is_string() && value->get_string() == known) return;
      list += (list.empty() ? "" : ", ") + std::string(known);
    }
    error("\"" + std::string(key) + "\" must be one of [" + list + "]");
  }

  const json::object* require_object(const std::string& path, const json::value& value) {
    if (!value.is_object()) error("\"" + path + "\" must be of type object");
    return value.if_object();
  }

  void require(const std::string& path, const json::object& object,
               std::initializer_list<std::string_view> keys) {
    for (std::string_view key : keys)
      if (!object.contains(key)) error("\"" + path + "." + std::string(key) + "\" is required");
  }

  void require_part(const std::string& path, const json::object& object, const std::string& part,
                    std::initializer_list<std::string_view> keys) {
    const json::value* value = object.if_contains(part);
    if (value == nullptr) return error("\"" + path + "." + part + "\" is required");
    if (const json::object* found = require_object(path + "." + part, *value))
      require(path + "." + part, *found, keys);
  }

  const json::object& metadata_;
  CardReport& report_;
};

}  // namespace

CardReport validate_card(std::string_view readme, CardKind kind) {
  CardReport report;
  const auto card = parse_card(readme);
  if (!card) {
    report.errors.push_back("Invalid YAML metadata in the card: " + card.error().message);
    return report;
  }
  if (!card->has_metadata) {
    report.warnings.emplace_back("empty or missing yaml metadata in repo card");
    return report;
  }
  const auto metadata = parse_json_object(card->metadata_json);
  if (!metadata) {
    report.errors.push_back(metadata.error().message);
    return report;
  }
  Checker(*metadata, report).check(kind);
  return report;
}

}  // namespace granary::format
