// Tests of the Xet routes by whole requests: the statuses that clients live by, and no leak.
#include "api/xet/routes.h"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/xet/wire_testing.h"
#include "base/hasher.h"
#include "net/exchange.h"
#include "net/pace.h"
#include "service/xet_testing.h"

namespace granary::api::xet {
namespace {

namespace json = boost::json;
using net::ReceivedResponse;
using service::XetUse;
using service::testing::MadeXorb;
using service::testing::repo_name;
using service::testing::XetHub;

class XetRoutes : public ::testing::Test {
 protected:
  struct Hub : XetHub {
    Hub() {
      add_repo("alice/m");
      add_repo("bob/b", meta::Visibility::Private);
    }
  };
  XetRoutes() { mount(router, context); }

  std::string token(const std::string& user, const std::string& repo, XetUse use = XetUse::Write) {
    const auto caller = hub.caller_named(user);
    auto& tokens = hub.xet->tokens;
    const auto made = use == XetUse::Write ? tokens.to_write(caller, repo_name(repo), "main")
                                           : tokens.to_read(caller, repo_name(repo), "main");
    EXPECT_TRUE(made);
    return made->text;
  }
  ReceivedResponse ask(std::string_view method, const std::string& target,
                       const std::string& bearer, std::string_view body = {},
                       std::vector<std::string> headers = {}) {
    if (!bearer.empty()) headers.push_back("Authorization: Bearer " + bearer);
    return net::exchange(router.handler(), method, target, headers, body);
  }

  /// A xorb's body as a client posts it, each chunk by another scheme in turn.
  static std::string body_of(const MadeXorb& made) {
    Bytes body;
    std::uint8_t scheme = 0;
    for (const std::string& chunk : made.bytes) {
      put_bytes(body, testing::record_of(scheme, as_bytes(chunk)));
      scheme = static_cast<std::uint8_t>((scheme + 1) % 3);
    }
    return std::string(as_text(body));
  }
  ReceivedResponse post(const MadeXorb& made, const std::string& bearer) {
    return ask("POST", "/xet/v1/xorbs/default/" + made.hash.to_string(), bearer, body_of(made));
  }

