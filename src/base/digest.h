// Digests as distinct types: SHA-256 of a file, git object ids, and the three Xet hashes.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace granary {

/// N raw bytes with a meaning. `Tag::kGrouped` selects Xet's string form (each group of eight bytes
/// reversed) over plain hex; both are lower-case.
template <class Tag, std::size_t N>
struct Digest {
  static constexpr std::size_t kSizeBytes = N;
  std::array<std::byte, N> bytes{};

  auto operator<=>(const Digest&) const = default;
  ByteView view() const { return bytes; }
  bool is_zero() const { return *this == Digest{}; }

  std::string to_string() const {
    if constexpr (Tag::kGrouped) return to_hex(swapped().bytes);
    return to_hex(bytes);
  }
  /// Errors: Invalid unless `text` is exactly 2 * N hex digits.
  static Result<Digest> parse(std::string_view text) {
    Digest digest;
    TRY_DONE(parse_hex(text, digest.bytes));
    if constexpr (Tag::kGrouped) return digest.swapped();
    return digest;
  }
  /// Errors: Invalid unless `raw` is exactly N bytes.
  static Result<Digest> from_bytes(ByteView raw) {
    if (raw.size() != N) return fail(ErrorKind::Invalid, "a digest of the wrong length");
    Digest digest;
    std::memcpy(digest.bytes.data(), raw.data(), N);
    return digest;
  }

 private:
  Digest swapped() const {
    Digest out;
    for (std::size_t i = 0; i < N; ++i) out.bytes[i] = bytes[i / 8 * 8 + 7 - i % 8];
    return out;
  }
};

struct Sha256Tag {
  static constexpr bool kGrouped = false;
};
struct GitOidTag {
  static constexpr bool kGrouped = false;
};
struct ChunkHashTag {
  static constexpr bool kGrouped = true;
};
struct XorbHashTag {
  static constexpr bool kGrouped = true;
};
struct FileHashTag {
  static constexpr bool kGrouped = true;
};
struct RangeHashTag {
  static constexpr bool kGrouped = true;
};

using Sha256 = Digest<Sha256Tag, 32>;  // of a file's bytes: a file's identity
using GitOid = Digest<GitOidTag, 20>;  // SHA-1 of a git object
using ChunkHash = Digest<ChunkHashTag, 32>;  // keyed BLAKE3 of a chunk's bytes
using XorbHash = Digest<XorbHashTag, 32>;  // Merkle root of a xorb's chunk hashes
// Xet's hash of a file: salted Merkle root of its chunks.
using FileHash = Digest<FileHashTag, 32>;
using RangeHash = Digest<RangeHashTag, 32>;  // Xet's verification hash of a run of chunks

/// For unordered containers. Seeded per process, since peers choose some digests.
struct DigestHasher {
  template <class Tag, std::size_t N>
  std::size_t operator()(const Digest<Tag, N>& digest) const {
    return mix(load_u64(digest.bytes.data()), load_u64(digest.bytes.data() + 8));
  }
  static std::size_t mix(std::uint64_t a, std::uint64_t b);
};

}  // namespace granary
