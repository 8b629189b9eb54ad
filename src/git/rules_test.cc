// Tests of .gitattributes and .gitignore rules, most of them against the real git.
#include <gtest/gtest.h>

#include <set>

#include "git/attributes.h"
#include "git/default_attributes.h"
#include "git/git_testing.h"
#include "git/ignore.h"
#include "git/wildmatch.h"

namespace granary::git {
namespace {

using testing::join_nul;
using testing::random_text;
using testing::RealGit;
using testing::split_nul;

// What `git check-attr` says: the paths whose filter is lfs.
std::set<std::string> lfs_by_git(const RealGit& git, const std::string& text,
                                 const std::vector<std::string>& paths) {
  git.write(".gitattributes", text);
  const auto words = split_nul(git.run("check-attr -z --stdin filter", join_nul(paths)));
  std::set<std::string> lfs;
  for (std::size_t i = 0; i + 2 < words.size(); i += 3)
    if (words[i + 2] == "lfs") lfs.insert(words[i]);
  EXPECT_EQ(words.size(), 3 * paths.size());
  return lfs;
}

std::set<std::string> lfs_by_us(const std::string& text, const std::vector<std::string>& paths) {
  const Attributes attributes(text);
  std::set<std::string> lfs;
  for (const auto& path : paths)
    if (attributes.is_lfs(path)) lfs.insert(path);
  return lfs;
}

std::set<std::string> ignored_by_git(const RealGit& git, const std::string& text,
                                     const std::vector<std::string>& paths) {
  git.write(".gitignore", text);
  const auto words = split_nul(git.run("check-ignore -z --no-index --stdin", join_nul(paths)));
  return {words.begin(), words.end()};
}

std::set<std::string> ignored_by_us(const std::string& text,
                                    const std::vector<std::string>& paths) {
  const Ignore ignore(text);
  std::set<std::string> ignored;
  for (const auto& path : paths)
    if (ignore.is_ignored(path)) ignored.insert(path);
  return ignored;
}

// A relative path of clean segments.
std::string random_path(std::mt19937_64& numbers, std::string_view alphabet) {
  std::string path;
  for (std::size_t depth = 1 + numbers() % 4; depth > 0; --depth) {
    std::string segment = random_text(numbers, alphabet, 4);
    if (segment.empty() || segment == "." || segment == "..") segment = "a";
    path += (path.empty() ? "" : "/") + segment;
  }
  return path;
}

std::vector<std::string> random_paths(std::mt19937_64& numbers, std::string_view alphabet) {
  std::set<std::string> paths;
  while (paths.size() < 300) paths.insert(random_path(numbers, alphabet));
  return {paths.begin(), paths.end()};
}

TEST(Attributes, TheDefaultsAgreeWithGit) {
  const RealGit git;
  const std::vector<std::string> paths = {"lfs.bin",
                                          "lfs.pkl",
                                          "data.parquet",
                                          "a/b/c.safetensors",
                                          "config.json",
                                          "README.md",
                                          ".gitattributes",
                                          "saved_model/a/b",
                                          "saved_model/a",
                                          "x/saved_model/a",
                                          "saved_modelx/a/b",
                                          "weights.lfs.txt",
                                          "a.lfs.",
                                          "alfs.b",
                                          "x.tar.gz",
                                          "x.tar",
                                          "tar.x",
                                          "events.out.tfevents.1",
                                          "tfevents",
                                          "model.gguf",
                                          "m.GGUF",
                                          "a.mp3",
                                          "img.PNG",
                                          "img.png",
                                          "v.webm",
                                          "tokenizer.model",
                                          "modelcard.md",
                                          "b.bin/x.txt",
                                          "*.bin",
                                          "a b.bin",
                                          "\xC3\xA9.bin"};
  for (auto repo : {AttributesFor::Model, AttributesFor::Dataset, AttributesFor::Space}) {
    const std::string text = default_attributes(repo);
    EXPECT_EQ(lfs_by_us(text, paths), lfs_by_git(git, text, paths));
  }
  const Attributes model(default_attributes(AttributesFor::Model));
  for (const char* path : {"lfs.bin", "lfs.pkl", "data.parquet", "a/model.gguf", "saved_model/a/b"})
    EXPECT_TRUE(model.is_lfs(path)) << path;
  EXPECT_FALSE(model.is_lfs("img.png"));
  EXPECT_TRUE(Attributes(default_attributes(AttributesFor::Dataset)).is_lfs("img.png"));
}

TEST(Attributes, OddLinesAgreeWithGit) {
  const RealGit git;
  const std::vector<std::string> paths = {
      "a.bin",  "b.bin",   "d/a.bin",   "d/e/a.bin",   "dir",   "dir/x", "a b.txt",
      "tab\tx", "q\"uote", "\"a.bin\"", "a\\b",        "#x",    "!x",    "[attr]x",
      "x",      "y",       "-x",        "caf\xC3\xA9", "a.txt", "d/x"};
  for (const std::string text : {"*.bin filter=lfs\nb.bin -filter\n",
                                 "*.bin filter=lfs\nb.bin !filter\n",
                                 "*.bin filter=lfs\nb.bin filter\n",
                                 "*.bin filter=lfs\nb.bin filter=\n",
                                 "*.bin filter=lfs\nb.bin -filter=lfs\n",
                                 "*.bin filter=lfs -filter\n",
                                 "*.bin -filter filter=lfs\n",
                                 "*.bin filter=lfs\nb.bin text\n",
                                 "*.bin filter=lfs b@d\n",
                                 "*.bin filter=lfs =x\n",
                                 "*.bin filter=lfs --x\n",
                                 "*.bin filter=lfs -\n",
                                 "*.bin filter=LFS\n",
                                 "*.bin filter=lfsx\n",
                                 "\"a b.txt\" filter=lfs\n",
                                 "\"a b.txt\"filter=lfs\n",
                                 "\"a b.txt filter=lfs\n",
                                 "\"tab\\tx\" filter=lfs\n",
                                 "\"q\\\"uote\" filter=lfs\n",
                                 "q\"uote filter=lfs\n",
                                 "\"caf\\303\\251\" filter=lfs\n",
                                 "\"caf\\403\" filter=lfs\n",
                                 "\"a\\qb\" filter=lfs\n",
                                 "\"a.bin\" filter=lfs\n",
                                 "\"a\\\\\\\\b\" filter=lfs\n",
                                 "a\\\\b filter=lfs\n",
                                 "  *.bin\tfilter=lfs  \r\n",
                                 "\xEF\xBB\xBF*.bin filter=lfs\n",
                                 "#x filter=lfs\n",
                                 "\\#x filter=lfs\n",
                                 "!x filter=lfs\n",
                                 "\\!x filter=lfs\n",
                                 "[attr] filter=lfs\n",
                                 "\"[attr]x\" filter=lfs\n",
                                 "dir filter=lfs\n",
                                 "dir/ filter=lfs\n",
                                 "/a.bin filter=lfs\n",
                                 "d/a.bin filter=lfs\n",
                                 "d/* filter=lfs\n",
                                 "d/** filter=lfs\n",
                                 "d/**/a.bin filter=lfs\n",
                                 "**/a.bin filter=lfs\n",
                                 "** filter=lfs\n",
                                 "* filter=lfs\n",
                                 "/ filter=lfs\n",
                                 "*.bin\n",
                                 "*.bin filter=lfs",
                                 "*.bin filter=lfs\n*.bin\n",
                                 "x filter=lfs\n\ny filter=lfs\n",
                                 "[xy] filter=lfs\n",
                                 "[!x] filter=lfs\n"})
    EXPECT_EQ(lfs_by_us(text, paths), lfs_by_git(git, text, paths)) << text;
}

TEST(Attributes, MacrosAreNotExpanded) {
  const Attributes attributes("[attr]large filter=lfs\n*.bin large\n");
  EXPECT_FALSE(attributes.is_lfs("a.bin"));
}

TEST(Attributes, OverlongLinesAndFilesAreIgnored) {
  const std::string line = "*.bin filter=lfs";
  EXPECT_TRUE(Attributes(line + std::string(2047 - line.size(), ' ')).is_lfs("a.bin"));
  EXPECT_FALSE(Attributes(line + std::string(2048 - line.size(), ' ')).is_lfs("a.bin"));
  EXPECT_FALSE(Attributes(line + std::string(1 << 20, '\n')).is_lfs("a.bin"));
}

TEST(Attributes, RandomPatternsAgreeWithGit) {
  const RealGit git;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    std::mt19937_64 numbers(seed);
    const auto paths = random_paths(numbers, "ab.*[\\");
    std::string text;
    for (int i = 0; i < 6; ++i) {
      const char* states[] = {" filter=lfs", " filter=lfs", " -filter", " !filter"};
      text += "*" + random_text(numbers, "ab.*?/", 8) + states[numbers() % 4] + "\n";
      text += random_text(numbers, "ab/*?[]!-\\.^:", 12) + states[numbers() % 4] + "\n";
      text += random_text(numbers, "ab/*", 7) + states[numbers() % 4] + "\n";
    }
    ASSERT_EQ(lfs_by_us(text, paths), lfs_by_git(git, text, paths)) << seed << "\n" << text;
  }
}

TEST(Ignore, RandomPatternsAgreeWithGit) {
  const RealGit git;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    std::mt19937_64 numbers(seed);
    const auto paths = random_paths(numbers, "ab. \\");
    std::string text;
    for (int i = 0; i < 6; ++i) {
      text += random_text(numbers, "!#ab/*? []\\.-", 9) + "\n";
      text += (numbers() % 2 ? "!" : "") + random_text(numbers, "ab/*", 6) + "\n";
      text += random_text(numbers, "ab/", 4) + (numbers() % 2 ? "/\n" : "\r\n");
    }
    ASSERT_EQ(ignored_by_us(text, paths), ignored_by_git(git, text, paths)) << seed << "\n" << text;
  }
}

