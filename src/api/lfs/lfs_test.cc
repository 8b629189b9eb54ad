// Tests of Git LFS by whole requests: batch, signed URLs without a token, parts, and error bodies.
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "api/lfs/routes.h"
#include "base/hasher.h"
#include "net/exchange.h"
#include "net/pace.h"
#include "net/pool.h"
#include "net/router.h"
#include "service/publish_testing.h"

namespace granary::api::lfs {
namespace {

namespace json = boost::json;
using net::ReceivedResponse;
using service::testing::noise;
using service::testing::PublishHub;

class Lfs : public ::testing::Test {
 protected:
  Lfs() {
    hub.add_repo("alice/m");
    hub.add_repo("alice/d", meta::Visibility::Public, meta::RepoKind::Dataset);
    hub.add_repo("alice/secret", meta::Visibility::Private);
    mount(router, context);
  }

  ReceivedResponse ask(std::string_view method, const std::string& target, std::string_view body,
                       const std::string& token = "") {
    std::vector<std::string> headers;
    if (!token.empty()) headers.push_back("Authorization: Bearer " + token);
    return net::exchange(router.handler(), method, target, headers, body);
  }
  ReceivedResponse batch(const std::string& repo, std::string_view operation,
                         std::string_view content, const std::string& token,
                         std::string_view transfers = R"(["basic"])") {
    const std::string body = R"({"operation":")" + std::string(operation) + R"(","transfers":)" +
                             std::string(transfers) + R"(,"objects":[{"oid":")" + oid_of(content) +
                             R"(","size":)" + std::to_string(content.size()) + "}]}";
    return ask("POST", "/" + repo + ".git/info/lfs/objects/batch", body, token);
  }
  static std::string oid_of(std::string_view content) {
    return sha256_of(as_bytes(content)).to_string();
  }
  /// The only object of a batch's reply.
  static json::object object_of(const ReceivedResponse& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    if (response.status != 200) return {};
    EXPECT_EQ(response.header("Content-Type"), "application/vnd.git-lfs+json");
    return json::parse(response.body).at("objects").at(0).as_object();
  }
  /// An action's URL as a target on this server.
  static std::string href(const json::object& object, std::string_view action) {
    return target_of(std::string(object.at("actions").at(action).at("href").as_string()));
  }
  static std::string target_of(const std::string& url) {
    return url.substr(url.find('/', url.find("//") + 2));
  }
  std::string verify_body(std::string_view content) {
    return R"({"oid":")" + oid_of(content) + R"(","size":)" + std::to_string(content.size()) + "}";
  }

  PublishHub hub;
  net::Pool pool{2};
  Context context{hub.access, *hub.uploads, hub.xet->tokens, "/xet", pool};
  net::Router router;
  const std::string alice = hub.token("alice");
};

TEST_F(Lfs, AnObjectIsSentToASignedUrlWithoutAToken) {
  for (const std::string repo : {"alice/m", "datasets/alice/d"}) {
    const std::string content = "weights of " + repo;
    const auto wanted = object_of(batch(repo, "upload", content, alice));
    EXPECT_TRUE(wanted.at("authenticated").as_bool());
    const auto began = std::chrono::steady_clock::now();
    const auto sent = ask("PUT", href(wanted, "upload"), content);
    EXPECT_EQ(sent.status, 200) << sent.body;
    EXPECT_GE(std::chrono::steady_clock::now() - began, net::kKeepBeat);
    EXPECT_EQ(sent.header("ETag"), "\"" + oid_of(content) + "\"");
    EXPECT_EQ(ask("POST", href(wanted, "verify"), verify_body(content)).status, 200);
    EXPECT_FALSE(object_of(batch(repo, "upload", content, alice)).contains("actions"));
  }
}

TEST_F(Lfs, OtherBytesThanAnnouncedAre422AndNotThere) {
  const auto wanted = object_of(batch("alice/m", "upload", "weights", alice));
  for (const std::string_view body : {"WEIGHTS", "weigh", "weights and more"}) {
    const auto sent = ask("PUT", href(wanted, "upload"), body);
    EXPECT_EQ(sent.status, 422) << body;
    EXPECT_TRUE(json::parse(sent.body).as_object().contains("message"));
  }
  EXPECT_EQ(ask("POST", href(wanted, "verify"), verify_body("weights")).status, 404);
}

TEST_F(Lfs, AForgedUrlIsRefused) {
  const auto wanted = object_of(batch("alice/m", "upload", "weights", alice));
  std::string target = href(wanted, "upload");
  target.back() = target.back() == '0' ? '1' : '0';
  EXPECT_EQ(ask("PUT", target, "weights").status, 403);
  EXPECT_EQ(ask("PUT", target.substr(0, target.find('?')), "weights").status, 403);
}

