// Applies a commit's changes to a tree: reads and rewrites only the directories on their paths.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/result.h"
#include "git/tree.h"

namespace granary::git {

struct TreeChange {
  enum class Kind {
    Put,     // sets the file at `path`; takes the place of a file there
    Delete,  // removes the file, or the folder with all in it, at `path`
  };
  Kind kind = Kind::Put;
  std::string path;
  FileMode mode = FileMode::Regular;  // for Put; not Directory
  GitOid oid;                         // for Put
};

struct TreeObject {
  GitOid oid;
  Bytes body;
};

struct EditedTree {
  GitOid root;
  /// The trees that were rewritten, children before parents, the root last. Empty if nothing
  /// changed.
  std::vector<TreeObject> new_trees;
};

/// Gives the body of a tree object.
using TreeLoader = std::function<Result<Bytes>(const GitOid&)>;

/// Applies `changes` in order to the tree `base`. Folders that end up empty vanish.
/// Errors: what `load` gives; EntryNotFound when a deleted path is not there; Invalid when a put
/// path breaks a rule of validate_repo_path, passes through a file, names a folder, or differs by
/// case only from another entry that remains (checked at the end, in rewritten folders, for entries
/// put here).
Result<EditedTree> edit_tree(const GitOid& base, std::span<const TreeChange> changes,
                             const TreeLoader& load);

}  // namespace granary::git
