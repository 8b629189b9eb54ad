// Tests of the token that a request carries.
#include "net/credentials.h"

#include <gtest/gtest.h>

#include "net/exchange.h"

namespace granary::net {
namespace {

Task<Response> tell_token(Request& request) {
  const auto token = token_of(request);
  co_return Response::text(token ? 200 : 401, token ? *token : token.error().message);
}

ReceivedResponse ask(const std::string& authorization) {
  return exchange(tell_token, "GET", "/", {"Authorization: " + authorization});
}

TEST(Credentials, ARequestWithoutThemCarriesAnEmptyToken) {
  const auto response = exchange(tell_token, "GET", "/");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "");
}

TEST(Credentials, BearerGivesTheTokenWhateverTheCaseOfTheScheme) {
  EXPECT_EQ(ask("Bearer hf_abc").body, "hf_abc");
  EXPECT_EQ(ask("bearer  hf_abc ").body, "hf_abc");
}

TEST(Credentials, BasicGivesThePasswordAndTheUserNameWithoutOne) {
  EXPECT_EQ(ask("Basic aGZfdXNlcjpoZl9hYmM=").body, "hf_abc");  // hf_user:hf_abc
  EXPECT_EQ(ask("Basic aGZfYWJjOg==").body, "hf_abc");          // hf_abc:
}

TEST(Credentials, WhatCannotBeReadIsABadTokenAndNotAnAbsentOne) {
  for (const char* text : {"Bearer", "Digest x", "Basic !!", "Basic aGY=", "hf_abc"}) {
    const auto response = ask(text);
    EXPECT_EQ(response.status, 401) << text;
    EXPECT_EQ(response.body, "Invalid credentials in Authorization header") << text;
  }
}

}  // namespace
}  // namespace granary::net
