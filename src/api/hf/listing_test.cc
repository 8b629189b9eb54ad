// Tests of lists over HTTP: parameters, paging that clients can follow, tags, and own repos.
#include <gtest/gtest.h>

#include "api/hf/hub_api_testing.h"
#include "api/hf/listing_query.h"

namespace granary::api::hf {
namespace {

using testing::HubApi;
using testing::json_of;
using Names = std::vector<std::string>;

class ListingTest : public ::testing::Test {
 protected:
  ListingTest() {
    const auto qwen = api.hub.add_repo("lab/Qwen3-GGUF");
    api.hub.commit_file(qwen, "README.md",
                        "---\nlicense: mit\nlanguage: [en]\npipeline_tag: text-generation\n"
                        "library_name: transformers\n---\n");
    api.hub.add_repo("alice/bert");
    api.hub.add_repo("lab/secret", meta::Visibility::Private);
    const auto data =
        api.hub.add_repo("lab/data", meta::Visibility::Public, meta::RepoKind::Dataset);
    api.hub.commit_file(data, "README.md",
                        "---\nlanguage: [en]\ntask_categories: [text-classification]\n---\n");
  }
  Names names(const std::string& target, const std::string& token = "") {
    const auto response = api.get(target, token);
    EXPECT_EQ(response.status, 200) << target << " " << response.body;
    Names names;
    const auto items = json_of(response);
    for (const auto& item : items.as_array()) {
      names.emplace_back(item.at("id").as_string());
    }
    std::ranges::sort(names);
    return names;
  }

