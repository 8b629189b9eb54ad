// A repo's card: the metadata at the head of README.md, and the text below it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace granary::format {

enum class CardKind : std::uint8_t { Model, Dataset, Space };

/// Texts and lists are empty where the card has nothing, or something of another type.
struct Card {
  bool has_metadata = false;
  std::string metadata_json;  // the whole metadata as a JSON object; dates are strings
  std::vector<std::string> licenses;
  std::string license_name;
  std::string license_link;
  std::vector<std::string> languages;
  std::vector<std::string> tags;
  std::vector<std::string> datasets;
  std::vector<std::string> models;  // that a space uses
  std::vector<std::string> base_models;
  std::string base_model_relation;
  std::string pipeline_tag;
  std::string library_name;
  std::vector<std::string> task_categories;  // datasets, as the next one
  std::vector<std::string> size_categories;
  std::string sdk;  // spaces
  std::string title;
  std::string body;  // Markdown
};

/// `readme`: at most limits::kCardSizeBytesMax, else cut there.
/// Errors: Invalid if the metadata is malformed YAML or no mapping; TooLarge if aliases multiply.
/// Source: docs/formats/card.md.
Result<Card> parse_card(std::string_view readme);

/// What a client shows before it lets a card be uploaded.
struct CardReport {
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
};

/// Errors and warnings in the words that clients know. Malformed YAML is one of the errors.
CardReport validate_card(std::string_view readme, CardKind kind);

}  // namespace granary::format
