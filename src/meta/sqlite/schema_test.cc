// Databases of earlier versions, as they are found by a newer Granary.
#include "meta/sqlite/schema.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/hasher.h"
#include "meta/recipe.h"
#include "meta/sqlite/sqlite_meta_store.h"

namespace granary::meta {
namespace {

using sqlite::Connection;

class SchemaTest : public testing::Test {
 protected:
  SchemaTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "granary_schema_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    path_ = folder_ + "/meta.db";
  }
  ~SchemaTest() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
  std::string path_;
};

XorbHash xorb_hash(std::uint8_t first) {
  XorbHash hash;
  hash.bytes[0] = std::byte{first};
  return hash;
}

Term term_of(std::int64_t xorb) {
  return {.xorb = {xorb}, .chunk_start = 0, .chunk_end = 1, .offset_bytes = 0, .size_bytes = 10};
}

StoredFile file_of(std::string_view name, const std::vector<Term>& recipe) {
  StoredFile file{.sha256 = sha256_of(as_bytes(name)),
                  .size_bytes = 10 * recipe.size(),
                  .file_hash = {},
                  .recipe = recipe};
  file.file_hash.bytes = file.sha256.bytes;
  return file;
}

// What a Granary of version 4 left behind.
Result<void> fill(Connection& connection, const std::vector<StoredFile>& files) {
  for (std::int64_t id = 1; id <= 2; ++id) {
    TRY_DONE(connection.run("INSERT INTO xorbs VALUES (?, ?, 0, 1, 10, 100, 0, 0)", id,
                            xorb_hash(static_cast<std::uint8_t>(id))));
  }
  TRY_DONE(connection.run("INSERT INTO hooks VALUES (?, 2)", ByteView(Bytes(16))));
  for (const StoredFile& file : files) {
    TRY_DONE(connection.run(
        "INSERT INTO files (sha256, size_bytes, file_hash, recipe) VALUES (?, ?, ?, ?)",
        file.sha256, file.size_bytes, file.file_hash, encode_recipe(file.recipe)));
  }
  return {};
}

TEST_F(SchemaTest, FilesOfVersionFourGetTheirNamesAndXorbs) {
  const std::vector files = {file_of("one", {term_of(1)}), file_of("empty", {}),
                             file_of("two", {term_of(2), term_of(1), term_of(2)})};
  {
    auto connection = Connection::open({.path = path_}).value();
    ASSERT_TRUE(sqlite::migrate(*connection, 4));
    const auto filled = fill(*connection, files);
    ASSERT_TRUE(filled) << filled.error().message;
  }
  auto store = create_sqlite_meta_store(real_env(), {.path = path_});
  ASSERT_TRUE(store) << store.error().message;
  ContentStore& content = (*store)->content();
  for (const StoredFile& file : files) {
    EXPECT_EQ(content.find_file_by_hash(file.file_hash)->recipe, file.recipe);
  }
  EXPECT_EQ(content.find_hooks(std::vector{ChunkHash{}}, nullptr)->at(0).id, XorbId{2});
  EXPECT_TRUE((*store)->check()->empty()) << "which compares recipes with the xorbs listed";
}

TEST_F(SchemaTest, ARecipeThatCannotBeReadLeavesTheOldDatabaseAsItWas) {
  auto connection = Connection::open({.path = path_}).value();
  ASSERT_TRUE(sqlite::migrate(*connection, 4));
  ASSERT_TRUE(fill(*connection, {}));
  const StoredFile file = file_of("bad", {});
  ASSERT_TRUE(connection->run(
      "INSERT INTO files (sha256, size_bytes, file_hash, recipe) VALUES (?, 0, ?, ?)", file.sha256,
      file.file_hash, ByteView(Bytes(3))));
  const auto migrated = sqlite::migrate(*connection);
  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.error().kind, ErrorKind::Corrupt);
  EXPECT_TRUE(sqlite::migrate(*connection, 4)) << "still of version 4";
  EXPECT_FALSE(*connection->any("SELECT 1 FROM sqlite_master WHERE name = 'file_xorbs'"));
}

TEST_F(SchemaTest, ADatabaseOfANewerVersionIsRefused) {
  auto connection = Connection::open({.path = path_}).value();
  ASSERT_TRUE(sqlite::migrate(*connection));
  const auto older = sqlite::migrate(*connection, 4);
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().kind, ErrorKind::Invalid);
}

}  // namespace
}  // namespace granary::meta
