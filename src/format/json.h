// JSON text of model files, through Boost.JSON. For this folder's .cc files.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace granary::format {

/// The value of `text`, of a repeated key the last one, as Python reads it.
/// Errors: Invalid if it is not JSON or nests deeper than limits::kJsonDepthMax; TooLarge over
/// limits::kModelJsonSizeBytesMax.
Result<boost::json::value> parse_json(std::string_view text);

/// Like parse_json, but Invalid if the value is not an object.
Result<boost::json::object> parse_json_object(std::string_view text);

/// The string at `key`, or "" when there is none.
std::string string_at(const boost::json::object& object, std::string_view key);

}  // namespace granary::format
