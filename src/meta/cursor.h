// The opaque text that says where the next page of a listing begins.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "meta/repo_store.h"

namespace granary::meta {

/// The last repo of a page, by what it was sorted by.
struct ListCursor {
  RepoSort sort = RepoSort::Trending;
  std::int64_t value = 0;  // of the sort's column; 0 for RepoSort::Id
  std::int64_t id = 0;     // of the repo, between equal values; 0 for RepoSort::Id
  std::string folded;      // for RepoSort::Id: "ns/name" in lower case
  bool operator==(const ListCursor&) const = default;
};

/// Hex, so that it goes into a URL as it is.
std::string format_cursor(const ListCursor& cursor);
/// Errors: Invalid for anything that format_cursor does not give, or that is of another sort.
Result<ListCursor> parse_cursor(std::string_view text, RepoSort sort);

}  // namespace granary::meta
