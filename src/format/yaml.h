// YAML of model cards, turned into JSON. For this folder's .cc files.
#pragma once

#include <boost/json/fwd.hpp>
#include <string_view>

#include "base/result.h"

namespace granary::format {

/// The document that `text` holds as JSON; null when there is none. Plain scalars become what
/// YAML 1.2's core schema says (so `no` is a string), dates stay strings, infinities and NaN become
/// null. Aliases are followed while all copies stay within limits::kCardValuesSizeBytesMax.
/// Errors: Invalid for malformed YAML, a second document, a repeated key, a key that is no scalar,
/// a tag beyond the core schema, nesting over limits::kJsonDepthMax; TooLarge over that size.
Result<boost::json::value> yaml_to_json(std::string_view text);

}  // namespace granary::format
