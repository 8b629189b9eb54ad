// Tests of Xet tickets and xorb passes: what is signed comes back, and nothing else is believed.
#include "service/xet_tickets.h"

#include <gtest/gtest.h>

#include <chrono>

namespace granary::service {
namespace {

class FixedClock final : public Clock {
 public:
  WallTime wall_now() override { return now; }
  SteadyTime steady_now() override { return {}; }
  WallTime now{std::chrono::seconds(1'800'000'000)};
};

XetTicket some_ticket(XetUse use) {
  return {.use = use,
          .repo = {7},
          .user = {3},
          .ref = "refs/heads/ünï.1",
          .expires = WallTime(std::chrono::seconds(1'800'003'600))};
}

XorbPass some_pass() {
  return {.xorb = {12},
          .first_byte = 8,
          .last_byte = 67'000'000,
          .expires = WallTime(std::chrono::seconds(1'800'003'600))};
}

class XetSignerTest : public ::testing::Test {
 protected:
  template <class T>
  static std::optional<ErrorKind> kind_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().kind);
  }

  FixedClock clock;
  const XetSigner signer{Bytes(32, std::byte{1}), clock};
};

TEST_F(XetSignerTest, ATicketComesBackUntilItExpires) {
  for (const XetUse use : {XetUse::Read, XetUse::Write}) {
    const XetTicket ticket = some_ticket(use);
    const auto checked = signer.check_ticket(signer.sign(ticket), XetUse::Read);
    ASSERT_TRUE(checked) << checked.error().message;
    EXPECT_EQ(*checked, ticket);
  }
  const std::string text = signer.sign(some_ticket(XetUse::Write));
  clock.now = some_ticket(XetUse::Write).expires;
  EXPECT_EQ(kind_of(signer.check_ticket(text, XetUse::Read)), ErrorKind::Unauthenticated);
}

TEST_F(XetSignerTest, ATicketToReadDoesNotWrite) {
  const std::string text = signer.sign(some_ticket(XetUse::Read));
  EXPECT_EQ(kind_of(signer.check_ticket(text, XetUse::Write)), ErrorKind::Denied);
  EXPECT_TRUE(signer.check_ticket(signer.sign(some_ticket(XetUse::Write)), XetUse::Write));
}

TEST_F(XetSignerTest, APassComesBackUntilItExpires) {
  const std::string text = signer.sign(some_pass());
  const auto checked = signer.check_pass(text);
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(*checked, some_pass());
  clock.now = some_pass().expires;
  EXPECT_EQ(kind_of(signer.check_pass(text)), ErrorKind::Denied);
}

TEST_F(XetSignerTest, AnotherKeyOrAnotherKindOfTextIsNotBelieved) {
  const XetSigner other(Bytes(32, std::byte{2}), clock);
  const std::string ticket = signer.sign(some_ticket(XetUse::Write));
  const std::string pass = signer.sign(some_pass());
  EXPECT_EQ(kind_of(other.check_ticket(ticket, XetUse::Read)), ErrorKind::Unauthenticated);
  EXPECT_EQ(kind_of(other.check_pass(pass)), ErrorKind::Denied);
  EXPECT_EQ(kind_of(signer.check_ticket(pass, XetUse::Read)), ErrorKind::Unauthenticated);
  EXPECT_EQ(kind_of(signer.check_pass(ticket)), ErrorKind::Denied);
}

TEST_F(XetSignerTest, NoChangedByteIsBelieved) {
  const std::string text = signer.sign(some_pass());
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string forged = text;
    forged[at] = forged[at] == '1' ? '2' : '1';
    EXPECT_EQ(kind_of(signer.check_pass(forged)), ErrorKind::Denied) << at;
  }
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(signer.check_pass(std::string_view(text).substr(0, size))) << size;
  }
}

TEST(ParseXetTicket, HostileFieldsAreRefused) {
  EXPECT_TRUE(parse_xet_ticket("xr1.7.3..1800003600"));
  for (const char* text : {"", "xr1.7.3..", "xr1.7.3.6.1", "xr1.7.3.6G.1", "xr1.07.3..1",
                           "xr2.7.3..1", "xr1.7.3..1.", "xr1.-7.3..1", "xx1.1.2.3.4"}) {
    EXPECT_FALSE(parse_xet_ticket(text)) << text;
  }
  EXPECT_FALSE(parse_xet_ticket("xr1.7.3." + std::string(512, 'a') + ".1"));
}

TEST(ParseXorbPass, HostileFieldsAreRefused) {
  EXPECT_TRUE(parse_xorb_pass("xx1.1.2.3.4"));
  for (const char* text : {"", "xx1.1.3.2.4", "xx1.1.2.18446744073709551616.4", "xx1.1.2.3",
                           "xx1.1.2.3.4.5", "xw1.1.2.3.4", "xx1.1..3.4"}) {
    EXPECT_FALSE(parse_xorb_pass(text)) << text;
  }
}

}  // namespace
}  // namespace granary::service
