// Pairs split at '&' and '=', then decoded once.
#include "api/hf/form.h"

#include <algorithm>
#include <utility>

#include "net/target.h"

namespace granary::api::hf {

namespace {

Result<std::string> decode(std::string_view text) {
  // As percent_decode refuses "%00".
  if (text.find('\0') != std::string_view::npos) {
    return fail(ErrorKind::Invalid, "a NUL in a form");
  }
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return net::percent_decode(spaced);
}

}  // namespace

Result<std::vector<FormField>> parse_form(std::string_view body, std::size_t count_max) {
  std::vector<FormField> fields;
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(pair.size() + 1, body.size()));
    if (pair.empty()) continue;
    if (fields.size() == count_max) return fail(ErrorKind::TooLarge, "too many form fields");
    const std::size_t equals = std::min(pair.find('='), pair.size());
    TRY(auto name, decode(pair.substr(0, equals)));
    TRY(auto value, decode(pair.substr(std::min(equals + 1, pair.size()))));
    fields.push_back({std::move(name), std::move(value)});
  }
  return fields;
}

}  // namespace granary::api::hf
