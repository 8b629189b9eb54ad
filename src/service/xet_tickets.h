// Xet tickets: what a client of the Xet protocol may do, as signed text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/env.h"
#include "base/result.h"
#include "meta/types.h"

namespace granary::service {

/// Write includes Read.
enum class XetUse : std::uint8_t { Read, Write };

/// A Xet token's meaning. `ref` is the revision that it was asked for, as the client wrote it.
struct XetTicket {
  XetUse use = XetUse::Read;
  meta::RepoId repo;
  meta::NamespaceId user;  // 0: a stranger
  std::string ref;
  WallTime expires;  // to the second
  bool operator==(const XetTicket&) const = default;
};

/// Allows reading a run of bytes of a xorb as the Xet protocol carries it, in a fetch URL.
struct XorbPass {
  meta::XorbId xorb;
  std::uint64_t first_byte = 0;
  std::uint64_t last_byte = 0;  // inclusive
  WallTime expires;             // to the second
  bool operator==(const XorbPass&) const = default;
};

/// Reads the text that XetSigner signs, without its signature. Source: docs/formats/passes.md.
/// Errors: Invalid.
Result<XetTicket> parse_xet_ticket(std::string_view text);
Result<XorbPass> parse_xorb_pass(std::string_view text);

/// Thread-safe; never blocks.
class XetSigner {
 public:
  /// `key`: as read_signing_key gives it. `clock` outlives this.
  XetSigner(Bytes key, Clock& clock) : key_(std::move(key)), clock_(&clock) {}

  /// Letters, digits, '.' and '-': safe in a URL.
  std::string sign(const XetTicket& ticket) const;
  std::string sign(const XorbPass& pass) const;
  /// Errors: Unauthenticated for a token that is malformed, forged or expired; Denied for one that
  /// only reads when `use` is Write.
  Result<XetTicket> check_ticket(std::string_view text, XetUse use) const;
  /// Errors: Denied for a pass that is malformed, forged or expired.
  Result<XorbPass> check_pass(std::string_view text) const;

 private:
  Bytes key_;
  Clock* clock_;
};

}  // namespace granary::service