TEST_F(Lfs, PartsOfALargeObjectAreSentAndCompleted) {
  const std::string content = noise(5, 3 * PublishHub::kPartSizeBytes - 7);
  const auto wanted =
      object_of(batch("alice/m", "upload", content, alice, R"(["basic","multipart"])"));
  const auto& header = wanted.at("actions").at("upload").at("header").as_object();
  ASSERT_EQ(header.size(), 4u) << "chunk_size and three parts, nothing else";
  EXPECT_EQ(header.at("chunk_size").as_string(), std::to_string(PublishHub::kPartSizeBytes));
  json::array parts;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string url(header.at("0000" + std::to_string(i + 1)).as_string());
    const auto sent = ask("PUT", target_of(url),
                          std::string_view(content).substr(i * PublishHub::kPartSizeBytes,
                                                           PublishHub::kPartSizeBytes));
    ASSERT_EQ(sent.status, 200) << sent.body;
    ASSERT_FALSE(sent.header("ETag").empty());
    parts.push_back(json::object{{"partNumber", i + 1}, {"etag", sent.header("ETag")}});
  }
  const json::object completion{{"oid", oid_of(content)}, {"parts", std::move(parts)}};
  const std::string body = json::serialize(completion);
  EXPECT_EQ(ask("POST", href(wanted, "upload"), body).status, 200);
  EXPECT_EQ(ask("POST", href(wanted, "upload"), body).status, 200) << "a retry is fine";
  EXPECT_EQ(ask("POST", href(wanted, "verify"), verify_body(content)).status, 200);
}

TEST_F(Lfs, AnObjectIsFetchedWholeOrInPart) {
  hub.send(hub.caller(alice), "alice/m", "weights");
  const auto found = object_of(batch("alice/m", "download", "weights", ""));
  const std::string target = href(found, "download");
  const auto whole = ask("GET", target, "");
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, "weights");
  EXPECT_EQ(whole.header("ETag"), "\"" + oid_of("weights") + "\"");
  const auto part = net::exchange(router.handler(), "GET", target, {"Range: bytes=2-4"}, "");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "igh");
  EXPECT_EQ(part.header("Content-Range"), "bytes 2-4/7");
  const auto beyond = net::exchange(router.handler(), "GET", target, {"Range: bytes=7-"}, "");
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.header("Content-Range"), "bytes */7");
}

TEST_F(Lfs, AMissingOrMalformedObjectHasAnErrorOfItsOwn) {
  const auto missing = object_of(batch("alice/m", "download", "nowhere", alice));
  EXPECT_EQ(missing.at("error").at("code").as_int64(), 404);
  const auto malformed =
      ask("POST", "/alice/m.git/info/lfs/objects/batch",
          R"({"operation":"upload","objects":[{"oid":"../../etc","size":1}]})", alice);
  EXPECT_EQ(object_of(malformed).at("error").at("code").as_int64(), 422);
}

TEST_F(Lfs, AStrangerIsAskedForATokenWhateverIsThere) {
  const auto hidden = batch("alice/secret", "download", "x", "");
  const auto missing = batch("alice/nothing", "download", "x", "");
  EXPECT_EQ(hidden.status, 401);
  EXPECT_EQ(missing.status, 401);
  EXPECT_FALSE(hidden.header("LFS-Authenticate").empty());
  EXPECT_EQ(batch("alice/m", "upload", "x", "").status, 401);
  const std::string bob = hub.token("bob");
  EXPECT_EQ(batch("alice/secret", "upload", "x", bob).status, 404);
  EXPECT_EQ(batch("alice/nothing", "upload", "x", bob).status, 404);
  EXPECT_EQ(batch("alice/m", "upload", "x", bob).status, 403);
  EXPECT_EQ(batch("alice/m", "upload", "x", "hf_not0a0token0not0a0token0not0a0token0").status, 401);
}

TEST_F(Lfs, WhoSpeaksXetIsSentThere) {
  const std::string offered = R"(["basic","multipart","xet"])";
  const auto answer = batch("alice/m", "upload", "weights", alice, offered);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(json::parse(answer.body).at("transfer").as_string(), "xet");
  const auto wanted = object_of(answer);
  EXPECT_EQ(href(wanted, "upload"), "/api/models/alice/m/xet-write-token/main");
  const auto& header = wanted.at("actions").at("upload").at("header").as_object();
  EXPECT_TRUE(header.at("X-Xet-Cas-Url").as_string().ends_with("/xet"));
  EXPECT_FALSE(header.at("X-Xet-Access-Token").as_string().empty());
  EXPECT_FALSE(header.at("X-Xet-Token-Expiration").as_string().empty());
  hub.send(hub.caller(alice), "alice/m", "weights");
  EXPECT_FALSE(object_of(batch("alice/m", "upload", "weights", alice, offered)).contains("actions"))
      << "it is there";
}

TEST_F(Lfs, AForeignObjectLooksLikeOneThatIsNowhere) {
  hub.send(hub.caller(alice), "alice/secret", "the secret bytes");
  hub.add_repo_of(hub.caller_named("bob"), "bob/m");
  const std::string bob = hub.token("bob");
  const auto elsewhere = batch("bob/m", "upload", "the secret bytes", bob);
  const auto nowhere = batch("bob/m", "upload", "other new bytes!", bob);
  EXPECT_EQ(elsewhere.status, nowhere.status);
  EXPECT_EQ(elsewhere.body.size(), nowhere.body.size());
  EXPECT_EQ(object_of(batch("bob/m", "download", "the secret bytes", bob))
                .at("error")
                .at("code")
                .as_int64(),
            404);
}

TEST_F(Lfs, LocksAreAnsweredByA404InJson) {
  for (const std::string target :
       {"/alice/m.git/info/lfs/locks/verify", "/datasets/alice/d.git/info/lfs/locks"}) {
    const auto response = ask("POST", target, "{}", alice);
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.header("Content-Type"), "application/vnd.git-lfs+json");
  }
}

}  // namespace
}  // namespace granary::api::lfs
