// Parsing and writing of LFS JSON.
#include "api/lfs/wire.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/limits.h"
#include "base/text.h"

namespace granary::api::lfs {
namespace {

namespace json = boost::json;

Result<json::object> parse_object(std::string_view body) {
  json::parse_options options;
  options.max_depth = limits::kJsonDepthMax;
  boost::system::error_code ec;
  json::value value = json::parse(body, ec, {}, options);
  if (ec) return fail(ErrorKind::Invalid, "the body is not JSON: " + ec.message());
  if (!value.is_object()) return fail(ErrorKind::Invalid, "the body is not a JSON object");
  return std::move(value.get_object());
}

std::optional<std::string_view> text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string_view(value->get_string());
}

std::optional<std::uint64_t> number_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code ec;
  const auto number = value->to_number<std::uint64_t>(ec);
  if (ec) return std::nullopt;
  return number;
}

const json::array* array_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_array();
}

Result<BatchObject> parse_batch_object(const json::value& value) {
  const json::object* fields = value.if_object();
  if (fields == nullptr)
    return fail(ErrorKind::Invalid, "an object of the batch is no JSON object");
  const auto oid = text_at(*fields, "oid");
  if (!oid) return fail(ErrorKind::Invalid, "an object of the batch has no oid");
  BatchObject object{.oid = std::string(*oid), .sha256 = {}, .size_bytes = {}};
  if (auto sha256 = Sha256::parse(*oid)) object.sha256 = *sha256;
  object.size_bytes = number_at(*fields, "size");
  return object;
}

/// Of the transfers that we know; a client that names none knows basic.
Result<void> read_transfers(const json::object& fields, BatchRequest& request) {
  const json::array* transfers = array_at(fields, "transfers");
  if (transfers == nullptr || transfers->empty()) return {};
  const auto offers = [&](std::string_view name) {
    return std::ranges::any_of(*transfers, [&](const json::value& transfer) {
      return transfer.is_string() && transfer.get_string() == name;
    });
  };
  // git-lfs, known by a transfer of its own, takes one transfer for a whole batch, where the hub's
  // clients look at each object: it gets basic, which has no limit here.
  request.offers_multipart = offers("multipart") && !offers("lfs-standalone-file");
  request.offers_xet = offers("xet");
  if (!offers("basic") && !request.offers_multipart && !request.offers_xet) {
    return fail(ErrorKind::Invalid, "this server offers the transfers basic, multipart and xet");
  }
  return {};
}

/// {"ref":{"name":"refs/heads/main"}}: for which branch the objects are, if the client says.
void read_branch(const json::object& fields, BatchRequest& request) {
  constexpr std::string_view kBranches = "refs/heads/";
  const json::value* ref = fields.if_contains("ref");
  if (ref == nullptr || !ref->is_object()) return;
  const auto name = text_at(ref->get_object(), "name");
  if (!name || name->empty() || name->size() > limits::kRefNameSizeBytesMax) return;
  request.branch = name->starts_with(kBranches) ? name->substr(kBranches.size()) : *name;
}

Result<Sha256> sha256_at(const json::object& fields) {
  const auto oid = text_at(fields, "oid");
  if (!oid) return fail(ErrorKind::Invalid, "there is no oid");
  auto sha256 = Sha256::parse(*oid);
  if (!sha256) return fail(ErrorKind::Invalid, "the oid is not 64 hex digits");
  return *sha256;
}

std::string_view without_quotes(std::string_view etag) {
  etag = trim(etag);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
    return etag.substr(1, etag.size() - 2);
  }
  return etag;
}

json::object to_json(const Action& action, std::uint32_t expires_in_seconds) {
  json::object header;
  for (const auto& [name, value] : action.header) header.emplace(name, value);
  json::object object;
  object.emplace("href", action.href);
  object.emplace("header", std::move(header));
  object.emplace("expires_in", expires_in_seconds);
  return object;
}

