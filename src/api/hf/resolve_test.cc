// Tests of resolve and raw: the facts in headers, ranges, conditions, errors, and who may read.
#include <gtest/gtest.h>

#include <random>

#include "api/hf/file_routes_testing.h"
#include "base/hasher.h"

namespace granary::api::hf {
namespace {

using testing::FileHub;
using testing::Headers;
using testing::ReceivedResponse;

std::string random_bytes(std::size_t size_bytes) {
  std::mt19937_64 random(size_bytes);
  std::string bytes(size_bytes, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

class Resolve : public FileHub {
 protected:
  Resolve() {
    commit = hub.commit_file(repo, "config.json", kConfig);
    commit = hub.commit_file(repo, "empty.txt", "");
    commit = hub.commit_lfs_file(repo, "model.safetensors", weights);
  }
  std::string url(const std::string& path, const std::string& revision = "main") const {
    return "/alice/m/resolve/" + revision + "/" + path;
  }

  const std::string kConfig = "{\"a\":1}\n";
  const std::string weights = random_bytes(700'000);
  GitOid commit;
};

TEST_F(Resolve, GivesTheFourFactsThatPythonReadsFromAHead) {
  const auto response = head(url("config.json"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("X-Repo-Commit"), commit.to_string());
  Sha1Hasher hasher;  // git's id of a blob
  const std::string head = "blob " + std::to_string(std::string_view(kConfig).size());
  hasher.update(as_bytes(std::string_view(head.c_str(), head.size() + 1)));
  hasher.update(as_bytes(kConfig));
  const GitOid oid = hasher.finish();
  EXPECT_EQ(response.header("ETag"), '"' + oid.to_string() + '"');
  EXPECT_EQ(response.header("Content-Length"), std::to_string(kConfig.size()));
  EXPECT_EQ(response.header("Location"), "");
  EXPECT_EQ(response.header("Accept-Ranges"), "bytes");
  EXPECT_EQ(response.header("Content-Type"), "application/json");
  EXPECT_EQ(response.header("X-Linked-Size"), "");
  EXPECT_EQ(response.body, "");
}

TEST_F(Resolve, AnLfsFileIsNamedByItsSha256AndHasItsRealSize) {
  const auto response = head(url("model.safetensors"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Content-Length"), std::to_string(weights.size()));
  EXPECT_EQ(response.header("X-Linked-Size"), std::to_string(weights.size()));
  const std::string etag = response.header("ETag");
  EXPECT_EQ(etag.size(), 66U);
  EXPECT_EQ(response.header("X-Linked-ETag"), etag);
  EXPECT_EQ(response.header("Content-Type"), "application/octet-stream");
  const std::string xet_hash = response.header("X-Xet-Hash");
  EXPECT_EQ(xet_hash.size(), 64U);
  const std::string commit = response.header("X-Repo-Commit");
  EXPECT_EQ(response.header("Link"),
            "<http://granary.test/api/models/alice/m/xet-read-token/" + commit +
                ">; rel=\"xet-auth\", <http://granary.test/xet/v1/reconstructions/" + xet_hash +
                ">; rel=\"xet-reconstruction-info\"");
  EXPECT_EQ(head(url("config.json")).header("X-Xet-Hash"), "") << "in git, not in Xet";
}

TEST_F(Resolve, GetAndHeadAgreeHeaderByHeader) {
  for (const std::string path : {"config.json", "empty.txt", "model.safetensors"}) {
    auto from_get = get(url(path));
    auto from_head = head(url(path));
    const auto drop = [](ReceivedResponse& response) {
      std::erase_if(response.headers, [](const auto& field) {
        return field.first == "X-Request-Id" || field.first == "Date";
      });
    };
    drop(from_get);
    drop(from_head);
    EXPECT_EQ(from_get.status, from_head.status);
    EXPECT_EQ(from_get.headers, from_head.headers) << path;
  }
}

TEST_F(Resolve, GetGivesTheBytes) {
  EXPECT_EQ(get(url("config.json")).body, kConfig);
  EXPECT_TRUE(get(url("model.safetensors")).body == weights);
  EXPECT_EQ(get(url("empty.txt")).body, "");
}

TEST_F(Resolve, Pitfall3NothingIsEverCompressedAndTheLengthIsAlwaysThere) {
  for (const std::string path : {"config.json", "model.safetensors"}) {
    for (const auto& response : {get(url(path), {"Accept-Encoding: gzip, deflate, br"}),
                                 head(url(path), {"Accept-Encoding: gzip, deflate, br"})}) {
      EXPECT_EQ(response.header("Content-Encoding"), "");
      EXPECT_EQ(response.header("Transfer-Encoding"), "");
      EXPECT_NE(response.header("Content-Length"), "");
    }
  }
}

TEST_F(Resolve, Pitfall26TheEtagIsStrongAndQuoted) {
  for (const std::string path : {"config.json", "empty.txt", "model.safetensors"}) {
    const std::string etag = head(url(path)).header("ETag");
    EXPECT_TRUE(etag.starts_with('"') && etag.ends_with('"')) << etag;
  }
}

TEST_F(Resolve, AnEmptyFileHasLengthZeroAndGitsEmptyBlob) {
  const auto response = head(url("empty.txt"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Content-Length"), "0");
  EXPECT_EQ(response.header("ETag"), "\"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\"");
}

TEST_F(Resolve, TheProbeOfTheJsClientLearnsWhereXetHasTheFile) {
  const Headers probe{"Range: bytes=0-0", "Accept: application/vnd.xet-fileinfo+json, */*"};
  const auto response = get(url("model.safetensors"), probe);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Content-Type"), "application/vnd.xet-fileinfo+json");
  const auto info = json_of(response);
  EXPECT_EQ(info.at("size").to_number<std::size_t>(), weights.size());
  EXPECT_EQ(info.at("etag").as_string(), response.header("ETag"));
  EXPECT_EQ(info.at("hash").as_string(), response.header("X-Xet-Hash"));
  const std::string link = response.header("Link");
  EXPECT_NE(link.find("<" + std::string(info.at("refreshUrl").as_string()) + ">"),
            std::string::npos);
  EXPECT_NE(link.find("<" + std::string(info.at("reconstructionUrl").as_string()) + ">"),
            std::string::npos);
  EXPECT_EQ(get(url("config.json"), probe).status, 206) << "in git, not in Xet";
}

TEST_F(Resolve, AProbeWithoutXetLearnsTheSizeFromContentRange) {
  const Headers probe{"Range: bytes=0-0"};
  const auto response = get(url("model.safetensors"), probe);
  EXPECT_EQ(response.status, 206);
  EXPECT_EQ(response.header("Content-Range"), "bytes 0-0/" + std::to_string(weights.size()));
  EXPECT_EQ(response.body, weights.substr(0, 1));
  EXPECT_EQ(response.header("Content-Type"), "application/octet-stream");
  const auto empty = get(url("empty.txt"), probe);
  EXPECT_EQ(empty.status, 200);
  EXPECT_EQ(empty.header("Content-Range"), "bytes */0");
}

TEST_F(Resolve, OneRangeIsAnsweredInPart) {
  const std::string size = std::to_string(weights.size());
  const auto from = [&](const std::string& range) {
    return get(url("model.safetensors"), {"Range: " + range});
  };
  EXPECT_EQ(from("bytes=10-19").status, 206);
  EXPECT_EQ(from("bytes=10-19").body, weights.substr(10, 10));
  EXPECT_EQ(from("bytes=10-19").header("Content-Range"), "bytes 10-19/" + size);
  EXPECT_EQ(from("bytes=10-19").header("Content-Length"), "10");
  EXPECT_TRUE(from("bytes=300000-").body == weights.substr(300'000));
  EXPECT_EQ(from("bytes=-7").body, weights.substr(weights.size() - 7));
  EXPECT_EQ(from("bytes=0-0,5-6").status, 200);
  EXPECT_TRUE(from("bytes=0-0,5-6").body == weights);
  EXPECT_EQ(from("lines=1-2").status, 200);
  EXPECT_EQ(get(url("config.json"), {"Range: bytes=2-3"}).body, kConfig.substr(2, 2));
}

TEST_F(Resolve, Pitfall27A416SaysHowLongTheFileIs) {
  const std::string size = std::to_string(weights.size());
  const auto response = get(url("model.safetensors"), {"Range: bytes=" + size + "-"});
  EXPECT_EQ(response.status, 416);
  EXPECT_EQ(response.header("Content-Range"), "bytes */" + size);
  EXPECT_EQ(response.header("X-Repo-Commit"), commit.to_string());
}

TEST_F(Resolve, AHeadWithARangeIsAnsweredAsIfThereWereNone) {
  for (const std::string range : {"bytes=0-0", "bytes=99999999-"}) {
    const auto response = head(url("model.safetensors"), {"Range: " + range});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.header("Content-Length"), std::to_string(weights.size()));
    EXPECT_EQ(response.header("Content-Range"), "");
  }
}

TEST_F(Resolve, IfRangeGivesTheRangeOnlyOfTheSameFile) {
  const std::string etag = head(url("config.json")).header("ETag");
  EXPECT_EQ(get(url("config.json"), {"Range: bytes=0-1", "If-Range: " + etag}).status, 206);
  EXPECT_EQ(get(url("config.json"), {"Range: bytes=0-1", "If-Range: W/" + etag}).status, 200);
  EXPECT_EQ(get(url("config.json"), {"Range: bytes=0-1", "If-Range: \"other\""}).status, 200);
  EXPECT_EQ(get(url("config.json"), {"Range: bytes=99-", "If-Range: \"other\""}).status, 200);
}

TEST_F(Resolve, IfNoneMatchIsAnswered304WithTheCommit) {
  const std::string etag = head(url("model.safetensors")).header("ETag");
  for (const auto& response : {get(url("model.safetensors"), {"If-None-Match: " + etag}),
                               head(url("model.safetensors"), {"If-None-Match: W/" + etag}),
                               get(url("model.safetensors"), {"If-None-Match: *"})}) {
    EXPECT_EQ(response.status, 304);
    EXPECT_EQ(response.header("X-Repo-Commit"), commit.to_string());
    EXPECT_EQ(response.header("ETag"), etag);
    EXPECT_EQ(response.header("X-Linked-ETag"), etag);
    EXPECT_EQ(response.body, "");
  }
  EXPECT_EQ(get(url("model.safetensors"), {"If-None-Match: \"x\""}).status, 200);
}

TEST_F(Resolve, ACommitHashMayBeCachedForEverAndABranchMayNot) {
  EXPECT_EQ(head(url("config.json")).header("Cache-Control"), "public, no-cache");
  EXPECT_EQ(head(url("config.json", commit.to_string())).header("Cache-Control"),
            "public, max-age=31536000, immutable");
  EXPECT_EQ(head(url("config.json", commit.to_string().substr(0, 10))).header("Cache-Control"),
            "public, no-cache");
  set_visibility(meta::Visibility::Private);
  EXPECT_EQ(head(url("config.json"), as("alice")).header("Cache-Control"), "private, no-cache");
}

TEST_F(Resolve, TheNameOfADownloadIsToldInAsciiAndInUtf8) {
  hub.commit_file(repo, "d/\xC3\xA9t\xC3\xA9 100%.txt", "x");
  const std::string path = "d/%C3%A9t%C3%A9%20100%25.txt";
  EXPECT_EQ(head(url(path)).header("Content-Disposition"),
            "inline; filename*=UTF-8''%C3%A9t%C3%A9%20100%25.txt; filename=\"__t__ 100_.txt\"");
  EXPECT_TRUE(
      head(url(path + "?download=true")).header("Content-Disposition").starts_with("attachment; "));
  EXPECT_TRUE(
      head(url(path + "?download=True")).header("Content-Disposition").starts_with("attachment; "));
  EXPECT_EQ(head(url(path + "?noContentDisposition=1")).header("Content-Disposition"), "");
}

TEST_F(Resolve, NoFileEverRunsAsAPageOfOurs) {
  for (const std::string name : {"x.html", "x.svg", "x.js", "x.HTM", "x.xhtml", "x", "x.mhtml"}) {
    hub.commit_file(repo, name, "<script>alert(1)</script>");
    for (const std::string route : {"resolve", "raw"}) {
      const auto response = get("/alice/m/" + route + "/main/" + name);
      const std::string type = response.header("Content-Type");
      EXPECT_TRUE(type == "text/plain; charset=utf-8" || type == "application/octet-stream")
          << name << " " << type;
      EXPECT_EQ(response.header("X-Content-Type-Options"), "nosniff");
      EXPECT_EQ(response.header("Content-Security-Policy"), "default-src 'none'; sandbox");
    }
  }
}

TEST_F(Resolve, Pitfall21AMissingFileIsEntryNotFoundWithTheCommit) {
  for (const auto& response :
       {get(url("nope.json")), head(url("nope.json")), get(url("")), get(url("config.json/x"))}) {
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.header("X-Error-Code"), "EntryNotFound");
    EXPECT_EQ(response.header("X-Repo-Commit"), commit.to_string());
  }
}

TEST_F(Resolve, Pitfall16EachKindOf404HasItsOwnCode) {
  expect_error(get(url("config.json", "nope")), 404, "RevisionNotFound");
  expect_error(get("/alice/nope/resolve/main/config.json"), 404, "RepoNotFound");
  expect_error(get("/nobody/nope/resolve/main/config.json"), 404, "RepoNotFound");
  expect_error(get("/datasets/alice/m/resolve/main/config.json"), 404, "RepoNotFound");
  expect_error(get("/gpt2/resolve/main/config.json"), 404, "RepoNotFound");
  EXPECT_EQ(get(url("config.json", "nope")).header("X-Repo-Commit"), "");
}

TEST_F(Resolve, Pitfall17ABadTokenIsSaidToBeBad) {
  const auto response =
      get(url("config.json"), {"Authorization: Bearer hf_" + std::string(40, 'x')});
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.header("X-Error-Message"), "Invalid credentials in Authorization header");
  EXPECT_EQ(response.header("X-Error-Code"), "");
}

TEST_F(Resolve, ARepoInAnyLetterCaseIsFound) {
  EXPECT_EQ(get("/Alice/M/resolve/main/config.json").body, kConfig);
}

TEST_F(Resolve, AMovedRepoIsRedirectedRelativelyWithItsQuery) {
  ASSERT_TRUE(hub.facts->repos().move_repo(repo.id, service::testing::repo_name("alice/new")));
  const auto response = head(url("config.json?download=true"));
  EXPECT_EQ(response.status, 307);
  EXPECT_EQ(response.header("Location"), "/alice/new/resolve/main/config.json?download=true");
  EXPECT_EQ(get("/alice/new/resolve/main/config.json").body, kConfig);
  EXPECT_EQ(head("/alice%2Fm/resolve/main/config.json").header("Location"),
            "/alice/new/resolve/main/config.json");
}

TEST_F(Resolve, APrivateMovedRepoIsRedirectedOnlyForThoseWhoSeeIt) {
  set_visibility(meta::Visibility::Private);
  ASSERT_TRUE(hub.facts->repos().move_repo(repo.id, service::testing::repo_name("alice/new")));
  expect_error(get(url("config.json")), 404, "RepoNotFound");
  EXPECT_EQ(get(url("config.json"), as("alice")).status, 307);
}

TEST_F(Resolve, RawGivesWhatGitHolds) {
  const auto pointer = get("/alice/m/raw/main/model.safetensors");
  EXPECT_EQ(pointer.status, 200);
  EXPECT_TRUE(pointer.body.starts_with("version https://git-lfs.github.com/spec/v1\noid sha256:"));
  EXPECT_EQ(pointer.header("ETag").size(), 42U);
  EXPECT_EQ(pointer.header("X-Linked-ETag"), "");
  EXPECT_EQ(head("/alice/m/raw/main/model.safetensors").header("Content-Length"),
            std::to_string(pointer.body.size()));
  EXPECT_EQ(get("/alice/m/raw/main/config.json").body, kConfig);
  EXPECT_EQ(get("/alice/m/raw/main/config.json", {"Range: bytes=0-0"}).status, 206);
  expect_error(get("/alice/m/raw/main/nope"), 404, "EntryNotFound");
}

TEST_F(Resolve, DatasetsAndSpacesHaveTheSameRoutes) {
  for (const auto& [prefix, kind] : {std::pair{"/datasets/", meta::RepoKind::Dataset},
                                     std::pair{"/spaces/", meta::RepoKind::Space}}) {
    const auto made = hub.add_repo("alice/other", meta::Visibility::Public, kind);
    hub.commit_file(made, "a.txt", prefix);
    const std::string base = std::string(prefix) + "alice/other/";
    EXPECT_EQ(get(base + "resolve/main/a.txt").body, prefix);
    EXPECT_EQ(get(base + "raw/main/a.txt").body, prefix);
    EXPECT_EQ(head(base + "resolve/main/a.txt").status, 200);
    expect_error(get("/alice/other/resolve/main/a.txt"), 404, "RepoNotFound");
  }
}

TEST_F(Resolve, WhatIsKnownIsAnsweredFromMemoryUntilACommit) {
  EXPECT_EQ(get(url("config.json")).body, kConfig);
  EXPECT_EQ(get(url("late.txt")).status, 404);
  hub.commit_file(repo, "config.json", "new");
  hub.commit_file(repo, "late.txt", "late");
  EXPECT_EQ(get(url("config.json")).body, "new");
  EXPECT_EQ(get(url("late.txt")).body, "late");
}

TEST_F(Resolve, ADownloadIsCountedOnceHoweverManyRangesItTakes) {
  const auto count = [&] {
    EXPECT_TRUE(hub.downloads.flush());
    return hub.facts->repos().read_repo(repo.id)->downloads;
  };
  head(url("model.safetensors"), {"X-HF-Download-Counter: 1"});
  get(url("model.safetensors"), {"Range: bytes=10-19", "X-HF-Download-Counter: 1"});
  get(url("model.safetensors"), {"Range: bytes=0-0"});
  get(url("nope"), {"X-HF-Download-Counter: 1"});
  get("/alice/m/raw/main/config.json");
  EXPECT_EQ(count(), 0U);
  get(url("config.json"));
  get(url("model.safetensors"), {"Range: bytes=0-9", "X-HF-Download-Counter: 1"});
  EXPECT_EQ(count(), 2U);
}

// Section 0 of the protocol: how clients write revisions and paths.
class PathShapes : public FileHub {};

TEST_F(PathShapes, ARevisionIsOneEscapedSegment) {
  const GitOid commit = hub.commit_file(repo, "a.txt", "a");
  for (const std::string ref : {"refs/pr/1", "refs/convert/parquet", "refs/heads/x/y"}) {
    ASSERT_TRUE(hub.facts->git().update_ref(
        {.repo = repo.id, .ref = ref, .expected = {}, .target = commit, .tag = {}}));
  }
  for (const std::string revision : {"refs%2Fpr%2F1", "refs%2fconvert%2fparquet", "x%2Fy",
                                     "refs%2Fheads%2Fx%2Fy", "HEAD", "refs%2Fheads%2Fmain"}) {
    EXPECT_EQ(get("/alice/m/resolve/" + revision + "/a.txt").body, "a") << revision;
  }
}

TEST_F(PathShapes, TheJsClientLeavesPullRequestsRaw) {
  const GitOid commit = hub.commit_file(repo, "d/a.txt", "a");
  ASSERT_TRUE(hub.facts->git().update_ref(
      {.repo = repo.id, .ref = "refs/pr/1", .expected = {}, .target = commit, .tag = {}}));
  EXPECT_EQ(get("/alice/m/resolve/refs/pr/1/d/a.txt").body, "a");
  EXPECT_EQ(get("/api/models/alice/m/tree/refs/pr/1/d").status, 200);
}

TEST_F(PathShapes, Pitfall29NamesWithEveryAwkwardCharacter) {
  const std::vector<std::pair<std::string, std::string>> shapes{
      {"a b/c#d.txt", "a%20b/c%23d.txt"},
      {"to?/awful?filename%you:should,never.give",
       "to%3F/awful%3Ffilename%25you%3Ashould%2Cnever.give"},
      {"100%25.txt", "100%2525.txt"},
      {"a+b.txt", "a+b.txt"},
      {"\xE6\x97\xA5\xE6\x9C\xAC.txt", "%E6%97%A5%E6%9C%AC.txt"}};
  for (const auto& [path, escaped] : shapes) {
    hub.commit_file(repo, path, path);
    EXPECT_EQ(get("/alice/m/resolve/main/" + escaped).body, path);
  }
  EXPECT_EQ(get("/alice/m/resolve/main/100%25.txt").status, 404);  // decoded once only
}

TEST_F(PathShapes, AnEscapedSlashInAPathIsASlash) {
  hub.commit_file(repo, "dir/a b.txt", "x");
  EXPECT_EQ(get("/alice/m/resolve/main/dir%2Fa%20b.txt").body, "x");
  EXPECT_EQ(get("/api/models/alice/m/tree/main/dir%2F").status, 200);
}

TEST_F(PathShapes, LlamaCppSendsPathsUnescaped) {
  hub.commit_file(repo, "Q4_K_M/model-(00001)-of+2@x=y,z;.gguf", "x");
  EXPECT_EQ(get("/alice/m/resolve/main/Q4_K_M/model-(00001)-of+2@x=y,z;.gguf").body, "x");
}

TEST_F(PathShapes, AnEscapedSlashInTheRepoIdIsAccepted) {
  hub.commit_file(repo, "a.txt", "x");
  EXPECT_EQ(get("/alice%2Fm/resolve/main/a.txt").body, "x");
  EXPECT_EQ(get("/api/models/alice%2Fm/tree/main").status, 200);
}

TEST_F(PathShapes, NoPathLeavesTheRepo) {
  hub.commit_file(repo, "a.txt", "x");
  for (const std::string path : {"..%2F..%2Fetc%2Fpasswd", "%2e%2e/a.txt", ".%2Fa.txt", "a.txt%2F",
                                 "%2Fa.txt", "%5C..%5Ca.txt", "d//a.txt"}) {
    EXPECT_EQ(get("/alice/m/resolve/main/" + path).status, 404) << path;
  }
  EXPECT_EQ(get("/alice/m/resolve/main/a.txt%00").status, 400);
}

}  // namespace
}  // namespace granary::api::hf
