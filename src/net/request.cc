// Lookups in a request's query, headers and captures.
#include "net/request.h"

#include <utility>

#include "net/head_parser.h"

namespace granary::net {

Request::Request(RequestHead head, Target target, RequestOrigin origin, Body& body)
    : head_(std::move(head)), target_(std::move(target)), origin_(std::move(origin)), body_(body) {}

std::optional<std::string_view> Request::query(std::string_view name) const {
  for (const QueryField& field : target_.query) {
    if (field.name == name) return field.value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Request::query_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const QueryField& field : target_.query) {
    if (field.name == name) values.push_back(field.value);
  }
  return values;
}

std::vector<std::string_view> Request::header_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (std::size_t i = 0; i < head_.header_count(); ++i) {
    const HeaderView field = head_.header_at(i);
    if (equals_ignoring_case(field.name, name)) values.push_back(field.value);
  }
  return values;
}

std::string_view Request::capture(std::string_view name) const {
  for (const Capture& capture : captures_) {
    if (capture.name == name) return capture.value;
  }
  return {};
}

std::string Request::base_url() const { return origin_.scheme + "://" + origin_.host; }

}  // namespace granary::net
