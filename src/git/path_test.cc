// Tests of the path rules: each refused name is one that fooled some client or file system.
#include "git/path.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace granary::git {
namespace {

TEST(RepoPath, OrdinaryNamesAreFine) {
  for (const char* path : {"README.md",
                           ".gitattributes",
                           ".github/workflows/a.yml",
                           "a/b/c.safetensors",
                           "a b.txt",
                           "to?/awful?filename%you:should,never.give",
                           "caf\xC3\xA9/x",
                           "\xE6\xA8\xA1\xE5\x9E\x8B.bin",
                           "...a",
                           "-x",
                           "~",
                           "git",
                           "git~2",
                           ".gitx",
                           "console",
                           "com",
                           "com10",
                           "lpt",
                           "nulls.txt",
                           "x.con",
                           "1:x",
                           "ab:c",
                           "\xF0\x9F\x98\x80.png",
                           "a\xE2\x80\x8D"
                           "b"})
    EXPECT_TRUE(validate_repo_path(path)) << path;
}

TEST(RepoPath, NamesThatLeaveTheFolderAreRefused) {
  for (const char* path :
       {"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/../b", "a/./b", "..\\ddd",
        "a\\b", "\\\\host\\share", "C:/x", "c:x", "a/D:", "a/d:/x"})
    EXPECT_FALSE(validate_repo_path(path)) << path;
}

TEST(RepoPath, EverySpellingOfDotGitIsRefused) {
  for (const char* path :
       {".git", ".GIT", ".gIt/config", "a/.git/hooks/x", ".git.", ".git ", ".git. .", "git~1",
        "GIT~1", ".git::$INDEX_ALLOCATION", ".git:x", ".g\xE2\x80\x8Cit", "\xEF\xBB\xBF.git",
        ".gi\xE2\x80\x8Dt", ".g\xC2\xADit", "git~1:x"})
    EXPECT_FALSE(validate_repo_path(path)) << path;
}

TEST(RepoPath, WindowsNamesAreRefused) {
  for (const char* path :
       {"con", "NUL", "aux.txt", "a/Prn.tar.gz", "com1", "COM9.x", "lpt0", "nul .txt", "conin$",
        "CONOUT$", "com\xC2\xB9", "a.", "a ", "a/b./c", "nul:x", "x. "})
    EXPECT_FALSE(validate_repo_path(path)) << path;
}

TEST(RepoPath, ControlCharactersAndOtherEncodingsAreRefused) {
  using namespace std::string_view_literals;
  for (std::string_view path :
       {"a\0b"sv, "a\nb"sv, "a\x7F"sv, "\x1B[31m"sv, "a\xC2\x85"sv, "\xFF"sv, "\xC3"sv,
        "\xC0\xAF"sv, "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv, "cafe\xCC\x81"sv, "\xE2\x84\xAB"sv,
        "\xE2\x80\x8D"sv})
    EXPECT_FALSE(validate_repo_path(path)) << path;
}

TEST(RepoPath, LimitsHoldToTheByte) {
  const std::string segment(limits::kPathSegmentSizeBytesMax, 'a');
  EXPECT_TRUE(validate_repo_path(segment));
  EXPECT_FALSE(validate_repo_path(segment + "a"));
  std::string deep = "a";
  for (std::size_t i = 1; i < limits::kPathDepthMax; ++i) deep += "/a";
  EXPECT_TRUE(validate_repo_path(deep));
  EXPECT_FALSE(validate_repo_path(deep + "/a"));
  std::string wide;
  while (wide.size() < limits::kPathSizeBytesMax) wide += std::string(100, 'a') + "/";
  wide.resize(limits::kPathSizeBytesMax);
  wide.back() = 'b';
  EXPECT_TRUE(validate_repo_path(wide));
  EXPECT_FALSE(validate_repo_path(wide + "b"));
}

TEST(RepoPath, TheErrorNamesThePathButNeverControlCharacters) {
  EXPECT_EQ(validate_repo_path("a/../b").error().message,
            "invalid path \"a/../b\": a segment of dots");
  EXPECT_EQ(validate_repo_path("a\nb").error().message, "invalid path: a control character");
}

TEST(FoldName, JoinsWhatACaseBlindFileSystemJoins) {
  EXPECT_EQ(fold_name("README.md"), fold_name("ReadMe.MD"));
  EXPECT_EQ(fold_name("\xC3\x89.txt"), fold_name("\xC3\xA9.TXT"));
  EXPECT_EQ(fold_name("stra\xC3\x9F"
                      "e"),
            fold_name("STRASSE"));
  EXPECT_EQ(fold_name("a\xE2\x80\x8D"
                      "b"),
            fold_name("ab"));
  EXPECT_NE(fold_name("a"), fold_name("b"));
}

}  // namespace
}  // namespace granary::git
