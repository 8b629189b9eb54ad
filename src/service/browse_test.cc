// Tests of browse: info at each revision, and lists that show no more than the caller sees.
#include "service/browse.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/hasher.h"
#include "service/hub_testing.h"

namespace granary::service {
namespace {

using meta::RepoKind;
using meta::Visibility;
using testing::error_kind;

class BrowseTest : public ::testing::Test {
 protected:
  std::vector<std::string> names_in(const Caller& caller, meta::RepoQuery query) {
    const auto page = hub.browser.list(caller, std::move(query));
    EXPECT_TRUE(page);
    std::vector<std::string> names;
    for (const auto& listed : page->repos) names.push_back(listed.repo.name.full());
    std::ranges::sort(names);
    return names;
  }

  testing::TestHub hub;
};

TEST_F(BrowseTest, InfoOfMainIsItsHeadWithAllFiles) {
  const auto repo = hub.add_repo("lab/model");
  const auto head = hub.commit_file(repo, "sub/a.txt", "abc");
  const auto info = hub.browser.info(repo, "", {});
  ASSERT_TRUE(info);
  EXPECT_EQ(info->revision.commit.oid, head);
  ASSERT_EQ(info->files.size(), 2U);
  EXPECT_EQ(info->files[0].path, ".gitattributes");
  EXPECT_EQ(info->files[1].path, "sub/a.txt");
  EXPECT_EQ(info->files[1].size_bytes, 3U);
  EXPECT_FALSE(info->files[1].lfs);
}

TEST_F(BrowseTest, AnLfsFileHasItsOwnSizeAndThatOfItsPointer) {
  const auto repo = hub.add_repo("lab/model");
  hub.commit_lfs_file(repo, "model.bin", "weights");
  const auto info = hub.browser.info(repo, "main", {});
  ASSERT_TRUE(info);
  const auto& file = info->files[1];
  EXPECT_EQ(file.size_bytes, 7U);
  EXPECT_EQ(file.blob_size_bytes, 126U);
  EXPECT_EQ(file.lfs->sha256, sha256_of(as_bytes("weights")));
}

TEST_F(BrowseTest, AnOlderRevisionIsSummarisedAsItWas) {
  const auto repo = hub.add_repo("lab/model");
  const auto first = hub.commit_file(repo, "README.md", "---\nlicense: mit\n---\n");
  hub.commit_file(repo, "README.md", "---\nlicense: apache-2.0\n---\n");
  const auto now = hub.browser.info(repo, "main", {});
  const auto then = hub.browser.info(repo, first.to_string(), {});
  ASSERT_TRUE(now && then);
  const auto has = [](const RepoInfo& info, const char* tag) {
    return std::ranges::find(info.summary.tags, tag) != info.summary.tags.end();
  };
  EXPECT_TRUE(has(*now, "license:apache-2.0"));
  EXPECT_TRUE(has(*then, "license:mit"));
  EXPECT_FALSE(has(*then, "license:apache-2.0"));
}

TEST_F(BrowseTest, AnUnknownRevisionIsSaidToBeOne) {
  const auto repo = hub.add_repo("lab/model");
  EXPECT_EQ(error_kind(hub.browser.info(repo, "absent", {})), ErrorKind::RevisionNotFound);
}

TEST_F(BrowseTest, ListsShowPrivateReposToThoseWhoMayReadThem) {
  hub.add_repo("lab/open");
  hub.add_repo("lab/secret", Visibility::Private);
  using Names = std::vector<std::string>;
  EXPECT_EQ(names_in(hub.caller(), {}), Names{"lab/open"});
  EXPECT_EQ(names_in(hub.caller_named("bob"), {}), Names{"lab/open"});
  EXPECT_EQ(names_in(hub.caller_named("alice"), {}), (Names{"lab/open", "lab/secret"}));
  EXPECT_EQ(names_in(hub.caller(hub.token("admin", meta::TokenRole::Admin)), {}),
            (Names{"lab/open", "lab/secret"}));
}

TEST_F(BrowseTest, TagsOfPrivateReposAreNotCounted) {
  const auto open = hub.add_repo("lab/open");
  const auto secret = hub.add_repo("lab/secret", Visibility::Private);
  hub.commit_file(open, "README.md", "---\nlicense: mit\n---\n");
  hub.commit_file(secret, "README.md", "---\nlicense: wtfpl\n---\n");
  const auto tags = hub.browser.tags(RepoKind::Model);
  ASSERT_TRUE(tags);
  const auto count = [&](const char* tag) {
    const auto found = std::ranges::find(*tags, tag, &meta::TagCount::tag);
    return found == tags->end() ? 0U : found->count;
  };
  EXPECT_EQ(count("license:mit"), 1U);
  EXPECT_EQ(count("license:wtfpl"), 0U);
}

}  // namespace
}  // namespace granary::service
