// Tests of new commits: git computes the same ids, and no one's e-mail address is given away.
#include "service/new_commit.h"

#include <gtest/gtest.h>

#include <chrono>

#include "git/object_id.h"

namespace granary::service {
namespace {

Caller alice() {
  Caller caller;
  caller.user.emplace();
  caller.user->id = {5};
  caller.user->name = "alice";
  caller.user->email = "alice@secret.example";
  return caller;
}

constexpr WallTime kNow{std::chrono::milliseconds(1'800'000'000'789)};

TEST(MakeCommit, ItsIdIsWhatGitComputes) {
  // git hash-object -t commit of the five lines.
  const auto made =
      make_commit(alice(), kNow, {.tree = git::empty_tree_id(), .parent = {}, .message = "first"});
  EXPECT_EQ(as_text(made.object.data),
            "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
            "author alice <alice@users.noreply.granary.invalid> 1800000000 +0000\n"
            "committer alice <alice@users.noreply.granary.invalid> 1800000000 +0000\n"
            "\n"
            "first");
  EXPECT_EQ(made.object.oid.to_string(), "87a61ab835ce9041404d3440e98a127f4d1166b0");
}

TEST(MakeCommit, FactsAgreeWithTheObject) {
  const auto first =
      make_commit(alice(), kNow, {.tree = git::empty_tree_id(), .parent = {}, .message = "first"});
  const auto second = make_commit(
      alice(), kNow, {.tree = git::empty_tree_id(), .parent = first.info, .message = "second"});
  EXPECT_EQ(second.info.oid, second.object.oid);
  EXPECT_EQ(second.info.parent, first.info.oid);
  EXPECT_EQ(second.info.depth, 2u);
  EXPECT_EQ(second.info.author, meta::NamespaceId{5});
  EXPECT_EQ(second.info.time, WallTime(std::chrono::seconds(1'800'000'000)));
  const auto parsed = git::parse_commit(second.object.data);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->parents, std::vector{first.info.oid});
}

TEST(SignatureOf, GivesNoEmailAddressAway) {
  EXPECT_EQ(signature_of(alice(), kNow).email.find("secret"), std::string::npos);
}

TEST(MakePointer, NamesItsTarget) {
  Sha256 sha256;
  sha256.bytes.fill(std::byte{0x11});
  const auto pointer = make_pointer({.sha256 = sha256, .size_bytes = 12345});
  EXPECT_EQ(pointer.kind, meta::GitKind::Blob);
  EXPECT_EQ(pointer.lfs->size_bytes, 12345u);
  EXPECT_EQ(as_text(pointer.data), "version https://git-lfs.github.com/spec/v1\noid sha256:" +
                                       sha256.to_string() + "\nsize 12345\n");
}

}  // namespace
}  // namespace granary::service
