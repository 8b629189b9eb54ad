// Staging of parts, and taking them in: as they come where possible, else at completion.
#include "store/uploads.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/limits.h"
#include "base/log.h"
#include "store/lru_cache.h"
#include "store/part_file.h"

namespace granary::store {
namespace {

constexpr std::size_t kReadSizeBytes = limits::kMiB;

/// An upload's parts taken in so far. A client that sends parts in order then waits little at the
/// end. Lost on restart: the parts are still there, and are taken in again.
struct Progress {
  std::mutex mutex;
  std::unique_ptr<Ingest> ingest;  // null: not begun, or failed; then from the first part
  std::uint32_t next_part = 1;
};

class StagedUploads final : public Uploads {
 public:
  StagedUploads(Env& env, meta::ContentStore& content, object::ObjectStore& objects, Store& store,
                const std::string& folder)
      : env_(env), content_(content), objects_(objects), store_(store), folder_(folder) {}

  Result<void> remove_leftovers();

  Result<meta::Upload> start(const UploadPlan& plan) override;
  Result<std::unique_ptr<PartWriter>> start_part(std::string_view id, std::uint32_t number,
                                                 std::optional<std::uint64_t> size,
                                                 const IngestScope& scope) override;
  Result<meta::NewContent> complete(std::string_view id, const IngestScope& scope) override;
  Result<void> remove(std::string_view id) override;
  Result<std::size_t> remove_expired() override;
  std::string write_refusal() const override;

 private:
  friend class StagedPart;
  std::string folder_of(std::string_view id) const { return folder_ + "/" + std::string(id); }
  std::string path_of(std::string_view id, std::uint32_t number) const {
    return folder_of(id) + "/" + std::to_string(number);
  }
  std::string random_hex(std::size_t size_bytes);
  Result<void> may_write() const;
  Result<void> check_sync(Result<void> synced);
  Result<meta::UploadPart> keep_part(const meta::Upload& upload, std::uint32_t number,
                                     PartFile& part, const IngestScope& scope);
  std::shared_ptr<Progress> progress_of(std::string_view id);
  Result<void> take_in(const meta::Upload& upload, Progress& progress, const IngestScope& scope);
  Result<void> take_in_part(const meta::Upload& upload, std::uint32_t number, Ingest& ingest);
  Result<void> remove_folder(std::string_view id);

  Env& env_;
  meta::ContentStore& content_;
  object::ObjectStore& objects_;
  Store& store_;
  std::string folder_;
  LruCache<std::string, Progress> progress_{limits::kEagerIngestsMax};
  mutable std::mutex refusal_mutex_;
  std::string refusal_;
};

class StagedPart final : public PartWriter {
 public:
  StagedPart(StagedUploads& uploads, meta::Upload upload, std::uint32_t number,
             std::unique_ptr<PartFile> file, IngestScope scope)
      : uploads_(uploads),
        upload_(std::move(upload)),
        number_(number),
        size_bytes_(part_size_bytes(upload_, number)),
        file_(std::move(file)),
        scope_(std::move(scope)) {}

  Result<void> write(ByteView bytes) override {
    if (bytes.size() > size_bytes_ - file_->size_bytes()) {
      return fail(ErrorKind::Invalid, "more bytes than the part has");
    }
    return file_->write(bytes);
  }

  Result<meta::UploadPart> finish() override {
    if (file_->size_bytes() != size_bytes_) {
      return fail(ErrorKind::Invalid, "the part ends after " + std::to_string(file_->size_bytes()) +
                                          " of " + std::to_string(size_bytes_) + " bytes");
    }
    return uploads_.keep_part(upload_, number_, *file_, scope_);
  }

