// Tests of the commit parser: both forms of the body, cut at every byte, and what is refused.
#include "api/hf/commit_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"

namespace granary::api::hf {
namespace {

struct Outcome {
  std::vector<CommitLine> lines;
  Result<void> result;
};

Outcome parse(std::string_view body, std::size_t piece_size = SIZE_MAX) {
  Outcome outcome;
  CommitParser parser([&](CommitLine line) -> Result<void> {
    outcome.lines.push_back(std::move(line));
    return {};
  });
  for (std::size_t at = 0; at < body.size() && outcome.result;
       at += std::min(piece_size, body.size())) {
    outcome.result = parser.feed(as_bytes(body.substr(at, piece_size)));
  }
  if (outcome.result) outcome.result = parser.finish();
  return outcome;
}

std::string text_of(const FileLine& file) { return std::string(as_text(*file.content)); }

constexpr std::string_view kLines =
    R"({"key":"header","value":{"summary":"Add two","description":"why","parentCommit":"abcde"}}
{"key":"file","value":{"content":"aGVsbG8=","path":"a b.txt","encoding":"base64"}}
{"key":"file","value":{"path":"plain.txt","content":"h\u00e9llo\n"}}
)"
    R"({"key":"lfsFile","value":{"path":"m.bin","algo":"sha256",)"
    R"("oid":"ab0123456789ab0123456789ab0123456789ab0123456789ab0123456789abcd","size":7}})"
    R"(
{"key":"deletedFile","value":{"path":"old"}}
{"key":"deletedFolder","value":{"path":"dir/"}}
{"key":"copyFile","value":{"path":"to","srcPath":"from","srcRevision":"v1"}})";

void expect_all_lines(const Outcome& outcome) {
  ASSERT_TRUE(outcome.result) << outcome.result.error().message;
  ASSERT_EQ(outcome.lines.size(), 7u);
  const auto& header = std::get<CommitHeaderLine>(outcome.lines[0]);
  EXPECT_EQ(header.summary, "Add two");
  EXPECT_EQ(header.description, "why");
  EXPECT_EQ(header.parent_commit, "abcde");
  EXPECT_EQ(std::get<FileLine>(outcome.lines[1]).path, "a b.txt");
  EXPECT_EQ(text_of(std::get<FileLine>(outcome.lines[1])), "hello");
  EXPECT_EQ(text_of(std::get<FileLine>(outcome.lines[2])), "h\xc3\xa9llo\n");
  const auto& lfs = std::get<LfsFileLine>(outcome.lines[3]);
  EXPECT_TRUE(lfs.oid->to_string().starts_with("ab0123456789"));
  EXPECT_EQ(lfs.size_bytes, 7u);
  EXPECT_EQ(std::get<DeletedFileLine>(outcome.lines[4]).path, "old");
  EXPECT_EQ(std::get<DeletedFolderLine>(outcome.lines[5]).path, "dir/");
  const auto& copy = std::get<CopyFileLine>(outcome.lines[6]);
  EXPECT_EQ(copy.source_path, "from");
  EXPECT_EQ(copy.source_revision, "v1");
}

void expect_refused(std::string_view body, ErrorKind kind, std::string_view part_of_message) {
  const Outcome outcome = parse(body);
  ASSERT_FALSE(outcome.result) << body;
  EXPECT_EQ(outcome.result.error().kind, kind) << body;
  EXPECT_NE(outcome.result.error().message.find(part_of_message), std::string::npos)
      << outcome.result.error().message;
}

TEST(CommitParser, ReadsEveryKindOfLineAndTheLastMayLackItsNewline) {
  expect_all_lines(parse(kLines));
}

TEST(CommitParser, GivesTheSameWhereverTheBodyIsCut) {
  for (const std::size_t piece_size : {1u, 2u, 3u, 7u, 64u})
    expect_all_lines(parse(kLines, piece_size));
}

