// Tests of fetch: the order of checks, what is remembered and for how long, and the bytes.
#include "service/fetch.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "base/env.h"
#include "meta/sqlite/sqlite_meta_store.h"
#include "net/block_on.h"
#include "net/pool.h"
#include "object/memory_store.h"
#include "service/commit_testing.h"
#include "store/store.h"

namespace granary::service {
namespace {

using testing::Files;
using testing::TestRepo;

class FetchFromRepos : public ::testing::Test {
 protected:
  FetchFromRepos() {
    alice_ = add_user("alice");
    bob_ = add_user("bob");
    meta::NewRepo fresh;
    fresh.name = {meta::RepoKind::Model, "alice", "m"};
    repo_.emplace(*facts_, fresh, files_);
  }

  Caller add_user(const std::string& name) {
    meta::NewNamespace user;
    user.name = name;
    const auto made = facts_->accounts().create_namespace(user);
    EXPECT_TRUE(made);
    meta::NewToken token;
    token.user = made->id;
    token.name = "t";
    token.secret_sha256 = hash_secret("hf_" + name);
    EXPECT_TRUE(facts_->accounts().add_token(token));
    return *access_.identify("hf_" + name);
  }

  /// Takes `content` into the store, for the repo to name.
  meta::LfsTarget take_in(const std::string& content) {
    auto ingest = store_->start_ingest({.size_bytes = content.size()});
    EXPECT_TRUE(ingest);
    EXPECT_TRUE((*ingest)->write(as_bytes(content)));
    auto taken = (*ingest)->finish({});
    EXPECT_TRUE(taken);
    const meta::LfsTarget target{taken->file->sha256, content.size()};
    taken->grant = meta::RepoFile{
        .repo = repo_->id(), .sha256 = target.sha256, .size_bytes = target.size_bytes};
    EXPECT_TRUE(facts_->content().record(*taken));
    return target;
  }
  meta::LfsTarget commit_lfs(const std::string& path, const std::string& content) {
    const meta::LfsTarget target = take_in(content);
    files_.lfs[path] = target;
    repo_->commit(files_, "adds " + path);
    return target;
  }

  static FileRequest wanted(const std::string& path, const std::string& revision = "main") {
    return {.repo = {meta::RepoKind::Model, "alice", "m"}, .revision = revision, .path = path};
  }
  std::optional<ErrorKind> error_of(const Caller& caller, const FileRequest& request) {
    const auto resolution = fetch_.resolve(caller, request);
    return resolution->error ? std::optional(resolution->error->kind) : std::nullopt;
  }
  void set(std::optional<meta::Visibility> visibility, std::optional<meta::Gating> gating) {
    ASSERT_TRUE(facts_->repos().update_settings(repo_->id(), {visibility, gating}));
  }

  static Task<Result<std::string>> gather(net::BodySource& source) {
    std::string all;
    while (true) {
      CO_TRY(auto piece, co_await source.next());
      if (std::holds_alternative<std::monostate>(piece)) co_return all;
      if (const auto* bytes = std::get_if<ByteView>(&piece)) {
        all += as_text(*bytes);
        continue;
      }
      const auto& slice = std::get<net::FileSlice>(piece);
      std::string text(slice.size_bytes, '\0');
      const auto got =
          pread(slice.descriptor, text.data(), text.size(), static_cast<off_t>(slice.offset_bytes));
      EXPECT_EQ(got, static_cast<ssize_t>(text.size()));
      all += text;
    }
  }
  std::string bytes_of(const Resolution& resolution, ByteRange range) {
    auto content = fetch_.open(resolution, range);
    EXPECT_TRUE(content) << (content ? "" : content.error().message);
    if (!content) return "";
    if (auto* text = std::get_if<std::string>(&*content)) return *text;
    auto& source = *std::get<std::unique_ptr<net::BodySource>>(*content);
    EXPECT_EQ(source.size_bytes(), range.size_bytes);
    auto all = net::block_on(gather(source));
    EXPECT_TRUE(all) << (all ? "" : all.error().message);
    return all ? *all : "";
  }

