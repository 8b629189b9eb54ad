// Tests of compare.
#include <gtest/gtest.h>

#include "api/hf/file_routes_testing.h"

namespace granary::api::hf {
namespace {

using testing::FileHub;

class Compare : public FileHub {
 protected:
  const std::string url = "/api/models/alice/m/compare/";
};

TEST_F(Compare, TwoRevisionsOrOneAndItsParent) {
  const GitOid first = hub.commit_file(repo, "a.txt", "1\n");
  const GitOid second = hub.commit_file(repo, "a.txt", "2\n");
  const auto one = get(url + "main");
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(one.header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_TRUE(one.body.ends_with("@@ -1 +1 @@\n-1\n+2\n")) << one.body;
  EXPECT_EQ(get(url + first.to_string() + ".." + second.to_string()).body, one.body);
  EXPECT_EQ(get(url + first.to_string() + "%2E%2E" + "refs%2Fheads%2Fmain").body, one.body);
  EXPECT_TRUE(get(url + "main.." + first.to_string()).body.ends_with("-2\n+1\n"));
  EXPECT_TRUE(get(url + "main?raw=true").body.starts_with("T 2\t:100644 100644 "));
  EXPECT_EQ(get(url + "main..main").body, "");
}

TEST_F(Compare, TheFirstCommitIsComparedWithNothing) {
  const auto root = hub.facts->git().list_commits(
      repo.id, *hub.facts->git().find_ref(repo.id, "refs/heads/main"), 0, 100);
  const auto response = get(url + root->back().oid.to_string());
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find("+++ b/.gitattributes"), std::string::npos);
}

TEST_F(Compare, WhatIsNotThereIsRevisionNotFound) {
  for (const std::string spec : {"nope", "nope..main", "main..nope", "", "..", "main.."}) {
    expect_error(get(url + spec), 404, "RevisionNotFound");
  }
}

}  // namespace
}  // namespace granary::api::hf
