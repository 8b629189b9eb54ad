// Tests that a repo nobody may see is the same as none, on every route that reads files.
#include <gtest/gtest.h>

#include "api/hf/file_routes_testing.h"

namespace granary::api::hf {
namespace {

using testing::FileHub;
using testing::Headers;
using testing::ReceivedResponse;

constexpr const char* kForm = "application/x-www-form-urlencoded";

class FilePrivacy : public FileHub {
 protected:
  FilePrivacy() {
    hub.commit_file(repo, "a.txt", "x");
    hub.commit_file(repo, "model.safetensors.index.json", R"({"weight_map":{}})");
    commit = hub.commit_lfs_file(repo, "w.bin", "weights");
    set_visibility(meta::Visibility::Private);
  }

  /// Targets of the routes, for a repo id.
  std::vector<std::string> targets_of(const std::string& id) const {
    const std::string hash = commit.to_string();
    return {"/" + id + "/resolve/main/a.txt",
            "/" + id + "/resolve/main/w.bin",
            "/" + id + "/resolve/" + hash + "/w.bin",
            "/" + id + "/resolve/nope/nope",
            "/" + id + "/raw/main/w.bin",
            "/api/models/" + id + "/tree/main",
            "/api/models/" + id + "/tree/" + hash + "?recursive=true&expand=true",
            "/api/models/" + id + "/refs?include_prs=1",
            "/api/models/" + id + "/commits/main",
            "/api/models/" + id + "/compare/main",
            "/api/models/" + id + "/safetensors-metadata/model.safetensors.index.json"};
  }
  /// All of a response but what differs by request; the id in messages is the asker's own.
  static std::string essence_of(const ReceivedResponse& response, const std::string& id) {
    std::string text = std::to_string(response.status) + "\n";
    for (const auto& [name, value] : response.headers) {
      if (name != "X-Request-Id" && name != "Date") text += name + ": " + value + "\n";
    }
    text += response.body;
    for (std::size_t at = 0; (at = text.find(id, at)) != std::string::npos;) {
      text.replace(at, id.size(), "ID");
    }
    return text;
  }

  GitOid commit;
};

TEST_F(FilePrivacy, APrivateRepoAndNoRepoAreTheSameToWhomItIsHidden) {
  const auto hidden = targets_of("alice/m");
  const auto absent = targets_of("alice/n");
  for (const Headers& who : {Headers{}, as("bob")}) {
    for (std::size_t i = 0; i < hidden.size(); ++i) {
      const auto of_hidden = get(hidden[i], who);
      EXPECT_EQ(of_hidden.status, 404) << hidden[i];
      EXPECT_EQ(of_hidden.header("X-Error-Code"), "RepoNotFound") << hidden[i];
      EXPECT_EQ(of_hidden.header("X-Repo-Commit"), "");
      EXPECT_EQ(essence_of(of_hidden, "alice/m"), essence_of(get(absent[i], who), "alice/n"));
      EXPECT_EQ(essence_of(head(hidden[i], who), "alice/m"),
                essence_of(head(absent[i], who), "alice/n"));
      // And again, from what is remembered.
      EXPECT_EQ(essence_of(get(hidden[i], who), "alice/m"), essence_of(of_hidden, "alice/m"));
    }
    const auto info = post("/api/models/alice/m/paths-info/main", kForm, "paths=a.txt", who);
    const auto none = post("/api/models/alice/n/paths-info/main", kForm, "paths=a.txt", who);
    EXPECT_EQ(essence_of(info, "alice/m"), essence_of(none, "alice/n"));
  }
}

TEST_F(FilePrivacy, ItsOwnerSeesAllOfIt) {
  for (const std::string& target : targets_of("alice/m")) {
    const int expected = target.find("nope") == std::string::npos ? 200 : 404;
    EXPECT_EQ(get(target, as("alice")).status, expected) << target;
  }
}

TEST_F(FilePrivacy, WhatTheOwnerAskedForIsNotGivenToTheNext) {
  for (const std::string& target : targets_of("alice/m")) {
    get(target, as("alice"));
    EXPECT_EQ(get(target).status, 404) << target;
    EXPECT_EQ(get(target, as("bob")).status, 404) << target;
  }
}

TEST_F(FilePrivacy, ARevokedTokenStopsAtOnce) {
  const std::string token = hub.token("alice");
  const Headers who{"Authorization: Bearer " + token};
  EXPECT_EQ(get("/alice/m/resolve/main/a.txt", who).status, 200);
  const auto caller = hub.caller(token);
  ASSERT_TRUE(hub.facts->accounts().revoke_token(caller.user->id, caller.token->name));
  EXPECT_EQ(get("/alice/m/resolve/main/a.txt", who).status, 401);
}

TEST_F(FilePrivacy, AGatedRepoShowsItsListsButNotItsBytes) {
  set_visibility(meta::Visibility::Public);
  set_gating(meta::Gating::Manual);
  for (const std::string& target : targets_of("alice/m")) {
    const bool is_list = target.find("/tree/") != std::string::npos ||
                         target.find("/refs") != std::string::npos ||
                         target.find("/commits/") != std::string::npos;
    if (is_list) {
      EXPECT_EQ(get(target).status, 200) << target;
    } else {
      expect_error(get(target), 401, "GatedRepo");
      expect_error(get(target, as("bob")), 403, "GatedRepo");
    }
  }
}

TEST_F(FilePrivacy, APublicRepoIsOpenToAll) {
  set_visibility(meta::Visibility::Public);
  for (const std::string& target : targets_of("alice/m")) {
    const int expected = target.find("nope") == std::string::npos ? 200 : 404;
    EXPECT_EQ(get(target).status, expected) << target;
  }
}

}  // namespace
}  // namespace granary::api::hf
