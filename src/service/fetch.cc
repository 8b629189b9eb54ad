// Resolving and opening files. An answer is kept until the facts it stands on may have changed.
#include "service/fetch.h"

#include <span>
#include <utility>

#include "base/limits.h"
#include "service/revisions.h"
#include "store/store.h"

namespace granary::service {

namespace {

/// Callers are told apart by token: what it allows is part of the answer.
std::string key_of(const Caller& caller, const FileRequest& request) {
  std::string key;
  key.reserve(64 + request.repo.space.size() + request.repo.name.size() + request.revision.size() +
              request.path.size());
  key += caller.user ? std::to_string(caller.user->id.value) : "";
  key += '\0';
  key += caller.token ? std::to_string(caller.token->id.value) : "";
  key += '\0';
  key += static_cast<char>('0' + static_cast<int>(request.repo.kind));
  for (const std::string* part :
       {&request.repo.space, &request.repo.name, &request.revision, &request.path}) {
    key += '\0';  // in no part: net/target refuses it
    key += *part;
  }
  return key;
}

Error no_entry(const std::string& path) {
  return {ErrorKind::EntryNotFound, "Entry not found: " + path};
}

/// Failures of the system below may be gone the next moment; all else is a fact.
bool may_keep(const Resolution& resolution) {
  if (!resolution.error) return true;
  switch (resolution.error->kind) {
    case ErrorKind::RepoNotFound:
    case ErrorKind::Gated:
    case ErrorKind::RevisionNotFound:
    case ErrorKind::EntryNotFound: return true;
    default: return false;
  }
}

}  // namespace

Fetch::Fetch(Access& access, meta::MetaStore& facts, store::Store& store, Trees& trees,
             net::Pool& pool)
    : access_(access),
      facts_(facts),
      store_(store),
      trees_(trees),
      pool_(pool),
      answers_(facts, limits::kKnownFileCountMax) {}

std::shared_ptr<const Resolution> Fetch::resolve_now(const Caller& caller,
                                                     const FileRequest& request) {
  return answers_.find(key_of(caller, request));
}

std::shared_ptr<const Resolution> Fetch::resolve(const Caller& caller, const FileRequest& request) {
  std::string key = key_of(caller, request);
  if (auto known = answers_.find(key)) return known;
  auto resolution = std::make_shared<Resolution>();
  Freshness freshness = answers_.freshness();
  auto visible = access_.find_for_content(caller, request.repo);
  if (visible) {
    const meta::Repo& repo = visible->repo;
    answers_.stand_on(freshness, repo.id);
    resolution->repo_id = repo.id;
    resolution->repo = repo.name;
    resolution->by_old_name = visible->by_old_name;
    resolution->is_public =
        repo.visibility == meta::Visibility::Public && repo.gating == meta::Gating::None;
    resolve_in(*resolution, request);
  } else {
    resolution->error = std::move(visible).error();
  }
  if (may_keep(*resolution) && key.size() <= limits::kKnownFileKeySizeBytesMax) {
    answers_.put(std::move(key), freshness, resolution);
  }
  return resolution;
}

void Fetch::resolve_in(Resolution& resolution, const FileRequest& request) {
  auto revision = resolve_revision(facts_.git(), resolution.repo_id, request.revision);
  if (!revision) {
    resolution.error = std::move(revision).error();
    return;
  }
  resolution.commit = revision->commit.oid;
  resolution.is_immutable = revision->is_immutable;
  auto file = trees_.find(resolution.repo_id, revision->commit.tree, request.path);
  if (!file) {
    resolution.error = std::move(file).error();
    return;
  }
  resolution.file = *std::move(file);
  if (resolution.file.is_directory) {
    resolution.error = no_entry(request.path);
    return;
  }
  if (!resolution.file.lfs) return;
  const auto grant = facts_.content().find_grant(resolution.repo_id, resolution.file.lfs->sha256);
  if (!grant && grant.error().kind == ErrorKind::NotFound) {
    resolution.error = no_entry(request.path);
  } else if (!grant) {
    resolution.error = grant.error();
  }
}

Result<FileContent> Fetch::open(const Resolution& resolution, ByteRange range) {
  if (!resolution.file.lfs) return read(resolution, range);
  TRY(auto reader, open_reader(resolution));
  return FileContent{make_file_body(std::move(reader), range, pool_)};
}

Result<std::string> Fetch::read(const Resolution& resolution, ByteRange range) {
  GRANARY_ASSERT(resolution.found());
  const std::uint64_t size_bytes = resolution.file.size_bytes;
  GRANARY_ASSERT(range.offset_bytes <= size_bytes);
  GRANARY_ASSERT(range.size_bytes <= size_bytes - range.offset_bytes);
  if (!resolution.file.lfs) {
    TRY(auto blob, read_blob(resolution));
    if (blob.size() != size_bytes) return fail(ErrorKind::Corrupt, "a git blob of another length");
    return range.size_bytes == size_bytes ? std::move(blob)
                                          : blob.substr(range.offset_bytes, range.size_bytes);
  }
  TRY(const auto reader, open_reader(resolution));
  std::string bytes(range.size_bytes, '\0');
  TRY_DONE(reader->read_exactly(range.offset_bytes, std::as_writable_bytes(std::span(bytes))));
  return bytes;
}

Result<std::unique_ptr<store::FileReader>> Fetch::open_reader(const Resolution& resolution) {
  GRANARY_ASSERT(resolution.found() && resolution.file.lfs);
  const Sha256& sha256 = resolution.file.lfs->sha256;
  const auto grant = facts_.content().find_grant(resolution.repo_id, sha256);
  if (!grant && grant.error().kind == ErrorKind::NotFound) {
    return tl::unexpected(no_entry(resolution.file.path));
  }
  if (!grant) return tl::unexpected(grant.error());
  TRY(auto reader, store_.open(sha256));
  if (reader->size_bytes() != resolution.file.size_bytes) {
    return fail(ErrorKind::Corrupt, "a stored file is not as long as its pointer says");
  }
  return reader;
}

Result<std::string> Fetch::read_blob(const Resolution& resolution) {
  GRANARY_ASSERT(resolution.found());
  TRY(const auto object, facts_.git().read_object(resolution.repo_id, resolution.file.oid));
  return std::string(as_text(object.data));
}

}  // namespace granary::service