  net::Pool pool_{2};
  std::unique_ptr<meta::MetaStore> facts_ =
      *meta::create_sqlite_meta_store(real_env(), {.path = ":memory:"});
  std::unique_ptr<object::ObjectStore> objects_ = object::make_memory_store();
  std::unique_ptr<store::Store> store_ = store::make_store(real_env(), *objects_, *facts_, {});
  Access access_{real_env().clock, *facts_};
  Trees trees_{facts_->git(), facts_->content()};
  Fetch fetch_{access_, *facts_, *store_, trees_, pool_};
  const Caller stranger_;
  Caller alice_;
  Caller bob_;
  Files files_{{{"README.md", "# hello\n"}, {"empty", ""}, {"d/x", "x"}}, {}};
  std::optional<TestRepo> repo_;
};

TEST_F(FetchFromRepos, AFileIsFoundWithItsFacts) {
  const auto found = fetch_.resolve(stranger_, wanted("README.md"));
  ASSERT_TRUE(found->found()) << found->error->message;
  EXPECT_EQ(found->commit, repo_->head());
  EXPECT_EQ(found->file.size_bytes, 8U);
  EXPECT_FALSE(found->file.lfs);
  EXPECT_TRUE(found->is_public);
  EXPECT_FALSE(found->is_immutable);
  EXPECT_EQ(bytes_of(*found, {0, 8}), "# hello\n");
  EXPECT_EQ(bytes_of(*found, {2, 3}), "hel");
}

TEST_F(FetchFromRepos, AnEmptyFileHasNoBytesAndIsFine) {
  const auto found = fetch_.resolve(stranger_, wanted("empty"));
  ASSERT_TRUE(found->found());
  EXPECT_EQ(bytes_of(*found, {0, 0}), "");
}

TEST_F(FetchFromRepos, AnLfsFileGivesItsContentAndGitItsPointer) {
  std::mt19937_64 random(7);
  std::string content(9'000'000, '\0');
  for (char& c : content) c = static_cast<char>(random());
  const auto target = commit_lfs("model.safetensors", content);
  const auto found = fetch_.resolve(stranger_, wanted("model.safetensors"));
  ASSERT_TRUE(found->found()) << found->error->message;
  EXPECT_EQ(found->file.size_bytes, content.size());
  EXPECT_EQ(found->file.lfs, target);
  EXPECT_TRUE(bytes_of(*found, {0, content.size()}) == content);
  EXPECT_TRUE(bytes_of(*found, {4'000'001, 4'500'000}) == content.substr(4'000'001, 4'500'000));
  EXPECT_EQ(bytes_of(*found, {content.size() - 1, 1}), content.substr(content.size() - 1));
  EXPECT_EQ(*fetch_.read(*found, {5, 10}), content.substr(5, 10));
  EXPECT_EQ(fetch_.read_blob(*found)->size(), found->file.pointer_size_bytes);
  EXPECT_TRUE(fetch_.read_blob(*found)->starts_with("version https://git-lfs"));
}

TEST_F(FetchFromRepos, TheChecksComeInOrderRepoRevisionPath) {
  FileRequest request = wanted("nope", "nope");
  request.repo.name = "nope";
  EXPECT_EQ(error_of(stranger_, request), ErrorKind::RepoNotFound);
  EXPECT_EQ(error_of(stranger_, wanted("nope", "nope")), ErrorKind::RevisionNotFound);
  EXPECT_EQ(error_of(stranger_, wanted("nope")), ErrorKind::EntryNotFound);
  EXPECT_EQ(error_of(stranger_, wanted("d")), ErrorKind::EntryNotFound);
  EXPECT_EQ(error_of(stranger_, wanted("")), ErrorKind::EntryNotFound);
  EXPECT_EQ(fetch_.resolve(stranger_, wanted("nope"))->commit, repo_->head());
  EXPECT_FALSE(fetch_.resolve(stranger_, wanted("nope", "nope"))->commit);
}

TEST_F(FetchFromRepos, WhatWasResolvedIsKnownUntilTheRepoChanges) {
  EXPECT_EQ(fetch_.resolve_now(stranger_, wanted("README.md")), nullptr);
  fetch_.resolve(stranger_, wanted("README.md"));
  fetch_.resolve(stranger_, wanted("nope"));
  EXPECT_NE(fetch_.resolve_now(stranger_, wanted("README.md")), nullptr);
  EXPECT_NE(fetch_.resolve_now(stranger_, wanted("nope")), nullptr);
  EXPECT_EQ(fetch_.resolve_now(alice_, wanted("README.md")), nullptr);
  files_.blobs["nope"] = "there now";
  repo_->commit(files_, "adds it");
  EXPECT_EQ(fetch_.resolve_now(stranger_, wanted("README.md")), nullptr);
  EXPECT_EQ(error_of(stranger_, wanted("nope")), std::nullopt);
}

TEST_F(FetchFromRepos, ALongPathIsAnsweredButNotRemembered) {
  const FileRequest request = wanted(std::string(1000, 'x'));
  EXPECT_EQ(error_of(stranger_, request), ErrorKind::EntryNotFound);
  EXPECT_EQ(fetch_.resolve_now(stranger_, request), nullptr);
}

TEST_F(FetchFromRepos, APrivateRepoIsUnknownToStrangersAtOnce) {
  EXPECT_EQ(error_of(stranger_, wanted("README.md")), std::nullopt);
  set(meta::Visibility::Private, std::nullopt);
  EXPECT_EQ(error_of(stranger_, wanted("README.md")), ErrorKind::RepoNotFound);
  EXPECT_EQ(error_of(bob_, wanted("README.md")), ErrorKind::RepoNotFound);
  EXPECT_EQ(error_of(alice_, wanted("README.md")), std::nullopt);
  EXPECT_FALSE(fetch_.resolve(alice_, wanted("README.md"))->is_public);
  set(meta::Visibility::Public, std::nullopt);
  EXPECT_EQ(error_of(stranger_, wanted("README.md")), std::nullopt);
}

TEST_F(FetchFromRepos, AGatedRepoGivesNoFileBeforeItsOwnerAgrees) {
  set(std::nullopt, meta::Gating::Manual);
  EXPECT_EQ(error_of(stranger_, wanted("README.md")), ErrorKind::Gated);
  EXPECT_EQ(error_of(bob_, wanted("nope")), ErrorKind::Gated);
  EXPECT_EQ(error_of(alice_, wanted("README.md")), std::nullopt);
  meta::AccessRequest request;
  request.user = bob_.user->id;
  request.status = meta::AccessStatus::Accepted;
  ASSERT_TRUE(facts_->repos().set_access(repo_->id(), request));
  EXPECT_EQ(error_of(bob_, wanted("README.md")), std::nullopt);
  EXPECT_FALSE(fetch_.resolve(bob_, wanted("README.md"))->is_public);
}

TEST_F(FetchFromRepos, AFileThatTheRepoNoLongerHoldsIsNotGivenOut) {
  const auto target = commit_lfs("w.bin", "the bytes");
  const auto found = fetch_.resolve(stranger_, wanted("w.bin"));
  ASSERT_TRUE(found->found());
  ASSERT_TRUE(facts_->content().revoke(repo_->id(), std::span(&target.sha256, 1)));
  // What was resolved before does not open it either.
  EXPECT_EQ(fetch_.open(*found, {0, 9}).error().kind, ErrorKind::EntryNotFound);
  EXPECT_EQ(fetch_.read(*found, {0, 9}).error().kind, ErrorKind::EntryNotFound);
  EXPECT_EQ(error_of(stranger_, wanted("w.bin")), ErrorKind::EntryNotFound);
}

TEST_F(FetchFromRepos, AHashIsNoRightToRead) {
  commit_lfs("w.bin", "secret of alice");
  set(meta::Visibility::Private, std::nullopt);
  // Bob commits a blob that says it is that file, without having been granted it.
  meta::NewRepo fresh;
  fresh.name = {meta::RepoKind::Model, "bob", "mine"};
  TestRepo bobs(*facts_, fresh, {{{"a", "1"}}, {}});
  bobs.commit({{}, files_.lfs}, "a pointer to what is not ours");
  FileRequest request = wanted("w.bin");
  request.repo = fresh.name;
  EXPECT_EQ(error_of(bob_, request), ErrorKind::EntryNotFound);
}

TEST_F(FetchFromRepos, AMovedRepoIsFoundUnderItsOldName) {
  const auto moved = facts_->repos().move_repo(repo_->id(), {meta::RepoKind::Model, "alice", "n"});
  ASSERT_TRUE(moved);
  const auto found = fetch_.resolve(stranger_, wanted("README.md"));
  ASSERT_TRUE(found->found());
  EXPECT_TRUE(found->by_old_name);
  EXPECT_EQ(found->repo.name, "n");
}

}  // namespace
}  // namespace granary::service
