// Reconstructions as JSON: every field by name, and each fetch by a URL of its own.
#include "api/xet/reconstruction_json.h"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <set>

#include "api/xet/wire_testing.h"

namespace granary::api::xet {
namespace {

using namespace testing;

const FetchUrls kUrls{"http://hub.test:8080/xet"};

service::Reconstruction two_xorbs() {
  service::Reconstruction answer;
  answer.offset_into_first_range = 7;
  answer.terms = {{hash_of<XorbHash>(0xA1), 0, 3, 300},
                  {hash_of<XorbHash>(0xB2), 5, 6, 50},
                  {hash_of<XorbHash>(0xA1), 8, 9, 18'446'744'073'709'551'615ULL}};
  answer.fetches = {{hash_of<XorbHash>(0xA1), 0, 3, 0, 323, "p1"},
                    {hash_of<XorbHash>(0xA1), 8, 9, 900, 957, "p2"},
                    {hash_of<XorbHash>(0xB2), 5, 6, 40, 97, "p3"}};
  return answer;
}

std::string a1() { return hash_of<XorbHash>(0xA1).to_string(); }
std::string b2() { return hash_of<XorbHash>(0xB2).to_string(); }

std::string terms_text() {
  return R"([{"hash":")" + a1() + R"(","unpacked_length":300,"range":{"start":0,"end":3}},)" +
         R"({"hash":")" + b2() + R"(","unpacked_length":50,"range":{"start":5,"end":6}},)" +
         R"({"hash":")" + a1() + R"(","unpacked_length":18446744073709551615,)" +
         R"("range":{"start":8,"end":9}}])";
}

TEST(ReconstructionJson, VersionOneIsThatOfTheProtocol) {
  const std::string url = R"(,"url":"http://hub.test:8080/xet/xorbs/)";
  EXPECT_EQ(reconstruction_json(two_xorbs(), ReconstructionVersion::V1, kUrls),
            R"({"offset_into_first_range":7,"terms":)" + terms_text() + R"(,"fetch_info":{")" +
                a1() + R"(":[{"range":{"start":0,"end":3})" + url + a1() +
                R"(?pass=p1","url_range":{"start":0,"end":323}},{"range":{"start":8,"end":9})" +
                url + a1() + R"(?pass=p2","url_range":{"start":900,"end":957}}],")" + b2() +
                R"(":[{"range":{"start":5,"end":6})" + url + b2() +
                R"(?pass=p3","url_range":{"start":40,"end":97}}]}})");
}

TEST(ReconstructionJson, VersionTwoIsThatOfTheProtocol) {
  const auto entry = [](const std::string& xorb, const std::string& rest) {
    return R"({"url":"http://hub.test:8080/xet/xorbs/)" + xorb + rest;
  };
  EXPECT_EQ(reconstruction_json(two_xorbs(), ReconstructionVersion::V2, kUrls),
            R"({"offset_into_first_range":7,"terms":)" + terms_text() + R"(,"xorbs":{")" + a1() +
                R"(":[)" +
                entry(a1(), R"(?pass=p1","ranges":[{"chunks":{"start":0,"end":3},)"
                            R"("bytes":{"start":0,"end":323}}]},)") +
                entry(a1(), R"(?pass=p2","ranges":[{"chunks":{"start":8,"end":9},)"
                            R"("bytes":{"start":900,"end":957}}]}],")") +
                b2() + R"(":[)" +
                entry(b2(), R"(?pass=p3","ranges":[{"chunks":{"start":5,"end":6},)"
                            R"("bytes":{"start":40,"end":97}}]}]}})"));
}

TEST(ReconstructionJson, AnEmptyFileHasNoTerms) {
  EXPECT_EQ(reconstruction_json({}, ReconstructionVersion::V1, kUrls),
            R"({"offset_into_first_range":0,"terms":[],"fetch_info":{}})");
  EXPECT_EQ(reconstruction_json({}, ReconstructionVersion::V2, kUrls),
            R"({"offset_into_first_range":0,"terms":[],"xorbs":{}})");
  EXPECT_EQ(batch_reconstruction_json({}, kUrls), R"({"files":{},"fetch_info":{}})");
}

TEST(ReconstructionJson, FilesOfABatchShareTheListOfFetches) {
  auto second = two_xorbs();
  for (auto& fetch : second.fetches) fetch.pass += "x";
  const std::vector<NamedReconstruction> files = {{hash_of<FileHash>(1), two_xorbs()},
                                                  {hash_of<FileHash>(2), second},
                                                  {hash_of<FileHash>(3), {}}};
  const auto json = boost::json::parse(batch_reconstruction_json(files, kUrls)).as_object();
  EXPECT_EQ(json.size(), 2u);
  const auto& named = json.at("files").as_object();
  ASSERT_EQ(named.size(), 3u);
  EXPECT_EQ(named.at(hash_of<FileHash>(2).to_string()), boost::json::parse(terms_text()));
  EXPECT_TRUE(named.at(hash_of<FileHash>(3).to_string()).as_array().empty());
  const auto& fetches = json.at("fetch_info").as_object();
  ASSERT_EQ(fetches.size(), 2u);
  ASSERT_EQ(fetches.at(a1()).as_array().size(), 4u);
  ASSERT_EQ(fetches.at(b2()).as_array().size(), 2u);
  std::set<std::string> urls;
  for (const auto& [xorb, list] : fetches) {
    for (const auto& fetch : list.as_array()) urls.emplace(fetch.at("url").as_string());
  }
  EXPECT_EQ(urls.size(), 6u);
}

TEST(ReconstructionJson, ABaseFromOutsideCannotLeaveItsString) {
  const FetchUrls urls{"http://a\"b\\c/xet"};
  const auto json =
      boost::json::parse(reconstruction_json(two_xorbs(), ReconstructionVersion::V2, urls));
  EXPECT_EQ(json.at("xorbs").at(b2()).at(0).at("url"),
            boost::json::string("http://a\"b\\c/xet/xorbs/" + b2() + "?pass=p3"));
}

TEST(ReconstructionJson, AHundredThousandTermsAreWrittenWhole) {
  service::Reconstruction answer;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    XorbHash xorb = hash_of<XorbHash>(0xC3);
    xorb.bytes[0] = static_cast<std::byte>(i);
    xorb.bytes[1] = static_cast<std::byte>(i >> 8);
    xorb.bytes[2] = static_cast<std::byte>(i >> 16);
    answer.terms.push_back({xorb, 0, 8, 500'000});
    answer.fetches.push_back({xorb, 0, 8, 0, 500'063, "p"});
  }
  const auto json =
      boost::json::parse(reconstruction_json(answer, ReconstructionVersion::V2, kUrls));
  EXPECT_EQ(json.at("terms").as_array().size(), 100'000u);
  EXPECT_EQ(json.at("xorbs").as_object().size(), 100'000u);
}

}  // namespace
}  // namespace granary::api::xet
