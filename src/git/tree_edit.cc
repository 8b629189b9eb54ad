// Applies changes to a tree whose directories are loaded when a path first enters them.
#include "git/tree_edit.h"

#include <map>
#include <memory>
#include <unordered_map>

#include "git/object_id.h"
#include "git/path.h"

namespace granary::git {
namespace {

struct Directory;

struct Slot {
  FileMode mode = FileMode::Regular;
  GitOid oid;
  bool was_put = false;
  std::unique_ptr<Directory> directory;  // once entered
};

struct Directory {
  GitOid oid;  // as loaded
  bool is_changed = false;
  std::map<std::string, Slot, std::less<>> slots;
};

Result<void> load_into(Directory& directory, const GitOid& oid, const TreeLoader& load) {
  directory.oid = oid;
  if (oid == empty_tree_id()) return {};
  TRY(const Bytes body, load(oid));
  TRY(auto entries, parse_tree(body));
  for (TreeEntry& entry : entries)
    directory.slots[std::move(entry.name)] = Slot{entry.mode, entry.oid, false, nullptr};
  return {};
}

class Editor {
 public:
  explicit Editor(const TreeLoader& load) : load_(load) {}

  Result<void> start(const GitOid& base) { return load_into(root_, base, load_); }
  Result<void> apply(const TreeChange& change);
  Result<EditedTree> finish();

 private:
  Result<void> put(const TreeChange& change);
  Result<void> remove(const std::string& path);
  Result<Directory*> enter(Slot& slot);
  Result<GitOid> write(Directory& directory);

  const TreeLoader& load_;
  Directory root_;
  EditedTree edited_;
};

Result<void> Editor::apply(const TreeChange& change) {
  if (change.kind == TreeChange::Kind::Delete) return remove(change.path);
  TRY_DONE(validate_repo_path(change.path));
  return put(change);
}

Result<Directory*> Editor::enter(Slot& slot) {
  if (!slot.directory) {
    slot.directory = std::make_unique<Directory>();
    TRY_DONE(load_into(*slot.directory, slot.oid, load_));
  }
  return slot.directory.get();
}

Result<void> Editor::put(const TreeChange& change) {
  GRANARY_ASSERT(change.mode != FileMode::Directory);
  Directory* directory = &root_;
  std::string_view rest = change.path;
  for (std::size_t slash; (slash = rest.find('/')) != rest.npos; rest.remove_prefix(slash + 1)) {
    directory->is_changed = true;
    const std::string_view name = rest.substr(0, slash);
    auto at = directory->slots.find(name);
    if (at == directory->slots.end()) {
      at = directory->slots.try_emplace(std::string(name)).first;
      at->second = Slot{FileMode::Directory, empty_tree_id(), true, nullptr};
    }
    if (at->second.mode != FileMode::Directory)
      return fail(ErrorKind::Invalid, "\"" + change.path + "\" passes through a file");
    TRY(directory, enter(at->second));
  }
  const auto [at, is_new] = directory->slots.try_emplace(std::string(rest));
  Slot& slot = at->second;
  if (!is_new && slot.mode == FileMode::Directory)
    return fail(ErrorKind::Invalid, "\"" + change.path + "\" is a folder");
  slot = Slot{change.mode, change.oid, is_new || slot.was_put, nullptr};
  directory->is_changed = true;
  return {};
}

Result<void> Editor::remove(const std::string& path) {
  const auto missing = fail(ErrorKind::EntryNotFound, "no file or folder \"" + path + "\"");
  std::vector<std::pair<Directory*, std::string_view>> way;  // each directory, and the name in it
  Directory* directory = &root_;
  std::string_view rest = path;
  if (rest.ends_with('/')) rest.remove_suffix(1);
  while (true) {
    const std::string_view name = rest.substr(0, rest.find('/'));
    const auto at = directory->slots.find(name);
    if (at == directory->slots.end()) return missing;
    way.emplace_back(directory, name);
    if (name.size() == rest.size()) break;
    if (at->second.mode != FileMode::Directory) return missing;
    TRY(directory, enter(at->second));
    rest.remove_prefix(name.size() + 1);
  }
  bool is_empty = true;  // an empty directory goes with its last entry
  for (; !way.empty(); way.pop_back()) {
    auto& [parent, name] = way.back();
    parent->is_changed = true;
    if (is_empty) parent->slots.erase(parent->slots.find(name));
    is_empty = is_empty && parent->slots.empty();
  }
  return {};
}

// Two names that a file system without case would put in one place.
Result<void> check_case(const Directory& directory) {
  bool was_put = false;
  for (const auto& [name, slot] : directory.slots) was_put |= slot.was_put;
  if (!was_put) return {};
  std::unordered_map<std::string, const Slot*> seen;
  for (const auto& [name, slot] : directory.slots) {
    const auto [at, is_new] = seen.try_emplace(fold_name(name), &slot);
    if (is_new || (!slot.was_put && !at->second->was_put)) continue;
    return fail(ErrorKind::Invalid, "\"" + name + "\" differs from another name by case only");
  }
  return {};
}

Result<GitOid> Editor::write(Directory& directory) {
  if (!directory.is_changed) return directory.oid;
  TRY_DONE(check_case(directory));
  std::vector<TreeEntry> entries;
  for (auto& [name, slot] : directory.slots) {
    if (slot.directory) {
      TRY(slot.oid, write(*slot.directory));
    }
    entries.push_back({slot.mode, name, slot.oid});
  }
  Bytes body = write_tree(std::move(entries));
  const GitOid oid = object_id(ObjectKind::Tree, body);
  if (oid != directory.oid) edited_.new_trees.push_back({oid, std::move(body)});
  return oid;
}

Result<EditedTree> Editor::finish() {
  TRY(edited_.root, write(root_));
  return std::move(edited_);
}

}  // namespace

Result<EditedTree> edit_tree(const GitOid& base, std::span<const TreeChange> changes,
                             const TreeLoader& load) {
  Editor editor(load);
  TRY_DONE(editor.start(base));
  for (const TreeChange& change : changes) TRY_DONE(editor.apply(change));
  return editor.finish();
}

}  // namespace granary::git
