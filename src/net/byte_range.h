// Byte ranges: what part of a file a Range header asks for, and whether an entity tag matches.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace granary::net {

enum class RangeKind : std::uint8_t {
  Whole,          // 200: no range, several, or nothing that must be honoured
  Part,           // 206
  Unsatisfiable,  // 416
};

struct ChosenRange {
  RangeKind kind = RangeKind::Whole;
  std::uint64_t offset_bytes = 0;
  std::uint64_t size_bytes = 0;

  bool operator==(const ChosenRange&) const = default;
};

/// What a Range header means for a file of `size_bytes`. A malformed one, an unknown unit and more
/// than one range give the whole file; so does any range of an empty file, which has no bytes to
/// name.
/// Source: RFC 9110 section 14.
ChosenRange choose_range(std::string_view header, std::uint64_t size_bytes);

/// "bytes 0-9/100", or "bytes */100" if there is no part of it.
std::string content_range(const ChosenRange& range, std::uint64_t size_bytes);

/// Whether an If-None-Match or If-Match header names `etag` (with its quotes) or is "*". Compares
/// weakly: a W/ before a tag is ignored. Source: RFC 9110 section 13.1.2.
bool names_etag(std::string_view header, std::string_view etag);

/// Whether an If-Range header names exactly `etag`. A weak tag and a date never do.
/// Source: RFC 9110 section 13.1.5.
bool is_same_etag(std::string_view header, std::string_view etag);

}  // namespace granary::net
