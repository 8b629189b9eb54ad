// From changes to text. A blob is binary as git decides it: by a NUL byte near its start.
#include "service/diff.h"

#include <string_view>
#include <vector>

#include "base/limits.h"
#include "git/line_diff.h"
#include "service/changes.h"

namespace granary::service {

namespace {

constexpr std::size_t kBinaryProbeSizeBytes = 8000;  // as git's buffer_is_binary

/// One side of a change: what git holds, and how long the content behind it is.
struct Side {
  std::string mode = "000000";
  std::string oid = GitOid{}.to_string();
  std::string text;
  std::uint64_t size_bytes = 0;
  bool exists = false;

  bool is_binary() const { return text.substr(0, kBinaryProbeSizeBytes).find('\0') != text.npos; }
};

std::string octal_of(git::FileMode mode) {
  std::string digits;
  for (auto bits = static_cast<std::uint32_t>(mode); bits > 0; bits /= 8) {
    digits.insert(digits.begin(), static_cast<char>('0' + bits % 8));
  }
  return digits;
}

/// Reads the blobs of changes, up to a bound for all of them.
class Sides {
 public:
  Sides(meta::GitStore& git, meta::RepoId repo) : git_(git), repo_(repo) {}

  Result<Side> read(const std::optional<git::TreeEntry>& entry) {
    if (!entry) return Side{};
    TRY(const auto blob, git_.read_object(repo_, entry->oid));
    read_size_bytes_ += blob.data.size();
    if (read_size_bytes_ > limits::kDiffSizeBytesMax) {
      return fail(ErrorKind::TooLarge, "the files that changed are too large to compare");
    }
    Side side;
    side.mode = octal_of(entry->mode);
    side.oid = entry->oid.to_string();
    side.text = std::string(as_text(blob.data));
    side.size_bytes = blob.lfs ? blob.lfs->size_bytes : blob.data.size();
    side.exists = true;
    return side;
  }

 private:
  meta::GitStore& git_;
  const meta::RepoId repo_;
  std::uint64_t read_size_bytes_ = 0;
};

std::string unified(const std::string& path, const Side& before, const Side& after) {
  std::string out = "diff --git a/" + path + " b/" + path + "\n";
  if (!before.exists) out += "new file mode " + after.mode + "\n";
  if (!after.exists) out += "deleted file mode " + before.mode + "\n";
  const bool has_both = before.exists && after.exists;
  if (has_both && before.mode != after.mode) {
    out += "old mode " + before.mode + "\nnew mode " + after.mode + "\n";
  }
  if (before.oid == after.oid) return out;
  out += "index " + before.oid + ".." + after.oid;
  out += has_both && before.mode == after.mode ? " " + after.mode + "\n" : "\n";
  const std::string old_name = before.exists ? "a/" + path : "/dev/null";
  const std::string new_name = after.exists ? "b/" + path : "/dev/null";
  if (before.is_binary() || after.is_binary()) {
    return out + "Binary files " + old_name + " and " + new_name + " differ\n";
  }
  const std::string hunks = git::unified_hunks(before.text, after.text);
  if (hunks.empty()) return out;
  // A tab after a name with spaces, as git writes it: it ends the name for patch.
  const char* end = path.find(' ') == std::string::npos ? "\n" : "\t\n";
  return out + "--- " + old_name + (before.exists ? end : "\n") + "+++ " + new_name +
         (after.exists ? end : "\n") + hunks;
}

char status_of(const Side& before, const Side& after) {
  if (!before.exists) return 'A';
  if (!after.exists) return 'D';
  // Files and links are types of their own; the mode's first two digits tell which.
  return before.mode.substr(0, 2) == after.mode.substr(0, 2) ? 'M' : 'T';
}

std::string raw_line(const std::string& path, const Side& before, const Side& after) {
  const bool is_binary = before.is_binary() || after.is_binary();
  const Side& shown = after.exists ? after : before;
  return (is_binary ? "B " : "T ") + std::to_string(shown.size_bytes) + "\t:" + before.mode + " " +
         after.mode + " " + before.oid + "... " + after.oid + "... " + status_of(before, after) +
         "\t" + path + "\n";
}

using Writer = std::string (*)(const std::string& path, const Side& before, const Side& after);

Result<std::string> write_all(meta::GitStore& git, TreeCache& trees, const DiffQuery& query,
                              Writer write) {
  TRY(const auto changes,
      find_changes(trees, query.repo, query.before, query.after, limits::kChangeCountMax));
  Sides sides(git, query.repo);
  std::string text;
  for (const FileChange& change : changes) {
    TRY(const auto before, sides.read(change.before));
    TRY(const auto after, sides.read(change.after));
    text += write(change.path, before, after);
  }
  return text;
}

}  // namespace

Result<std::string> unified_diff(meta::GitStore& git, TreeCache& trees, const DiffQuery& query) {
  return write_all(git, trees, query, unified);
}

Result<std::string> raw_diff(meta::GitStore& git, TreeCache& trees, const DiffQuery& query) {
  return write_all(git, trees, query, raw_line);
}

}  // namespace granary::service