TEST(CommitParser, KeysMayComeInAnyOrderAndUnknownOnesAreSkipped) {
  const auto outcome =
      parse(R"({"value":{"encoding":"base64","x":{"path":"no","content":"no"},"y":[{"path":"no"}],)"
            R"("content":"aGk=","path":"p"},"more":[1,2,{"value":3}],"key":"file"})");
  ASSERT_TRUE(outcome.result) << outcome.result.error().message;
  ASSERT_EQ(outcome.lines.size(), 1u);
  EXPECT_EQ(std::get<FileLine>(outcome.lines[0]).path, "p");
  EXPECT_EQ(text_of(std::get<FileLine>(outcome.lines[0])), "hi");
}

TEST(CommitParser, OneLinesFieldsDoNotLeakIntoTheNext) {
  expect_refused(R"({"key":"file","value":{"path":"a","content":"x"}}
{"key":"file","value":{"path":"b"}})",
                 ErrorKind::Invalid, "line 2: a file has no content");
  expect_refused(R"({"key":"file","value":{"path":"a","content":"x"}}
{"key":"file","value":{"content":"y"}})",
                 ErrorKind::Invalid, "line 2: an operation has no path");
  expect_refused(R"({"key":"file","value":{"path":"a","content":"x"}}
{"key":"file"})",
                 ErrorKind::Invalid, "line 2: a line has no \"value\"");
}

TEST(CommitParser, AnEmptyFileHasContentOfNoBytes) {
  const auto outcome =
      parse(R"({"key":"file","value":{"path":"a","content":"","encoding":"base64"}})");
  ASSERT_TRUE(outcome.result);
  EXPECT_TRUE(std::get<FileLine>(outcome.lines[0]).content->empty());
}

TEST(CommitParser, ARenameNeedsNoContent) {
  const auto outcome = parse(R"({"key":"lfsFile","value":{"path":"new","oldPath":"old"}}
{"key":"file","value":{"path":"new2","oldPath":"old2"}})");
  ASSERT_TRUE(outcome.result);
  EXPECT_EQ(std::get<LfsFileLine>(outcome.lines[0]).old_path, "old");
  EXPECT_FALSE(std::get<FileLine>(outcome.lines[1]).content.has_value());
}

TEST(CommitParser, ReadsTheOlderSingleObject) {
  const std::string body = R"({"summary":"s","description":"d","parentCommit":"12345",
    "files":[{"path":"a","encoding":"base64","content":"aGk="},{"path":"b","content":"x"}],
    "lfsFiles":[{"path":"c","algo":"sha256","oid":")" +
                           std::string(64, 'b') + R"("}],
    "deletedFiles":[{"path":"d"}],"deletedFolders":[{"path":"e"}]})";
  for (const std::size_t piece_size : {1u, 5u, 4096u}) {
    const auto outcome = parse(body, piece_size);
    ASSERT_TRUE(outcome.result) << outcome.result.error().message;
    ASSERT_EQ(outcome.lines.size(), 6u);
    EXPECT_EQ(text_of(std::get<FileLine>(outcome.lines[0])), "hi");
    EXPECT_EQ(std::get<FileLine>(outcome.lines[1]).path, "b");
    EXPECT_EQ(std::get<LfsFileLine>(outcome.lines[2]).path, "c");
    EXPECT_EQ(std::get<DeletedFileLine>(outcome.lines[3]).path, "d");
    EXPECT_EQ(std::get<DeletedFolderLine>(outcome.lines[4]).path, "e");
    EXPECT_EQ(std::get<CommitHeaderLine>(outcome.lines[5]).parent_commit, "12345");
  }
}

TEST(CommitParser, LargeContentIsDecodedWhole) {
  std::string raw(3'000'001, '\0');
  for (std::size_t i = 0; i < raw.size(); ++i) raw[i] = static_cast<char>(i * 31 + i / 251);
  const std::string body = R"({"key":"file","value":{"content":")" + to_base64(as_bytes(raw)) +
                           R"(","path":"p","encoding":"base64"}})";
  const auto outcome = parse(body, 65'537);
  ASSERT_TRUE(outcome.result);
  EXPECT_EQ(text_of(std::get<FileLine>(outcome.lines[0])), raw);
}

