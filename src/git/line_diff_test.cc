// Tests of line diffs: what git itself prints, and that patch turns one text into the other.
#include "git/line_diff.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace granary::git {
namespace {

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::string line;
  for (const char c : text) {
    line += c;
    if (c != '\n') continue;
    lines.push_back(line);
    line.clear();
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

/// Applies unified hunks as `patch` does, checking every line that they claim.
std::string patched(const std::string& before, const std::string& hunks) {
  const auto old_lines = split_lines(before);
  std::vector<std::string> result;
  std::size_t at = 0;
  char sign = ' ';  // of the line before
  for (std::string line : split_lines(hunks)) {
    if (line.starts_with("@@ -")) {
      std::size_t used = 0;
      std::size_t first = std::stoul(line.substr(4), &used);
      const bool is_empty = line.substr(4 + used).starts_with(",0 ");
      if (!is_empty) --first;
      while (at < first) result.push_back(old_lines.at(at++));
    } else if (line.starts_with("\\")) {
      if (sign != '-') result.back().pop_back();
      continue;
    } else if (line[0] == '+') {
      result.push_back(line.substr(1));
    } else {
      // The marker for a missing line end comes after the line, so compare without the end.
      const std::string& old = old_lines.at(at++);
      EXPECT_EQ(old.substr(0, old.find('\n')), line.substr(1, line.find('\n') - 1));
      if (line[0] == ' ') result.push_back(line.substr(1));
    }
    sign = line[0];
  }
  while (at < old_lines.size()) result.push_back(old_lines.at(at++));
  std::string text;
  for (const std::string& line : result) text += line;
  return text;
}

TEST(LineDiff, EqualTextsHaveNoHunks) {
  EXPECT_EQ(unified_hunks("", ""), "");
  EXPECT_EQ(unified_hunks("a\nb\n", "a\nb\n"), "");
}

TEST(LineDiff, AChangedLineIsShownWithThreeLinesAround) {
  EXPECT_EQ(unified_hunks("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
            "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST(LineDiff, AFileThatComesOrGoesIsOneHunk) {
  EXPECT_EQ(unified_hunks("", "a\nb\n"), "@@ -0,0 +1,2 @@\n+a\n+b\n");
  EXPECT_EQ(unified_hunks("a\n", ""), "@@ -1 +0,0 @@\n-a\n");
}

TEST(LineDiff, AMissingLineEndIsToldAsGitTellsIt) {
  EXPECT_EQ(unified_hunks("a\nb", "a\nb\n"),
            "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n");
}

TEST(LineDiff, FarPlacesAreHunksOfTheirOwn) {
  std::string before;
  for (int i = 0; i < 30; ++i) before += std::to_string(i) + "\n";
  std::string after = before;
  after.replace(after.find("3\n"), 1, "x");
  after.replace(after.find("25\n"), 2, "y");
  const std::string hunks = unified_hunks(before, after);
  EXPECT_EQ(hunks.substr(0, 15), "@@ -1,7 +1,7 @@");
  EXPECT_NE(hunks.find("@@ -23,7 +23,7 @@"), std::string::npos);
}

TEST(LineDiff, HunksTurnOneRandomTextIntoTheOther) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::string texts[2];
    for (std::string& text : texts) {
      for (auto left = random() % 30; left > 0; --left) {
        text += std::string(1, static_cast<char>('a' + random() % 4)) + "\n";
      }
      if (random() % 4 == 0 && !text.empty()) text.pop_back();
    }
    ASSERT_EQ(patched(texts[0], unified_hunks(texts[0], texts[1])), texts[1]) << texts[0] << "---\n"
                                                                              << texts[1];
  }
}

TEST(LineDiff, TextsWithNothingInCommonAreReplacedInBoundedTime) {
  std::string before;
  std::string after;
  for (int i = 0; i < 20'000; ++i) {
    before += "a" + std::to_string(i) + "\n";
    after += "b" + std::to_string(i) + "\n";
  }
  EXPECT_EQ(patched(before, unified_hunks(before, after)), after);
}

}  // namespace
}  // namespace granary::git