  HubApi api;
};

TEST_F(ListingTest, StrangersSeePublicReposAndMembersTheirOwnToo) {
  EXPECT_EQ(names("/api/models"), (Names{"alice/bert", "lab/Qwen3-GGUF"}));
  EXPECT_EQ(names("/api/models", api.bob), (Names{"alice/bert", "lab/Qwen3-GGUF"}));
  EXPECT_EQ(names("/api/models", api.alice), (Names{"alice/bert", "lab/Qwen3-GGUF", "lab/secret"}));
  EXPECT_EQ(names("/api/spaces"), Names{});
}

TEST_F(ListingTest, ParametersNarrowTheList) {
  const Names qwen{"lab/Qwen3-GGUF"};
  EXPECT_EQ(names("/api/models?search=qwen"), qwen);
  EXPECT_EQ(names("/api/models?search=gguf+qwen"), qwen);
  EXPECT_EQ(names("/api/models?search=gguf&search=bert"), Names{});
  EXPECT_EQ(names("/api/models?author=lab"), qwen);
  EXPECT_EQ(names("/api/models?filter=license:mit"), qwen);
  EXPECT_EQ(names("/api/models?filter=license:mit&filter=en"), qwen);
  EXPECT_EQ(names("/api/models?filter=language:en,license:mit"), qwen);
  EXPECT_EQ(names("/api/models?filter=license:mit&filter=fr"), Names{});
  EXPECT_EQ(names("/api/models?pipeline_tag=text-generation"), qwen);
  EXPECT_EQ(names("/api/models?library=transformers"), qwen);
  EXPECT_EQ(names("/api/models?apps=vllm"), qwen);
  EXPECT_EQ(names("/api/models?inference=warm"), Names{});
  EXPECT_EQ(names("/api/models?gated=True"), Names{});
  EXPECT_EQ(names("/api/models?num_parameters=min:1B"), Names{});
  EXPECT_EQ(names("/api/datasets?filter=en"), Names{"lab/data"});
  EXPECT_EQ(names("/api/datasets?filter=language:en"), Names{"lab/data"});
  EXPECT_EQ(names("/api/datasets?filter=task_categories:text-classification"), Names{"lab/data"});
  EXPECT_EQ(names("/api/models?direction=-1&unknown=x").size(), 2U);
}

TEST_F(ListingTest, SpacesAreFoundByTheModelsAndDatasetsTheyUse) {
  const auto demo = api.hub.add_repo("lab/demo", meta::Visibility::Public, meta::RepoKind::Space);
  api.hub.commit_file(demo, "README.md",
                      "---\nsdk: static\nmodels: [lab/m]\ndatasets: [lab/data]\n---\n");
  EXPECT_EQ(names("/api/spaces?models=lab/m&datasets=lab/data&sdk=static"), Names{"lab/demo"});
  EXPECT_EQ(names("/api/spaces?models=lab/other"), Names{});
}

TEST_F(ListingTest, SearchWordsAreNotPatterns) {
  EXPECT_EQ(names("/api/models?search=%25"), Names{});
  EXPECT_EQ(names("/api/models?search=a_i"), Names{});
}

TEST_F(ListingTest, EverySortThatClientsKnowIsAcceptedAndOthersAreRefused) {
  for (const char* sort : {"lastModified", "createdAt", "downloads", "likes", "trendingScore",
                           "likes30d", "num_parameters", "mainSize", "id"}) {
    EXPECT_EQ(names(std::string("/api/models?sort=") + sort).size(), 2U) << sort;
  }
  EXPECT_EQ(api.get("/api/models?sort=colour").status, 400);
  EXPECT_EQ(api.get("/api/models?limit=many").status, 400);
  EXPECT_EQ(api.get("/api/models?num_parameters=big").status, 400);
  EXPECT_EQ(api.get("/api/models?cursor=nonsense").status, 400);
  EXPECT_EQ(api.get("/api/models?expand=foo").status, 400);
}

TEST_F(ListingTest, APageLinksToTheNextOnTheSameHostWithTheSameParameters) {
  for (int i = 0; i < 3; ++i) api.hub.add_repo("lab/page-" + std::to_string(i));
  Names seen;
  std::string target = "/api/models?search=page&limit=2&sort=id";
  int page_count = 0;
  while (!target.empty()) {
    const auto response = api.get(target);
    ASSERT_EQ(response.status, 200);
    const auto items = json_of(response);
    for (const auto& item : items.as_array()) {
      seen.emplace_back(item.at("id").as_string());
    }
    ASSERT_LT(++page_count, 4);
    const std::string link = response.header("Link");
    target.clear();
    if (link.empty()) break;
    // What the Python client (any URL) and the npm client (https?, a space after ';') look for.
    ASSERT_TRUE(link.starts_with("<http://")) << link;
    ASSERT_TRUE(link.ends_with(">; rel=\"next\"")) << link;
    EXPECT_NE(link.find("search=page&limit=2&sort=id&cursor="), std::string::npos) << link;
    const auto start = link.find("/api/");
    target = link.substr(start, link.find('>') - start);
  }
  EXPECT_EQ(page_count, 2);
  std::ranges::sort(seen);
  EXPECT_EQ(seen, (Names{"lab/page-0", "lab/page-1", "lab/page-2"}));
}

TEST_F(ListingTest, AnItemIsSmallUnlessMoreIsAskedFor) {
  const auto item = [&](const std::string& query) {
    return json_of(api.get("/api/models?author=lab" + query)).at(0).as_object();
  };
  const auto plain = item("");
  for (const char* key : {"_id", "id", "modelId", "likes", "private", "downloads", "tags",
                          "pipeline_tag", "library_name", "createdAt", "gated", "trendingScore"}) {
    EXPECT_TRUE(plain.contains(key)) << key;
  }
  EXPECT_FALSE(plain.contains("siblings"));
  EXPECT_FALSE(plain.contains("cardData"));
  const auto full = item("&full=true");
  EXPECT_EQ(full.at("siblings").as_array().size(), 2U);
  EXPECT_EQ(full.at("sha").as_string().size(), 40U);
  EXPECT_TRUE(full.contains("lastModified"));
  EXPECT_EQ(item("&cardData=True").at("cardData").at("license"), "mit");
  EXPECT_EQ(item("&expand=author").size(), 3U);
}

TEST_F(ListingTest, FullDatasetsHaveTheirCards) {
  const auto item = json_of(api.get("/api/datasets?full=true")).at(0);
  EXPECT_TRUE(item.at("cardData").is_object());
}

TEST_F(ListingTest, TagsAreGroupedByType) {
  const auto types = json_of(api.get("/api/models-tags-by-type")).as_object();
  const auto& license = types.at("license").as_array();
  ASSERT_EQ(license.size(), 1U);
  EXPECT_EQ(license[0].at("id"), "license:mit");
  EXPECT_EQ(license[0].at("label"), "mit");
  EXPECT_EQ(license[0].at("type"), "license");
  EXPECT_TRUE(json_of(api.get("/api/datasets-tags-by-type")).as_object().contains("language"));
}

TEST_F(ListingTest, OwnReposAreListedWithTheirStorage) {
  const auto own = json_of(api.get("/api/settings/repositories", api.alice)).as_array();
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(own[0].at("id"), "alice/bert");
  EXPECT_EQ(own[0].at("type"), "model");
  EXPECT_EQ(own[0].at("visibility"), "public");
  EXPECT_TRUE(own[0].at("storage").is_number());
  const std::string lab = "/api/organizations/lab/settings/repositories";
  EXPECT_EQ(json_of(api.get(lab, api.alice)).as_array().size(), 3U);
  EXPECT_EQ(api.get(lab, api.bob).status, 403);
  EXPECT_EQ(api.get("/api/settings/repositories").status, 401);
}

TEST(ParameterRange, ReadsBothEndsWithSuffixesAndFractions) {
  const auto range = parse_parameter_range("min:0.5B,max:128B");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->min, 500'000'000U);
  EXPECT_EQ(range->max, 128'000'000'000U);
  EXPECT_EQ(parse_parameter_range("max:70m")->max, 70'000'000U);
  for (const char* text :
       {"", "min:", "min:B", "min:-1B", "avg:3B", "min:1X", "min:nan", "min:1e400B", "max:inf"}) {
    EXPECT_FALSE(parse_parameter_range(text)) << text;
  }
}

}  // namespace
}  // namespace granary::api::hf
