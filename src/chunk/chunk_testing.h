// Inputs of the Xet test vectors, and the vector files themselves. For tests only.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "chunk/chunk_hash.h"

namespace granary::chunk::testing {

/// A file of tests/testdata/xet/.
boost::json::value read_vectors(const std::string& name);

/// The generator that the vectors' inputs are made with.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();

 private:
  std::uint64_t state_;
};

Bytes splitmix_bytes(std::uint64_t seed, std::size_t size_bytes);

/// A list of [hash string, length].
std::vector<Chunk> parse_chunks(const boost::json::value& pairs);

}  // namespace granary::chunk::testing
