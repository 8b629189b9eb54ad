// Listing query: the search parameters of the hub API as a query of ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "net/request.h"
#include "service/browse.h"

namespace granary::api::hf {

struct ListingQuery {
  meta::RepoQuery repos;
  bool matches_nothing = false;  // a parameter asks for what no repo here has
};

/// Unknown parameters are ignored. Errors: Invalid for a value that has no meaning.
Result<ListingQuery> parse_listing_query(meta::RepoKind kind, const net::Request& request);

struct ParameterRange {
  std::optional<std::uint64_t> min;
  std::optional<std::uint64_t> max;
};
/// "min:6B,max:128B", either alone; K, M, B and T as suffixes, fractions allowed. Errors: Invalid.
Result<ParameterRange> parse_parameter_range(std::string_view text);

}  // namespace granary::api::hf
