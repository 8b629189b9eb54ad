// Tests of names: rules, reserved words, look-alikes.
#include "service/names.h"

#include <gtest/gtest.h>

#include <string>

namespace granary::service {
namespace {

ErrorKind kind_of(const Result<void>& result) {
  return result ? ErrorKind::Internal : result.error().kind;
}

TEST(Names, OrdinaryNamesPass) {
  for (const char* name : {"a", "Qwen3-0.6B", "gpt2", "my_model", "_x_", "v1.0", "9lives"}) {
    EXPECT_TRUE(check_name(name)) << name;
  }
  EXPECT_TRUE(check_name(std::string(96, 'a')));
}

TEST(Names, WhatTheClientsRefuseIsRefused) {
  for (const char* name : {"", "-a", "a-", ".a", "a.", "a--b", "a..b", "a.git", "a.GIT", "a/b",
                           "a b", "\xc3\xa9", "a%2Fb", "..", "."}) {
    EXPECT_EQ(kind_of(check_name(name)), ErrorKind::Invalid) << name;
  }
  EXPECT_EQ(kind_of(check_name(std::string(97, 'a'))), ErrorKind::Invalid);
}

TEST(Names, WordsOfUrlsAndOfLocalPathsNameNoNamespaceInAnyCase) {
  for (const char* name : {"api", "Datasets", "spaces", "models", "v2", "OAUTH", "checkpoints"}) {
    EXPECT_EQ(kind_of(check_namespace_name(name)), ErrorKind::Conflict) << name;
    EXPECT_TRUE(check_name(name)) << name << " may name a repo";
  }
  EXPECT_TRUE(check_namespace_name("admin"));
}

TEST(Names, WordsThatFollowARepoInUrlsNameNoRepoInAnyCase) {
  for (const char* name : {"refs", "tree", "Revision", "commits", "resolve", "raw", "settings"}) {
    EXPECT_EQ(kind_of(check_repo_name(name)), ErrorKind::Invalid) << name;
  }
  EXPECT_NE(check_repo_name("refs").error().message.find("URLs"), std::string::npos);
  EXPECT_TRUE(check_repo_name("refs-2"));
  EXPECT_EQ(kind_of(check_repo_name("a--b")), ErrorKind::Invalid);
}

TEST(Names, LookAlikesAndNamesOneEditApartAreNear) {
  EXPECT_TRUE(is_near_name("Mistral", "rnistral"));
  EXPECT_TRUE(is_near_name("google", "g00gle"));
  EXPECT_TRUE(is_near_name("meta-llama", "meta_llama"));
  EXPECT_TRUE(is_near_name("meta-llama", "meta-Ilama"));
  EXPECT_TRUE(is_near_name("deepseek", "depseek"));
  EXPECT_TRUE(is_near_name("deepseek", "deepsekk"));
  EXPECT_TRUE(is_near_name("deepseek", "depeseek"));
}

TEST(Names, DifferentWordsAreNotNear) {
  EXPECT_FALSE(is_near_name("qwen", "owen"));
  EXPECT_FALSE(is_near_name("alice", "bob"));
  EXPECT_FALSE(is_near_name("deepseek", "deepmind"));
  EXPECT_FALSE(is_near_name("ab", "ba"));
}

}  // namespace
}  // namespace granary::service