json::object to_json(const BatchAnswer& answer) {
  json::object object;
  object.emplace("oid", answer.oid);
  object.emplace("size", answer.size_bytes);
  if (answer.error_code != 0) {
    json::object error;
    error.emplace("code", answer.error_code);
    error.emplace("message", answer.error_message);
    object.emplace("error", std::move(error));
  } else if (!answer.actions.empty()) {
    object.emplace("authenticated", true);
    json::object actions;
    for (const Action& action : answer.actions) {
      actions.emplace(action.name, to_json(action, answer.expires_in_seconds));
    }
    object.emplace("actions", std::move(actions));
  }
  return object;
}

}  // namespace

Result<BatchRequest> parse_batch(std::string_view body) {
  TRY(const auto fields, parse_object(body));
  BatchRequest request;
  const auto operation = text_at(fields, "operation");
  if (operation != "upload" && operation != "download") {
    return fail(ErrorKind::Invalid, "the operation is neither upload nor download");
  }
  request.operation = operation == "upload" ? Operation::Upload : Operation::Download;
  if (const auto algorithm = text_at(fields, "hash_algo");
      algorithm && *algorithm != "sha256" && *algorithm != "sha_256") {
    return fail(ErrorKind::Invalid, "objects are named by SHA-256 here");
  }
  TRY_DONE(read_transfers(fields, request));
  read_branch(fields, request);
  const json::array* objects = array_at(fields, "objects");
  if (objects == nullptr) return fail(ErrorKind::Invalid, "the batch has no objects");
  if (objects->size() > limits::kLfsBatchObjectCountMax) {
    return fail(ErrorKind::TooLarge, "a batch of over 1000 objects");
  }
  for (const json::value& value : *objects) {
    TRY(auto object, parse_batch_object(value));
    request.objects.push_back(std::move(object));
  }
  return request;
}

Result<VerifyRequest> parse_verify(std::string_view body) {
  TRY(const auto fields, parse_object(body));
  VerifyRequest request;
  TRY(request.sha256, sha256_at(fields));
  const auto size = number_at(fields, "size");
  if (!size) return fail(ErrorKind::Invalid, "there is no size");
  request.size_bytes = *size;
  return request;
}

Result<CompletionRequest> parse_completion(std::string_view body) {
  TRY(const auto fields, parse_object(body));
  CompletionRequest request;
  TRY(request.sha256, sha256_at(fields));
  const json::array* parts = array_at(fields, "parts");
  if (parts == nullptr) return fail(ErrorKind::Invalid, "there are no parts");
  if (parts->size() > limits::kMultipartPartCountMax) {
    return fail(ErrorKind::TooLarge, "an upload of over 10000 parts");
  }
  for (const json::value& value : *parts) {
    const json::object* part = value.if_object();
    const auto number = part == nullptr ? std::nullopt : number_at(*part, "partNumber");
    const auto etag = part == nullptr ? std::nullopt : text_at(*part, "etag");
    if (!number || !etag || *number == 0 || *number > limits::kMultipartPartCountMax) {
      return fail(ErrorKind::Invalid, "a part without partNumber or etag");
    }
    request.parts.push_back(
        {static_cast<std::uint32_t>(*number), std::string(without_quotes(*etag))});
  }
  return request;
}

std::string batch_json(Transfer transfer, const std::vector<BatchAnswer>& answers) {
  json::array objects;
  objects.reserve(answers.size());
  for (const BatchAnswer& answer : answers) objects.push_back(to_json(answer));
  json::object reply;
  reply.emplace("transfer", transfer == Transfer::Xet ? "xet" : "basic");
  reply.emplace("objects", std::move(objects));
  reply.emplace("hash_algo", "sha256");
  return json::serialize(reply);
}

std::string error_json(std::string_view message, std::string_view request_id) {
  json::object error;
  error.emplace("message", message);
  error.emplace("error", message);
  error.emplace("request_id", request_id);
  return json::serialize(error);
}

}  // namespace granary::api::lfs
