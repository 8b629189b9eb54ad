// Tests of tree and paths-info: entries, pages, order, and the forms in which paths are asked for.
#include <gtest/gtest.h>

#include "api/hf/file_routes_testing.h"

namespace granary::api::hf {
namespace {

using testing::FileHub;
using testing::Headers;
using testing::ReceivedResponse;

constexpr const char* kForm = "application/x-www-form-urlencoded";

class Tree : public FileHub {
 protected:
  static std::vector<std::string> paths_of(const ReceivedResponse& response) {
    std::vector<std::string> paths;
    EXPECT_EQ(response.status, 200) << response.body;
    const auto list = json_of(response);
    for (const auto& entry : list.as_array()) {
      paths.emplace_back(entry.at("path").as_string());
    }
    return paths;
  }
  /// The target of rel="next", without the host; "" on the last page.
  static std::string next_of(const ReceivedResponse& response) {
    const std::string link = response.header("Link");
    if (link.empty()) return "";
    // As the JS client matches it: absolute, and a space after the semicolon.
    EXPECT_TRUE(link.starts_with("<http://")) << link;
    EXPECT_TRUE(link.ends_with(">; rel=\"next\"")) << link;
    const std::string absolute = link.substr(1, link.find('>') - 1);
    return absolute.substr(absolute.find('/', 7));
  }
  /// A commit of exactly these files on main.
  GitOid commit_files(const std::map<std::string, std::string>& files) {
    const GitOid parent = *hub.facts->git().find_ref(repo.id, "refs/heads/main");
    auto batch = service::testing::make_batch({files, {}}, "files", parent, hub.clock.now);
    batch.repo = repo.id;
    batch.expected = parent;
    const auto done = hub.facts->git().commit(batch);
    EXPECT_TRUE(done) << (done ? "" : done.error().message);
    return batch.commit.oid;
  }
};

TEST_F(Tree, AnEntryIsWhatClientsParse) {
  commit_files({{"config.json", "{}"}, {"onnx/a", "x"}});
  hub.commit_lfs_file(repo, "w.safetensors", "weights");
  const auto list = json_of(get("/api/models/alice/m/tree/main")).as_array();
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0].at("type").as_string(), "file");
  EXPECT_EQ(list[0].at("oid").as_string(), "9e26dfeeb6e641a33dae4961196235bdb965b21b");
  EXPECT_EQ(list[0].at("size").to_number<int>(), 2);
  EXPECT_FALSE(list[0].as_object().contains("lfs"));
  EXPECT_EQ(list[1].at("type").as_string(), "directory");
  EXPECT_EQ(list[1].at("size").to_number<int>(), 0);
  EXPECT_EQ(list[2].at("size").to_number<int>(), 7);
  const auto& lfs = list[2].at("lfs");
  EXPECT_EQ(lfs.at("oid").as_string().size(), 64U);
  EXPECT_EQ(lfs.at("size").to_number<int>(), 7);
  // 43 bytes of version line, 76 of oid line, "size 7\n": what git-lfs itself writes.
  EXPECT_EQ(list[2].at("xetHash").as_string().size(), 64U);
  EXPECT_EQ(lfs.at("pointerSize").to_number<int>(), 43 + 76 + 7);
  for (const auto& entry : list) {
    EXPECT_EQ(entry.as_object().contains("xetHash"), entry.as_object().contains("lfs"));
    EXPECT_FALSE(entry.as_object().contains("lastCommit"));
  }
}

TEST_F(Tree, Pitfall22OidsAreGitsOwnAndTheEtagOfTheFile) {
  commit_files({{"a.txt", "x"}});
  hub.commit_lfs_file(repo, "w.bin", "weights");
  const auto list = json_of(get("/api/models/alice/m/tree/main")).as_array();
  EXPECT_EQ(head("/alice/m/resolve/main/a.txt").header("ETag"),
            "\"" + std::string(list[0].at("oid").as_string()) + "\"");
  EXPECT_EQ(head("/alice/m/resolve/main/w.bin").header("ETag"),
            "\"" + std::string(list[1].at("lfs").at("oid").as_string()) + "\"");
}

