// Tests of LFS JSON: what clients send is read, what they must not send is refused, order is kept.
#include "api/lfs/wire.h"

#include <gtest/gtest.h>

#include <string>

namespace granary::api::lfs {
namespace {

const std::string kOid(64, 'a');

TEST(ParseBatch, ReadsWhatTheHubsPythonClientSends) {
  const auto request = parse_batch(
      R"({"operation":"upload","transfers":["basic","multipart","xet"],"objects":[{"oid":")" +
      kOid + R"(","size":5000000000}],"hash_algo":"sha256","ref":{"name":"main"}})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->operation, Operation::Upload);
  EXPECT_TRUE(request->offers_multipart);
  ASSERT_EQ(request->objects.size(), 1u);
  EXPECT_EQ(request->objects[0].sha256->to_string(), kOid);
  EXPECT_EQ(request->objects[0].size_bytes, 5'000'000'000u);
}

TEST(ParseBatch, ReadsWhatGitLfsAndTheJavaScriptClientSend) {
  EXPECT_TRUE(parse_batch(R"({"operation":"download","objects":[],"transfers":
      ["lfs-standalone-file","basic","ssh"],"ref":{"name":"refs/heads/main"}})"));
  const auto request = parse_batch(R"({"operation":"upload","transfers":["basic","multipart"],
      "hash_algo":"sha_256","objects":[{"oid":"x","size":1}],"ref":null})");
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->objects[0].sha256.has_value());
  EXPECT_EQ(request->objects[0].oid, "x");
}

TEST(ParseBatch, GitLfsIsNotOfferedMultipartSinceItTakesOneTransferForAll) {
  const auto request = parse_batch(R"({"operation":"upload","objects":[],
      "transfers":["multipart","lfs-standalone-file","basic","ssh"]})");
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->offers_multipart);
}

TEST(ParseBatch, ABatchWithoutTransfersKnowsBasicAlone) {
  const auto request = parse_batch(R"({"operation":"upload","objects":[]})");
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->offers_multipart);
}

TEST(ParseBatch, AnObjectsSizeMustBeAWholeNumber) {
  for (const std::string size : {"-1", "1.5", "\"7\"", "null", "1e300"}) {
    const auto request =
        parse_batch(R"({"operation":"upload","objects":[{"oid":"x","size":)" + size + "}]}");
    ASSERT_TRUE(request) << size;
    EXPECT_FALSE(request->objects[0].size_bytes.has_value()) << size;
  }
}

TEST(ParseBatch, RefusesWhatIsNoBatch) {
  for (const std::string body :
       {"", "x", "[]", "{}", R"({"operation":"merge","objects":[]})", R"({"operation":"upload"})",
        R"({"operation":"upload","objects":[1]})", R"({"operation":"upload","objects":[{}]})",
        R"({"operation":"upload","objects":[],"hash_algo":"md5"})",
        R"({"operation":"upload","objects":[],"transfers":["ssh"]})"}) {
    const auto request = parse_batch(body);
    ASSERT_FALSE(request) << body;
    EXPECT_EQ(request.error().kind, ErrorKind::Invalid) << body;
  }
}

TEST(ParseBatch, ABatchOf1001ObjectsIsTooLarge) {
  std::string body = R"({"operation":"upload","objects":[)";
  for (int i = 0; i < 1001; ++i) body += std::string(i == 0 ? "" : ",") + R"({"oid":"x","size":1})";
  const auto request = parse_batch(body + "]}");
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().kind, ErrorKind::TooLarge);
}

TEST(ParseCompletion, EtagsLoseTheirQuotes) {
  const auto request = parse_completion(
      R"({"oid":")" + kOid +
      R"(","parts":[{"partNumber":1,"etag":"\"ab\""},{"partNumber":2,"etag":"cd"}]})");
  ASSERT_TRUE(request);
  ASSERT_EQ(request->parts.size(), 2u);
  EXPECT_EQ(request->parts[0].etag, "ab");
  EXPECT_EQ(request->parts[1].number, 2u);
  EXPECT_EQ(request->parts[1].etag, "cd");
}

TEST(ParseCompletion, RefusesPartsWithoutNumberOrEtag) {
  for (const std::string part : {"{}", "1", R"({"partNumber":1})", R"({"partNumber":0,"etag":"a"})",
                                 R"({"partNumber":10001,"etag":"a"})"}) {
    EXPECT_FALSE(parse_completion(R"({"oid":")" + kOid + R"(","parts":[)" + part + "]}")) << part;
  }
  EXPECT_FALSE(parse_completion(R"({"oid":"x","parts":[]})"));
  EXPECT_FALSE(parse_completion(R"({"oid":")" + kOid + "\"}"));
}

TEST(ParseVerify, WantsOidAndSize) {
  EXPECT_TRUE(parse_verify(R"({"oid":")" + kOid + R"(","size":0})"));
  EXPECT_FALSE(parse_verify(R"({"oid":")" + kOid + "\"}"));
  EXPECT_FALSE(parse_verify(R"({"size":0})"));
}

TEST(BatchJson, HeaderFieldsKeepTheirOrderAndKnownObjectsHaveNoActions) {
  BatchAnswer known{.oid = "a", .size_bytes = 1, .actions = {}, .error_message = {}};
  BatchAnswer wanted{
      .oid = "b",
      .size_bytes = 2,
      .actions = {{"upload", "http://h/u", {{"chunk_size", "5"}, {"00001", "http://h/1"}}}},
      .expires_in_seconds = 60,
      .error_message = {}};
  BatchAnswer bad{
      .oid = "c", .size_bytes = 3, .actions = {}, .error_code = 422, .error_message = "no"};
  EXPECT_EQ(batch_json(Transfer::Basic, {known, wanted, bad}),
            R"({"transfer":"basic","objects":[{"oid":"a","size":1},{"oid":"b","size":2,)"
            R"("authenticated":true,"actions":{"upload":{"href":"http://h/u","header":)"
            R"({"chunk_size":"5","00001":"http://h/1"},"expires_in":60}}},)"
            R"({"oid":"c","size":3,"error":{"code":422,"message":"no"}}],"hash_algo":"sha256"})");
}

}  // namespace
}  // namespace granary::api::lfs
