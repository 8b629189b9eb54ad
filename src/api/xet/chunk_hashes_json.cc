// The form of docs/formats/xet-wire.md, "Chunk hashes".
#include "api/xet/chunk_hashes_json.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace granary::api::xet {
namespace {

namespace json = boost::json;

json::value to_json(const chunk::HashSubtree& tree) {
  if (tree.nodes.empty()) return nullptr;
  json::array nodes;
  for (const chunk::Chunk& node : tree.nodes) {
    nodes.push_back(json::object{{"hash", node.hash.to_string()}, {"size", node.size_bytes}});
  }
  json::array levels;
  for (const auto& [left, right] : tree.level_counts) {
    levels.push_back(json::array{left, right});
  }
  return json::object{{"nodes", std::move(nodes)},
                      {"levels", std::move(levels)},
                      {"at_start", tree.at_start},
                      {"at_end", tree.at_end}};
}

}  // namespace

std::string chunk_hashes_json(const service::FileChunkHashes& answer) {
  json::array windows;
  for (const chunk::ByteSpan& window : answer.windows) {
    windows.push_back(json::object{{"dirtyByteRange", json::array{window.begin, window.end}}});
  }
  json::array gaps;
  for (const chunk::HashSubtree& gap : answer.gaps) gaps.push_back(to_json(gap));
  json::array kept;
  for (const RangeHash& hash : answer.kept_terms) kept.emplace_back(hash.to_string());
  return json::serialize(json::object{{"totalChunks", answer.chunk_count},
                                      {"fileSize", answer.size_bytes},
                                      {"windows", std::move(windows)},
                                      {"hashRanges", std::move(gaps)},
                                      {"gapVerification", std::move(kept)}});
}

}  // namespace granary::api::xet
