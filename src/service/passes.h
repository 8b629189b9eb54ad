// Passes: signed permissions to send or fetch one file's bytes, for clients that show no token.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/env.h"
#include "base/result.h"
#include "meta/types.h"

namespace granary::meta {
class AccountStore;
}

namespace granary::service {

enum class PassUse : std::uint8_t { Send, SendPart, Complete, Verify, Fetch };

/// What a pass allows, and for whom it was made.
struct Pass {
  PassUse use = PassUse::Send;
  meta::RepoId repo;
  meta::NamespaceId user;  // 0: a stranger
  Sha256 sha256;
  std::uint64_t size_bytes = 0;  // of the whole file
  std::string upload;  // of a multipart upload: its id, 32 hex digits; else empty
  std::uint32_t part = 0;  // of SendPart, from 1
  WallTime expires;  // to the second
  bool operator==(const Pass&) const = default;
};

/// Reads the form that PassSigner::sign writes, without judging the signature.
/// Source: docs/formats/passes.md. Errors: Invalid.
Result<Pass> parse_pass(std::string_view text);

/// Thread-safe; never blocks.
class PassSigner {
 public:
  /// `key`: as read_signing_key gives it. `clock` outlives this.
  PassSigner(Bytes key, Clock& clock);
  static Result<PassSigner> create(Env& env, meta::AccountStore& accounts);

  /// The pass as text of letters, digits, '.' and '-': safe in a URL.
  std::string sign(const Pass& pass) const;
  /// Errors: Denied for a pass that is malformed, forged, expired or for another use.
  Result<Pass> check(std::string_view text, PassUse use) const;

 private:
  Bytes key_;
  Clock* clock_;
};

}  // namespace granary::service
