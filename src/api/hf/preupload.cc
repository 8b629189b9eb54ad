// Preupload: samples in, upload modes out, in the order and spelling in which paths were sent.
#include "api/hf/preupload.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/hf/fields.h"
#include "api/hf/names.h"
#include "api/hf/reply.h"
#include "service/publish.h"

namespace granary::api::hf {
namespace {

namespace json = boost::json;

Result<service::OfferedFile> read_offered_file(const json::value& value) {
  if (!value.is_object()) return fail(ErrorKind::Invalid, "\"files\" must hold objects");
  const json::object& object = value.get_object();
  service::OfferedFile file;
  TRY(file.path, required_text(object, "path"));
  TRY(const auto size, number_field(object, "size"));
  file.size_bytes = size.value_or(0);
  TRY(const auto sample, text_field(object, "sample"));
  if (sample) {
    TRY(file.sample, parse_base64(*sample));
  }
  return file;
}

Result<service::Offer> read_offer(const json::object& body) {
  const json::value* files = body.if_contains("files");
  if (files == nullptr || !files->is_array()) {
    return fail(ErrorKind::Invalid, "\"files\" must be a list");
  }
  service::Offer offer;
  for (const json::value& value : files->get_array()) {
    TRY(auto file, read_offered_file(value));
    offer.files.push_back(std::move(file));
  }
  TRY(offer.gitignore, text_field(body, "gitIgnore"));
  TRY(offer.gitattributes, text_field(body, "gitAttributes"));
  return offer;
}

}  // namespace

Result<net::Response> preupload(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  if (query_flag(call.request, "create_pr")) {
    return fail(ErrorKind::Invalid,
                "this server does not offer pull requests yet: upload to a "
                "branch instead");
  }
  TRY(const auto body, parse_object(call.body));
  TRY(const auto offer, read_offer(body));
  TRY(const auto answers,
      context.publisher.consider(*call.caller, name, call.request.capture("rev"), offer));
  json::array files;
  for (std::size_t index = 0; index < answers.size(); ++index) {
    const service::OfferAnswer& answer = answers[index];
    json::object file{{"path", offer.files[index].path},
                      {"uploadMode", answer.is_lfs ? "lfs" : "regular"},
                      {"shouldIgnore", answer.is_ignored}};
    if (!answer.present_oid.empty()) file["oid"] = answer.present_oid;
    files.push_back(std::move(file));
  }
  return json_reply(json::object{{"files", std::move(files)}});
}

}  // namespace granary::api::hf
