// A repo's card: where its metadata ends, and the fields that Granary knows.
#include "format/card.h"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "base/limits.h"
#include "format/json.h"
#include "format/yaml.h"

namespace granary::format {
namespace {

struct Parts {
  std::string_view metadata;
  std::string_view body;
};

constexpr std::string_view kFence = "---";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The line at the front of `rest`, without its end ("\n", "\r\n" or "\r"), taken off.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find_first_of("\r\n");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(line.size());
  if (rest.starts_with("\r\n"))
    rest.remove_prefix(2);
  else if (!rest.empty())
    rest.remove_prefix(1);
  return line;
}

bool is_closing_fence(std::string_view line) {
  return line.starts_with(kFence) && line.find_first_not_of(" \t", kFence.size()) == line.npos;
}

// A fence, blank lines before it at most; metadata; a fence. Nothing if there are no two fences.
std::optional<Parts> split(std::string_view readme) {
  if (readme.starts_with(kByteOrderMark)) readme.remove_prefix(kByteOrderMark.size());
  readme.remove_prefix(std::min(readme.find_first_not_of(" \t\r\n\f\v"), readme.size()));
  std::string_view rest = readme;
  if (take_line(rest) != kFence) return std::nullopt;
  const char* const start = rest.data();
  while (!rest.empty()) {
    const char* const end = rest.data();
    if (is_closing_fence(take_line(rest)))
      return Parts{std::string_view(start, static_cast<std::size_t>(end - start)), rest};
  }
  return std::nullopt;
}

// With "\n" as the only line end: yaml-cpp does not know the lone "\r".
std::string with_plain_line_ends(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const std::size_t size = text.find_first_of("\r\n");
    plain += take_line(text);
    if (size != text.npos) plain += '\n';
  }
  return plain;
}

// A string, or a list's strings.
std::vector<std::string> strings_at(const boost::json::object& object, std::string_view key) {
  std::vector<std::string> strings;
  const auto add = [&](const boost::json::value& value) {
    if (value.is_string()) strings.emplace_back(std::string_view(value.get_string()));
  };
  const boost::json::value* value = object.if_contains(key);
  if (value == nullptr) return strings;
  if (value->is_array())
    for (const auto& item : value->get_array()) add(item);
  else
    add(*value);
  return strings;
}

void fill(Card& card, const boost::json::object& metadata) {
  card.licenses = strings_at(metadata, "license");
  card.license_name = string_at(metadata, "license_name");
  card.license_link = string_at(metadata, "license_link");
  card.languages = strings_at(metadata, "language");
  card.tags = strings_at(metadata, "tags");
  card.datasets = strings_at(metadata, "datasets");
  card.models = strings_at(metadata, "models");
  card.base_models = strings_at(metadata, "base_model");
  card.base_model_relation = string_at(metadata, "base_model_relation");
  card.pipeline_tag = string_at(metadata, "pipeline_tag");
  card.library_name = string_at(metadata, "library_name");
  card.task_categories = strings_at(metadata, "task_categories");
  card.size_categories = strings_at(metadata, "size_categories");
  card.sdk = string_at(metadata, "sdk");
  card.title = string_at(metadata, "title");
}

}  // namespace

Result<Card> parse_card(std::string_view readme) {
  readme = readme.substr(0, limits::kCardSizeBytesMax);
  Card card;
  const auto parts = split(readme);
  if (!parts) {
    card.body = readme;
    return card;
  }
  card.body = parts->body;
  TRY(const auto metadata, yaml_to_json(with_plain_line_ends(parts->metadata)));
  if (metadata.is_null()) return card;
  if (!metadata.is_object()) return fail(ErrorKind::Invalid, "the metadata is not a mapping");
  card.has_metadata = !metadata.get_object().empty();
  if (!card.has_metadata) return card;
  card.metadata_json = boost::json::serialize(metadata);
  fill(card, metadata.get_object());
  return card;
}

}  // namespace granary::format
