// HMAC-SHA-256 over a text, and the key that an instance keeps for it.
#include "service/signed_fields.h"

#include <chrono>

#include "base/hasher.h"
#include "meta/account_store.h"

namespace granary::service {
namespace {

constexpr std::string_view kKeyName = "pass-signing-key";
constexpr std::size_t kKeySizeBytes = 32;

}  // namespace

std::string sign_text(const Bytes& key, std::string text) {
  const Sha256 signature = hmac_sha256(key, as_bytes(text));
  return std::move(text) + "." + signature.to_string();
}

Result<std::string_view> check_signature(const Bytes& key, std::string_view signed_text) {
  const auto dot = signed_text.rfind('.');
  if (dot != std::string_view::npos) {
    const std::string_view text = signed_text.substr(0, dot);
    const auto signature = Sha256::parse(signed_text.substr(dot + 1));
    if (signature &&
        equal_constant_time(hmac_sha256(key, as_bytes(text)).view(), signature->view())) {
      return text;
    }
  }
  return fail(ErrorKind::Denied, "not signed by this server");
}

std::string seconds_text(WallTime time) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

Result<WallTime> parse_seconds(std::string_view text) {
  TRY(const auto seconds, parse_number<std::uint32_t>(text));
  return WallTime(std::chrono::seconds(seconds));
}

Result<Bytes> read_signing_key(Random& random, meta::AccountStore& accounts) {
  Bytes fresh(kKeySizeBytes);
  random.fill(fresh);
  return accounts.setting_or_set(kKeyName, fresh);
}

}  // namespace granary::service
