// Tests of repo info over HTTP: the rules of the clients' parsers, and answers that are kept.
#include <gtest/gtest.h>

#include <future>

#include "api/hf/hub_api_testing.h"

namespace granary::api::hf {
namespace {

using testing::HubApi;
using testing::json_of;
using testing::text_at;

class InfoTest : public ::testing::Test {
 protected:
  boost::json::object info(const std::string& path, const std::string& token = "") {
    const auto response = api.get("/api/" + path, token);
    EXPECT_EQ(response.status, 200) << path << " " << response.body;
    const auto body = json_of(response);
    return body.is_object() ? body.get_object() : boost::json::object();
  }

  HubApi api;
};

TEST_F(InfoTest, AModelHasTheFieldsThatClientsRead) {
  const auto repo = api.hub.add_repo("lab/model");
  const auto head =
      api.hub.commit_file(repo, "README.md", "---\nlicense: mit\nbase_model: ns/x\n---\nText");
  const auto body = info("models/lab/model");
  EXPECT_EQ(body.at("id"), "lab/model");
  EXPECT_EQ(body.at("modelId"), "lab/model");
  EXPECT_EQ(body.at("author"), "lab");
  EXPECT_EQ(body.at("_id").as_string().size(), 24U);
  EXPECT_EQ(body.at("sha").as_string(), head.to_string());
  EXPECT_EQ(body.at("lastModified"), "2026-11-24T01:02:03.000Z");
  EXPECT_EQ(body.at("private"), false);
  EXPECT_EQ(body.at("gated"), false);
  EXPECT_EQ(body.at("disabled"), false);
  EXPECT_EQ(body.at("downloads"), 0);
  EXPECT_EQ(body.at("cardData").at("license"), "mit");
  EXPECT_EQ(body.at("siblings").as_array().size(), 2U);
  EXPECT_EQ(body.at("siblings").at(0).at("rfilename"), ".gitattributes");
  EXPECT_FALSE(body.at("siblings").at(0).as_object().contains("size"));
  EXPECT_FALSE(body.contains("securityRepoStatus"));
  EXPECT_FALSE(body.contains("safetensors")) << "left out rather than null";
}

TEST_F(InfoTest, ADatasetAndASpaceHaveTheirOwnFields) {
  api.hub.add_repo("lab/data", meta::Visibility::Public, meta::RepoKind::Dataset);
  api.hub.add_repo("lab/demo", meta::Visibility::Public, meta::RepoKind::Space);
  const auto data = info("datasets/lab/data");
  EXPECT_FALSE(data.contains("modelId"));
  EXPECT_FALSE(data.contains("pipeline_tag"));
  const auto demo = info("spaces/lab/demo");
  EXPECT_EQ(demo.at("sdk"), "static");
  EXPECT_EQ(demo.at("subdomain"), "lab-demo");
}

TEST_F(InfoTest, ARevisionsShaIsItsOwnCommit) {
  const auto repo = api.hub.add_repo("lab/model");
  const auto first = api.hub.commit_file(repo, "a", "1").to_string();
  const auto second = api.hub.commit_file(repo, "a", "2").to_string();
  EXPECT_EQ(info("models/lab/model/revision/" + first).at("sha").as_string(), first);
  EXPECT_EQ(info("models/lab/model/revision/" + first.substr(0, 7)).at("sha").as_string(), first);
  EXPECT_EQ(info("models/lab/model/revision/main").at("sha").as_string(), second);
  EXPECT_EQ(info("models/lab/model/revision/refs%2Fheads%2Fmain").at("sha").as_string(), second);
  EXPECT_EQ(info("models/lab/model/revision/HEAD").at("sha").as_string(), second)
      << "as the npm client asks";
}

TEST_F(InfoTest, AMissingRevisionAndAMissingRepoHaveCodesOfTheirOwn) {
  api.hub.add_repo("lab/model");
  const auto revision = api.get("/api/models/lab/model/revision/absent");
  EXPECT_EQ(revision.status, 404);
  EXPECT_EQ(revision.header("X-Error-Code"), "RevisionNotFound");
  for (const char* path : {"/api/models/lab/absent", "/api/models/nobody/x", "/api/models/gpt2",
                           "/api/datasets/lab/model", "/api/models/lab/..x"}) {
    const auto repo = api.get(path);
    EXPECT_EQ(repo.status, 404) << path;
    EXPECT_EQ(repo.header("X-Error-Code"), "RepoNotFound") << path;
    EXPECT_NE(text_at(repo, "error"), "(none)") << path;
    EXPECT_EQ(repo.header("Content-Type"), "application/json; charset=utf-8") << path;
  }
}

TEST_F(InfoTest, BlobsAddSizesAndIds) {
  const auto repo = api.hub.add_repo("lab/model");
  api.hub.commit_lfs_file(repo, "model.bin", "weights");
  const auto body = info("models/lab/model?blobs=True");
  const auto& file = body.at("siblings").at(1);
  EXPECT_EQ(file.at("rfilename"), "model.bin");
  EXPECT_EQ(file.at("size"), 7);
  EXPECT_EQ(file.at("blobId").as_string().size(), 40U);
  EXPECT_EQ(file.at("lfs").at("size"), 7);
  EXPECT_EQ(file.at("lfs").at("pointerSize"), 126);
  EXPECT_EQ(file.at("lfs").at("sha256").as_string().size(), 64U);
  EXPECT_FALSE(body.at("siblings").at(0).as_object().contains("lfs"));
}

TEST_F(InfoTest, ExpandShowsOnlyWhatItNamesHoweverItIsSpelt) {
  api.hub.add_repo("lab/model");
  for (const char* query :
       {"expand=sha&expand=tags", "expand=sha,tags", "expand%5B%5D=sha&expand[]=tags"}) {
    const auto body = info(std::string("models/lab/model?") + query);
    EXPECT_EQ(body.size(), 4U) << query;
    EXPECT_TRUE(body.contains("_id") && body.contains("id") && body.contains("sha") &&
                body.contains("tags"))
        << query;
  }
}

TEST_F(InfoTest, ExpandRefusesUnknownNamesAndListsTheKnownOnes) {
  api.hub.add_repo("lab/model");
  api.hub.add_repo("lab/data", meta::Visibility::Public, meta::RepoKind::Dataset);
  const auto model = api.get("/api/models/lab/model?expand=foo");
  EXPECT_EQ(model.status, 400);
  EXPECT_TRUE(text_at(model, "error").starts_with("\"expand\" must be one of [author, "));
  EXPECT_EQ(api.get("/api/datasets/lab/data?expand=gguf").status, 400);
  EXPECT_EQ(api.get("/api/models/lab/model?unknown=key").status, 200);
}

TEST_F(InfoTest, EveryNameThatClientsMayExpandIsKnown) {
  api.hub.add_repo("lab/r");
  api.hub.add_repo("lab/r", meta::Visibility::Public, meta::RepoKind::Dataset);
  api.hub.add_repo("lab/r", meta::Visibility::Public, meta::RepoKind::Space);
  EXPECT_EQ(info("models/lab/r?expand=author,baseModels,cardData,childrenModelCount,config,"
                 "createdAt,disabled,downloads,downloadsAllTime,evalResults,gated,gguf,inference,"
                 "inferenceProviderMapping,lastModified,library_name,likes,mask_token,model-index,"
                 "pipeline_tag,private,resourceGroup,safetensors,sha,siblings,spaces,tags,"
                 "transformersInfo,trendingScore,usedStorage,widgetData,xetEnabled,gitalyUid,"
                 "securityStatus")
                .at("securityRepoStatus")
                .at("scansDone"),
            false);
  info(
      "datasets/lab/r?expand=author,cardData,citation,createdAt,description,disabled,downloads,"
      "downloadsAllTime,gated,lastModified,likes,mainSize,paperswithcode_id,private,"
      "resourceGroup,sha,siblings,tags,trendingScore,usedStorage");
  info(
      "spaces/lab/r?expand=author,cardData,createdAt,datasets,disabled,lastModified,likes,models,"
      "private,region,resourceGroup,runtime,sdk,sha,siblings,subdomain,tags,trendingScore,"
      "usedStorage");
}

TEST_F(InfoTest, XetIsSaidToBeOnForOldClients) {
  api.hub.add_repo("lab/model");
  EXPECT_EQ(info("models/lab/model/revision/main?expand=xetEnabled").at("xetEnabled"), true);
  EXPECT_EQ(api.get("/api/models/lab/model?blobs=true").body.find("xetHash"), std::string::npos);
}

TEST_F(InfoTest, AMalformedCardIsLeftOutAndTheRestAnswered) {
  const auto repo = api.hub.add_repo("lab/model");
  api.hub.commit_file(repo, "README.md", "---\nlicense: [mit\n---\n");
  EXPECT_FALSE(info("models/lab/model").contains("cardData"));
}

TEST_F(InfoTest, AnEscapedSlashInTheIdIsUnderstood) {
  api.hub.add_repo("lab/model");
  EXPECT_EQ(info("models/lab%2Fmodel").at("id"), "lab/model");
}

TEST_F(InfoTest, AKeptAnswerGivesWayToEveryChangeBehindIt) {
  const auto repo = api.hub.add_repo("lab/model");
  const auto first = info("models/lab/model");
  EXPECT_EQ(info("models/lab/model"), first);
  const auto head = api.hub.commit_file(repo, "a", "1");
  EXPECT_EQ(info("models/lab/model").at("sha").as_string(), head.to_string());
  ASSERT_TRUE(api.hub.repos.set_like(api.hub.caller(api.alice), repo.name, service::Liking::Like));
  EXPECT_EQ(info("models/lab/model").at("likes"), 1);
  ASSERT_TRUE(api.hub.repos.update_settings(
      api.hub.caller(api.alice), repo.name,
      {.visibility = meta::Visibility::Private, .gating = std::nullopt}));
  EXPECT_EQ(api.get("/api/models/lab/model").status, 404);
  EXPECT_EQ(info("models/lab/model", api.alice).at("private"), true);
  ASSERT_TRUE(api.hub.repos.remove(api.hub.caller(api.alice), repo.name));
  EXPECT_EQ(api.get("/api/models/lab/model", api.alice).status, 404);
}

TEST_F(InfoTest, AKeptAnswerIsForTheCallerItWasMadeFor) {
  api.hub.add_repo("lab/secret", meta::Visibility::Private);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(api.get("/api/models/lab/secret", api.alice).status, 200);
    EXPECT_EQ(api.get("/api/models/lab/secret", api.bob).status, 404);
    EXPECT_EQ(api.get("/api/models/lab/secret").status, 404);
  }
}

TEST_F(InfoTest, AKeptAnswerOfARepoThatWasMissingGivesWayToIt) {
  EXPECT_EQ(api.get("/api/models/lab/model").status, 404);
  api.hub.add_repo("lab/model");
  EXPECT_EQ(api.get("/api/models/lab/model").status, 200);
}

TEST_F(InfoTest, AKeptAnswerNeedsNoThreadOfThePool) {
  api.hub.add_repo("lab/model");
  const auto first = info("models/lab/model", api.alice);
  // The pool is kept busy until the answer is there.
  std::promise<void> answered;
  auto release = answered.get_future().share();
  for (std::size_t i = 0; i < api.hub.pool.thread_count(); ++i) {
    api.hub.pool.post([release] { release.wait(); });
  }
  EXPECT_EQ(info("models/lab/model", api.alice), first);
  answered.set_value();
}

TEST_F(InfoTest, HeadHasTheLengthOfGetAndNoBody) {
  api.hub.add_repo("lab/model");
  const auto get = api.get("/api/models/lab/model");
  const auto head = api.ask({.method = "HEAD", .target = "/api/models/lab/model"});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), std::to_string(get.body.size()));
  EXPECT_EQ(head.body, "");
}

TEST_F(InfoTest, AuthCheckTellsReadingFromWriting) {
  api.hub.add_repo("lab/model");
  EXPECT_EQ(api.get("/api/models/lab/model/auth-check").status, 200);
  EXPECT_EQ(api.get("/api/models/lab/model/auth-check/write", api.alice).status, 200);
  EXPECT_EQ(api.get("/api/models/lab/model/auth-check/write", api.bob).status, 403);
}

}  // namespace
}  // namespace granary::api::hf
