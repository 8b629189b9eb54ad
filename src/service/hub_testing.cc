// TestHub: its parts, and the shortest way to repos with content.
#include "service/hub_testing.h"

#include <gtest/gtest.h>

#include <utility>

#include "git/tree_edit.h"
#include "meta/sqlite/sqlite_meta_store.h"
#include "object/memory_store.h"
#include "service/new_commit.h"
#include "service/snapshot.h"

namespace granary::service::testing {
namespace {

template <class T>
T must(Result<T> result, std::string_view doing) {
  EXPECT_TRUE(result) << doing << ": " << result.error().message;
  return *std::move(result);
}

void must_be_done(const Result<void>& result, std::string_view doing) {
  EXPECT_TRUE(result) << doing << ": " << result.error().message;
}

std::unique_ptr<meta::MetaStore> open_facts(Env& env) {
  return must(meta::create_sqlite_meta_store(env, meta::SqliteOptions{.path = ":memory:"}),
              "opening the facts");
}

}  // namespace

TestHub::TestHub()
    : env{.clock = clock, .random = real_env().random, .files = real_env().files},
      facts(open_facts(env)),
      objects(object::make_memory_store()),
      store(store::make_store(env, *objects, *facts, {})),
      access(clock, *facts),
      accounts(env, *facts),
      repos(env, access, *facts),
      browser(*facts, *store),
      trees(facts->git(), facts->content()),
      history(*facts, trees),
      publisher(env, access, *facts, *store, trees),
      refs(env, access, *facts),
      lfs_files(env, access, *facts, *store),
      downloads(facts->repos()),
      fetch(access, *facts, *store, trees, pool),
      xet(must(Xet::create({env, access, *facts, *store}, meta::DedupeScope::Organization),
               "making the Xet services")) {
  must(accounts.create_first_admin(""), "making the admin");
  add_user("alice");
  add_user("bob");
  CreateNamespace lab;
  lab.name = "lab";
  lab.full_name = "The Lab";
  lab.owner = "alice";
  must(accounts.create_organization(local_operator(), lab), "making the lab");
}

TestHub::~TestHub() = default;

std::string TestHub::token(std::string_view user, meta::TokenRole role) {
  const CreateToken fresh{
      .user = std::string(user), .name = "", .role = role, .expires = std::nullopt};
  return must(accounts.add_token(local_operator(), fresh), "adding a token").secret;
}

Caller TestHub::caller(std::string_view secret) {
  return must(access.identify(secret), "identifying");
}

void TestHub::add_user(const std::string& name) {
  CreateNamespace fresh;
  fresh.name = name;
  fresh.email = name + "@example.org";
  must(accounts.create_user(local_operator(), fresh), "making a user");
}

void TestHub::add_member(const std::string& organization, const std::string& user,
                         meta::OrgRole role) {
  must_be_done(accounts.set_member(local_operator(), {organization, user, role}),
               "adding a member");
}

meta::Repo TestHub::add_repo(const std::string& id, meta::Visibility visibility,
                             meta::RepoKind kind) {
  CreateRepo fresh;
  fresh.name = repo_name(id, kind);
  fresh.visibility = visibility;
  if (kind == meta::RepoKind::Space) fresh.sdk = "static";
  const char* maker = fresh.name.space == "bob" ? "bob" : "alice";
  return must(repos.create(caller_named(maker), fresh), "making a repo");
}

GitOid TestHub::commit_file(const meta::Repo& repo, const std::string& path,
                            const std::string& content) {
  const auto bytes = as_bytes(content);
  return commit_blob(repo, path, make_object(meta::GitKind::Blob, {bytes.begin(), bytes.end()}));
}

GitOid TestHub::commit_lfs_file(const meta::Repo& repo, const std::string& path,
                                const std::string& content) {
  auto ingest = must(store->start_ingest({.size_bytes = content.size()}), "starting an ingest");
  must_be_done(ingest->write(as_bytes(content)), "writing");
  auto fresh = must(ingest->finish({}), "finishing an ingest");
  const meta::LfsTarget target{fresh.file->sha256, content.size()};
  fresh.grant = meta::RepoFile{.repo = repo.id,
                               .sha256 = target.sha256,
                               .size_bytes = target.size_bytes,
                               .path = "",
                               .ref = "",
                               .pushed = clock.now};
  must_be_done(facts->content().record(fresh), "recording a file");
  return commit_blob(repo, path, make_pointer(target));
}

GitOid TestHub::commit_blob(const meta::Repo& repo, const std::string& path, meta::GitObject blob) {
  auto& git = facts->git();
  const auto head = must(git.find_ref(repo.id, "refs/heads/main"), "finding main");
  const auto parent = must(git.read_commit(repo.id, head), "reading the head");
  const git::TreeChange change{.path = path, .oid = blob.oid};
  const auto load = [&](const GitOid& oid) -> Result<Bytes> {
    TRY(auto object, git.read_object(repo.id, oid));
    return std::move(object.data);
  };
  auto tree = must(git::edit_tree(parent.tree, {&change, 1}, load), "editing the tree");
  auto commit = make_commit(caller_named("alice"), clock.now,
                            {.tree = tree.root, .parent = parent, .message = "Add " + path});
  meta::CommitBatch batch;
  batch.repo = repo.id;
  batch.ref = "refs/heads/main";
  batch.expected = head;
  batch.commit = std::move(commit.info);
  if (blob.lfs) {
    batch.files.push_back(meta::RepoFile{.repo = repo.id,
                                         .sha256 = blob.lfs->sha256,
                                         .size_bytes = blob.lfs->size_bytes,
                                         .path = path,
                                         .ref = "refs/heads/main",
                                         .pushed = clock.now});
  }
  batch.objects.push_back(std::move(blob));
  for (auto& object : tree.new_trees) {
    batch.objects.push_back(make_object(meta::GitKind::Tree, std::move(object.body)));
  }
  batch.objects.push_back(std::move(commit.object));
  must_be_done(git.add_objects(repo.id, batch.objects), "adding objects");
  const auto files = must(list_files(git, repo.id, tree.root), "listing files");
  batch.summary =
      summarise(repo.name.kind, batch.commit.oid, files, read_prefix_from(git, *store, repo.id));
  must_be_done(git.commit(batch), "committing");
  return batch.commit.oid;
}

meta::RepoName repo_name(std::string_view id, meta::RepoKind kind) {
  const auto slash = id.find('/');
  return {.kind = kind,
          .space = std::string(id.substr(0, slash)),
          .name = std::string(id.substr(slash + 1))};
}

}  // namespace granary::service::testing
