// Migrations: every version leads to the last one, and what is not ours is left alone.
#include "meta/sqlite/schema.h"

#include <gtest/gtest.h>

namespace granary::meta::sqlite {
namespace {

std::unique_ptr<Connection> open_empty() {
  auto connection = Connection::open({.path = ":memory:"});
  EXPECT_TRUE(connection.has_value());
  return *std::move(connection);
}

std::vector<std::string> schema_of(Connection& connection) {
  auto query = connection.query(
      "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1");
  EXPECT_TRUE(query.has_value());
  auto rows = collect<std::string>(*std::move(query),
                                   [](Query& row, std::string& out) { return row.read(out); });
  return rows.value_or(std::vector<std::string>());
}

std::optional<ErrorKind> kind_of(const Result<void>& result) {
  if (result) return {};
  return result.error().kind;
}

TEST(Migrations, VersionsCountUpFromOne) {
  std::int64_t expected = 1;
  for (const Migration& step : migrations()) EXPECT_EQ(step.version, expected++);
}

TEST(Migrations, EveryOldVersionIsBroughtToTheSameTables) {
  auto fresh = open_empty();
  ASSERT_TRUE(migrate(*fresh));
  const auto wanted = schema_of(*fresh);
  EXPECT_GT(wanted.size(), 20u);
  ASSERT_TRUE(migrate(*fresh)) << "once more changes nothing";
  EXPECT_EQ(schema_of(*fresh), wanted);
  for (const Migration& last : migrations()) {
    auto old = open_empty();
    for (const Migration& step : migrations().first(static_cast<std::size_t>(last.version))) {
      ASSERT_TRUE(old->execute(step.statements));
    }
    ASSERT_TRUE(old->execute("PRAGMA application_id = 1196576345"));  // "GRNY"
    ASSERT_TRUE(old->execute("PRAGMA user_version = " + std::to_string(last.version)));
    const auto migrated = migrate(*old);
    ASSERT_TRUE(migrated.has_value()) << migrated.error().message;
    EXPECT_EQ(schema_of(*old), wanted) << "from version " << last.version;
  }
}

TEST(Migrations, ANewerVersionIsRefusedWithBothNumbers) {
  auto connection = open_empty();
  ASSERT_TRUE(migrate(*connection));
  ASSERT_TRUE(connection->execute("PRAGMA user_version = 999"));
  const auto refused = migrate(*connection);
  ASSERT_EQ(kind_of(refused), ErrorKind::Invalid);
  EXPECT_NE(refused.error().message.find("999"), std::string::npos);
  EXPECT_NE(refused.error().message.find(std::to_string(migrations().back().version)),
            std::string::npos);
}

TEST(Migrations, AStrangersDatabaseIsLeftAlone) {
  auto connection = open_empty();
  ASSERT_TRUE(connection->execute("CREATE TABLE theirs (x)"));
  const auto before = schema_of(*connection);
  EXPECT_EQ(kind_of(migrate(*connection)), ErrorKind::Invalid);
  EXPECT_EQ(schema_of(*connection), before);
}

TEST(Migrations, AMigrationThatFailsLeavesTheOldVersionWhole) {
  auto connection = open_empty();
  ASSERT_TRUE(connection->execute(migrations().front().statements));
  ASSERT_TRUE(connection->execute("CREATE TABLE refs (in_the_way)"));  // of a later step
  ASSERT_TRUE(connection->execute("PRAGMA application_id = 1196576345; PRAGMA user_version = 1"));
  const auto before = schema_of(*connection);
  const auto failed = migrate(*connection);
  ASSERT_FALSE(failed.has_value());
  EXPECT_NE(failed.error().message.find("version 3"), std::string::npos) << failed.error().message;
  EXPECT_EQ(schema_of(*connection), before);
  EXPECT_FALSE(connection->in_transaction());
}

}  // namespace
}  // namespace granary::meta::sqlite
