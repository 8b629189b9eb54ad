// Initial commit: its files, trees and summary.
#include "service/initial_commit.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/limits.h"
#include "git/attributes.h"
#include "git/default_attributes.h"
#include "git/object_id.h"
#include "git/tree_edit.h"
#include "service/new_commit.h"
#include "service/summary.h"

namespace granary::service {
namespace {

using Files = std::map<std::string, Bytes>;

constexpr std::size_t kLicenseLengthMax = 64;

Bytes to_bytes(std::string_view text) {
  const auto view = as_bytes(text);
  return {view.begin(), view.end()};
}

git::AttributesFor attributes_for(meta::RepoKind kind) {
  switch (kind) {
    case meta::RepoKind::Model: return git::AttributesFor::Model;
    case meta::RepoKind::Dataset: return git::AttributesFor::Dataset;
    case meta::RepoKind::Space: return git::AttributesFor::Space;
  }
  return git::AttributesFor::Model;
}

// The license goes into YAML, so it must be a plain word there.
Result<void> check_license(std::string_view license) {
  const auto may_occur = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '.' || c == '+';
  };
  if (license.size() <= kLicenseLengthMax && std::ranges::all_of(license, may_occur)) return {};
  return fail(ErrorKind::Invalid, "\"license\" must be an identifier such as apache-2.0");
}

std::string readme_of(const CreateRepo& fresh) {
  std::string text = "---\n";
  if (fresh.name.kind == meta::RepoKind::Space) {
    text += "title: " + fresh.name.name + "\nsdk: " + fresh.sdk + "\npinned: false\n";
  }
  if (!fresh.license.empty()) text += "license: " + fresh.license + "\n";
  return text + "---\n";
}

Result<Files> choose_files(const CreateRepo& fresh) {
  TRY_DONE(check_license(fresh.license));
  Files files;
  files[".gitattributes"] = to_bytes(git::default_attributes(attributes_for(fresh.name.kind)));
  if (fresh.name.kind == meta::RepoKind::Space || !fresh.license.empty()) {
    files["README.md"] = to_bytes(readme_of(fresh));
  }
  for (const auto& file : fresh.files) {
    if (file.content.size() > limits::kRegularFileSizeBytesMax) {
      return fail(ErrorKind::TooLarge, file.path + " is too large for a first commit");
    }
    files[file.path] = file.content;
  }
  const git::Attributes attributes(as_text(files[".gitattributes"]));
  for (const auto& [path, content] : files) {
    if (attributes.is_lfs(path)) {
      return fail(ErrorKind::Invalid,
                  path + " is an LFS file: upload it once the repository exists");
    }
  }
  return files;
}

meta::RepoSummary summarise_files(meta::RepoKind kind, const GitOid& head, const Files& files) {
  std::vector<SnapshotFile> snapshot;
  for (const auto& [path, content] : files) {
    snapshot.push_back(SnapshotFile{.path = path,
                                    .oid = git::object_id(git::ObjectKind::Blob, content),
                                    .size_bytes = content.size(),
                                    .lfs = std::nullopt,
                                    .blob_size_bytes = content.size()});
  }
  return summarise(kind, head, snapshot,
                   [&](const SnapshotFile& file, std::uint64_t size_bytes_max) -> Result<Bytes> {
                     Bytes content = files.at(file.path);
                     if (content.size() > size_bytes_max) content.resize(size_bytes_max);
                     return content;
                   });
}

}  // namespace

Result<meta::CommitBatch> make_initial_commit(const Caller& caller, WallTime now,
                                              const CreateRepo& fresh) {
  TRY(const auto files, choose_files(fresh));
  meta::CommitBatch batch;
  std::vector<git::TreeChange> changes;
  for (const auto& [path, content] : files) {
    auto blob = make_object(meta::GitKind::Blob, content);
    changes.push_back(git::TreeChange{.path = path, .oid = blob.oid});
    batch.objects.push_back(std::move(blob));
  }
  const auto no_tree = [](const GitOid&) -> Result<Bytes> { return Bytes(); };
  TRY(auto tree, git::edit_tree(git::empty_tree_id(), changes, no_tree));
  for (auto& object : tree.new_trees) {
    batch.objects.push_back(make_object(meta::GitKind::Tree, std::move(object.body)));
  }
  auto commit = make_commit(
      caller, now,
      NewCommit{.tree = tree.root, .parent = std::nullopt, .message = "initial commit"});
  batch.ref = "refs/heads/main";
  batch.commit = std::move(commit.info);
  batch.objects.push_back(std::move(commit.object));
  batch.summary = summarise_files(fresh.name.kind, batch.commit.oid, files);
  return batch;
}

}  // namespace granary::service
