// Tests of passes: what is signed comes back, and nothing else is believed.
#include "service/passes.h"

#include <gtest/gtest.h>

#include <cctype>
#include <chrono>

namespace granary::service {
namespace {

class FixedClock final : public Clock {
 public:
  WallTime wall_now() override { return now; }
  SteadyTime steady_now() override { return {}; }
  WallTime now{std::chrono::seconds(1'800'000'000)};
};

Bytes key_of(unsigned char fill) { return Bytes(32, std::byte{fill}); }

Pass some_pass() {
  Pass pass;
  pass.use = PassUse::SendPart;
  pass.repo = {7};
  pass.user = {3};
  pass.sha256.bytes.fill(std::byte{0xab});
  pass.size_bytes = 5'000'000'000;
  pass.upload = "0123456789abcdef0123456789abcdef";
  pass.part = 12;
  pass.expires = WallTime(std::chrono::seconds(1'800'003'600));
  return pass;
}

TEST(PassSigner, WhatIsSignedIsBelievedUntilItExpires) {
  FixedClock clock;
  const PassSigner signer(key_of(1), clock);
  const Pass pass = some_pass();
  const std::string text = signer.sign(pass);
  const auto checked = signer.check(text, PassUse::SendPart);
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(*checked, pass);
  clock.now = pass.expires - std::chrono::milliseconds(1);
  EXPECT_TRUE(signer.check(text, PassUse::SendPart));
  clock.now = pass.expires;
  const auto late = signer.check(text, PassUse::SendPart);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::Denied);
  EXPECT_NE(late.error().message.find("expired"), std::string::npos);
}

TEST(PassSigner, APassWithoutUploadComesBack) {
  FixedClock clock;
  const PassSigner signer(key_of(1), clock);
  Pass pass = some_pass();
  pass.use = PassUse::Send;
  pass.upload.clear();
  pass.part = 0;
  const auto checked = signer.check(signer.sign(pass), PassUse::Send);
  ASSERT_TRUE(checked);
  EXPECT_EQ(*checked, pass);
}

TEST(PassSigner, AnotherUseOrAnotherKeyIsDenied) {
  FixedClock clock;
  const PassSigner signer(key_of(1), clock);
  const PassSigner other(key_of(2), clock);
  const std::string text = signer.sign(some_pass());
  EXPECT_FALSE(signer.check(text, PassUse::Fetch));
  EXPECT_FALSE(other.check(text, PassUse::SendPart));
}

TEST(PassSigner, NoChangedByteIsBelieved) {
  FixedClock clock;
  const PassSigner signer(key_of(1), clock);
  const std::string text = signer.sign(some_pass());
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char replacement : {'0', '1', 'a', 'f', '.', '-', 'A', '\0'}) {
      if (text[at] == replacement) continue;
      std::string forged = text;
      forged[at] = replacement;
      const auto checked = signer.check(forged, PassUse::SendPart);
      if (!checked) continue;
      // Only a hex digit of the signature itself may be written in the other case.
      EXPECT_GT(at, text.rfind('.'));
      EXPECT_EQ(std::tolower(text[at]), std::tolower(replacement)) << at;
    }
  }
}

TEST(PassSigner, CutAndStretchedTextsAreDenied) {
  FixedClock clock;
  const PassSigner signer(key_of(1), clock);
  const std::string text = signer.sign(some_pass());
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(signer.check(std::string_view(text).substr(0, size), PassUse::SendPart));
  }
  EXPECT_FALSE(signer.check(text + "0", PassUse::SendPart));
  EXPECT_FALSE(signer.check(text + ".0", PassUse::SendPart));
  EXPECT_FALSE(signer.check(std::string(100'000, '.'), PassUse::SendPart));
}

TEST(PassSigner, TheExampleOfTheFormatsPageIsWhatIsWritten) {
  FixedClock clock;
  EXPECT_EQ(PassSigner(key_of(1), clock).sign(some_pass()),
            "p1.part.7.3.abababababababababababababababababababababababababababababababab."
            "5000000000.0123456789abcdef0123456789abcdef.12.1800003600."
            "f7d46bc601c4530ee31fb58e049d81db965a0754abc4860e54c91eaf165fe232");
}

TEST(ParsePass, EachNumberHasOneSpelling) {
  const std::string zeros(64, '0');
  const std::string tail = "." + zeros + ".5.-.0.1800000000." + zeros;
  EXPECT_TRUE(parse_pass("p1.send.7.3" + tail));
  EXPECT_FALSE(parse_pass("p1.send.07.3" + tail));
  EXPECT_FALSE(parse_pass("p1.send.-7.3" + tail));
  EXPECT_FALSE(parse_pass("p1.send.+7.3" + tail));
  EXPECT_FALSE(parse_pass("p1.send.7 .3" + tail));
  EXPECT_FALSE(parse_pass("p1.send.99999999999999999999.3" + tail));
  EXPECT_FALSE(parse_pass("p2.send.7.3" + tail));
  EXPECT_FALSE(parse_pass("p1.steal.7.3" + tail));
}

}  // namespace
}  // namespace granary::service
