// Tests of commits and tags against the real git, and of hostile commit bytes.
#include "git/commit.h"

#include <gtest/gtest.h>

#include "git/git_testing.h"
#include "git/object_id.h"

namespace granary::git {
namespace {

using testing::RealGit;

Signature someone(std::string name, std::string email, std::int64_t seconds, int minutes = 0) {
  return {std::move(name), std::move(email),
          std::chrono::sys_seconds(std::chrono::seconds(seconds)), std::chrono::minutes(minutes)};
}

TEST(Commit, RootAndChildHaveTheIdsOfGit) {
  const RealGit git;
  const std::string tree = git.line("mktree", "");
  Commit commit{.tree = GitOid::parse(tree).value(),
                .parents = {},
                .author = someone("Alice A.", "alice@example.org", 1'700'000'000),
                .committer = someone("Bot \"of\" <it>", " bot@example.org.", 1'700'000'123, 330),
                .other_headers = {},
                .message = "first line\n\nmore, with \xC3\xA9\n"};
  ::setenv("GIT_AUTHOR_NAME", commit.author.name.c_str(), 1);
  ::setenv("GIT_AUTHOR_EMAIL", commit.author.email.c_str(), 1);
  ::setenv("GIT_AUTHOR_DATE", "1700000000 +0000", 1);
  ::setenv("GIT_COMMITTER_NAME", commit.committer.name.c_str(), 1);
  ::setenv("GIT_COMMITTER_EMAIL", commit.committer.email.c_str(), 1);
  ::setenv("GIT_COMMITTER_DATE", "1700000123 +0530", 1);
  for (int round = 0; round < 2; ++round) {
    std::string arguments = "commit-tree " + tree;
    for (const GitOid& parent : commit.parents) arguments += " -p " + parent.to_string();
    const Bytes body = write_commit(commit);
    const std::string by_git = git.line(arguments, commit.message);
    EXPECT_EQ(object_id(ObjectKind::Commit, body).to_string(), by_git);
    EXPECT_EQ(git.run("cat-file commit " + by_git), as_text(body));
    const auto parsed = parse_commit(body);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(write_commit(*parsed), body);
    EXPECT_EQ(parsed->author.time, commit.author.time);
    EXPECT_EQ(parsed->committer.utc_offset, std::chrono::minutes(330));
    commit.parents.push_back(GitOid::parse(by_git).value());
  }
}

TEST(Commit, SignedAndReencodedCommitsComeBack) {
  const std::string text =
      "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
      "parent 1111111111111111111111111111111111111111\n"
      "parent 2222222222222222222222222222222222222222\n"
      "author A <a@x> 1 -0800\n"
      "committer  <> 2 +0000\n"
      "encoding ISO-8859-1\n"
      "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ\n -----END PGP SIGNATURE-----\n"
      "\nmessage\n\nauthor in the message\n";
  const auto parsed = parse_commit(as_bytes(text));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->parents.size(), 2U);
  EXPECT_EQ(parsed->author.utc_offset, std::chrono::minutes(-480));
  EXPECT_EQ(parsed->message, "message\n\nauthor in the message\n");
  EXPECT_EQ(as_text(write_commit(*parsed)), text);
}

TEST(Commit, HostileBytesAreInvalid) {
  const std::string tree = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";
  const std::string author = "author A <a@x> 1 +0000\n";
  const std::string committer = "committer A <a@x> 1 +0000\n";
  ASSERT_TRUE(parse_commit(as_bytes(tree + author + committer + "\n")));
  for (const std::string& text :
       {std::string(),
        tree,
        author + tree + committer + "\n",
        tree + committer + author + "\n",
        tree + author + committer,
        tree + author + committer + "x",
        tree + tree + author + committer + "\n",
        tree + author + author + committer + "\n",
        tree + author + committer + author + "\n",
        tree + author + committer + "parent 1111111111111111111111111111111111111111\n\n",
        tree + author + committer + " continued\n\n",
        "tree 4B825DC642CB6EB9A060E54BF8D69288FBEE4904\n" + author + committer + "\n",
        "tree 4b825dc642cb6eb9a060e54bf8d69288fbee490\n" + author + committer + "\n",
        tree + "author A a@x 1 +0000\n" + committer + "\n",
        tree + "author A <a@x> +0000\n" + committer + "\n",
        tree + "author A <a@x> 1\n" + committer + "\n",
        tree + "author A <a@x> 01 +0000\n" + committer + "\n",
        tree + "author A <a@x> -1 +0000\n" + committer + "\n",
        tree + "author A <a@x> 99999999999999999999 +0000\n" + committer + "\n",
        tree + "author A <a@x> 1 +00:00\n" + committer + "\n",
        tree + "author A <a@x> 1 +9999\n" + committer + "\n",
        tree + "author A <a@x> 1 -0000\n" + committer + "\n",
        tree + "author <b@x> A <a@x> 1 +0000\n" + committer + "\n",
        tree + author + committer + "\nmes" + std::string(1, '\0') + "sage"}) {
    const auto parsed = parse_commit(as_bytes(text));
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::Invalid);
  }
}

TEST(Commit, IdentitiesAreCleanedSoThatNoLineCanBeForged) {
  EXPECT_EQ(clean_identity("Eve\ncommitter E <e@x> 1 +0000"), "Evecommitter E e@x 1 +0000");
  EXPECT_EQ(clean_identity(" \"Alice\" "), "Alice");
  EXPECT_EQ(clean_identity("J. R. Doe."), "J. R. Doe");
  EXPECT_EQ(clean_identity("<>"), "");
}

TEST(Tag, HasTheIdOfGit) {
  const RealGit git;
  const std::string commit = "1111111111111111111111111111111111111111";
  const Tag tag{.commit = GitOid::parse(commit).value(),
                .name = "v1.0",
                .tagger = someone("Alice", "alice@example.org", 1'700'000'000),
                .message = "the first\n"};
  const Bytes body = write_tag(tag);
  EXPECT_EQ(object_id(ObjectKind::Tag, body).to_string(),
            git.line("hash-object -t tag --stdin", as_text(body)));
}

}  // namespace
}  // namespace granary::git