TEST(Ignore, TheManualsExamplesAgreeWithGit) {
  const RealGit git;
  const std::vector<std::string> paths = {"a.log",      "d/a.log",     "keep.log",
                                          "d/keep.log", "build/x",     "src/build/x",
                                          "build",      "foo/bar",     "foo/x",
                                          "a/foo/bar",  "doc/frotz/x", "a/doc/frotz",
                                          "a/b",        "a/x/y/b",     "abc/x/y",
                                          "x ",         "#a",          "!a",
                                          "a/",         "t.pyc",       "__pycache__/m.pyc",
                                          ".env",       "out/keep/x"};
  std::vector<std::string> files;
  for (const auto& path : paths)
    if (!path.ends_with('/')) files.push_back(path);
  for (const std::string text : {"*.log\n!keep.log\n",
                                 "/build\n",
                                 "build/\n",
                                 "foo/*\n!foo/bar\n",
                                 "foo/\n!foo/bar\n",
                                 "/*\n!/foo\n/foo/*\n!/foo/bar\n",
                                 "doc/frotz/\n",
                                 "frotz/\n",
                                 "a/**/b\n",
                                 "abc/**\n",
                                 "**/foo\n",
                                 "**/foo/bar\n",
                                 "x\\ \n",
                                 "x \n",
                                 "\\#a\n",
                                 "\\!a\n",
                                 "#a\n",
                                 "__pycache__/\n*.py[cod]\n",
                                 ".env\n",
                                 "\xEF\xBB\xBF.env\n",
                                 "out/*\n!out/keep\n",
                                 "!*\n",
                                 ""})
    EXPECT_EQ(ignored_by_us(text, files), ignored_by_git(git, text, files)) << text;
}

