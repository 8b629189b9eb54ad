// Validate card: the report in the one form that every client parses, whatever the status.
#include "api/hf/validate_card.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "api/hf/fields.h"
#include "api/hf/names.h"
#include "api/hf/reply.h"
#include "service/card_check.h"

namespace granary::api::hf {
namespace {

namespace json = boost::json;

json::array messages_json(const std::vector<std::string>& messages) {
  json::array list;
  for (const std::string& message : messages) list.push_back(json::object{{"message", message}});
  return list;
}

}  // namespace

Result<net::Response> validate_card(Context&, Call& call) {
  TRY(const auto body, parse_object(call.body));
  TRY(const auto content, required_text(body, "content"));
  TRY(const auto type, text_field(body, "repoType"));
  TRY(const auto kind, parse_kind(type.value_or("model")));
  const auto report = service::check_card(kind, content);
  const json::object reply{{"errors", messages_json(report.errors)},
                           {"warnings", messages_json(report.warnings)}};
  return json_reply(reply, report.errors.empty() ? 200 : 400);
}

}  // namespace granary::api::hf
