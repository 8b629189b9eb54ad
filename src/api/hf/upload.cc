// Questions before an upload, from and to JSON.
#include "api/hf/upload.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "api/hf/fields.h"
#include "api/hf/names.h"
#include "api/hf/reply.h"
#include "service/cards.h"
#include "service/publish.h"

namespace granary::api::hf {
namespace {

namespace json = boost::json;

json::array to_messages(const std::vector<std::string>& texts) {
  json::array messages;
  for (const std::string& text : texts) {
    json::object message;
    message.emplace("message", text);
    messages.push_back(std::move(message));
  }
  return messages;
}

Result<service::OfferedFile> parse_file(const json::value& value) {
  const json::object* fields = value.if_object();
  if (fields == nullptr) return fail(ErrorKind::Invalid, "\"files\" must hold objects");
  service::OfferedFile file;
  TRY(file.path, required_text(*fields, "path"));
  TRY(const auto size_bytes, number_field(*fields, "size"));
  file.size_bytes = size_bytes.value_or(0);
  TRY(const auto sample, text_field(*fields, "sample"));
  TRY(file.sample, parse_base64(sample.value_or("")));
  return file;
}

Result<service::Offer> parse_offer(std::string_view body) {
  TRY(const auto fields, parse_object(body));
  service::Offer offer;
  TRY(offer.gitignore, text_field(fields, "gitIgnore"));
  TRY(offer.gitattributes, text_field(fields, "gitAttributes"));
  const json::value* files = fields.if_contains("files");
  if (files == nullptr || !files->is_array()) {
    return fail(ErrorKind::Invalid, "\"files\" must be a list");
  }
  for (const json::value& value : files->get_array()) {
    TRY(auto file, parse_file(value));
    offer.files.push_back(std::move(file));
  }
  return offer;
}

}  // namespace

Result<net::Response> validate_yaml(Context&, Call& call) {
  TRY(const auto fields, parse_object(call.body));
  TRY(const auto content, required_text(fields, "content"));
  TRY(const auto type, text_field(fields, "repoType"));
  TRY(const auto kind, parse_kind(type.value_or("model")));
  const auto findings = service::check_card(kind, content);
  json::object reply;
  reply.emplace("errors", to_messages(findings.errors));
  reply.emplace("warnings", to_messages(findings.warnings));
  return json_reply(reply, findings.errors.empty() ? 200 : 400);
}

Result<net::Response> preupload(Context& context, Call& call) {
  TRY_DONE(refuse_pull_request(call.request));
  TRY(const auto name, repo_of(call.request));
  TRY(const auto offer, parse_offer(call.body));
  TRY(const auto answers,
      context.publisher.consider(*call.caller, name, call.request.capture("rev"), offer));
  json::array files;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    json::object file;
    file.emplace("path", offer.files[i].path);
    file.emplace("uploadMode", answers[i].is_lfs ? "lfs" : "regular");
    file.emplace("shouldIgnore", answers[i].is_ignored);
    if (!answers[i].present_oid.empty()) file.emplace("oid", answers[i].present_oid);
    files.push_back(std::move(file));
  }
  json::object reply;
  reply.emplace("files", std::move(files));
  return json_reply(reply);
}

Result<void> refuse_pull_request(const net::Request& request) {
  if (!query_flag(request, "create_pr")) return {};
  return fail(ErrorKind::Invalid,
              "Pull requests are not offered by this server yet: commit to a branch instead");
}

}  // namespace granary::api::hf
