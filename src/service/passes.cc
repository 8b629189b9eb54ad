// Passes as text: fields between dots, and an HMAC-SHA-256 over them.
#include "service/passes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "base/hasher.h"
#include "base/text.h"
#include "meta/account_store.h"

namespace granary::service {
namespace {

constexpr std::string_view kVersion = "p1";
constexpr std::string_view kNoUpload = "-";
constexpr std::string_view kKeyName = "pass-signing-key";
constexpr std::size_t kKeySizeBytes = 32;
constexpr std::size_t kFieldCount = 10;
constexpr std::size_t kPassSizeBytesMax = 512;

struct UseName {
  PassUse use;
  std::string_view name;
};
constexpr std::array<UseName, 5> kUses{{{PassUse::Send, "send"},
                                        {PassUse::SendPart, "part"},
                                        {PassUse::Complete, "complete"},
                                        {PassUse::Verify, "verify"},
                                        {PassUse::Fetch, "fetch"}}};

std::string_view name_of(PassUse use) { return std::ranges::find(kUses, use, &UseName::use)->name; }

tl::unexpected<Error> malformed() { return fail(ErrorKind::Invalid, "this is no pass"); }

/// Decimal digits without sign or leading zeros: each number has one spelling.
template <class Number>
Result<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return malformed();
  if (text.front() == '-' || (text.front() == '0' && text.size() > 1)) return malformed();
  return number;
}

bool is_upload_id(std::string_view text) {
  return text.size() == 32 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::int64_t seconds_of(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string text_of(const Pass& pass) {
  const std::string upload = pass.upload.empty() ? std::string(kNoUpload) : pass.upload;
  std::string text(kVersion);
  for (const std::string& field :
       {std::string(name_of(pass.use)), std::to_string(pass.repo.value),
        std::to_string(pass.user.value), pass.sha256.to_string(), std::to_string(pass.size_bytes),
        upload, std::to_string(pass.part), std::to_string(seconds_of(pass.expires))}) {
    text += '.';
    text += field;
  }
  return text;
}

Result<Pass> parse_fields(const std::vector<std::string_view>& fields) {
  const auto use = std::ranges::find(kUses, fields[1], &UseName::name);
  if (fields[0] != kVersion || use == kUses.end()) return malformed();
  Pass pass;
  pass.use = use->use;
  TRY(pass.repo.value, parse_number<std::int64_t>(fields[2]));
  TRY(pass.user.value, parse_number<std::int64_t>(fields[3]));
  TRY(pass.sha256, Sha256::parse(fields[4]));
  TRY(pass.size_bytes, parse_number<std::uint64_t>(fields[5]));
  if (fields[6] != kNoUpload) {
    if (!is_upload_id(fields[6])) return malformed();
    pass.upload = fields[6];
  }
  TRY(pass.part, parse_number<std::uint32_t>(fields[7]));
  TRY(const auto seconds, parse_number<std::uint32_t>(fields[8]));
  pass.expires = WallTime(std::chrono::seconds(seconds));
  return pass;
}

}  // namespace

Result<SignedPass> parse_pass(std::string_view text) {
  if (text.size() > kPassSizeBytesMax) return malformed();
  const auto fields = split(text, '.');
  if (fields.size() != kFieldCount) return malformed();
  if (std::ranges::any_of(fields, &std::string_view::empty)) return malformed();
  SignedPass parsed;
  TRY(parsed.pass, parse_fields(fields));
  TRY(parsed.signature, Sha256::parse(fields.back()));
  parsed.signed_text = text.substr(0, text.size() - fields.back().size() - 1);
  return parsed;
}

PassSigner::PassSigner(Bytes key, Clock& clock) : key_(std::move(key)), clock_(&clock) {}

Result<PassSigner> PassSigner::create(Env& env, meta::AccountStore& accounts) {
  Bytes fresh(kKeySizeBytes);
  env.random.fill(fresh);
  TRY(auto key, accounts.setting_or_set(kKeyName, fresh));
  return PassSigner(std::move(key), env.clock);
}

std::string PassSigner::sign(const Pass& pass) const {
  std::string text = text_of(pass);
  const Sha256 signature = hmac_sha256(key_, as_bytes(text));
  return text + "." + signature.to_string();
}

Result<Pass> PassSigner::check(std::string_view text, PassUse use) const {
  auto parsed = parse_pass(text);
  if (!parsed) return fail(ErrorKind::Denied, "this link carries no valid pass");
  const Sha256 expected = hmac_sha256(key_, as_bytes(parsed->signed_text));
  if (!equal_constant_time(expected.view(), parsed->signature.view()) || parsed->pass.use != use) {
    return fail(ErrorKind::Denied, "this link carries no valid pass");
  }
  if (parsed->pass.expires <= clock_->wall_now()) {
    return fail(ErrorKind::Denied, "this link has expired; ask for a new one");
  }
  return std::move(parsed->pass);
}

}  // namespace granary::service
