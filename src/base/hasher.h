// Streaming SHA-256 and SHA-1, through OpenSSL.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/digest.h"

namespace granary {

namespace detail {
struct EvpContext;
struct EvpContextDeleter { void operator()(EvpContext* context) const; };
using EvpContextPointer = std::unique_ptr<EvpContext, EvpContextDeleter>;
}  // namespace detail

/// Feed bytes with update, then finish once. Not copyable; may be used by one thread at a time.
class Sha256Hasher {
 public:
  Sha256Hasher();
  void update(ByteView bytes);
  /// The digest of all bytes so far; the hasher starts afresh.
  Sha256 finish();

 private:
  detail::EvpContextPointer context_;
};

class Sha1Hasher {
 public:
  Sha1Hasher();
  void update(ByteView bytes);
  GitOid finish();

 private:
  detail::EvpContextPointer context_;
};

Sha256 sha256_of(ByteView bytes);

/// HMAC-SHA-256 of `message` under `key`: what signed URLs are made with.
Sha256 hmac_sha256(ByteView key, ByteView message);

/// Equal, in time that does not depend on where they differ.
bool equal_constant_time(ByteView a, ByteView b);

}  // namespace granary
