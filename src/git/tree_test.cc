// Tests of object ids and trees against the real git, and of hostile tree bytes.
#include "git/tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "git/git_testing.h"
#include "git/object_id.h"

namespace granary::git {
namespace {

using testing::RealGit;

GitOid oid_of(char digit) { return GitOid::parse(std::string(40, digit)).value(); }

std::string tree_text(const Bytes& body) { return std::string(as_text(body)); }

TEST(ObjectId, OfBlobsIsWhatGitSays) {
  const RealGit git;
  std::mt19937_64 numbers(1);
  for (std::size_t size : {0UL, 1UL, 13UL, 1000UL, 70'000UL}) {
    std::string text(size, ' ');
    for (char& letter : text) letter = static_cast<char>(numbers());
    const GitOid oid = object_id(ObjectKind::Blob, as_bytes(text));
    EXPECT_EQ(oid.to_string(), git.line("hash-object --stdin", text));
    BlobHasher hasher(size);
    hasher.update(as_bytes(text).first(size / 3));
    hasher.update(as_bytes(text).subspan(size / 3));
    EXPECT_EQ(hasher.finish(), oid);
  }
}

TEST(ObjectId, OfTheEmptyTreeIsTheKnownOne) {
  EXPECT_EQ(empty_tree_id().to_string(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
}

TEST(Tree, IdsAreWhatGitMktreeSays) {
  const RealGit git;
  const GitOid blob = oid_of('1');
  const std::vector<TreeEntry> entries = {
      {FileMode::Regular, "foo.bar", blob}, {FileMode::Directory, "foo", blob},
      {FileMode::Regular, "foo-bar", blob}, {FileMode::Executable, "run.sh", blob},
      {FileMode::Symlink, "link", blob},    {FileMode::Submodule, "module", blob},
      {FileMode::Regular, "foo0", blob},    {FileMode::Regular, "\xC3\xA9", blob},
      {FileMode::Directory, "a", blob},     {FileMode::Regular, "a.b", blob},
      {FileMode::Regular, "a0", blob},      {FileMode::Regular, "A", blob}};
  std::string listing;
  for (const auto& entry : entries) {
    const char* type = entry.mode == FileMode::Directory   ? "tree"
                       : entry.mode == FileMode::Submodule ? "commit"
                                                           : "blob";
    char mode[8];
    std::snprintf(mode, sizeof mode, "%06o", static_cast<unsigned>(entry.mode));
    listing += std::string(mode) + " " + type + " " + entry.oid.to_string() + "\t" + entry.name;
    listing += '\0';
  }
  const Bytes body = write_tree(entries);
  EXPECT_EQ(object_id(ObjectKind::Tree, body).to_string(),
            git.line("mktree -z --missing", listing));
  auto parsed = parse_tree(body).value();
  EXPECT_TRUE(std::ranges::is_sorted(parsed, comes_before));
  EXPECT_EQ(write_tree(parsed), body);
  EXPECT_TRUE(std::ranges::is_permutation(parsed, entries));
}

TEST(Tree, HostileBytesAreInvalid) {
  const std::string id(20, 'x');
  const auto entry = [&](std::string_view mode, std::string_view name) {
    return std::string(mode) + " " + std::string(name) + '\0' + id;
  };
  EXPECT_TRUE(parse_tree({}));
  EXPECT_TRUE(parse_tree(as_bytes(entry("100644", "a"))));
  for (const std::string& body :
       {entry("0100644", "a"), entry("40000", ""), entry("100644", "."), entry("100644", ".."),
        entry("100644", "a/b"), entry("100664", "a"), entry("", "a"), entry("644", "a"),
        entry("100644", "a") + entry("100644", "a"), entry("100644", "b") + entry("100644", "a"),
        entry("100644", "a") + entry("40000", "a"),
        entry("100644", "a") + entry("100644", "a.b") + entry("40000", "a"),
        entry("40000", "a.b") + entry("100644", "a.b"), entry("100644", "a") + "1",
        std::string("100644 a"), std::string("100644"), std::string(50, '\0')}) {
    const auto parsed = parse_tree(as_bytes(body));
    ASSERT_FALSE(parsed) << body;
    EXPECT_EQ(parsed.error().kind, ErrorKind::Invalid);
  }
  const std::string whole = entry("100644", "a") + entry("40000", "b");
  for (std::size_t size = 1; size < whole.size(); ++size)
    if (size != entry("100644", "a").size())
      EXPECT_FALSE(parse_tree(as_bytes(std::string_view(whole).substr(0, size)))) << size;
}

TEST(Tree, WritesBackWhatItReads) {
  std::mt19937_64 numbers(3);
  for (int round = 0; round < 300; ++round) {
    std::vector<TreeEntry> entries;
    for (std::size_t i = numbers() % 20; i > 0; --i) {
      const std::string name = "n" + testing::random_text(numbers, "ab.-0", 3);
      const bool is_known =
          std::ranges::any_of(entries, [&](const auto& entry) { return entry.name == name; });
      if (is_known) continue;
      entries.push_back(
          {numbers() % 2 ? FileMode::Directory : FileMode::Regular, name, oid_of('2')});
    }
    const Bytes body = write_tree(entries);
    const auto parsed = parse_tree(body);
    ASSERT_TRUE(parsed) << tree_text(body);
    EXPECT_EQ(write_tree(*parsed), body);
  }
}

}  // namespace
}  // namespace granary::git
