// Repo JSON: the table of fields. What the clients' parsers demand of each: hf-hub API, 3.
#include "api/hf/repo_json.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string_view>
#include <utility>

#include "base/env.h"
#include "base/text.h"

namespace granary::api::hf {
namespace {

namespace json = boost::json;
using meta::RepoKind;

constexpr unsigned kModel = 1, kDataset = 2, kSpace = 4, kAll = 7;
constexpr unsigned kItem = 1, kFull = 2, kInfo = 4;  // sets that show the field unasked
constexpr unsigned kOnlyAsked = 0;

unsigned bit_of(RepoKind kind) { return 1U << static_cast<unsigned>(kind); }

unsigned bits_of(FieldSet set) {
  switch (set) {
    case FieldSet::Item: return kItem;
    case FieldSet::Full: return kItem | kFull;
    case FieldSet::Info: return kInfo;
  }
  return kInfo;
}

/// Gives a field's value; null means that the field is left out.
using Make = json::value (*)(const RepoView& view);

json::value text_or_nothing(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

// Texts in a summary were made by our own readers; one that does not parse is left out.
json::value parsed(const std::string& text) {
  json::error_code error;
  auto value = text.empty() ? json::value(nullptr) : json::parse(text, error);
  return error ? json::value(nullptr) : value;
}

json::value card_field(const RepoView& view, std::string_view key) {
  auto card = parsed(view.summary.card_json);
  const auto* value = card.is_object() ? card.get_object().if_contains(key) : nullptr;
  return value ? *value : json::value(nullptr);
}

// Cards give one id or a list of them.
json::value card_list(const RepoView& view, std::string_view key) {
  auto value = card_field(view, key);
  if (value.is_string()) return json::array{std::move(value)};
  return value.is_array() ? std::move(value) : json::value(json::array());
}

json::value siblings_of(const RepoView& view) {
  if (!view.files) return nullptr;
  json::array siblings;
  siblings.reserve(view.files->size());
  for (const auto& file : *view.files) {
    json::object sibling{{"rfilename", file.path}};
    if (view.with_blobs) {
      sibling["blobId"] = file.oid.to_string();
      sibling["size"] = file.size_bytes;
      if (file.lfs) {
        sibling["lfs"] = {{"sha256", file.lfs->sha256.to_string()},
                          {"size", file.lfs->size_bytes},
                          {"pointerSize", file.blob_size_bytes}};
      }
    }
    siblings.push_back(std::move(sibling));
  }
  return siblings;
}

json::value gated_of(const RepoView& view) {
  switch (view.repo.gating) {
    case meta::Gating::None: return false;
    case meta::Gating::Automatic: return "auto";
    case meta::Gating::Manual: return "manual";
  }
  return false;
}

std::string subdomain_of(const RepoView& view) {
  std::string text = to_lower(view.repo.name.space + "-" + view.repo.name.name);
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  std::ranges::replace_if(text, [&](char c) { return !is_plain(c); }, '-');
  return text;
}

json::value tags_of(const RepoView& view) {
  json::array tags;
  for (const auto& tag : view.summary.tags) tags.emplace_back(tag);
  return tags;
}

json::value nothing(const RepoView&) { return nullptr; }

struct Field {
  std::string_view name;
  unsigned kinds;
  unsigned sets;
  Make make;
};

// In the order in which `expand` names them when it refuses one. Those that make nothing are known
// to clients and have no meaning here.
constexpr Field kFields[] = {
    {"author", kAll, kFull | kInfo,
     [](const RepoView& view) -> json::value { return json::value(view.repo.name.space); }},
    {"baseModels", kModel, kOnlyAsked,
     [](const RepoView& view) { return card_list(view, "base_model"); }},
    {"cardData", kAll, kInfo, [](const RepoView& view) { return parsed(view.summary.card_json); }},
    {"childrenModelCount", kModel, kOnlyAsked, nothing},
    {"citation", kDataset, kOnlyAsked,
     [](const RepoView& view) { return card_field(view, "citation"); }},
    {"config", kModel, kInfo,
     [](const RepoView& view) { return parsed(view.summary.config_json); }},
    {"createdAt", kAll, kItem | kInfo,
     [](const RepoView& view) -> json::value {
       return json::value(format_time(view.repo.created));
     }},
    {"datasets", kSpace, kInfo, [](const RepoView& view) { return card_list(view, "datasets"); }},
    {"description", kDataset, kFull | kInfo,
     [](const RepoView& view) { return text_or_nothing(view.summary.description); }},
    {"disabled", kAll, kFull | kInfo, [](const RepoView&) -> json::value { return false; }},
    {"downloads", kModel | kDataset, kItem | kInfo,
     [](const RepoView& view) -> json::value { return view.repo.downloads; }},
    {"downloadsAllTime", kModel | kDataset, kOnlyAsked,
     [](const RepoView& view) -> json::value { return view.repo.downloads; }},
    {"evalResults", kModel, kOnlyAsked, nothing},
    {"gated", kAll, kItem | kInfo, gated_of},
    {"gguf", kModel, kInfo, [](const RepoView& view) { return parsed(view.summary.gguf_json); }},
    {"gitalyUid", kModel, kOnlyAsked, nothing},
    {"inference", kModel, kOnlyAsked, nothing},
    {"inferenceProviderMapping", kModel, kOnlyAsked, nothing},
    {"lastModified", kAll, kFull | kInfo,
     [](const RepoView& view) -> json::value { return json::value(format_time(view.modified)); }},
    {"library_name", kModel, kItem | kInfo,
     [](const RepoView& view) { return text_or_nothing(view.summary.library_name); }},
    {"likes", kAll, kItem | kInfo,
     [](const RepoView& view) -> json::value { return view.repo.likes; }},
    {"mainSize", kDataset, kOnlyAsked, nothing},
    {"mask_token", kModel, kOnlyAsked, nothing},
    {"model-index", kModel, kInfo,
     [](const RepoView& view) { return card_field(view, "model-index"); }},
    {"models", kSpace, kInfo, [](const RepoView& view) { return card_list(view, "models"); }},
    {"paperswithcode_id", kDataset, kOnlyAsked,
     [](const RepoView& view) { return card_field(view, "paperswithcode_id"); }},
    {"pipeline_tag", kModel, kItem | kInfo,
     [](const RepoView& view) { return text_or_nothing(view.summary.pipeline_tag); }},
    {"private", kAll, kItem | kInfo,
     [](const RepoView& view) -> json::value {
       return view.repo.visibility == meta::Visibility::Private;
     }},
    {"region", kSpace, kOnlyAsked, nothing},
    {"resourceGroup", kAll, kOnlyAsked, nothing},
    {"runtime", kSpace, kOnlyAsked,
     [](const RepoView&) -> json::value {
       return {{"stage", "STOPPED"},
               {"hardware", {{"current", nullptr}, {"requested", nullptr}}},
               {"storage", nullptr},
               {"gcTimeout", nullptr}};
     }},
    {"safetensors", kModel, kInfo,
     [](const RepoView& view) { return parsed(view.summary.safetensors_json); }},
    {"sdk", kSpace, kItem | kInfo,
     [](const RepoView& view) { return text_or_nothing(view.repo.sdk); }},
    {"securityStatus", kModel, kOnlyAsked, nothing},  // shown as securityRepoStatus
    {"sha", kAll, kFull | kInfo, [](const RepoView& view) { return text_or_nothing(view.sha); }},
    {"siblings", kAll, kFull | kInfo, siblings_of},
    {"spaces", kModel, kInfo, [](const RepoView&) -> json::value { return json::array(); }},
    {"subdomain", kSpace, kInfo,
     [](const RepoView& view) -> json::value { return json::value(subdomain_of(view)); }},
    {"tags", kAll, kItem | kInfo, tags_of},
    {"transformersInfo", kModel, kInfo,
     [](const RepoView& view) { return parsed(view.summary.transformers_info_json); }},
    {"trendingScore", kAll, kItem, [](const RepoView&) -> json::value { return 0; }},
    {"usedStorage", kAll, kInfo,
     [](const RepoView& view) -> json::value { return view.summary.used_storage_bytes; }},
    {"widgetData", kModel, kInfo, [](const RepoView& view) { return card_field(view, "widget"); }},
    {"xetEnabled", kAll, kOnlyAsked, [](const RepoView&) -> json::value { return true; }},
};

bool is_chosen(const Field& field, RepoKind kind, const FieldChoice& choice) {
  return (field.kinds & bit_of(kind)) != 0 &&
         (choice.shows(field.name) ||
          (choice.expand.empty() && (field.sets & bits_of(choice.set)) != 0));
}

}  // namespace

bool FieldChoice::shows(std::string_view name) const {
  const auto& names = expand.empty() ? extra : expand;
  return std::ranges::find(names, name) != names.end();
}

Result<void> check_expand(RepoKind kind, std::span<const std::string> names) {
  std::string known;
  for (const auto& field : kFields) {
    if ((field.kinds & bit_of(kind)) == 0) continue;
    known += (known.empty() ? "" : ", ") + std::string(field.name);
  }
  for (const auto& name : names) {
    const auto field = std::ranges::find(kFields, name, &Field::name);
    if (field == std::end(kFields) || (field->kinds & bit_of(kind)) == 0) {
      return fail(ErrorKind::Invalid, "\"expand\" must be one of [" + known + "]");
    }
  }
  return {};
}

bool needs_files(RepoKind kind, const FieldChoice& choice) {
  const auto field = std::ranges::find(kFields, "siblings", &Field::name);
  return is_chosen(*field, kind, choice);
}

json::object repo_json(const RepoView& view, const FieldChoice& choice) {
  const RepoKind kind = view.repo.name.kind;
  json::object object{{"_id", view.repo.public_id}, {"id", view.repo.name.full()}};
  if (kind == RepoKind::Model && choice.expand.empty()) object["modelId"] = object["id"];
  for (const auto& field : kFields) {
    if (!is_chosen(field, kind, choice)) continue;
    auto value = field.make(view);
    if (!value.is_null()) object[field.name] = std::move(value);
  }
  if (choice.shows("securityStatus")) {
    object["securityRepoStatus"] = {{"scansDone", false}, {"filesWithIssues", json::array()}};
  }
  return object;
}

}  // namespace granary::api::hf
