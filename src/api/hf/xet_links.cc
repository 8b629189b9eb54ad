// Absolute links to the token and the reconstruction of a file.
#include "api/hf/xet_links.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "api/hf/names.h"
#include "api/hf/reply.h"
#include "service/fetch.h"

namespace granary::api::hf {
namespace {

constexpr std::string_view kFileInfoType = "application/vnd.xet-fileinfo+json";

std::string token_url(const net::Request& request, const service::Resolution& resolution) {
  return request.base_url() + "/api/" + std::string(plural_of(resolution.repo.kind)) + "/" +
         resolution.repo.full() + "/xet-read-token/" + resolution.commit->to_string();
}

std::string reconstruction_url(const Context& context, const net::Request& request,
                               const service::Resolution& resolution) {
  return request.base_url() + std::string(context.cas_path) + "/v1/reconstructions/" +
         resolution.file.xet_hash->to_string();
}

}  // namespace

void add_xet_headers(net::HeaderList& headers, const Context& context, const net::Request& request,
                     const service::Resolution& resolution) {
  if (!resolution.file.xet_hash) return;
  headers.add("X-Xet-Hash", resolution.file.xet_hash->to_string());
  // The space after ';' is what the npm client's expression asks for.
  headers.add("Link", "<" + token_url(request, resolution) + ">; rel=\"xet-auth\", <" +
                          reconstruction_url(context, request, resolution) +
                          ">; rel=\"xet-reconstruction-info\"");
}

bool asks_for_xet(const net::Request& request) {
  const auto accept = request.header("Accept");
  return accept && accept->find(kFileInfoType) != std::string_view::npos;
}

net::Response xet_file_info(const Context& context, const net::Request& request,
                            const service::Resolution& resolution) {
  const std::string etag = '"' + resolution.file.lfs->sha256.to_string() + '"';
  const boost::json::object info{
      {"hash", resolution.file.xet_hash->to_string()},
      {"refreshUrl", token_url(request, resolution)},
      {"reconstructionUrl", reconstruction_url(context, request, resolution)},
      {"etag", etag},
      {"size", resolution.file.size_bytes}};
  net::Response response = json_reply(info);
  response.headers.set("Content-Type", kFileInfoType);
  response.headers.add("X-Repo-Commit", resolution.commit->to_string());
  response.headers.add("ETag", etag);
  response.headers.add("X-Linked-Size", resolution.file.size_bytes);
  response.headers.add("X-Linked-ETag", etag);
  response.headers.add("Cache-Control", "private, no-store");
  add_xet_headers(response.headers, context, request, resolution);
  return response;
}

}  // namespace granary::api::hf
