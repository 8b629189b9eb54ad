// Tests of branches, tags and squashes: what may be made, and the texts that clients look for.
#include "service/refs.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "service/publish_testing.h"

namespace granary::service::testing {
namespace {

class RefChanges : public ::testing::Test {
 protected:
  RefChanges() {
    hub.add_repo("alice/m");
    first = hub.history("alice/m").front().oid;
    second = hub.must_commit("alice/m", {add("a", "1")});
  }

  GitOid target_of(std::string_view ref) {
    return hub.facts->git().find_ref(hub.repo("alice/m").id, ref).value_or(GitOid());
  }
  template <class T>
  std::string text_of(const Result<T>& result) {
    return result ? "" : result.error().message;
  }

  PublishHub hub;
  const Caller alice = hub.caller_named("alice");
  const meta::RepoName name = repo_name("alice/m");
  GitOid first;
  GitOid second;
};

TEST_F(RefChanges, ABranchStartsAtMainOrWhereItIsTold) {
  ASSERT_TRUE(hub.refs.create_branch(alice, name, {.name = "dev", .starting_point = ""}));
  EXPECT_EQ(target_of("refs/heads/dev"), second);
  ASSERT_TRUE(
      hub.refs.create_branch(alice, name, {.name = "x/y", .starting_point = first.to_string()}));
  EXPECT_EQ(target_of("refs/heads/x/y"), first);
}

TEST_F(RefChanges, ABranchThatExistsIsAConflictUnlessItMayBeOverwritten) {
  ASSERT_TRUE(hub.refs.create_branch(alice, name, {.name = "dev", .starting_point = ""}));
  const auto again = hub.refs.create_branch(alice, name, {.name = "dev", .starting_point = ""});
  EXPECT_EQ(error_kind(again), ErrorKind::Conflict);
  EXPECT_EQ(text_of(again), "Reference refs/heads/dev already exists");
  ASSERT_TRUE(hub.refs.create_branch(
      alice, name, {.name = "dev", .starting_point = first.to_string(), .overwrite = true}));
  EXPECT_EQ(target_of("refs/heads/dev"), first);
  EXPECT_EQ(error_kind(hub.refs.create_branch(
                alice, name, {.name = "main", .starting_point = "", .overwrite = true})),
            ErrorKind::Invalid);
}

TEST_F(RefChanges, ABadStartIsRevisionNotFound) {
  EXPECT_EQ(
      error_kind(hub.refs.create_branch(alice, name, {.name = "d", .starting_point = "nope"})),
      ErrorKind::RevisionNotFound);
}

TEST_F(RefChanges, APullRequestsRefIsNoBranchName) {
  const auto made =
      hub.refs.create_branch(alice, name, {.name = "refs/pr/5", .starting_point = ""});
  EXPECT_EQ(error_kind(made), ErrorKind::Invalid);
  EXPECT_TRUE(text_of(made).starts_with("Invalid reference for a branch"));
}

TEST_F(RefChanges, AnEmptyBranchHasOneCommitWithoutFiles) {
  ASSERT_TRUE(hub.refs.create_branch(alice, name,
                                     {.name = "empty", .starting_point = "", .is_empty = true}));
  EXPECT_EQ(hub.history("alice/m", "empty").size(), 1u);
  EXPECT_TRUE(hub.files("alice/m", "empty").empty());
}

TEST_F(RefChanges, ABranchCannotBeAFolderOfAnother) {
  ASSERT_TRUE(hub.refs.create_branch(alice, name, {.name = "a/b", .starting_point = ""}));
  EXPECT_EQ(error_kind(hub.refs.create_branch(alice, name, {.name = "a", .starting_point = ""})),
            ErrorKind::Conflict);
  EXPECT_EQ(
      error_kind(hub.refs.create_branch(alice, name, {.name = "a/b/c", .starting_point = ""})),
      ErrorKind::Conflict);
  EXPECT_TRUE(hub.refs.create_branch(alice, name, {.name = "a/c", .starting_point = ""}));
}

TEST_F(RefChanges, MainCannotBeDeleted) {
  const auto deleted = hub.refs.delete_branch(alice, name, "main");
  EXPECT_EQ(text_of(deleted), "Cannot delete refs/heads/main");
  EXPECT_EQ(text_of(hub.refs.delete_branch(alice, name, "refs/heads/main")),
            "Cannot delete refs/heads/main");
  EXPECT_EQ(target_of("refs/heads/main"), second);
}

TEST_F(RefChanges, DeletingWhatIsNoBranchIsAnInvalidRevision) {
  ASSERT_TRUE(hub.refs.create_branch(alice, name, {.name = "dev", .starting_point = ""}));
  ASSERT_TRUE(hub.refs.create_tag(alice, name, {.revision = "main", .name = "v1", .message = ""}));
  EXPECT_TRUE(hub.refs.delete_branch(alice, name, "dev"));
  for (const std::string_view branch : {"dev", "v1", "nope"}) {
    const auto deleted = hub.refs.delete_branch(alice, name, branch);
    EXPECT_EQ(error_kind(deleted), ErrorKind::RevisionNotFound) << branch;
    EXPECT_TRUE(text_of(deleted).starts_with("Invalid rev id")) << branch;
  }
}

TEST_F(RefChanges, ATagMayNameAnyRevisionAlsoByAFewDigits) {
  ASSERT_TRUE(hub.refs.create_tag(
      alice, name, {.revision = first.to_string().substr(0, 7), .name = "v0", .message = ""}));
  EXPECT_EQ(target_of("refs/tags/v0"), first);
  ASSERT_TRUE(hub.refs.create_tag(alice, name, {.revision = "main", .name = "main", .message = ""}))
      << "a tag and a branch may have one name";
}

TEST_F(RefChanges, AnAnnotatedTagHasAnObjectAndLeadsToTheCommit) {
  ASSERT_TRUE(
      hub.refs.create_tag(alice, name, {.revision = "main", .name = "v1", .message = "the first"}));
  const auto refs = hub.facts->git().list_refs(hub.repo("alice/m").id).value();
  const auto tag = std::ranges::find(refs, "refs/tags/v1", &meta::Ref::name);
  ASSERT_NE(tag, refs.end());
  EXPECT_EQ(tag->target, second);
  ASSERT_TRUE(tag->tag.has_value());
  const auto object = hub.facts->git().read_object(hub.repo("alice/m").id, *tag->tag);
  ASSERT_TRUE(object);
  EXPECT_EQ(object->kind, meta::GitKind::Tag);
  EXPECT_NE(as_text(object->data).find("the first"), std::string::npos);
}

TEST_F(RefChanges, ATagThatExistsIsAConflict) {
  ASSERT_TRUE(hub.refs.create_tag(alice, name, {.revision = "main", .name = "v1", .message = ""}));
  EXPECT_EQ(error_kind(hub.refs.create_tag(
                alice, name, {.revision = first.to_string(), .name = "v1", .message = ""})),
            ErrorKind::Conflict);
}

TEST_F(RefChanges, TheRevisionIsLookedAtBeforeTheTagsName) {
  EXPECT_EQ(error_kind(hub.refs.create_tag(
                alice, name, {.revision = "nope", .name = "bad name", .message = ""})),
            ErrorKind::RevisionNotFound);
  EXPECT_EQ(error_kind(hub.refs.create_tag(
                alice, name, {.revision = "main", .name = "bad name", .message = ""})),
            ErrorKind::Invalid);
}

TEST_F(RefChanges, DeletingATagThatIsNoneIsRevisionNotFound) {
  ASSERT_TRUE(hub.refs.create_tag(alice, name, {.revision = "main", .name = "v1", .message = "x"}));
  EXPECT_TRUE(hub.refs.delete_tag(alice, name, "v1"));
  EXPECT_EQ(error_kind(hub.refs.delete_tag(alice, name, "v1")), ErrorKind::RevisionNotFound);
  EXPECT_EQ(error_kind(hub.refs.delete_tag(alice, name, "main")), ErrorKind::RevisionNotFound);
}

TEST_F(RefChanges, ASquashLeavesOneParentlessCommitWithTheSameFiles) {
  ASSERT_TRUE(hub.refs.create_tag(alice, name, {.revision = "main", .name = "v1", .message = ""}));
  const auto before = hub.files("alice/m");
  const auto squashed = hub.refs.squash(alice, name, "main", "all in one");
  ASSERT_TRUE(squashed) << squashed.error().message;
  const auto history = hub.history("alice/m");
  ASSERT_EQ(history.size(), 1u);
  EXPECT_EQ(history[0].oid, *squashed);
  EXPECT_EQ(history[0].message, "all in one");
  EXPECT_FALSE(history[0].parent.has_value());
  EXPECT_EQ(hub.files("alice/m"), before);
  EXPECT_EQ(hub.history("alice/m", "v1").size(), 2u) << "other refs stay";
  EXPECT_EQ(hub.facts->repos().read_summary(hub.repo("alice/m").id)->head, *squashed);
  EXPECT_EQ(error_kind(hub.refs.squash(alice, name, "v1", "x")), ErrorKind::RevisionNotFound);
}

TEST_F(RefChanges, WhoMayNotWriteIsDenied) {
  const Caller bob = hub.caller_named("bob");
  EXPECT_EQ(error_kind(hub.refs.create_branch(bob, name, {.name = "d", .starting_point = ""})),
            ErrorKind::Denied);
  EXPECT_EQ(error_kind(hub.refs.delete_branch(bob, name, "main")), ErrorKind::Denied);
  EXPECT_EQ(
      error_kind(hub.refs.create_tag(bob, name, {.revision = "main", .name = "t", .message = ""})),
      ErrorKind::Denied);
  EXPECT_EQ(error_kind(hub.refs.delete_tag(bob, name, "t")), ErrorKind::Denied);
  EXPECT_EQ(error_kind(hub.refs.squash(bob, name, "main", "")), ErrorKind::Denied);
}

TEST(CheckRefName, GoesByGitsRulesAndOurs) {
  for (const std::string_view good :
       {"main", "v1.0", "feature/x", "a-b_c", "h\xc3\xa9", "1234567"}) {
    EXPECT_TRUE(check_ref_name(good)) << good;
  }
  for (const std::string_view bad :
       {"",     "a b",          "a~b",  "a^",     "a:b",
        "a?",   "a*",           "a[",   "a\\b",   "a..b",
        ".a",   "a/.b",         "a.",   "a.lock", "/a",
        "a/",   "a//b",         "@",    "a@{b",   "-a",
        "HEAD", "refs/heads/x", "a\tb", "a\x7f",  "0123456789012345678901234567890123456789"}) {
    EXPECT_FALSE(check_ref_name(bad)) << bad;
  }
  EXPECT_FALSE(check_ref_name(std::string(300, 'a')));
}

}  // namespace
}  // namespace granary::service::testing