  /// A shard of these files, without xorbs and without a footer.
  static std::string shard_of(const std::vector<service::XetFileClaim>& files) {
    Bytes shard = testing::shard_header();
    for (const auto& file : files) {
      const auto terms = static_cast<std::uint32_t>(file.terms.size());
      put_bytes(shard, testing::shard_record(file.hash.view(), {0xC000'0000, terms, 0, 0}));
      for (const auto& term : file.terms) {
        put_bytes(shard,
                  testing::shard_record(term.xorb.view(),
                                        {0, static_cast<std::uint32_t>(term.unpacked_size_bytes),
                                         term.chunk_start, term.chunk_end}));
      }
      for (const auto& term : file.terms) {
        put_bytes(shard, testing::shard_record(term.range_hash.view(), {0, 0, 0, 0}));
      }
      // The digest is written as if it were a Xet hash.
      const auto swapped = FileHash::parse(file.sha256->to_string());
      put_bytes(shard, testing::shard_record(swapped->view(), {0, 0, 0, 0}));
    }
    put_bytes(shard, testing::bookend());
    put_bytes(shard, testing::bookend());
    return std::string(as_text(shard));
  }
  static json::object last_line(const std::string& lines) {
    const auto end = lines.find_last_not_of('\n');
    const auto start = lines.rfind('\n', end);
    return json::parse(lines.substr(start == std::string::npos ? 0 : start + 1,
                                    end - (start == std::string::npos ? 0 : start + 1) + 1))
        .as_object();
  }
  static std::string target_of(std::string_view url) {
    return std::string(url.substr(url.find('/', url.find("//") + 2)));
  }

  Hub hub;
  Context context{.tokens = hub.xet->tokens,
                  .downloads = hub.xet->downloads,
                  .uploads = hub.xet->uploads,
                  .dedupe = hub.xet->dedupe,
                  .pool = hub.pool,
                  .long_work = hub.pool};
  net::Router router;
  const std::string alice = token("alice", "alice/m");
  const std::string bob = token("bob", "bob/b");
  const MadeXorb xorb = XetHub::make_xorb(1, 30);
  const XetHub::MadeFile file = XetHub::make_file({{&xorb, 2, 25}});
};

TEST_F(XetRoutes, AFileGoesUpAndComesDown) {
  const std::string grant = "/xet/v1/xorb-grants/default/" + xorb.hash.to_string();
  EXPECT_EQ(ask("POST", grant, alice, R"({"length":1})").status, 404);
  const auto posted = post(xorb, alice);
  EXPECT_EQ(posted.status, 200);
  EXPECT_EQ(posted.body, R"({"was_inserted":true})");
  EXPECT_EQ(post(xorb, alice).body, R"({"was_inserted":false})");
  EXPECT_EQ(ask("POST", grant, alice).status, 200);

  const auto shard = ask("POST", "/xet/v2/shards", alice, shard_of({file.claim}));
  EXPECT_EQ(shard.status, 200);
  EXPECT_EQ(shard.header("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(last_line(shard.body).at("type").as_string(), "result") << shard.body;
  EXPECT_EQ(ask("POST", "/xet/v1/shards", alice, shard_of({file.claim})).body, R"({"result":1})");

  const std::string reader = token("alice", "alice/m", XetUse::Read);
  const std::string path = "/reconstructions/" + file.claim.hash.to_string();
  const auto v2 = json::parse(ask("GET", "/xet/v2" + path, reader).body).as_object();
  const auto& run = v2.at("xorbs").at(xorb.hash.to_string()).as_array().at(0);
  const auto& range = run.at("ranges").at(0).at("bytes");
  const std::string bytes =
      "Range: bytes=" + json::serialize(range.at("start")) + "-" + json::serialize(range.at("end"));
  const auto fetched =
      ask("GET", target_of(std::string(run.at("url").as_string())), "", {}, {bytes});
  EXPECT_EQ(fetched.status, 206);
  std::string unpacked;
  for (std::size_t at = 0, i = 2; i < 25; ++i) {
    unpacked += fetched.body.substr(at + 8, xorb.bytes[i].size());
    at += 8 + xorb.bytes[i].size();
  }
  EXPECT_EQ(unpacked, file.bytes);

  const auto v1 = json::parse(ask("GET", "/xet/v1" + path, reader).body).as_object();
  EXPECT_EQ(v1.at("terms"), v2.at("terms"));
  EXPECT_EQ(
      ask("HEAD", "/xet/v1/files/" + file.claim.hash.to_string(), reader).header("Content-Length"),
      std::to_string(file.bytes.size()));
}

TEST_F(XetRoutes, RangesOfAFileAndItsEnd) {
  ASSERT_EQ(post(xorb, alice).status, 200);
  ASSERT_EQ(ask("POST", "/xet/v1/shards", alice, shard_of({file.claim})).status, 200);
  const std::string path = "/xet/v2/reconstructions/" + file.claim.hash.to_string();
  const auto from = [&](const std::string& range) {
    return ask("GET", path, alice, {}, {"Range: bytes=" + range}).status;
  };
  const std::string size = std::to_string(file.bytes.size());
  EXPECT_EQ(from("0-255999999"), 200);
  EXPECT_EQ(from("0-0"), 200);
  EXPECT_EQ(from(size + "-"), 416);
  EXPECT_EQ(from("256000000-767999999"), 416);
}

TEST_F(XetRoutes, AnEditorIsToldWhatToCutAnewAndOnlyHashesOfTheRest) {
  ASSERT_EQ(post(xorb, alice).status, 200);
  ASSERT_EQ(ask("POST", "/xet/v1/shards", alice, shard_of({file.claim})).status, 200);
  const std::string path = "/xet/v2/file-chunk-hashes/" + file.claim.hash.to_string();
  const auto edit = [&](const std::string& ranges) {
    return ask("GET", path, alice, {}, {"X-Range-Dirty: bytes=" + ranges});
  };
  const auto answer = edit("0-0,3-4");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json::value told = json::parse(answer.body);
  EXPECT_EQ(told.at("fileSize").to_number<std::size_t>(), file.bytes.size());
  EXPECT_EQ(told.at("totalChunks").to_number<std::size_t>(), 23u);
  const auto& windows = told.at("windows").as_array();
  ASSERT_EQ(windows.size(), 1u);
  EXPECT_EQ(windows[0].at("dirtyByteRange").at(0).to_number<std::size_t>(), 0u);
  ASSERT_EQ(told.at("hashRanges").as_array().size(), 2u);
  EXPECT_TRUE(told.at("hashRanges").at(0).is_null()) << "nothing lies before";
  EXPECT_TRUE(told.at("gapVerification").as_array().empty()) << "the one term is touched";
  EXPECT_EQ(edit(std::to_string(file.bytes.size()) + "-99999999").status, 400);
  EXPECT_EQ(edit("4-3").status, 400);
  EXPECT_EQ(ask("GET", path, alice).status, 400) << "without ranges there is nothing to tell";
}

TEST_F(XetRoutes, AFilesPlanIsTheSameEachTimeAndNoTwoOfItsUrls) {
  const MadeXorb other = XetHub::make_xorb(2, 20);
  const auto mixed = XetHub::make_file({{&xorb, 0, 5}, {&other, 3, 9}, {&xorb, 10, 20}});
  ASSERT_EQ(post(xorb, alice).status, 200);
  ASSERT_EQ(post(other, alice).status, 200);
  ASSERT_EQ(ask("POST", "/xet/v1/shards", alice, shard_of({mixed.claim})).status, 200);
  const std::string path = "/xet/v2/reconstructions/" + mixed.claim.hash.to_string();
  const auto plan = [&](std::set<std::string>& urls) {
    auto answer = json::parse(ask("GET", path, alice).body);
    for (auto& [name, entries] : answer.at("xorbs").as_object()) {
      for (auto& entry : entries.as_array()) {
        EXPECT_EQ(entry.at("ranges").as_array().size(), 1u) << "more make a client ask for parts";
        urls.insert(std::string(entry.at("url").as_string()));
        entry.as_object().erase("url");
      }
    }
    return json::serialize(answer);
  };
  std::set<std::string> first_urls, later_urls;
  const std::string first = plan(first_urls);
  hub.clock.advance(std::chrono::minutes(30));
  EXPECT_EQ(plan(later_urls), first) << "a client whose link has expired goes on by the new ones";
  EXPECT_EQ(first_urls.size(), 3u);
  EXPECT_EQ(later_urls.size(), 3u);
  EXPECT_NE(first_urls, later_urls);
}

TEST_F(XetRoutes, ManyFilesAreAskedForAtOnceInEitherForm) {
  const auto second = XetHub::make_file({{&xorb, 0, 2}});
  ASSERT_EQ(post(xorb, alice).status, 200);
  const auto made = ask("POST", "/xet/v1/shards", alice, shard_of({file.claim, second.claim}));
  ASSERT_EQ(made.status, 200) << made.body;
  const auto asked_for = [](const std::vector<std::string>& hashes) {
    std::string query = "?", list = "[";
    for (const std::string& hash : hashes) {
      query += "file_id=" + hash + "&";
      list += (list == "[" ? "" : ",") + (R"({"prefix":"default","hash":")" + hash + "\"}");
    }
    return std::pair(query, list + "]");
  };
  const std::string path = "/xet/v1/reconstructions";
  const std::string one = file.claim.hash.to_string(), two = second.claim.hash.to_string();
  const auto [query, list] = asked_for({one, two});
  for (const auto& answer : {ask("GET", path + query, alice), ask("POST", path, alice, list)}) {
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto files = json::parse(answer.body).at("files").as_object();
    EXPECT_EQ(files.size(), 2u);
    EXPECT_TRUE(files.contains(one) && files.contains(two));
  }
  const auto [unknown_query, unknown_list] = asked_for({one, std::string(64, '7')});
  EXPECT_EQ(ask("GET", path + unknown_query, alice).status, 404);
  EXPECT_EQ(ask("POST", path, alice, unknown_list).status, 404);
  for (const std::string& bad :
       {std::string("{}"), std::string("[7]"), std::string(R"([{"hash":1}])"),
        std::string(R"([{"hash":"short"}])"), std::string("[")}) {
    EXPECT_EQ(ask("POST", path, alice, bad).status, 400) << bad;
  }
}

TEST_F(XetRoutes, AFetchUrlGivesWhatItSaysAndNothingElse) {
  ASSERT_EQ(post(xorb, alice).status, 200);
  ASSERT_EQ(ask("POST", "/xet/v1/shards", alice, shard_of({file.claim})).status, 200);
  const auto plan =
      json::parse(ask("GET", "/xet/v2/reconstructions/" + file.claim.hash.to_string(), alice).body);
  const auto& run = plan.at("xorbs").at(xorb.hash.to_string()).at(0);
  const std::string target = target_of(std::string(run.at("url").as_string()));
  const auto first = run.at("ranges").at(0).at("bytes").at("start").to_number<std::uint64_t>();
  const auto last = run.at("ranges").at(0).at("bytes").at("end").to_number<std::uint64_t>();
  const auto status = [&](std::uint64_t a, std::uint64_t b) {
    return ask("GET", target, "", {},
               {"Range: bytes=" + std::to_string(a) + "-" + std::to_string(b)})
        .status;
  };
  EXPECT_EQ(status(first, last), 206);
  EXPECT_EQ(status(first + 5, last - 5), 206) << "a part of it";
  EXPECT_EQ(status(first - 1, last), 403);
  EXPECT_EQ(status(first, last + 1), 403);
  for (std::size_t at = target.find("pass=") + 5; at < target.size(); at += 3) {
    std::string forged = target;
    forged[at] = forged[at] == '0' ? '1' : '0';
    EXPECT_EQ(ask("GET", forged, "").status, 403) << at;
  }
  hub.clock.advance(std::chrono::hours(2));
  EXPECT_EQ(status(first, last), 403);
}

TEST_F(XetRoutes, OnlyATokenOfTheRightKindIsAdmitted) {
  const std::string reader = token("alice", "alice/m", XetUse::Read);
  const std::string hash = xorb.hash.to_string();
  struct Route {
    std::string method, path;
  };
  for (const Route& route : std::vector<Route>{{"POST", "/xet/v1/xorb-grants/default/" + hash},
                                               {"POST", "/xet/v1/xorbs/default/" + hash},
                                               {"GET", "/xet/v1/chunks/default/" + hash},
                                               {"POST", "/xet/v1/shards"},
                                               {"POST", "/xet/v2/shards"}}) {
    EXPECT_EQ(ask(route.method, route.path, "").status, 401) << route.path;
    EXPECT_EQ(ask(route.method, route.path, hub.token("alice")).status, 401) << route.path;
    EXPECT_EQ(ask(route.method, route.path, alice + "0").status, 401) << route.path;
    EXPECT_EQ(ask(route.method, route.path, reader).status, 403) << route.path;
  }
  EXPECT_EQ(ask("GET", "/xet/v2/reconstructions/" + hash, "").status, 401);
  hub.clock.advance(std::chrono::hours(2));
  EXPECT_EQ(ask("POST", "/xet/v1/shards", alice, shard_of({})).status, 401);
}

TEST_F(XetRoutes, BadXorbsAre400AndNotStored) {
  const std::string good = body_of(xorb);
  const std::string path = "/xet/v1/xorbs/default/" + xorb.hash.to_string();
  std::string flipped = good;
  flipped[9] = static_cast<char>(flipped[9] ^ 1);
  std::string version = good;
  version[0] = 1;
  std::string scheme = good;
  scheme[4] = 3;
  for (const std::string& body : {std::string(), good.substr(0, good.size() - 1), flipped, version,
                                  scheme, good + std::string(8, '\0')}) {
    EXPECT_EQ(ask("POST", path, alice, body).status, 400);
  }
  EXPECT_EQ(ask("POST", "/xet/v1/xorbs/default/nonsense", alice, good).status, 400);
  EXPECT_EQ(ask("POST", "/xet/v1/xorb-grants/default/" + xorb.hash.to_string(), alice).status, 404);
}

TEST_F(XetRoutes, ARefusedShardIsALineForPeople) {
  auto other = file.claim;
  other.terms[0].range_hash.bytes[0] ^= std::byte{1};
  ASSERT_EQ(post(xorb, alice).status, 200);
  for (const std::string& body : {shard_of({other}), std::string("nonsense"), std::string()}) {
    const auto refused = ask("POST", "/xet/v2/shards", alice, body);
    EXPECT_EQ(refused.status, 200);
    const auto line = last_line(refused.body);
    EXPECT_EQ(line.at("type").as_string(), "error") << refused.body;
    EXPECT_FALSE(line.at("message").as_string().empty());
    EXPECT_EQ(ask("POST", "/xet/v1/shards", alice, body).status, 400);
  }
}

TEST_F(XetRoutes, WhatIsElsewhereLooksLikeWhatIsNowhere) {
  ASSERT_EQ(post(xorb, bob).status, 200);
  ASSERT_EQ(ask("POST", "/xet/v1/shards", bob, shard_of({file.claim})).status, 200);
  const MadeXorb unknown = XetHub::make_xorb(9, 30);
  const auto unknown_file = XetHub::make_file({{&unknown, 2, 25}});
  const auto same = [&](std::string_view method, const std::string& elsewhere,
                        const std::string& nowhere, const std::string& body_elsewhere = "",
                        const std::string& body_nowhere = "") {
    auto a = ask(method, elsewhere, alice, body_elsewhere);
    auto b = ask(method, nowhere, alice, body_nowhere);
    EXPECT_EQ(a.status, b.status) << elsewhere;
    EXPECT_EQ(a.body.size(), b.body.size()) << a.body << b.body;
    std::erase_if(a.headers, [](const auto& field) { return field.first == "X-Request-Id"; });
    std::erase_if(b.headers, [](const auto& field) { return field.first == "X-Request-Id"; });
    EXPECT_EQ(a.headers, b.headers) << elsewhere;
  };
  const std::string here = xorb.hash.to_string();
  const std::string none = unknown.hash.to_string();
  same("POST", "/xet/v1/xorb-grants/default/" + here, "/xet/v1/xorb-grants/default/" + none);
  same("HEAD", "/xet/v1/xorbs/default/" + here, "/xet/v1/xorbs/default/" + none);
  for (const std::string version : {"/xet/v1", "/xet/v2"}) {
    same("GET", version + "/reconstructions/" + file.claim.hash.to_string(),
         version + "/reconstructions/" + unknown_file.claim.hash.to_string());
    same("POST", version + "/shards", version + "/shards", shard_of({file.claim}),
         shard_of({unknown_file.claim}));
  }
  same("HEAD", "/xet/v1/files/" + file.claim.hash.to_string(),
       "/xet/v1/files/" + unknown_file.claim.hash.to_string());
  same("GET", "/xet/v2/file-chunk-hashes/" + file.claim.hash.to_string(),
       "/xet/v2/file-chunk-hashes/" + unknown_file.claim.hash.to_string());
  same("GET", "/xet/v1/chunks/default/" + xorb.chunks[2].hash.to_string(),
       "/xet/v1/chunks/default/" + unknown.chunks[2].hash.to_string());
  // Sending the bytes is answered alike too, whoever else has them.
  const auto sent_before = post(xorb, alice);
  const auto never_sent = post(unknown, alice);
  EXPECT_EQ(sent_before.status, never_sent.status);
  EXPECT_EQ(sent_before.body, never_sent.body);
}

TEST_F(XetRoutes, AShardOfAXorbThatWasNotSentIsRefusedAndCanBeSentAgain) {
  const auto early = ask("POST", "/xet/v2/shards", alice, shard_of({file.claim}));
  const auto line = last_line(early.body);
  EXPECT_EQ(line.at("type").as_string(), "error");
  EXPECT_NE(line.at("message").as_string().find(xorb.hash.to_string()), std::string::npos);
  EXPECT_EQ(ask("POST", "/xet/v1/shards", alice, shard_of({file.claim})).status, 400);
  ASSERT_EQ(post(xorb, alice).status, 200);
  EXPECT_EQ(ask("POST", "/xet/v1/shards", alice, shard_of({file.claim})).status, 200);
}

TEST_F(XetRoutes, RefusalsWaitForABeat) {
  const std::string hash = std::string(64, '0');
  struct Route {
    std::string method, path;
  };
  for (const Route& route : std::vector<Route>{{"GET", "/xet/v1/chunks/default/" + hash},
                                               {"POST", "/xet/v1/xorb-grants/default/" + hash},
                                               {"HEAD", "/xet/v1/xorbs/default/" + hash},
                                               {"HEAD", "/xet/v1/files/" + hash},
                                               {"GET", "/xet/v1/reconstructions/" + hash},
                                               {"GET", "/xet/v2/reconstructions/" + hash}}) {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(ask(route.method, route.path, alice).status, 404) << route.path;
    EXPECT_GE(std::chrono::steady_clock::now() - began, net::kFirstBeat) << route.path;
  }
}

TEST_F(XetRoutes, MoreClientsThanThreadsWaitAndNoneIsSentAway) {
  constexpr unsigned kClientCount = 24;  // the pool has two threads
  std::vector<std::vector<int>> statuses(kClientCount);
  std::vector<std::thread> clients;
  for (unsigned i = 0; i < kClientCount; ++i) {
    clients.emplace_back([&, i] {
      const MadeXorb made = XetHub::make_xorb(100 + i, 30);
      const auto whole = XetHub::make_file({{&made, 0, 30}});
      const auto shard = shard_of({whole.claim});
      const std::string file = "/xet/v1/files/" + whole.claim.hash.to_string();
      statuses[i] = {post(made, alice).status, ask("POST", "/xet/v1/shards", alice, shard).status,
                     ask("HEAD", file, alice).status};
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(statuses, std::vector(kClientCount, std::vector{200, 200, 200}));
}

TEST_F(XetRoutes, AnUnknownRouteIsA404ForEveryMethod) {
  for (const std::string method : {"GET", "POST", "PUT", "DELETE", "PATCH"}) {
    EXPECT_EQ(ask(method, "/xet/v3/anything", alice).status, 404) << method;
    EXPECT_EQ(ask(method, "/xet/v1/xorb-commits/default/x/grant/1", alice).status, 404) << method;
  }
  EXPECT_EQ(ask("POST", "/v1/telemetry", alice, R"({"event":"x"})").status, 200);
}

}  // namespace
}  // namespace granary::api::xet
