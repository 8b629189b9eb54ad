// Tests of how .gitattributes follows LFS files: nothing twice, few lines, and git agrees.
#include "service/lfs_attributes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/limits.h"
#include "git/attributes.h"

namespace granary::service {
namespace {

using Paths = std::vector<std::string>;

std::string covered(std::string_view attributes, const Paths& paths) {
  auto text = cover_lfs_paths(attributes, paths);
  EXPECT_TRUE(text) << text.error().message;
  EXPECT_TRUE(text->has_value());
  const git::Attributes rules(**text);
  for (const auto& path : paths) EXPECT_TRUE(rules.is_lfs(path)) << path;
  return **text;
}

TEST(CoverLfsPaths, WhatIsCoveredNeedsNoLine) {
  const auto text =
      cover_lfs_paths("*.bin filter=lfs diff=lfs merge=lfs -text\n", Paths{"a/b.bin"});
  ASSERT_TRUE(text);
  EXPECT_FALSE(text->has_value());
}

TEST(CoverLfsPaths, AFewFilesGetALineEach) {
  EXPECT_EQ(covered("*.bin filter=lfs", {"x.gguf", "dir/y.json"}),
            "*.bin filter=lfs\n"
            "/dir/y.json filter=lfs diff=lfs merge=lfs -text\n"
            "/x.gguf filter=lfs diff=lfs merge=lfs -text\n");
}

TEST(CoverLfsPaths, ALineOverridesAnEarlierOneThatSaysOtherwise) {
  covered("*.bin filter=lfs\nkeep.bin -filter\n", {"keep.bin"});
}

TEST(CoverLfsPaths, OddNamesAreStillMatched) {
  covered("", {"a b.bin", "\"q\".bin", "[x].bin", "*.weird", "#hash", "!bang", "h\xc3\xa9.x y"});
}

TEST(CoverLfsPaths, ManyFilesOfOneEndingGetOneLine) {
  Paths paths;
  for (int i = 0; i < 50'000; ++i) paths.push_back("images/" + std::to_string(i) + ".jpg");
  paths.push_back("one.tiff");
  EXPECT_EQ(covered("", paths),
            "*.jpg filter=lfs diff=lfs merge=lfs -text\n"
            "/one.tiff filter=lfs diff=lfs merge=lfs -text\n");
}

TEST(CoverLfsPaths, ManyFilesWithoutEndingInOneFolderGetOneLine) {
  Paths paths;
  for (int i = 0; i < 1000; ++i) paths.push_back("blobs/x/" + std::to_string(i));
  EXPECT_EQ(covered("", paths), "/blobs/x/* filter=lfs diff=lfs merge=lfs -text\n");
}

TEST(CoverLfsPaths, ATextThatWouldGrowPastWhatIsReadIsRefused) {
  const std::string long_name(200, 'n');
  Paths paths;
  for (int i = 0; i < 6000; ++i) paths.push_back(long_name + std::to_string(i));
  const auto text = cover_lfs_paths("", paths);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind, ErrorKind::TooLarge);
}

}  // namespace
}  // namespace granary::service
