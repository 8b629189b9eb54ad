// PublishHub's parts and short ways.
#include "service/publish_testing.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/hasher.h"
#include "base/sim_disk.h"
#include "service/snapshot.h"

namespace granary::service::testing {
namespace {

std::string made_folder() {
  std::string path = ::testing::TempDir() + "granary-publish-XXXXXX";
  GRANARY_ASSERT(::mkdtemp(path.data()) != nullptr);
  return path;
}

}  // namespace

ScratchFolder::ScratchFolder() : path_(made_folder()) {}
ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

PublishHub::PublishHub()
    : trees(facts->git(), facts->content()),
      parts(store::open_uploads(env, facts->content(), *objects, *store, folder.path()).value()),
      publisher(env, access, *facts, *store, trees),
      refs(env, access, *facts),
      lfs_files(env, access, *facts, *store),
      uploads(Uploads::create(
                  {env, access, *facts, *store, *parts},
                  {.part_threshold_bytes = kPartThresholdBytes, .part_size_bytes = kPartSizeBytes})
                  .value()) {}

Result<Published> PublishHub::commit(const Caller& who, std::string_view repo,
                                     Operations operations, const CommitMessage& message,
                                     std::string_view branch) {
  TRY(auto draft, publisher.start(who, repo_name(repo), branch));
  for (CommitOperation& operation : operations) TRY_DONE(draft->add(std::move(operation)));
  return draft->finish(message);
}

GitOid PublishHub::must_commit(std::string_view repo, Operations operations) {
  const auto published = commit(caller_named("alice"), repo, std::move(operations));
  EXPECT_TRUE(published) << published.error().message;
  return published ? published->commit : GitOid();
}

Sha256 PublishHub::send(const Caller& who, std::string_view repo, std::string_view content) {
  const WantedFile file{sha256_of(as_bytes(content)), content.size()};
  const auto answers = uploads->offer(who, repo_name(repo), std::span(&file, 1), Parts::Refused);
  EXPECT_TRUE(answers) << answers.error().message;
  if (!answers || answers->front().is_present) return file.sha256;
  auto intake = uploads->start(answers->front().send_pass, content.size());
  EXPECT_TRUE(intake) << intake.error().message;
  EXPECT_TRUE((*intake)->write(as_bytes(content)));
  const auto received = (*intake)->finish();
  EXPECT_TRUE(received) << received.error().message;
  return file.sha256;
}

std::map<std::string, std::string> PublishHub::files(std::string_view id,
                                                     std::string_view revision) {
  std::map<std::string, std::string> found;
  const meta::Repo at = repo(id);
  const auto resolved = resolve_revision(facts->git(), at.id, revision);
  EXPECT_TRUE(resolved) << resolved.error().message;
  const auto listed = list_files(facts->git(), at.id, resolved->commit.tree);
  EXPECT_TRUE(listed) << listed.error().message;
  const auto read = read_prefix_from(facts->git(), *store, at.id);
  for (const SnapshotFile& file : *listed) {
    const auto content = read(file, file.size_bytes);
    EXPECT_TRUE(content) << file.path << ": " << content.error().message;
    found[file.path] = std::string(as_text(*content));
  }
  return found;
}

std::vector<meta::CommitInfo> PublishHub::history(std::string_view id, std::string_view revision) {
  const meta::Repo at = repo(id);
  const auto resolved = resolve_revision(facts->git(), at.id, revision);
  EXPECT_TRUE(resolved);
  return facts->git().list_commits(at.id, resolved->commit.oid, 0, 1000).value();
}

meta::Repo PublishHub::repo(std::string_view id) {
  return facts->repos().find_repo(repo_name(id)).value().repo;
}

void PublishHub::add_repo_of(const Caller& who, std::string_view id) {
  CreateRepo fresh;
  fresh.name = repo_name(id);
  EXPECT_TRUE(repos.create(who, fresh));
}

CommitMessage say(std::string summary, std::string parent) {
  return {.summary = std::move(summary), .description = "", .parent = std::move(parent)};
}

AddFile add(std::string path, std::string_view content) {
  return {.path = std::move(path), .content = bytes_of(content)};
}

Bytes bytes_of(std::string_view text) {
  const ByteView bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

std::string noise(std::uint64_t seed, std::size_t size) {
  SimNumbers numbers(seed);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(numbers.next());
  return text;
}

std::string run_in(const std::string& folder, const std::string& command) {
  const std::string line = "cd '" + folder + "' && { " + command + "; } 2>&1";
  FILE* pipe = ::popen(line.c_str(), "r");
  GRANARY_ASSERT(pipe != nullptr);
  std::string output;
  std::array<char, 4096> buffer{};
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), size);
  }
  EXPECT_EQ(::pclose(pipe), 0) << command << "\n" << output;
  while (!output.empty() && output.back() == '\n') output.pop_back();
  return output;
}

}  // namespace granary::service::testing
