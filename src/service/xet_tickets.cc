// Tickets and xorb passes as signed fields.
#include "service/xet_tickets.h"

#include <array>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "service/signed_fields.h"

namespace granary::service {
namespace {

constexpr std::string_view kReadTicket = "xr1";
constexpr std::string_view kWriteTicket = "xw1";
constexpr std::string_view kXorbPass = "xx1";
constexpr std::size_t kTextSizeBytesMax = 1024;

tl::unexpected<Error> malformed() { return fail(ErrorKind::Invalid, "this is no Xet token"); }

/// Refs hold dots and slashes; their bytes in hex hold neither.
std::string hex_of(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::optional<unsigned> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return std::nullopt;
}

Result<std::string> parse_hex(std::string_view hex) {
  if (hex.size() % 2 != 0 || hex.size() > 2 * limits::kRefNameSizeBytesMax) return malformed();
  std::string text;
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    const auto high = digit_of(hex[at]);
    const auto low = digit_of(hex[at + 1]);
    if (!high || !low) return malformed();
    text += static_cast<char>(*high << 4 | *low);
  }
  return text;
}

std::string text_of(const XetTicket& ticket) {
  std::string text(ticket.use == XetUse::Write ? kWriteTicket : kReadTicket);
  return text + "." + std::to_string(ticket.repo.value) + "." + std::to_string(ticket.user.value) +
         "." + hex_of(ticket.ref) + "." + seconds_text(ticket.expires);
}

std::string text_of(const XorbPass& pass) {
  std::string text(kXorbPass);
  return text + "." + std::to_string(pass.xorb.value) + "." + std::to_string(pass.first_byte) +
         "." + std::to_string(pass.last_byte) + "." + seconds_text(pass.expires);
}

}  // namespace

Result<XetTicket> parse_xet_ticket(std::string_view text) {
  if (text.size() > kTextSizeBytesMax) return malformed();
  const auto fields = split(text, '.');
  if (fields.size() != 5) return malformed();
  XetTicket ticket;
  if (fields[0] == kWriteTicket)
    ticket.use = XetUse::Write;
  else if (fields[0] != kReadTicket)
    return malformed();
  TRY(ticket.repo.value, parse_number<std::int64_t>(fields[1]));
  TRY(ticket.user.value, parse_number<std::int64_t>(fields[2]));
  TRY(ticket.ref, parse_hex(fields[3]));
  TRY(ticket.expires, parse_seconds(fields[4]));
  return ticket;
}

Result<XorbPass> parse_xorb_pass(std::string_view text) {
  if (text.size() > kTextSizeBytesMax) return malformed();
  const auto fields = split(text, '.');
  if (fields.size() != 5 || fields[0] != kXorbPass) return malformed();
  XorbPass pass;
  TRY(pass.xorb.value, parse_number<std::int64_t>(fields[1]));
  TRY(pass.first_byte, parse_number<std::uint64_t>(fields[2]));
  TRY(pass.last_byte, parse_number<std::uint64_t>(fields[3]));
  TRY(pass.expires, parse_seconds(fields[4]));
  if (pass.first_byte > pass.last_byte) return malformed();
  return pass;
}

std::string XetSigner::sign(const XetTicket& ticket) const {
  return sign_text(key_, text_of(ticket));
}

std::string XetSigner::sign(const XorbPass& pass) const { return sign_text(key_, text_of(pass)); }

Result<XetTicket> XetSigner::check_ticket(std::string_view text, XetUse use) const {
  const auto signed_text = check_signature(key_, text);
  auto ticket = signed_text ? parse_xet_ticket(*signed_text) : Result<XetTicket>(malformed());
  if (!ticket) return fail(ErrorKind::Unauthenticated, "this is no Xet token of this server");
  if (ticket->expires <= clock_->wall_now()) {
    return fail(ErrorKind::Unauthenticated,
                "this Xet token has expired; ask the hub for a new one");
  }
  if (use == XetUse::Write && ticket->use != XetUse::Write) {
    return fail(ErrorKind::Denied, "this Xet token may only read");
  }
  return ticket;
}

Result<XorbPass> XetSigner::check_pass(std::string_view text) const {
  const auto signed_text = check_signature(key_, text);
  auto pass = signed_text ? parse_xorb_pass(*signed_text) : Result<XorbPass>(malformed());
  if (!pass) return fail(ErrorKind::Denied, "this link carries no valid pass");
  if (pass->expires <= clock_->wall_now()) {
    return fail(ErrorKind::Denied, "this link has expired; ask for the reconstruction again");
  }
  return pass;
}

}  // namespace granary::service
