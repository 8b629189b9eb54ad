// Git tree objects: per entry "<octal mode> <name>\0<20 bytes of id>".
#include "git/tree.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/limits.h"

namespace granary::git {
namespace {

struct ModeText {
  FileMode mode;
  std::string_view text;
};

constexpr std::array kModes = {
    ModeText{FileMode::Regular, "100644"},    ModeText{FileMode::Directory, "40000"},
    ModeText{FileMode::Executable, "100755"}, ModeText{FileMode::Symlink, "120000"},
    ModeText{FileMode::Submodule, "160000"},
};

std::string_view text_of(FileMode mode) {
  for (const ModeText& row : kModes)
    if (row.mode == mode) return row.text;
  GRANARY_ASSERT(false);
}

std::optional<FileMode> mode_of(std::string_view text) {
  for (const ModeText& row : kModes)
    if (row.text == text) return row.mode;
  return std::nullopt;
}

// Takes the text up to `end` off the front of `rest`, and `end` with it.
Result<std::string_view> take_until(std::string_view& rest, char end) {
  const std::size_t size = rest.find(end);
  if (size == rest.npos) return fail(ErrorKind::Invalid, "a tree entry cut short");
  const std::string_view text = rest.substr(0, size);
  rest.remove_prefix(size + 1);
  return text;
}

Result<TreeEntry> take_entry(std::string_view& rest) {
  TRY(const auto mode_text, take_until(rest, ' '));
  TRY(const auto name, take_until(rest, '\0'));
  const auto mode = mode_of(mode_text);
  if (!mode) return fail(ErrorKind::Invalid, "a tree entry of unknown mode");
  if (name.empty() || name == "." || name == ".." || name.find('/') != name.npos)
    return fail(ErrorKind::Invalid, "a tree entry of a forbidden name");
  if (rest.size() < GitOid::kSizeBytes) return fail(ErrorKind::Invalid, "a tree entry cut short");
  TRY(const auto oid, GitOid::from_bytes(as_bytes(rest.substr(0, GitOid::kSizeBytes))));
  rest.remove_prefix(GitOid::kSizeBytes);
  return TreeEntry{*mode, std::string(name), oid};
}

// A directory `x` sorts as "x/", so a file `x` may stand some entries before it.
bool has_file_of_the_name(const std::vector<TreeEntry>& entries, const TreeEntry& directory) {
  const TreeEntry file{FileMode::Regular, directory.name, {}};
  const auto at = std::lower_bound(entries.begin(), entries.end(), file, comes_before);
  return at != entries.end() && at->name == directory.name && at->mode != FileMode::Directory;
}

}  // namespace

bool comes_before(const TreeEntry& a, const TreeEntry& b) {
  const std::size_t common = std::min(a.name.size(), b.name.size());
  const int order = a.name.compare(0, common, b.name, 0, common);
  if (order != 0) return order < 0;
  const auto next = [common](const TreeEntry& entry) {
    if (entry.name.size() > common) return static_cast<unsigned char>(entry.name[common]);
    return static_cast<unsigned char>(entry.mode == FileMode::Directory ? '/' : '\0');
  };
  return next(a) < next(b);
}

Bytes write_tree(std::vector<TreeEntry> entries) {
  std::ranges::sort(entries, comes_before);
  Bytes body;
  for (const TreeEntry& entry : entries) {
    put_bytes(body, as_bytes(text_of(entry.mode)));
    put_u8(body, ' ');
    put_bytes(body, as_bytes(entry.name));
    put_u8(body, 0);
    put_bytes(body, entry.oid.view());
  }
  return body;
}

Result<std::vector<TreeEntry>> parse_tree(ByteView body) {
  if (body.size() > limits::kTreeSizeBytesMax) return fail(ErrorKind::TooLarge, "a huge tree");
  std::vector<TreeEntry> entries;
  for (std::string_view rest = as_text(body); !rest.empty();) {
    TRY(auto entry, take_entry(rest));
    if (!entries.empty() && !comes_before(entries.back(), entry))
      return fail(ErrorKind::Invalid, "tree entries out of order");
    if (entry.mode == FileMode::Directory && has_file_of_the_name(entries, entry))
      return fail(ErrorKind::Invalid, "a tree with a name twice");
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace granary::git
