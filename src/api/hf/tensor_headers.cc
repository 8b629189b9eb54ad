// The headers go out as they lie in the files, once they are known to be JSON objects.
#include "api/hf/tensor_headers.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <set>
#include <string>
#include <utility>

#include "api/hf/fields.h"
#include "api/hf/names.h"
#include "api/hf/place.h"
#include "service/fetch.h"

namespace granary::api::hf {

namespace {

namespace json = boost::json;

constexpr std::uint64_t kLengthSizeBytes = 8;  // of the length before a safetensors header

/// The file names of an index, each once.
Result<std::set<std::string>> shards_of(const json::object& index) {
  const json::value* map = index.if_contains("weight_map");
  if (!map || !map->is_object()) {
    return fail(ErrorKind::Invalid, "not a safetensors index: no \"weight_map\"");
  }
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : map->get_object()) {
    if (!shard.is_string()) return fail(ErrorKind::Invalid, "not a safetensors index");
    shards.emplace(shard.get_string());
    if (shards.size() > limits::kTensorShardCountMax) {
      return fail(ErrorKind::TooLarge, "a safetensors index of too many files");
    }
  }
  return shards;
}

/// Reads files of main of one repo, as its caller may.
class Reader {
 public:
  Reader(Context& context, const Call& call, meta::RepoName repo)
      : context_(context), call_(call), repo_(std::move(repo)) {}

  Result<std::shared_ptr<const service::Resolution>> find(std::string path) {
    const service::FileRequest wanted{repo_, "main", std::move(path)};
    auto resolution = context_.fetch.resolve(*call_.caller, wanted);
    if (resolution->error) return tl::unexpected(*resolution->error);
    return resolution;
  }

  Result<json::object> index(const service::Resolution& file) {
    const std::uint64_t size_bytes = file.file.size_bytes;
    if (size_bytes > limits::kTensorHeadersSizeBytesMax) {
      return fail(ErrorKind::TooLarge, "the safetensors index is too large");
    }
    TRY(const auto text, context_.fetch.read(file, {0, size_bytes}));
    return parse_object(text);
  }

  /// The header's text. Errors: Invalid if the file is no safetensors file; TooLarge.
  Result<std::string> header(const service::Resolution& file, std::uint64_t size_bytes_max) {
    const std::string& path = file.file.path;
    const std::uint64_t size_bytes = file.file.size_bytes;
    if (size_bytes < kLengthSizeBytes) return fail(ErrorKind::Invalid, path + " is too short");
    TRY(const auto length_bytes, context_.fetch.read(file, {0, kLengthSizeBytes}));
    TRY(const auto length, ByteReader(as_bytes(length_bytes)).u64());
    if (length > size_bytes - kLengthSizeBytes) {
      return fail(ErrorKind::Invalid, path + " is no safetensors file");
    }
    if (length > size_bytes_max)
      return fail(ErrorKind::TooLarge, "the tensor headers are too large");
    TRY(auto text, context_.fetch.read(file, {kLengthSizeBytes, length}));
    if (!parse_object(text)) return fail(ErrorKind::Invalid, path + " has a malformed header");
    return text;
  }

 private:
  Context& context_;
  const Call& call_;
  const meta::RepoName repo_;
};

}  // namespace

Result<net::Response> safetensors_metadata(Context& context, Call& call) {
  call.keep = context.kept.freshness();
  TRY(auto repo, repo_of(call.request));
  Reader reader(context, call, std::move(repo));
  const std::string path(call.request.capture("path"));
  TRY(const auto index_file, reader.find(path));
  context.kept.stand_on(*call.keep, index_file->repo_id);
  if (index_file->by_old_name) return moved_to(call.request, index_file->repo);
  TRY(const auto index, reader.index(*index_file));
  TRY(const auto shards, shards_of(index));

  json::object short_index;
  if (const json::value* metadata = index.if_contains("metadata")) {
    short_index["metadata"] = *metadata;
  }
  const std::string folder = path.substr(0, path.rfind('/') + 1);  // npos + 1 is 0
  std::string body = "{\"index\":" + json::serialize(short_index) + ",\"headers\":{";
  for (const std::string& shard : shards) {
    TRY(const auto file, reader.find(folder + shard));
    if (body.size() > limits::kTensorHeadersSizeBytesMax) {
      return fail(ErrorKind::TooLarge, "the tensor headers are too large");
    }
    TRY(const auto header, reader.header(*file, limits::kTensorHeadersSizeBytesMax - body.size()));
    if (!body.ends_with('{')) body += ',';
    body += json::serialize(json::string(shard)) + ":" + header;
  }
  return net::Response::json(200, body + "}}");
}

}  // namespace granary::api::hf
