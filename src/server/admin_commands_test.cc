// The admin commands on a real data folder: accounts, repositories, import, and what bad input
// gets.
#include "server/admin_commands.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "server/instance.h"

namespace granary::server {
namespace {

class AdminCommandsTest : public testing::Test {
 protected:
  AdminCommandsTest() {
    char pattern[] = "/tmp/granary-admin-XXXXXX";
    folder_ = ::mkdtemp(pattern);
    data_ = folder_ + "/data";
    ::unsetenv("GRANARY_ADMIN_TOKEN");
  }
  ~AdminCommandsTest() override { std::filesystem::remove_all(folder_); }

  Result<std::string> run(const std::string& command,
                          const std::map<std::string, std::string>& arguments = {}) {
    return run_in_folder(data_, {.command = command, .arguments = arguments}, {});
  }

  // Errors are shown by the assertion that fails.
  std::string must(const std::string& command,
                   const std::map<std::string, std::string>& arguments = {}) {
    auto output = run(command, arguments);
    EXPECT_TRUE(output) << command << ": " << (output ? "" : output.error().message);
    return output.value_or("");
  }

  void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
  }

  std::string folder_;
  std::string data_;
};

TEST_F(AdminCommandsTest, InitPrintsTheAdministratorsTokenOnce) {
  const std::string secret = must("init");
  EXPECT_TRUE(secret.starts_with("hf_")) << secret;
  EXPECT_GE(secret.size(), 37U);
  auto again = run("init");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::Conflict);
}

TEST_F(AdminCommandsTest, OtherCommandsDoNotMakeADataFolder) {
  auto output = run("user.add", {{"name", "alice"}});
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().kind, ErrorKind::NotFound);
  EXPECT_FALSE(std::filesystem::exists(data_));
}

TEST_F(AdminCommandsTest, UsersOrganisationsAndTokensAreMade) {
  must("init");
  must("user.add", {{"name", "alice"}});
  must("org.add", {{"name", "lab"}, {"owner", "alice"}});
  const std::string secret = must("token.add", {{"user", "alice"}, {"role", "write"}});
  EXPECT_EQ(
      secret.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"),
      std::string::npos);
  EXPECT_NE(must("org.list").find("alice"), std::string::npos);
  EXPECT_EQ(run("user.add", {{"name", "Alice"}}).error().kind, ErrorKind::Conflict);
  EXPECT_EQ(run("token.add", {{"user", "alice"}, {"role", "king"}}).error().kind,
            ErrorKind::Invalid);
  EXPECT_EQ(run("token.add", {{"user", "nobody"}}).error().kind, ErrorKind::NotFound);
}

TEST_F(AdminCommandsTest, ASecondProcessIsRefusedWhileTheFolderIsOpen) {
  must("init");
  Config config;
  config.data = data_;
  auto instance = Instance::open(config, real_env(), Creation::Refused);
  ASSERT_TRUE(instance) << instance.error().message;
  auto second = Instance::open(config, real_env(), Creation::Refused);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::Conflict);
}

TEST_F(AdminCommandsTest, ImportPublishesAFolderAndASecondTimeChangesNothing) {
  must("init");
  const std::string source = folder_ + "/model";
  write(source + "/config.json", "{\"model_type\":\"bert\"}");
  write(source + "/onnx/model.onnx", std::string(300'000, 'x'));
  write(source + "/empty.bin", "");
  write(source + "/.git/HEAD", "ref: refs/heads/main\n");
  const std::string first = must("import", {{"folder", source}, {"repo", "lab/tiny"}});
  EXPECT_NE(first.find("3 files"), std::string::npos) << first;
  const std::string again = must("import", {{"folder", source}, {"repo", "lab/tiny"}});
  EXPECT_NE(again.find("nothing had changed"), std::string::npos) << again;
  EXPECT_NE(must("repo.list").find("lab/tiny"), std::string::npos);
  must("fsck");
}

TEST_F(AdminCommandsTest, ImportTakesACacheFolderByItsOwnName) {
  must("init");
  const std::string cache = folder_ + "/models--lab--small";
  write(cache + "/blobs/abc", "hello");
  write(cache + "/refs/main", "0123456789012345678901234567890123456789");
  const std::string snapshot = cache + "/snapshots/0123456789012345678901234567890123456789";
  std::filesystem::create_directories(snapshot);
  std::filesystem::create_symlink("../../blobs/abc", snapshot + "/README.md");
  const std::string output = must("import", {{"folder", cache}});
  EXPECT_NE(output.find("model lab/small: 1 files"), std::string::npos) << output;
}

TEST_F(AdminCommandsTest, ADeletedNameIsRetiredUntilItIsFreed) {
  must("init");
  must("repo.create", {{"repo", "admin/one"}});
  EXPECT_EQ(run("repo.delete", {{"repo", "admin/one"}}).error().kind, ErrorKind::Invalid);
  must("repo.delete", {{"repo", "admin/one"}, {"yes", "true"}});
  EXPECT_EQ(run("repo.create", {{"repo", "admin/one"}}).error().kind, ErrorKind::Conflict);
  must("repo.free", {{"repo", "admin/one"}});
  must("repo.create", {{"repo", "admin/one"}});
}

TEST_F(AdminCommandsTest, FsckFindsAFlippedByte) {
  must("init");
  const std::string source = folder_ + "/model";
  write(source + "/model.bin", std::string(200'000, 'y') + "end");
  must("import", {{"folder", source}, {"repo", "admin/m"}});
  must("fsck");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data_ + "/objects")) {
    if (!entry.is_regular_file()) continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(5);
    file.put('z');
  }
  auto output = run("fsck");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().kind, ErrorKind::Corrupt);
}

TEST_F(AdminCommandsTest, AnUnknownCommandIsInvalid) {
  must("init");
  EXPECT_EQ(run("repo.paint").error().kind, ErrorKind::Invalid);
}

}  // namespace
}  // namespace granary::server
