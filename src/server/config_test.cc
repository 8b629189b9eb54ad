// Reading settings from TOML, environment and flags, and what bad ones get.
#include "server/config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace granary::server {
namespace {

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    folder_ =
        std::filesystem::temp_directory_path() / ("granary-config-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& text) {
    const std::string path = folder_ / "granary.toml";
    std::ofstream(path) << text;
    return path;
  }
  Result<Config> load(const std::string& toml, const Overrides& flags = {}) {
    const std::string path = write(toml);
    return load_config(path, flags, [this](const std::string& name) -> std::optional<std::string> {
      const auto found = environment_.find(name);
      return found == environment_.end() ? std::nullopt : std::optional(found->second);
    });
  }

  std::filesystem::path folder_;
  std::map<std::string, std::string> environment_;
};

TEST_F(ConfigTest, AFlagGoesBeforeTheEnvironmentBeforeTheFile) {
  environment_["GRANARY_LOG_LEVEL"] = "warn";
  environment_["GRANARY_DISK_FLOOR"] = "1MiB";
  auto config = load("log_level = \"debug\"\ndisk_floor = \"5GiB\"\nio_threads = 3\n",
                     {{"log_level", "error"}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->log_level, log::Level::Error);
  EXPECT_EQ(config->disk_floor_bytes, limits::kMiB);
  EXPECT_EQ(config->io_threads, 3U);
}

TEST_F(ConfigTest, AnUnknownKeyIsNamedWithItsLineAndTheNearestOne) {
  auto config = load("log_level = \"info\"\nlog_levl = \"info\"\n");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().kind, ErrorKind::Invalid);
  EXPECT_NE(config.error().message.find(":2: unknown key 'log_levl'"), std::string::npos);
  EXPECT_NE(config.error().message.find("'log_level'"), std::string::npos);
}

TEST_F(ConfigTest, BadTomlAndBadValuesSayWhere) {
  auto broken = load("listen = [\n");
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().message.find("granary.toml:"), std::string::npos);
  auto value = load("io_threads = \"many\"\n");
  ASSERT_FALSE(value);
  EXPECT_NE(value.error().message.find("io_threads"), std::string::npos);
}

TEST_F(ConfigTest, ATableIsRefusedWithItsLine) {
  for (const char* text : {"[server]\n", "\n [::1]:8080", "log_level = \"info\"\n[[x]]"}) {
    const auto loaded = load(text);
    ASSERT_FALSE(loaded) << text;
    EXPECT_NE(loaded.error().message.find("not in tables"), std::string::npos);
  }
}

TEST_F(ConfigTest, AFileThatIsNotThereOrHugeIsAnErrorThatNamesIt) {
  const auto nothing = [](const std::string&) -> std::optional<std::string> { return {}; };
  const auto missing = load_config("/nowhere/granary.toml", {}, nothing);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("/nowhere/granary.toml"), std::string::npos);
  const auto huge = load(std::string(limits::kMiB + 1, '\n'));
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().kind, ErrorKind::TooLarge);
}

TEST_F(ConfigTest, ListenTakesAListAndIpv6InBrackets) {
  auto config = load("listen = [\"127.0.0.1:1\", \"[::1]:2\"]\n");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->listen.size(), 2U);
  EXPECT_EQ(config->listen[1].host, "::1");
  EXPECT_EQ(config->listen[1].to_string(), "[::1]:2");
  EXPECT_FALSE(parse_listen("8080"));
  EXPECT_FALSE(parse_listen("::1:8080"));
  EXPECT_FALSE(parse_listen("127.0.0.1:99999"));
}

TEST_F(ConfigTest, OneHalfOfTlsIsAnError) { EXPECT_FALSE(load("tls_key = \"key.pem\"\n")); }

TEST(ParseSize, TakesBinaryAndDecimalUnits) {
  EXPECT_EQ(*parse_size("64KiB"), 65536U);
  EXPECT_EQ(*parse_size("2 GB"), 2'000'000'000U);
  EXPECT_EQ(*parse_size("7"), 7U);
  EXPECT_FALSE(parse_size("1e9"));
  EXPECT_FALSE(parse_size("-1"));
  EXPECT_FALSE(parse_size("99999999999999TiB"));
}

}  // namespace
}  // namespace granary::server
