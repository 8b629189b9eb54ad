// Tests of form bodies.
#include "api/hf/form.h"

#include <gtest/gtest.h>

namespace granary::api::hf {
namespace {

std::string shown(std::string_view body) {
  const auto fields = parse_form(body, 10);
  if (!fields) return "error";
  std::string text;
  for (const FormField& field : *fields) text += "[" + field.name + "=" + field.value + "]";
  return text;
}

TEST(Form, PairsAreDecodedOnceAfterSplitting) {
  EXPECT_EQ(shown("a=1&b=2&a=3"), "[a=1][b=2][a=3]");
  EXPECT_EQ(shown("paths=b+c&paths=b%2Bc&paths=x%26y%3Dz"), "[paths=b c][paths=b+c][paths=x&y=z]");
  EXPECT_EQ(shown("a=%2541"), "[a=%41]");
}

TEST(Form, OddPairsAreTakenAsTheyAre) {
  EXPECT_EQ(shown(""), "");
  EXPECT_EQ(shown("&&a&=b&c==d&"), "[a=][=b][c==d]");
}

TEST(Form, BadEscapesAndTooManyFieldsAreRefused) {
  EXPECT_EQ(shown("a=%"), "error");
  EXPECT_EQ(shown("a=%zz"), "error");
  EXPECT_EQ(shown(std::string_view("a\0=1", 4)), "error");
  EXPECT_EQ(shown("a=%00"), "error");
  EXPECT_EQ(parse_form("a&a&a&a&a&a&a&a&a&a&a", 10).error().kind, ErrorKind::TooLarge);
}

}  // namespace
}  // namespace granary::api::hf