 private:
  StagedUploads& uploads_;
  meta::Upload upload_;
  std::uint32_t number_;
  std::uint64_t size_bytes_;
  std::unique_ptr<PartFile> file_;
  IngestScope scope_;
};

Result<void> check_plan(const UploadPlan& plan) {
  if (plan.size_bytes > limits::kFileSizeBytesMax) {
    return fail(ErrorKind::TooLarge, "a file may have 8 TiB at most");
  }
  if (plan.size_bytes == 0 || plan.part_size_bytes == 0) {
    return fail(ErrorKind::Invalid, "an upload in parts needs sizes above 0");
  }
  const std::uint64_t parts = (plan.size_bytes - 1) / plan.part_size_bytes + 1;
  if (parts > limits::kMultipartPartCountMax) {
    return fail(ErrorKind::TooLarge, "an upload may have 10000 parts at most");
  }
  return {};
}

Result<meta::Upload> StagedUploads::start(const UploadPlan& plan) {
  TRY_DONE(check_plan(plan));
  TRY_DONE(may_write());
  auto begun = content_.find_upload(plan.repo, plan.user, plan.sha256, plan.part_size_bytes);
  if (begun && begun->size_bytes == plan.size_bytes) return begun;
  if (!begun && begun.error().kind != ErrorKind::NotFound) return begun;
  // The parts lie beside the file until it is whole.
  TRY_DONE(objects_.check_space(2 * plan.size_bytes));
  meta::Upload upload{.id = random_hex(16),
                      .repo = plan.repo,
                      .user = plan.user,
                      .sha256 = plan.sha256,
                      .size_bytes = plan.size_bytes,
                      .part_size_bytes = plan.part_size_bytes,
                      .created = env_.clock.wall_now()};
  TRY_DONE(env_.files.make_directory(folder_of(upload.id)));
  TRY_DONE(check_sync(env_.files.sync_directory(folder_)));
  TRY_DONE(content_.create_upload(upload));
  return upload;
}

Result<std::unique_ptr<PartWriter>> StagedUploads::start_part(std::string_view id,
                                                              std::uint32_t number,
                                                              std::optional<std::uint64_t> size,
                                                              const IngestScope& scope) {
  TRY_DONE(may_write());
  TRY(meta::Upload upload, content_.read_upload(id));
  if (number < 1 || number > part_count(upload)) {
    return fail(ErrorKind::Invalid, "there is no part " + std::to_string(number));
  }
  const std::uint64_t wanted = part_size_bytes(upload, number);
  if (size && *size != wanted) {
    return fail(ErrorKind::Invalid, "part " + std::to_string(number) + " must have " +
                                        std::to_string(wanted) + " bytes");
  }
  TRY_DONE(objects_.check_space(wanted));
  TRY(auto file, PartFile::create(env_.files, folder_of(id), wanted));
  return std::unique_ptr<PartWriter>(
      std::make_unique<StagedPart>(*this, std::move(upload), number, std::move(file), scope));
}

// Bytes, then name, then folder, then row. A rename, since a part may be sent again.
Result<meta::UploadPart> StagedUploads::keep_part(const meta::Upload& upload, std::uint32_t number,
                                                  PartFile& part, const IngestScope& scope) {
  TRY_DONE(may_write());
  TRY(File* const file, part.finish());
  TRY_DONE(check_sync(file->sync()));
  const std::string path = path_of(upload.id, number);
  const std::string draft = path + "." + random_hex(8);
  TRY_DONE(env_.files.publish(*file, draft));
  TRY_DONE(env_.files.rename(draft, path));
  TRY_DONE(check_sync(env_.files.sync_directory(folder_of(upload.id))));
  TRY(const auto known, content_.list_parts(upload.id));
  const bool replaces_other = std::any_of(known.begin(), known.end(), [&](const auto& old) {
    return old.number == number && old.etag != part.etag();
  });
  const meta::UploadPart facts{
      .number = number, .size_bytes = part.size_bytes(), .etag = part.etag()};
  TRY_DONE(content_.add_part(upload.id, facts));

  const auto progress = progress_of(upload.id);
  if (replaces_other) {
    const std::lock_guard lock(progress->mutex);
    progress->ingest.reset();
    progress->next_part = 1;
  }
  const std::unique_lock lock(progress->mutex, std::try_to_lock);
  if (lock.owns_lock()) {
    // What fails here fails again, and is told, at completion.
    const Result<void> taken = take_in(upload, *progress, scope);
    if (!taken) log::warn("part not taken in yet", {{"why", taken.error().message}});
  }
  return facts;
}

Result<meta::NewContent> StagedUploads::complete(std::string_view id, const IngestScope& scope) {
  TRY(const meta::Upload upload, content_.read_upload(id));
  const auto progress = progress_of(id);
  const std::lock_guard lock(progress->mutex);
  TRY_DONE(take_in(upload, *progress, scope));
  if (progress->next_part <= part_count(upload)) {
    return fail(ErrorKind::Invalid, "part " + std::to_string(progress->next_part) + " is missing");
  }
  const std::unique_ptr<Ingest> ingest = std::move(progress->ingest);
  progress->next_part = 1;
  return ingest->finish({.sha256 = upload.sha256, .size_bytes = upload.size_bytes});
}

std::shared_ptr<Progress> StagedUploads::progress_of(std::string_view id) {
  const std::string key(id);
  if (auto progress = progress_.find(key)) return progress;
  return progress_.add(key, std::make_shared<Progress>());
}

// Takes in the parts that follow what is in, as far as they are there.
Result<void> StagedUploads::take_in(const meta::Upload& upload, Progress& progress,
                                    const IngestScope& scope) {
  TRY(const auto parts, content_.list_parts(upload.id));
  std::set<std::uint32_t> present;
  for (const meta::UploadPart& part : parts) present.insert(part.number);
  while (present.contains(progress.next_part)) {
    if (!progress.ingest) {
      TRY(progress.ingest, store_.start_ingest({upload.size_bytes, scope}));
    }
    const Result<void> taken = take_in_part(upload, progress.next_part, *progress.ingest);
    if (!taken) {
      progress.ingest.reset();
      progress.next_part = 1;
      return taken;
    }
    ++progress.next_part;
  }
  return {};
}

Result<void> StagedUploads::take_in_part(const meta::Upload& upload, std::uint32_t number,
                                         Ingest& ingest) {
  TRY(auto file, env_.files.open(path_of(upload.id, number), OpenMode::Read));
  const std::uint64_t size = part_size_bytes(upload, number);
  Bytes buffer(kReadSizeBytes);
  for (std::uint64_t at = 0; at < size;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size - at));
    TRY(const std::size_t got, file->read_at(at, std::span(buffer).first(wanted)));
    if (got != wanted) return fail(ErrorKind::Corrupt, "a staged part ends too early");
    TRY_DONE(ingest.write(ByteView(buffer).first(got)));
    at += got;
  }
  return {};
}