TEST_F(Tree, AFolderIsOneEscapedSegmentOrSeveral) {
  commit_files({{"dir/a b/x", "1"}, {"dir/y", "1"}});
  EXPECT_EQ(paths_of(get("/api/models/alice/m/tree/main/dir%2Fa%20b")),
            std::vector<std::string>{"dir/a b/x"});
  EXPECT_EQ(paths_of(get("/api/models/alice/m/tree/main/dir/a%20b")),
            std::vector<std::string>{"dir/a b/x"});
  EXPECT_EQ(paths_of(get("/api/models/alice/m/tree/main/dir/")),
            (std::vector<std::string>{"dir/a b", "dir/y"}));
  EXPECT_EQ(paths_of(get("/api/models/alice/m/tree/main/?recursive=True")),
            (std::vector<std::string>{"dir", "dir/a b", "dir/a b/x", "dir/y"}));
}

TEST_F(Tree, AMissingFolderAndAFileAreEntryNotFound) {
  commit_files({{"a.txt", "x"}});
  expect_error(get("/api/models/alice/m/tree/main/additional_chat_templates"), 404,
               "EntryNotFound");
  expect_error(get("/api/models/alice/m/tree/main/a.txt"), 404, "EntryNotFound");
  expect_error(get("/api/models/alice/m/tree/nope"), 404, "RevisionNotFound");
  expect_error(get("/api/models/alice/nope/tree/main"), 404, "RepoNotFound");
}

