// OpenSSL's EVP digests behind plain types.
#include "base/hasher.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace granary {
namespace {

EVP_MD_CTX* evp(const detail::EvpContextPointer& context) {
  return reinterpret_cast<EVP_MD_CTX*>(context.get());
}

// Fetched once: looking an algorithm up costs more than hashing a token does.
const EVP_MD* sha256() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}
const EVP_MD* sha1() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  return algorithm;
}

// OpenSSL's digests fail only when they cannot be fetched or memory is gone: nothing to recover.
detail::EvpContextPointer start(const EVP_MD* algorithm) {
  detail::EvpContextPointer context(reinterpret_cast<detail::EvpContext*>(EVP_MD_CTX_new()));
  GRANARY_ASSERT(context && EVP_DigestInit_ex(evp(context), algorithm, nullptr) == 1);
  return context;
}

void add(const detail::EvpContextPointer& context, ByteView bytes) {
  GRANARY_ASSERT(EVP_DigestUpdate(evp(context), bytes.data(), bytes.size()) == 1);
}

template <class D>
D end(const detail::EvpContextPointer& context, const EVP_MD* algorithm) {
  D digest;
  unsigned size = 0;
  auto* out = reinterpret_cast<unsigned char*>(digest.bytes.data());
  GRANARY_ASSERT(EVP_DigestFinal_ex(evp(context), out, &size) == 1 && size == D::kSizeBytes);
  GRANARY_ASSERT(EVP_DigestInit_ex(evp(context), algorithm, nullptr) == 1);
  return digest;
}

}  // namespace

void detail::EvpContextDeleter::operator()(EvpContext* context) const {
  EVP_MD_CTX_free(reinterpret_cast<EVP_MD_CTX*>(context));
}

Sha256Hasher::Sha256Hasher() : context_(start(sha256())) {}
void Sha256Hasher::update(ByteView bytes) { add(context_, bytes); }
Sha256 Sha256Hasher::finish() { return end<Sha256>(context_, sha256()); }

Sha1Hasher::Sha1Hasher() : context_(start(sha1())) {}
void Sha1Hasher::update(ByteView bytes) { add(context_, bytes); }
GitOid Sha1Hasher::finish() { return end<GitOid>(context_, sha1()); }

Sha256 sha256_of(ByteView bytes) {
  Sha256 digest;
  unsigned size = 0;
  auto* out = reinterpret_cast<unsigned char*>(digest.bytes.data());
  GRANARY_ASSERT(EVP_Digest(bytes.data(), bytes.size(), out, &size, sha256(), nullptr) == 1 &&
                 size == Sha256::kSizeBytes);
  return digest;
}

Sha256 hmac_sha256(ByteView key, ByteView message) {
  Sha256 digest;
  unsigned size = 0;
  const auto* made = HMAC(sha256(), key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                          reinterpret_cast<unsigned char*>(digest.bytes.data()), &size);
  GRANARY_ASSERT(made != nullptr && size == Sha256::kSizeBytes);
  return digest;
}

bool equal_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace granary
