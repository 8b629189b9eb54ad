// Fetch: from a caller, repo, revision and path to a file's facts, and to its bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "meta/meta_store.h"
#include "net/body_source.h"
#include "service/access.h"
#include "service/answer_cache.h"
#include "service/file_body.h"
#include "service/trees.h"

namespace granary::store {
class FileReader;
class Store;
}  // namespace granary::store

namespace granary::service {

struct FileRequest {
  meta::RepoName repo;
  std::string revision;
  std::string path;
};

/// What is known of a file that was asked for, as far as the checks came.
struct Resolution {
  meta::RepoId repo_id;
  meta::RepoName repo;  // as displayed; asked for by another name if by_old_name
  bool by_old_name = false;
  bool is_public = false;        // everyone may have it, caches too
  std::optional<GitOid> commit;  // once the revision is known; EntryNotFound has it
  bool is_immutable = false;     // the revision was a full commit hash
  PathInfo file;                 // if there is no error
  std::optional<Error> error;    // RepoNotFound, Gated, RevisionNotFound, EntryNotFound, …

  bool found() const { return !error; }
};

/// Small files are held whole; of large ones the pieces are read as they are sent.
using FileContent = std::variant<std::string, std::unique_ptr<net::BodySource>>;

/// Thread-safe.
class Fetch {
 public:
  /// The parts are borrowed and outlive this.
  Fetch(Access& access, meta::MetaStore& facts, store::Store& store, Trees& trees, net::Pool& pool);

  /// The checks in their order: repo, gate, revision, path, and that the repo holds the bytes.
  /// Never null; its error says what was missing. A folder is EntryNotFound. Blocks.
  std::shared_ptr<const Resolution> resolve(const Caller& caller, const FileRequest& request);
  /// The same, if it is known already and still true; else null. Never blocks.
  std::shared_ptr<const Resolution> resolve_now(const Caller& caller, const FileRequest& request);

  /// The bytes of `range` of a file that was found. Blocks, but reads no more than it must; the
  /// content is then read on the pool. Errors: EntryNotFound if the repo holds the file no longer.
  Result<FileContent> open(const Resolution& resolution, ByteRange range);
  /// The same bytes at once, for small runs. Blocks.
  Result<std::string> read(const Resolution& resolution, ByteRange range);
  /// What git holds for the file: an LFS file's pointer. Blocks.
  Result<std::string> read_blob(const Resolution& resolution);

 private:
  void resolve_in(Resolution& resolution, const FileRequest& request);
  /// Of an LFS file, once the repo's right to it is checked.
  Result<std::unique_ptr<store::FileReader>> open_reader(const Resolution& resolution);

  Access& access_;
  meta::MetaStore& facts_;
  store::Store& store_;
  Trees& trees_;
  net::Pool& pool_;
  AnswerCache<Resolution> answers_;
};

}  // namespace granary::service
