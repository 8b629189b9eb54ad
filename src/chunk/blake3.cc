// BLAKE3 through the official C and assembly implementation, which picks its SIMD path by CPUID.
#include "chunk/blake3.h"

#include <blake3.h>

namespace granary::chunk {
namespace {

Blake3Hash finish(const blake3_hasher& hasher) {
  Blake3Hash hash;
  blake3_hasher_finalize(&hasher, reinterpret_cast<std::uint8_t*>(hash.data()), hash.size());
  return hash;
}

}  // namespace

struct Blake3Hasher::State {
  blake3_hasher hasher;
};

Blake3Hash blake3_keyed(const Blake3Key& key, ByteView bytes) {
  static_assert(sizeof(Blake3Hash) == BLAKE3_OUT_LEN && sizeof(Blake3Key) == BLAKE3_KEY_LEN);
  blake3_hasher hasher;
  blake3_hasher_init_keyed(&hasher, key.data());
  blake3_hasher_update(&hasher, bytes.data(), bytes.size());
  return finish(hasher);
}

Blake3Hasher::Blake3Hasher(const Blake3Key& key) : state_(std::make_unique<State>()) {
  blake3_hasher_init_keyed(&state_->hasher, key.data());
}
Blake3Hasher::~Blake3Hasher() = default;
Blake3Hasher::Blake3Hasher(Blake3Hasher&&) noexcept = default;
Blake3Hasher& Blake3Hasher::operator=(Blake3Hasher&&) noexcept = default;

void Blake3Hasher::update(ByteView bytes) {
  blake3_hasher_update(&state_->hasher, bytes.data(), bytes.size());
}

Blake3Hash Blake3Hasher::finish() {
  const Blake3Hash hash = chunk::finish(state_->hasher);
  blake3_hasher_reset(&state_->hasher);
  return hash;
}

}  // namespace granary::chunk