TEST_F(Tree, Pitfall24AnUnpagedTreeHoldsTenThousandEntries) {
  std::map<std::string, std::string> files;
  for (int i = 0; i < 9'999; ++i) files["d/" + std::to_string(i)] = "x";
  commit_files(files);
  const auto all = get("/api/models/alice/m/tree/main?recursive=true");
  EXPECT_EQ(paths_of(all).size(), 10'000U);
  EXPECT_EQ(all.header("Link"), "");
  files["one more"] = "x";
  commit_files(files);
  const auto first = get("/api/models/alice/m/tree/main?recursive=true");
  EXPECT_EQ(paths_of(first).size(), 10'000U);
  EXPECT_EQ(paths_of(get(next_of(first))), std::vector<std::string>{"one more"});
}

TEST_F(Tree, Pitfall9PagesAreLinkedAbsolutelyAndStayOnTheFirstPagesCommit) {
  const GitOid first = commit_files({{"a", "1"}, {"b", "1"}, {"c", "1"}});
  const auto page = get("/api/models/alice/m/tree/main?limit=2&recursive=true");
  EXPECT_EQ(paths_of(page), (std::vector<std::string>{"a", "b"}));
  EXPECT_NE(page.header("Link").find("recursive=true"), std::string::npos);
  EXPECT_NE(page.header("Link").find("limit=2"), std::string::npos);
  commit_files({{"a", "2"}, {"z", "1"}});
  const auto second = get(next_of(page));
  EXPECT_EQ(paths_of(second), std::vector<std::string>{"c"});
  EXPECT_EQ(second.header("X-Repo-Commit"), first.to_string());
  EXPECT_EQ(second.header("Link"), "");
}

TEST_F(Tree, ABadCursorIsABadRequest) {
  commit_files({{"a", "1"}});
  for (const std::string cursor : {"x", "%00", "0123456789", "gggggggggg"}) {
    EXPECT_EQ(get("/api/models/alice/m/tree/main?cursor=" + cursor).status, 400) << cursor;
  }
  expect_error(get("/api/models/alice/m/tree/main?cursor=" + std::string(40, '1') + ":a"), 404,
               "RevisionNotFound");
  EXPECT_EQ(get("/api/models/alice/m/tree/main?limit=x").status, 400);
}

TEST_F(Tree, ExpandTellsTheLastCommitOfEachPath) {
  commit_files({{"a", "1"}, {"b", "1"}});
  const GitOid second = commit_files({{"a", "1"}, {"b", "2"}});
  const auto list = json_of(get("/api/models/alice/m/tree/main?expand=True")).as_array();
  ASSERT_EQ(list.size(), 2U);
  const auto& last = list[1].at("lastCommit");
  EXPECT_EQ(last.at("id").as_string(), second.to_string());
  EXPECT_EQ(last.at("title").as_string(), "files");
  EXPECT_TRUE(last.at("date").as_string().ends_with("Z"));
  EXPECT_NE(list[0].at("lastCommit").at("id").as_string(), second.to_string());
}

TEST_F(Tree, ACommitHashMayBeCachedForEver) {
  const GitOid commit = commit_files({{"a", "1"}});
  const std::string base = "/api/models/alice/m/tree/";
  EXPECT_EQ(get(base + commit.to_string()).header("Cache-Control"),
            "public, max-age=31536000, immutable");
  EXPECT_EQ(get(base + "main").header("Cache-Control"), "");
}

TEST_F(Tree, LlamaCppFindsItsFilesFromRefsToTree) {
  commit_files({{"README.md", "x"}});
  const GitOid commit = hub.commit_lfs_file(repo, "m-Q4_K_M.gguf", "gguf");
  const Headers agent{"User-Agent: llama-cpp/b1", "Accept: application/json"};
  const auto refs = json_of(get("/api/models/alice/m/refs", agent));
  EXPECT_EQ(refs.at("branches").at(0).at("name").as_string(), "main");
  EXPECT_EQ(refs.at("branches").at(0).at("targetCommit").as_string(), commit.to_string());
  const auto list =
      json_of(get("/api/models/alice/m/tree/" + commit.to_string() + "?recursive=true", agent));
  EXPECT_EQ(list.at(1).at("path").as_string(), "m-Q4_K_M.gguf");
  EXPECT_EQ(list.at(1).at("lfs").at("oid").as_string().size(), 64U);
  const std::string file = "/alice/m/resolve/" + commit.to_string() + "/m-Q4_K_M.gguf";
  EXPECT_EQ(head(file, agent).status, 200);
  EXPECT_EQ(get(file, agent).status, 200);
  EXPECT_EQ(get(file, {"Range: bytes=2-"}).status, 206);
}

TEST_F(Tree, AMovedReposTreeIsRedirected) {
  commit_files({{"a", "1"}});
  ASSERT_TRUE(hub.facts->repos().move_repo(repo.id, service::testing::repo_name("alice/new")));
  const auto response = get("/api/models/alice/m/tree/main?recursive=true");
  EXPECT_EQ(response.status, 307);
  EXPECT_TRUE(
      response.header("Location").ends_with("/api/models/alice/new/tree/main?recursive=true"));
}

class PathsInfo : public Tree {
 protected:
  PathsInfo() { commit_files({{"a", "1"}, {"b c", "1"}, {"d/e", "1"}, {"1+1", "2"}}); }
  ReceivedResponse ask(const std::string& type, const std::string& body) {
    return post("/api/models/alice/m/paths-info/main", type, body);
  }
};

TEST_F(PathsInfo, Pitfall19PythonSendsAForm) {
  EXPECT_EQ(paths_of(ask(kForm, "paths=a&paths=b+c&paths=nope&expand=False")),
            (std::vector<std::string>{"a", "b c"}));
  EXPECT_EQ(paths_of(ask(kForm, "paths=d%2Fe&paths=d&paths=d/&paths=1%2B1")),
            (std::vector<std::string>{"d/e", "d", "1+1"}));
  const auto expanded = json_of(ask(kForm, "paths=a&expand=True"));
  EXPECT_TRUE(expanded.at(0).as_object().contains("lastCommit"));
}

TEST_F(PathsInfo, TheJsClientSendsJson) {
  EXPECT_EQ(paths_of(ask("application/json", R"({"paths":["a","d/e"],"expand":true})")),
            (std::vector<std::string>{"a", "d/e"}));
  EXPECT_EQ(paths_of(ask("application/json; charset=utf-8", R"({"paths":"a"})")),
            std::vector<std::string>{"a"});
}

TEST_F(PathsInfo, WhatIsNotThereIsLeftOut) {
  EXPECT_EQ(ask(kForm, "paths=nope").body, "[]");
  EXPECT_EQ(ask(kForm, "").body, "[]");
}

TEST_F(PathsInfo, BadBodiesAreBadRequests) {
  for (const std::string body : {"[", "[]", "{}", R"({"paths":[1]})", R"({"paths":{"a":1}})"}) {
    EXPECT_EQ(ask("application/json", body).status, 400) << body;
  }
  EXPECT_EQ(ask(kForm, "paths=%zz").status, 400);
}

TEST_F(PathsInfo, MoreThanAThousandPathsAreTooMany) {
  std::string body = "paths=a";
  for (int i = 1; i < 1000; ++i) body += "&paths=x" + std::to_string(i);
  EXPECT_EQ(ask(kForm, body).status, 200);
  EXPECT_EQ(ask(kForm, body + "&paths=b").status, 413);
  EXPECT_EQ(ask(kForm, body + std::string(100'000, '&')).status, 200);
}

TEST_F(PathsInfo, MissingRevisionsAndReposSayWhich) {
  expect_error(post("/api/models/alice/m/paths-info/nope", kForm, "paths=a"), 404,
               "RevisionNotFound");
  expect_error(post("/api/models/alice/nope/paths-info/main", kForm, "paths=a"), 404,
               "RepoNotFound");
}

}  // namespace
}  // namespace granary::api::hf