Result<void> StagedUploads::remove(std::string_view id) {
  progress_.remove(std::string(id));
  TRY_DONE(content_.remove_upload(id));
  return remove_folder(id);
}

// What a crash leaves of it, the next start removes: its row is gone.
Result<void> StagedUploads::remove_folder(std::string_view id) {
  const auto names = env_.files.list(folder_of(id));
  if (!names && names.error().kind == ErrorKind::NotFound) return {};
  if (!names) return tl::unexpected(names.error());
  for (const std::string& name : *names) {
    TRY_DONE(env_.files.remove(folder_of(id) + "/" + name));
  }
  return env_.files.remove(folder_of(id));
}

Result<std::size_t> StagedUploads::remove_expired() {
  TRY(const auto old, content_.list_uploads_before(env_.clock.wall_now() - limits::kUploadTime));
  for (const meta::Upload& upload : old) TRY_DONE(remove(upload.id));
  return old.size();
}

Result<void> StagedUploads::remove_leftovers() {
  TRY(const auto ids, env_.files.list(folder_));
  for (const std::string& id : ids) {
    const auto upload = content_.read_upload(id);
    if (upload) continue;
    if (upload.error().kind != ErrorKind::NotFound) return tl::unexpected(upload.error());
    TRY_DONE(remove_folder(id));
  }
  return {};
}

std::string StagedUploads::write_refusal() const {
  const std::lock_guard lock(refusal_mutex_);
  return refusal_;
}

Result<void> StagedUploads::may_write() const {
  std::string refusal = write_refusal();
  if (refusal.empty()) refusal = objects_.write_refusal();
  if (refusal.empty()) return {};
  return fail(ErrorKind::Unavailable, "the store is read-only: " + refusal);
}

Result<void> StagedUploads::check_sync(Result<void> synced) {
  if (synced) return {};
  const std::string reason = "forcing a part to disk failed: " + synced.error().message;
  {
    const std::lock_guard lock(refusal_mutex_);
    if (refusal_.empty()) refusal_ = reason;
  }
  log::error("uploads refuse parts until restart", {{"reason", reason}});
  return fail(ErrorKind::Unavailable, "the store is read-only: " + reason);
}

std::string StagedUploads::random_hex(std::size_t size_bytes) {
  Bytes bytes(size_bytes);
  env_.random.fill(bytes);
  return to_hex(bytes);
}

}  // namespace

std::uint32_t part_count(const meta::Upload& upload) {
  return static_cast<std::uint32_t>((upload.size_bytes - 1) / upload.part_size_bytes + 1);
}

std::uint64_t part_size_bytes(const meta::Upload& upload, std::uint32_t number) {
  const std::uint64_t start = std::uint64_t{number - 1} * upload.part_size_bytes;
  return std::min(upload.part_size_bytes, upload.size_bytes - start);
}

Result<std::unique_ptr<Uploads>> open_uploads(Env& env, meta::ContentStore& content,
                                              object::ObjectStore& objects, Store& store,
                                              const std::string& folder) {
  auto uploads = std::make_unique<StagedUploads>(env, content, objects, store, folder);
  TRY_DONE(uploads->remove_leftovers());
  return std::unique_ptr<Uploads>(std::move(uploads));
}

}  // namespace granary::store
