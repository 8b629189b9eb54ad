// Tests of the error table: statuses, codes and texts by which clients choose their exception.
#include "api/hf/errors.h"

#include <gtest/gtest.h>

namespace granary::api::hf {
namespace {

net::Response response_to(ErrorKind kind, Asker asker = Asker::Known) {
  return to_response(Error{kind, "some text"}, asker);
}

std::string header(const net::Response& response, std::string_view name) {
  return std::string(response.headers.find(name).value_or("(none)"));
}

TEST(Errors, EachKindHasTheStatusAndCodeThatClientsBranchOn) {
  const struct {
    ErrorKind kind;
    int status;
    const char* code;
  } rows[] = {
      {ErrorKind::NotFound, 404, "(none)"},
      {ErrorKind::RepoNotFound, 404, "RepoNotFound"},
      {ErrorKind::RevisionNotFound, 404, "RevisionNotFound"},
      {ErrorKind::EntryNotFound, 404, "EntryNotFound"},
      {ErrorKind::Invalid, 400, "(none)"},
      {ErrorKind::Unauthenticated, 401, "(none)"},
      {ErrorKind::Denied, 403, "(none)"},
      {ErrorKind::Gated, 403, "GatedRepo"},
      {ErrorKind::Conflict, 409, "(none)"},
      {ErrorKind::Stale, 409, "(none)"},
      {ErrorKind::TooLarge, 413, "(none)"},
      {ErrorKind::NoSpace, 507, "(none)"},
      {ErrorKind::Corrupt, 500, "(none)"},
      {ErrorKind::Unavailable, 503, "(none)"},
      {ErrorKind::Internal, 500, "(none)"},
  };
  for (const auto& row : rows) {
    const auto response = response_to(row.kind);
    EXPECT_EQ(response.status, row.status) << name_of(row.kind);
    EXPECT_EQ(header(response, "X-Error-Code"), row.code) << name_of(row.kind);
    EXPECT_EQ(header(response, "Content-Type"), "application/json; charset=utf-8");
  }
}

TEST(Errors, AGatedRepoAsksAStrangerToLogIn) {
  const auto response = response_to(ErrorKind::Gated, Asker::Stranger);
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(header(response, "X-Error-Code"), "GatedRepo");
}

TEST(Errors, AStrangerWhoIsDeniedIsAskedToLogIn) {
  EXPECT_EQ(response_to(ErrorKind::Denied, Asker::Stranger).status, 401);
}

TEST(Errors, NoOtherKindTellsStrangersApart) {
  for (const auto kind : {ErrorKind::NotFound, ErrorKind::RepoNotFound, ErrorKind::Stale}) {
    EXPECT_EQ(response_to(kind, Asker::Stranger).status, response_to(kind).status);
  }
}

TEST(Errors, TheBodyIsAnObjectAndTheHeaderSaysTheSame) {
  const auto response = to_response(Error{ErrorKind::Invalid, "a \"b\"\nc"});
  EXPECT_EQ(std::get<std::string>(response.content), R"({"error":"a \"b\"\u000ac"})");
  EXPECT_EQ(header(response, "X-Error-Message"), "a \"b\" c");
}

TEST(Errors, WhatFailedInsideIsNotTold) {
  for (const auto kind : {ErrorKind::Internal, ErrorKind::Corrupt, ErrorKind::NoSpace}) {
    const auto response = to_response(Error{kind, "opening /data/secret"});
    EXPECT_EQ(std::get<std::string>(response.content).find("secret"), std::string::npos);
    EXPECT_EQ(header(response, "X-Error-Message").find("secret"), std::string::npos);
  }
}

TEST(Errors, TryAgainLaterSaysWhenAsAnInteger) {
  EXPECT_EQ(header(response_to(ErrorKind::Unavailable), "Retry-After"), "1");
}

TEST(Errors, HeaderTextIsOneLineOfAsciiAndBounded) {
  EXPECT_EQ(header_text("a\r\nb\tc\x7f\xc3\xa9"), "a  b c???");
  EXPECT_EQ(header_text(std::string(5000, 'x')).size(), 1000U);
}

}  // namespace
}  // namespace granary::api::hf
