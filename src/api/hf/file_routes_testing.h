// FileHub: the hub API over an instance in memory, with one repo of files. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "api/hf/hub_api_testing.h"
#include "service/commit_testing.h"

namespace granary::api::hf::testing {

using net::ReceivedResponse;
using Headers = std::vector<std::string>;

/// Alice's model "alice/m", a public one, whose files tests choose.
class FileHub : public ::testing::Test, protected HubApi {
 protected:
  FileHub() : repo(hub.add_repo("alice/m")) {}

  ReceivedResponse get(const std::string& target, Headers headers = {}) {
    return net::exchange(handler, "GET", target, headers);
  }
  ReceivedResponse head(const std::string& target, Headers headers = {}) {
    return net::exchange(handler, "HEAD", target, headers);
  }
  ReceivedResponse post(const std::string& target, const std::string& type, const std::string& body,
                        Headers headers = {}) {
    headers.push_back("Content-Type: " + type);
    return net::exchange(handler, "POST", target, headers, body);
  }
  static boost::json::value json_of(const ReceivedResponse& response) {
    boost::system::error_code error;
    auto value = boost::json::parse(response.body, error);
    EXPECT_FALSE(error) << response.body;
    return value;
  }
  Headers as(std::string_view user) { return {"Authorization: Bearer " + hub.token(user)}; }

  /// What the Python client reads of a 404: the class that it raises.
  static void expect_error(const ReceivedResponse& response, int status, std::string_view code) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.header("X-Error-Code"), code);
    EXPECT_FALSE(response.header("X-Error-Message").empty());
    EXPECT_TRUE(response.header("Content-Type").starts_with("application/json"));
  }

  void set_visibility(meta::Visibility visibility) {
    ASSERT_TRUE(hub.facts->repos().update_settings(repo.id, {visibility, std::nullopt}));
  }
  void set_gating(meta::Gating gating) {
    ASSERT_TRUE(hub.facts->repos().update_settings(repo.id, {std::nullopt, gating}));
  }

  meta::Repo repo;
};

}  // namespace granary::api::hf::testing
