// The MetaStore on SQLite: its six stores over one database.
#include "meta/sqlite/sqlite_meta_store.h"

#include <utility>

#include "meta/sqlite/accounts.h"
#include "meta/sqlite/check.h"
#include "meta/sqlite/codings.h"
#include "meta/sqlite/content.h"
#include "meta/sqlite/database.h"
#include "meta/sqlite/git.h"
#include "meta/sqlite/repos.h"
#include "meta/sqlite/sketches.h"

namespace granary::meta {
namespace {

using sqlite::Connection;
using sqlite::Database;

class SqliteMetaStore final : public MetaStore {
 public:
  explicit SqliteMetaStore(std::unique_ptr<Database> database)
      : database_(std::move(database)),
        accounts_(*database_),
        repos_(*database_),
        git_(*database_),
        content_(*database_),
        codings_(*database_),
        sketches_(*database_) {}

  AccountStore& accounts() override { return accounts_; }
  RepoStore& repos() override { return repos_; }
  GitStore& git() override { return git_; }
  ContentStore& content() override { return content_; }
  CodingStore& codings() override { return codings_; }
  SketchStore& sketches() override { return sketches_; }

  std::uint64_t access_generation() const override {
    return database_->writer().generations().access();
  }
  std::uint64_t repo_generation(RepoId repo) const override {
    return database_->writer().generations().repo(repo);
  }
  Result<std::vector<std::string>> check() override {
    return database_->read([](Connection& connection) { return sqlite::check(connection); });
  }
  Counters counters() const override { return database_->writer().counters(); }
  std::string write_refusal() const override { return database_->writer().refusal(); }

 private:
  std::unique_ptr<Database> database_;
  sqlite::SqliteAccounts accounts_;
  sqlite::SqliteRepos repos_;
  sqlite::SqliteGit git_;
  sqlite::SqliteContent content_;
  sqlite::SqliteCodings codings_;
  sqlite::SqliteSketches sketches_;
};

}  // namespace

Result<std::unique_ptr<MetaStore>> create_sqlite_meta_store(Env& env,
                                                            const SqliteOptions& options) {
  TRY(auto database, Database::open(env, options));
  return std::unique_ptr<MetaStore>(std::make_unique<SqliteMetaStore>(std::move(database)));
}

}  // namespace granary::meta
