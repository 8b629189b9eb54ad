// Listing query: each parameter in turn.
#include "api/hf/listing_query.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include "api/hf/fields.h"
#include "base/limits.h"
#include "base/text.h"

namespace granary::api::hf {
namespace {

using meta::RepoKind;
using meta::RepoSort;

constexpr struct {
  std::string_view name;
  RepoSort sort;
} kSorts[] = {
    {"lastModified", RepoSort::Modified},
    {"last_modified", RepoSort::Modified},
    {"modified", RepoSort::Modified},
    {"createdAt", RepoSort::Created},
    {"created_at", RepoSort::Created},
    {"downloads", RepoSort::Downloads},
    {"likes", RepoSort::Likes},
    {"likes30d", RepoSort::Likes},
    {"trendingScore", RepoSort::Trending},
    {"trending_score", RepoSort::Trending},
    {"trending", RepoSort::Trending},
    {"num_parameters", RepoSort::Parameters},
    {"mainSize", RepoSort::Parameters},
    {"id", RepoSort::Id},
};

// What an app can load, as the tag that says so.
constexpr struct {
  std::string_view app;
  std::string_view tag;
} kApps[] = {
    {"llama.cpp", "gguf"}, {"ollama", "gguf"},       {"lmstudio", "gguf"},       {"jan", "gguf"},
    {"koboldcpp", "gguf"}, {"vllm", "transformers"}, {"sglang", "transformers"}, {"mlx-lm", "mlx"},
};

/// A filter as our tags spell it: models say "en", datasets "language:en", clients either.
std::string tag_of(RepoKind kind, std::string_view filter) {
  constexpr std::string_view kLanguage = "language:";
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  if (kind == RepoKind::Model && filter.starts_with(kLanguage)) {
    return std::string(filter.substr(kLanguage.size()));
  }
  if (kind == RepoKind::Dataset && filter.size() == 2 && std::ranges::all_of(filter, is_lower)) {
    return std::string(kLanguage) + std::string(filter);
  }
  return std::string(filter);
}

void add_prefixed(meta::RepoQuery& query, const net::Request& request, std::string_view parameter,
                  std::string_view prefix) {
  for (const auto& value : query_list(request, parameter)) {
    query.tags.push_back(value.starts_with(prefix) ? value : std::string(prefix) + value);
  }
}

Result<void> read_sort(meta::RepoQuery& query, const net::Request& request) {
  const auto name = request.query("sort");
  if (!name || name->empty()) return {};
  for (const auto& row : kSorts) {
    if (row.name != *name) continue;
    query.sort = row.sort;
    return {};
  }
  return fail(ErrorKind::Invalid,
              "\"sort\" must be one of [lastModified, createdAt, downloads, likes, trendingScore, "
              "likes30d, num_parameters, mainSize, id]");
}

void read_tags(ListingQuery& listing, const net::Request& request) {
  auto& query = listing.repos;
  for (const auto& filter : query_list(request, "filter")) {
    query.tags.push_back(tag_of(query.kind, filter));
  }
  for (const auto& library : query_list(request, "library")) query.tags.push_back(library);
  for (const auto& sdk : query_list(request, "sdk")) query.tags.push_back(sdk);
  add_prefixed(query, request, "trained_dataset", "dataset:");
  if (query.kind == RepoKind::Space) {
    add_prefixed(query, request, "datasets", "dataset:");
    add_prefixed(query, request, "models", "model:");
  }
  for (const auto& app : query_list(request, "apps")) {
    const auto row = std::ranges::find(kApps, app, [](const auto& known) { return known.app; });
    if (row == std::end(kApps)) {
      listing.matches_nothing = true;
    } else {
      query.tags.emplace_back(row->tag);
    }
  }
}

Result<std::uint64_t> parse_count(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string suffix(end, text.data() + text.size());
  double factor = suffix.empty() ? 1 : 0;
  if (suffix == "K" || suffix == "k") factor = 1e3;
  if (suffix == "M" || suffix == "m") factor = 1e6;
  if (suffix == "B" || suffix == "b") factor = 1e9;
  if (suffix == "T" || suffix == "t") factor = 1e12;
  const double count = number * factor;
  if (error != std::errc() || factor == 0 || !(count >= 0 && count < 1e18)) {
    return fail(ErrorKind::Invalid, "\"num_parameters\" must be like min:6B,max:128B");
  }
  return static_cast<std::uint64_t>(std::llround(count));
}

}  // namespace

Result<ParameterRange> parse_parameter_range(std::string_view text) {
  ParameterRange range;
  for (const auto part : split(text, ',')) {
    const auto colon = part.find(':');
    const auto bound = colon == std::string_view::npos ? "min" : trim(part.substr(0, colon));
    TRY(const auto count,
        parse_count(trim(colon == std::string_view::npos ? part : part.substr(colon + 1))));
    if (bound == "min") {
      range.min = count;
    } else if (bound == "max") {
      range.max = count;
    } else {
      return fail(ErrorKind::Invalid, "\"num_parameters\" must be like min:6B,max:128B");
    }
  }
  return range;
}

Result<ListingQuery> parse_listing_query(RepoKind kind, const net::Request& request) {
  ListingQuery listing;
  auto& query = listing.repos;
  query.kind = kind;
  for (const auto text : request.query_all("search")) {
    for (const auto word : split(text, ' ')) {
      if (!trim(word).empty()) query.words.emplace_back(trim(word));
    }
  }
  query.owner = std::string(request.query("author").value_or(""));
  query.pipeline_tag = std::string(request.query("pipeline_tag").value_or(""));
  query.cursor = std::string(request.query("cursor").value_or(""));
  if (request.query("gated")) query.gated = query_flag(request, "gated");
  if (const auto range = request.query("num_parameters")) {
    TRY(const auto parsed, parse_parameter_range(*range));
    query.parameters_min = parsed.min;
    query.parameters_max = parsed.max;
  }
  // Nothing runs here, so nothing is "warm" or served by a provider.
  listing.matches_nothing = request.query("inference") || request.query("inference_provider");
  read_tags(listing, request);
  TRY_DONE(read_sort(query, request));
  TRY(query.limit, query_limit(request, limits::kListPageCountMax, limits::kListPageCountMax));
  return listing;
}

}  // namespace granary::api::hf
