// The fixture of the MetaStore suite.
#include "meta/meta_store_suite.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/hasher.h"
#include "base/log.h"

namespace granary::meta {
namespace {

GitOid oid_of(std::string_view kind, std::string_view data) {
  Sha1Hasher hasher;
  hasher.update(as_bytes(kind));
  hasher.update(as_bytes(data));
  return hasher.finish();
}

GitObject make_object(GitKind kind, std::string_view data) {
  GitObject object{.oid = oid_of(std::to_string(static_cast<int>(kind)), data),
                   .kind = kind,
                   .data = {},
                   .lfs = {}};
  put_bytes(object.data, as_bytes(data));
  return object;
}

}  // namespace

MetaStoreSuite::MetaStoreSuite() {
  log::start(log::Level::Error, log::Format::Text);
  if (GetParam().simulated) {
    folder = "/meta";
    EXPECT_TRUE(env.files.make_directory(folder));
    EXPECT_TRUE(env.files.sync_directory("/"));
    reopen();
    return;
  }
  std::string pattern = (std::filesystem::temp_directory_path() / "granary_meta_XXXXXX").string();
  folder = ::mkdtemp(pattern.data());
  reopen();
}

MetaStoreSuite::~MetaStoreSuite() {
  store.reset();
  if (!GetParam().simulated) std::filesystem::remove_all(folder);
}

void MetaStoreSuite::reopen() {
  store.reset();
  auto opened = GetParam().open(env, folder);
  if (!opened) {
    ADD_FAILURE() << "opening: " << opened.error().message;
    std::abort();
  }
  store = *std::move(opened);
}

NamespaceId MetaStoreSuite::add_user(const std::string& name) {
  auto made = accounts().create_namespace({.kind = NamespaceKind::User,
                                           .name = name,
                                           .full_name = name + " Full",
                                           .email = name + "@example.org",
                                           .owner = {}});
  EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message);
  return made ? made->id : NamespaceId{};
}

NamespaceId MetaStoreSuite::add_organization(const std::string& name, NamespaceId owner) {
  auto made = accounts().create_namespace({.kind = NamespaceKind::Organization,
                                           .name = name,
                                           .full_name = {},
                                           .email = {},
                                           .owner = owner});
  EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message);
  return made ? made->id : NamespaceId{};
}

Repo MetaStoreSuite::add_repo(const std::string& space, const std::string& name,
                              Visibility visibility) {
  auto made = repos().create_repo({.name = model(space, name),
                                   .visibility = visibility,
                                   .sdk = {},
                                   .initial = make_commit({}, "initial " + space + "/" + name)});
  EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message);
  return made ? *made : Repo{};
}

CommitBatch MetaStoreSuite::make_commit(RepoId repo, const std::string& text,
                                        std::optional<GitOid> parent) {
  const GitObject blob = make_object(GitKind::Blob, text);
  const GitObject tree = make_object(GitKind::Tree, "tree of " + blob.oid.to_string());
  const std::string of = parent ? parent->to_string() : std::string("nothing");
  const GitObject commit =
      make_object(GitKind::Commit, "commit of " + tree.oid.to_string() + " on " + of);
  return {.repo = repo,
          .ref = "refs/heads/main",
          .expected = parent,
          .commit = {.oid = commit.oid,
                     .tree = tree.oid,
                     .parent = parent,
                     .author_name = "Ada",
                     .author_email = "ada@example.org",
                     .author = {},
                     .message = "write " + text,
                     .time = clock.now},
          .objects = {blob, tree, commit},
          .files = {},
          .summary = {}};
}

NewContent MetaStoreSuite::make_content(const std::string& name, std::uint32_t size_bytes) {
  const Sha256 sha256 = sha256_named(name);
  Xorb xorb{.id = {},
            .hash = {},
            .chunk_count = 4,
            .size_bytes = size_bytes,
            .stored_size_bytes = size_bytes / 2,
            .created = clock.now};
  xorb.hash.bytes = sha256_named("xorb of " + name).bytes;
  Hook hook{.chunk = {}, .xorb = XorbId{-1}};
  hook.chunk.bytes = sha256_named("hook of " + name).bytes;
  StoredFile file{.sha256 = sha256,
                  .size_bytes = size_bytes,
                  .file_hash = {},
                  .recipe = {{.xorb = XorbId{-1},
                              .chunk_start = 0,
                              .chunk_end = 4,
                              .offset_bytes = 0,
                              .size_bytes = size_bytes}}};
  file.file_hash.bytes = sha256_named("file hash of " + name).bytes;
  return {.xorbs = {xorb}, .hooks = {hook}, .file = file, .grant = {}};
}

Sha256 MetaStoreSuite::sha256_named(const std::string& name) { return sha256_of(as_bytes(name)); }

}  // namespace granary::meta