TEST(Wildmatch, ClassesAndRanges) {
  EXPECT_TRUE(Wildmatch("[[:digit:]x-z]").matches("y"));
  EXPECT_FALSE(Wildmatch("[[:digit:]x-z]").matches("a"));
  EXPECT_TRUE(Wildmatch("[]-]").matches("]"));
  EXPECT_TRUE(Wildmatch("[!a]").matches("b"));
  EXPECT_FALSE(Wildmatch("[!a]").matches("/"));
  EXPECT_FALSE(Wildmatch("[[:nonsense:]]").matches("n"));
  EXPECT_FALSE(Wildmatch("[a").matches("a"));
  EXPECT_FALSE(Wildmatch("a\\").matches("a"));
}

TEST(Wildmatch, HostilePatternsAreQuick) {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "*a";
  pattern += "*b";
  EXPECT_FALSE(Wildmatch(pattern).matches(std::string(4000, 'a')));
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "**/a/";
  std::string path;
  for (int i = 0; i < 2000; ++i) path += "a/";
  EXPECT_FALSE(Wildmatch(deep + "b").matches(path + "c"));
}

TEST(LfsAttributeLine, CoversThePathAlone) {
  const RealGit git;
  const std::vector<std::string> paths = {"a.txt",     "d/a.txt",     "a b.txt", "q\"x",
                                          "[x]*?.txt", "caf\xC3\xA9", "#x",      "!x",
                                          "d/e/f",     " lead",       "b\\c"};
  for (const auto& path : paths) {
    const std::string line = lfs_attribute_line(path);
    EXPECT_EQ(lfs_by_us(line, paths), std::set<std::string>{path}) << line;
    EXPECT_EQ(lfs_by_git(git, line, paths), std::set<std::string>{path}) << line;
  }
}

}  // namespace
}  // namespace granary::git
