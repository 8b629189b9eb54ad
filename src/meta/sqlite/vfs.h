// SQLite's file access by way of the FileSystem port, so that the adapter runs in the simulator.
#pragma once

#include <memory>
#include <string>

#include "base/env.h"

struct sqlite3_vfs;

namespace granary::meta::sqlite {

/// A VFS of SQLite, registered under a name of its own while it lives. It locks nothing and shares
/// no memory: a database opened through it is in exclusive locking mode, with one connection.
/// Reports what the unix VFS reports about the disk: a write changes no bytes beside those written.
/// Outlives its connections; `env` outlives it.
class SqliteVfs {
 public:
  /// Errors: Internal if SQLite refuses it.
  static Result<std::unique_ptr<SqliteVfs>> create(Env& env);
  SqliteVfs(const SqliteVfs&) = delete;
  SqliteVfs& operator=(const SqliteVfs&) = delete;
  ~SqliteVfs();

  const std::string& name() const { return name_; }

 private:
  explicit SqliteVfs(Env& env);

  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace granary::meta::sqlite
