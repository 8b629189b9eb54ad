// Inputs of the Xet test vectors, and the vector files themselves. For tests only.
#pragma once

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "chunk/chunk_hash.h"

namespace granary::chunk::testing {

inline boost::json::value read_vectors(const std::string& name) {
  std::ifstream file(std::string(GRANARY_TESTDATA "/xet/") + name);
  return boost::json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

inline Bytes splitmix_bytes(std::uint64_t seed, std::size_t size_bytes) {
  Bytes bytes;
  for (SplitMix64 numbers(seed); bytes.size() < size_bytes;) put_u64(bytes, numbers.next());
  bytes.resize(size_bytes);
  return bytes;
}

inline Chunk parse_chunk(const boost::json::value& pair) {
  const auto& fields = pair.as_array();
  return {.hash = ChunkHash::parse(std::string_view(fields.at(0).as_string())).value(),
          .size_bytes = fields.at(1).to_number<std::uint64_t>()};
}

inline std::vector<Chunk> parse_chunks(const boost::json::value& pairs) {
  std::vector<Chunk> chunks;
  for (const auto& pair : pairs.as_array()) chunks.push_back(parse_chunk(pair));
  return chunks;
}

}  // namespace granary::chunk::testing
