// CommitParser: reads a commit request's body as it arrives and gives its operations one by one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/result.h"

namespace granary::api::hf {

// What a line of the body says, as sent. Source: the hub's commit API, and the clients' types.

struct CommitHeaderLine {
  std::string summary;
  std::string description;
  std::string parent_commit;  // empty: none
};
struct FileLine {
  std::string path;
  std::string old_path;  // empty, or a file to be renamed
  std::optional<Bytes> content;  // decoded; absent only in a rename
};
struct LfsFileLine {
  std::string path;
  std::string old_path;  // as above
  std::optional<Sha256> oid;
  std::optional<std::uint64_t> size_bytes;
};
struct DeletedFileLine {
  std::string path;
};
struct DeletedFolderLine {
  std::string path;
};
struct CopyFileLine {
  std::string path;
  std::string source_path;
  std::string source_revision;  // empty: the branch that is committed to
};
using CommitLine = std::variant<CommitHeaderLine, FileLine, LfsFileLine, DeletedFileLine,
                                DeletedFolderLine, CopyFileLine>;

/// Parses both forms of the body: lines {"key":…,"value":{…}}, and the older single object with
/// "summary", "files", "lfsFiles", "deletedFiles" and "deletedFolders". Holds the content of one
/// inline file at a time, whatever the size of the body. Unknown keys are skipped.
class CommitParser {
 public:
  using Take = std::function<Result<void>(CommitLine)>;

  /// `take` is called for each operation once it is complete; its error ends the parsing.
  explicit CommitParser(Take take);
  ~CommitParser();

  /// The next bytes of the body. Errors: Invalid, TooLarge, and those of `take`; nothing may be fed
  /// after one.
  Result<void> feed(ByteView bytes);
  /// The end of the body. Errors: as feed; Invalid if the last line is cut short.
  Result<void> finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace granary::api::hf
