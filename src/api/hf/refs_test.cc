// Tests of refs and commits.
#include <gtest/gtest.h>

#include "api/hf/commit_text.h"
#include "api/hf/file_routes_testing.h"

namespace granary::api::hf {
namespace {

using testing::FileHub;
using testing::ReceivedResponse;

class Refs : public FileHub {
 protected:
  void point(const std::string& ref, const GitOid& commit) {
    meta::RefUpdate update;
    update.repo = repo.id;
    update.ref = ref;
    update.target = commit;
    ASSERT_TRUE(hub.facts->git().update_ref(update));
  }
};

TEST_F(Refs, EveryListIsThereAlsoWhenEmpty) {
  const auto refs = json_of(get("/api/models/alice/m/refs"));
  EXPECT_EQ(refs.at("branches").as_array().size(), 1U);
  EXPECT_TRUE(refs.at("converts").as_array().empty());
  EXPECT_TRUE(refs.at("tags").as_array().empty());
  EXPECT_FALSE(refs.as_object().contains("pullRequests"));
  const auto with_requests = json_of(get("/api/models/alice/m/refs?include_prs=1"));
  EXPECT_TRUE(with_requests.at("pullRequests").as_array().empty());
}

TEST_F(Refs, ARefIsNamedShortAndLong) {
  const GitOid commit = hub.commit_file(repo, "a", "1");
  point("refs/tags/v1", commit);
  point("refs/convert/parquet", commit);
  point("refs/pr/1", commit);
  const auto refs = json_of(get("/api/models/alice/m/refs?include_prs=True"));
  const auto& tag = refs.at("tags").at(0);
  EXPECT_EQ(tag.at("name").as_string(), "v1");
  EXPECT_EQ(tag.at("ref").as_string(), "refs/tags/v1");
  EXPECT_EQ(tag.at("targetCommit").as_string(), commit.to_string());
  EXPECT_EQ(refs.at("converts").at(0).at("name").as_string(), "parquet");
  EXPECT_EQ(refs.at("pullRequests").at(0).at("ref").as_string(), "refs/pr/1");
}

TEST_F(Refs, CommitsAreNewestFirstWithTheirCount) {
  for (int i = 0; i < 4; ++i) hub.commit_file(repo, "a", std::to_string(i));
  const auto response = get("/api/models/alice/m/commits/main?limit=1");
  EXPECT_EQ(response.header("X-Total-Count"), "5");
  const auto list = json_of(response);
  ASSERT_EQ(list.as_array().size(), 1U);
  EXPECT_EQ(list.at(0).at("id").as_string(),
            hub.facts->git().find_ref(repo.id, "refs/heads/main")->to_string());
  EXPECT_FALSE(list.at(0).at("authors").at(0).at("user").as_string().empty());
  EXPECT_TRUE(list.at(0).at("date").as_string().ends_with("Z"));
  EXPECT_FALSE(list.at(0).as_object().contains("formatted"));
}

TEST_F(Refs, PagesOfCommitsGiveEachOnce) {
  for (int i = 0; i < 6; ++i) hub.commit_file(repo, "a", std::to_string(i));
  std::vector<std::string> ids;
  std::string target = "/api/models/alice/m/commits/main?limit=3&expand%5B%5D=formatted";
  while (!target.empty()) {
    const auto response = get(target);
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.header("X-Total-Count"), "7");
    const auto list = json_of(response);
    for (const auto& commit : list.as_array()) {
      ids.emplace_back(commit.at("id").as_string());
      EXPECT_TRUE(commit.at("formatted").as_object().contains("title"));
    }
    const std::string link = response.header("Link");
    target = link.empty() ? "" : link.substr(link.find("/api"), link.find('>') - link.find("/api"));
  }
  EXPECT_EQ(ids.size(), 7U);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 7U);
}

TEST_F(Refs, CommitsOfWhatIsNotThere) {
  expect_error(get("/api/models/alice/m/commits/nope"), 404, "RevisionNotFound");
  expect_error(get("/api/models/alice/nope/commits/main"), 404, "RepoNotFound");
  expect_error(get("/api/models/alice/m/commits/main?cursor=" + std::string(40, '0')), 404,
               "RevisionNotFound");
  EXPECT_EQ(get("/api/models/alice/m/commits/main?cursor=x").status, 400);
}

TEST(CommitText, TheFirstLineIsTheTitle) {
  EXPECT_EQ(split_message("title").title, "title");
  EXPECT_EQ(split_message("title").message, "");
  EXPECT_EQ(split_message("title\n\nbody\nmore\n").message, "body\nmore");
  EXPECT_EQ(split_message("\nbody").title, "");
  EXPECT_EQ(split_message("").title, "");
}

TEST(CommitText, HtmlShowsTheTextAndNothingElse) {
  EXPECT_EQ(to_html("a <b> & \"c\"\nd"), "a &lt;b&gt; &amp; &quot;c&quot;<br/>d");
  EXPECT_EQ(to_html("<script>").find('<'), std::string::npos);
}

}  // namespace
}  // namespace granary::api::hf
