// Passes as text: fields between dots, and an HMAC-SHA-256 over them.
#include "service/passes.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.h"
#include "service/signed_fields.h"

namespace granary::service {
namespace {

constexpr std::string_view kVersion = "p1";
constexpr std::string_view kNoUpload = "-";
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

bool is_upload_id(std::string_view text) {
  return text.size() == 32 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string text_of(const Pass& pass) {
  const std::string upload = pass.upload.empty() ? std::string(kNoUpload) : pass.upload;
  std::string text(kVersion);
  for (const std::string& field :
       {std::string(name_of(pass.use)), std::to_string(pass.repo.value),
        std::to_string(pass.user.value), pass.sha256.to_string(), std::to_string(pass.size_bytes),
        upload, std::to_string(pass.part), seconds_text(pass.expires)}) {
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
  TRY(pass.expires, parse_seconds(fields[8]));
  return pass;
}

}  // namespace

Result<Pass> parse_pass(std::string_view text) {
  if (text.size() > kPassSizeBytesMax) return malformed();
  const auto fields = split(text, '.');
  if (fields.size() != kFieldCount) return malformed();
  if (std::ranges::any_of(fields, &std::string_view::empty)) return malformed();
  TRY_DONE(Sha256::parse(fields.back()));
  return parse_fields(fields);
}

PassSigner::PassSigner(Bytes key, Clock& clock) : key_(std::move(key)), clock_(&clock) {}

Result<PassSigner> PassSigner::create(Env& env, meta::AccountStore& accounts) {
  TRY(auto key, read_signing_key(env.random, accounts));
  return PassSigner(std::move(key), env.clock);
}

std::string PassSigner::sign(const Pass& pass) const { return sign_text(key_, text_of(pass)); }

Result<Pass> PassSigner::check(std::string_view text, PassUse use) const {
  auto parsed = parse_pass(text);
  if (!parsed || !check_signature(key_, text) || parsed->use != use) {
    return fail(ErrorKind::Denied, "this link carries no valid pass");
  }
  if (parsed->expires <= clock_->wall_now()) {
    return fail(ErrorKind::Denied, "this link has expired; ask for a new one");
  }
  return *std::move(parsed);
}

}  // namespace granary::service
