// Tests of what clients are told to send: LFS or not, ignored or not, there already or not.
#include "service/publish.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "service/publish_testing.h"

namespace granary::service::testing {
namespace {

class Consider : public ::testing::Test {
 protected:
  Consider() { hub.add_repo("alice/m"); }

  OfferAnswer ask(const std::string& path, std::uint64_t size_bytes, std::string_view sample = "x",
                  Offer offer = {}) {
    offer.files = {{path, size_bytes, bytes_of(sample)}};
    const auto answers = hub.publisher.consider(alice, repo_name("alice/m"), "main", offer);
    EXPECT_TRUE(answers) << answers.error().message;
    return answers ? answers->front() : OfferAnswer{};
  }

  PublishHub hub;
  const Caller alice = hub.caller_named("alice");
};

TEST_F(Consider, SevenBytesOfAnLfsPatternAreLfs) {
  for (const std::string path :
       {"lfs.bin", "lfs.pkl", "data.parquet", "deep/m.safetensors", "x.gguf", "saved_model/a/b"}) {
    EXPECT_TRUE(ask(path, 7).is_lfs) << path;
  }
}

TEST_F(Consider, TwelveTextFilesOfNineMebibytesAreRegular) {
  Offer offer;
  for (int i = 0; i < 12; ++i) {
    offer.files.push_back({std::to_string(i) + ".txt", 9 * limits::kMiB, bytes_of("text")});
  }
  const auto answers = hub.publisher.consider(alice, repo_name("alice/m"), "main", offer);
  ASSERT_TRUE(answers);
  for (const OfferAnswer& answer : *answers) EXPECT_FALSE(answer.is_lfs);
}

TEST_F(Consider, MoreThanTenMebibytesAreLfsWhateverTheName) {
  EXPECT_FALSE(ask("a.json", 10 * limits::kMiB).is_lfs);
  EXPECT_TRUE(ask("a.json", 10 * limits::kMiB + 1).is_lfs);
}

TEST_F(Consider, BinarySamplesAreLfs) {
  EXPECT_TRUE(ask("a", 3, std::string_view("a\0b", 3)).is_lfs);
  EXPECT_TRUE(ask("a", 3, "\xff\xfe").is_lfs);
  EXPECT_TRUE(ask("a", 3, "\xc0\x80").is_lfs);
  EXPECT_FALSE(ask("a", 3, "h\xc3\xa9").is_lfs);
  EXPECT_FALSE(ask("a", 600, "cut in a character \xe2\x82").is_lfs);
}

TEST_F(Consider, AnEmptyFileIsRegularWhateverItsName) {
  EXPECT_FALSE(ask("lfs.bin", 0, "").is_lfs);
}

TEST_F(Consider, AttributesInTheRequestGoBeforeThoseOfTheRepo) {
  EXPECT_FALSE(ask("a.bin", 7, "x", {.files = {}, .gitignore = {}, .gitattributes = ""}).is_lfs);
  EXPECT_TRUE(
      ask("a.txt", 7, "x", {.files = {}, .gitignore = {}, .gitattributes = "*.txt filter=lfs\n"})
          .is_lfs);
}

TEST_F(Consider, IgnoreRulesComeFromTheRequestOrElseFromTheRepo) {
  EXPECT_FALSE(ask("a.tmp", 1).is_ignored);
  EXPECT_TRUE(
      ask("a.tmp", 1, "x", {.files = {}, .gitignore = "*.tmp\n", .gitattributes = {}}).is_ignored);
  hub.must_commit("alice/m", {add(".gitignore", "*.tmp\nsecret/\n")});
  EXPECT_TRUE(ask("a.tmp", 1).is_ignored);
  EXPECT_TRUE(ask("secret/key", 1).is_ignored);
  EXPECT_FALSE(
      ask("a.tmp", 1, "x", {.files = {}, .gitignore = "", .gitattributes = {}}).is_ignored);
}

TEST_F(Consider, WhatLiesAtThePathIsNamedByItsContent) {
  EXPECT_EQ(ask("new.txt", 1).present_oid, "");
  const Sha256 large = hub.send(alice, "alice/m", "weights");
  hub.must_commit("alice/m", {add("a.txt", "hello"), AddLfsFile{"dir/w.bin", large, {}}});
  EXPECT_EQ(ask("a.txt", 5).present_oid, "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0");
  EXPECT_EQ(ask("dir/w.bin", 7).present_oid, large.to_string());
  EXPECT_EQ(ask("dir", 7).present_oid, "");
}

TEST_F(Consider, AnLfsFileWhoseBytesAreGoneIsNotSaidToBeThere) {
  const Sha256 large = hub.send(alice, "alice/m", "weights");
  hub.must_commit("alice/m", {AddLfsFile{"w.bin", large, {}}});
  ASSERT_TRUE(
      hub.lfs_files.remove(alice, repo_name("alice/m"), std::span(&large, 1), PastCommits::Kept));
  EXPECT_EQ(ask("w.bin", 7).present_oid, "");
}

TEST_F(Consider, MissingRevisionsAndReposHaveErrorsOfTheirOwn) {
  const Offer offer{.files = {{"a", 1, {}}}, .gitignore = {}, .gitattributes = {}};
  EXPECT_EQ(error_kind(hub.publisher.consider(alice, repo_name("alice/m"), "nope", offer)),
            ErrorKind::RevisionNotFound);
  EXPECT_EQ(error_kind(hub.publisher.consider(alice, repo_name("alice/x"), "main", offer)),
            ErrorKind::RepoNotFound);
}

TEST_F(Consider, WhoMayOnlyReadIsDenied) {
  const Offer offer{.files = {{"a", 1, {}}}, .gitignore = {}, .gitattributes = {}};
  const auto name = repo_name("alice/m");
  EXPECT_EQ(error_kind(hub.publisher.consider(hub.caller_named("bob"), name, "main", offer)),
            ErrorKind::Denied);
  const Caller reader = hub.caller(hub.token("alice", meta::TokenRole::Read));
  EXPECT_EQ(error_kind(hub.publisher.consider(reader, name, "main", offer)), ErrorKind::Denied);
}

TEST_F(Consider, AskingTwiceGivesTheSame) {
  hub.must_commit("alice/m", {add("a.txt", "hello")});
  const auto first = ask("a.txt", 5);
  const auto second = ask("a.txt", 5);
  EXPECT_EQ(first.present_oid, second.present_oid);
  EXPECT_EQ(first.is_lfs, second.is_lfs);
}

}  // namespace
}  // namespace granary::service::testing
