// Inputs of the Xet test vectors, and the vector files themselves.
#include "chunk/chunk_testing.h"

#include <boost/json.hpp>
#include <fstream>
#include <iterator>

namespace granary::chunk::testing {

boost::json::value read_vectors(const std::string& name) {
  std::ifstream file(std::string(GRANARY_TESTDATA "/xet/") + name);
  return boost::json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

std::uint64_t SplitMix64::next() {
  std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

Bytes splitmix_bytes(std::uint64_t seed, std::size_t size_bytes) {
  Bytes bytes;
  for (SplitMix64 numbers(seed); bytes.size() < size_bytes;) put_u64(bytes, numbers.next());
  bytes.resize(size_bytes);
  return bytes;
}

std::vector<Chunk> parse_chunks(const boost::json::value& pairs) {
  std::vector<Chunk> chunks;
  for (const auto& pair : pairs.as_array()) {
    const auto& fields = pair.as_array();
    chunks.push_back({.hash = ChunkHash::parse(std::string_view(fields.at(0).as_string())).value(),
                      .size_bytes = fields.at(1).to_number<std::uint64_t>()});
  }
  return chunks;
}

}  // namespace granary::chunk::testing