TEST(CommitParser, ALineThatIsNotJsonIsNamed) {
  expect_refused("{\"key\":\"header\",\"value\":{}}\nnot json\n", ErrorKind::Invalid,
                 "line 2 is not JSON");
  expect_refused("{\"key\":\"header\",\"value\":{}}\n{\"key\":}", ErrorKind::Invalid,
                 "line 2 is not JSON");
  expect_refused("[1]", ErrorKind::Invalid, "line 1 is not JSON");
  expect_refused("{\"key\":\"file\",\"value\":{\"path\":\"\xff\"}}", ErrorKind::Invalid,
                 "line 1 is not JSON");
}

TEST(CommitParser, ACutBodyIsRefusedAtEveryLength) {
  const std::string line = R"({"key":"file","value":{"path":"a","content":"x"}})";
  for (std::size_t size = 1; size < line.size(); ++size) {
    const auto outcome = parse(std::string_view(line).substr(0, size));
    ASSERT_FALSE(outcome.result) << size;
    EXPECT_EQ(outcome.result.error().kind, ErrorKind::Invalid);
    EXPECT_TRUE(outcome.lines.empty());
  }
}

TEST(CommitParser, RefusesWhatAnOperationCannotBe) {
  expect_refused(R"({"key":"merge","value":{}})", ErrorKind::Invalid,
                 "unknown operation \"merge\"");
  expect_refused(R"({"value":{}})", ErrorKind::Invalid, "no \"key\"");
  expect_refused(R"({"key":"file","value":"x"})", ErrorKind::Invalid, "no \"value\"");
  expect_refused(R"({"key":"deletedFile","value":{}})", ErrorKind::Invalid, "no path");
  expect_refused(R"({"key":"file","value":{"path":"a","content":"a","encoding":"base64"}})",
                 ErrorKind::Invalid, "line 1");
  expect_refused(R"({"key":"file","value":{"path":"a","content":"a","encoding":"utf-16"}})",
                 ErrorKind::Invalid, "encoding");
  expect_refused(R"({"key":"lfsFile","value":{"path":"a","oid":"12"}})", ErrorKind::Invalid, "oid");
  expect_refused(R"({"key":"lfsFile","value":{"path":"a","algo":"md5","oid":"12"}})",
                 ErrorKind::Invalid, "sha256");
  expect_refused(R"({"key":"lfsFile","value":{"path":"a","size":-1}})", ErrorKind::Invalid, "size");
  expect_refused(R"({"key":"lfsFile","value":{"path":"a","size":1.5}})", ErrorKind::Invalid,
                 "size");
}

TEST(CommitParser, Base64WithPaddingInItsMiddleIsRefused) {
  std::string text = to_base64(as_bytes(std::string(48 * 1024 - 1, 'x')));  // padded, 64 KiB
  text += "aGk=";
  expect_refused(
      R"({"key":"file","value":{"path":"a","encoding":"base64","content":")" + text + "\"}}",
      ErrorKind::Invalid, "base64");
}

TEST(CommitParser, TextsAndInlineFilesHaveLimits) {
  expect_refused(R"({"key":"header","value":{"summary":")" + std::string(70'000, 'x') + "\"}}",
                 ErrorKind::TooLarge, "64 KiB");
  expect_refused(R"({"key":"file","value":{"path":"a","content":")" +
                     std::string(limits::kInlineFileSizeBytesMax + 1, 'x') + "\"}}",
                 ErrorKind::TooLarge, "25 MiB");
  std::string deep = R"({"key":"file","x":)";
  deep += std::string(100, '[') + std::string(100, ']') + "}";
  expect_refused(deep, ErrorKind::Invalid, "line 1 is not JSON");
}

TEST(CommitParser, TheErrorOfWhoeverTakesTheLineEndsTheParsing) {
  int count = 0;
  CommitParser parser([&](const CommitLine&) -> Result<void> {
    ++count;
    return fail(ErrorKind::NoSpace, "full");
  });
  const auto result = parser.feed(as_bytes(kLines));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::NoSpace);
  EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace granary::api::hf
