// JSON text of model files, through Boost.JSON.
#include "format/json.h"

#include <boost/json.hpp>

#include "base/limits.h"

namespace granary::format {

Result<boost::json::value> parse_json(std::string_view text) {
  if (text.size() > limits::kModelJsonSizeBytesMax)
    return fail(ErrorKind::TooLarge, "JSON over 16 MiB");
  boost::json::parse_options options;
  options.max_depth = limits::kJsonDepthMax;
  boost::json::error_code error;
  boost::json::value value = boost::json::parse(text, error, {}, options);
  if (error) return fail(ErrorKind::Invalid, "not JSON: " + error.message());
  return value;
}

Result<boost::json::object> parse_json_object(std::string_view text) {
  TRY(boost::json::value value, parse_json(text));
  if (!value.is_object()) return fail(ErrorKind::Invalid, "not a JSON object");
  return std::move(value.get_object());
}

std::string string_at(const boost::json::object& object, std::string_view key) {
  const boost::json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(std::string_view(value->get_string()));
}

}  // namespace granary::format
