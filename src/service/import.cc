// The walk over a local folder, and each file's way into the store.
#include "service/import.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "service/commit_draft.h"

namespace granary::service {
namespace {

constexpr std::size_t kBatchCount = 256;
constexpr std::size_t kSampleSizeBytes = 512;
constexpr std::string_view kBranch = "main";

std::string join(const std::string& folder, const std::string& path) {
  return path.empty() ? folder : folder + "/" + path;
}

bool is_left_out(const std::string& path) {
  return path == ".git" || path == ".cache/huggingface" || path.ends_with("/.git");
}

Result<Bytes> read_start(FileSystem& files, const std::string& path, std::uint64_t size_bytes_max) {
  TRY(const auto file, files.open(path, OpenMode::Read));
  Bytes bytes(static_cast<std::size_t>(size_bytes_max));
  TRY(const std::size_t got, file->read_at(0, bytes));
  bytes.resize(got);
  return bytes;
}

}  // namespace

struct Importer::Run {
  const Caller& caller;
  const ImportFolder& wanted;
  const ImportProgress& report;
  std::vector<LocalFile> files;
  std::uint64_t done_bytes = 0;
  std::uint64_t total_bytes = 0;

  void advance(std::uint64_t bytes) {
    done_bytes += bytes;
    report(done_bytes, total_bytes);
  }
};

Result<Imported> Importer::import_folder(const Caller& caller, const ImportFolder& wanted,
                                         const ImportProgress& report) {
  TRY_DONE(access_.find_for_write(caller, wanted.repo));
  Run run{.caller = caller, .wanted = wanted, .report = report, .files = {}};
  TRY_DONE(find_files(run, "", 0));
  if (run.files.empty()) return fail(ErrorKind::Invalid, wanted.folder + " holds no files");
  TRY(const auto draft, publisher_.start(caller, wanted.repo, kBranch));

  Imported imported;
  for (std::size_t first = 0; first < run.files.size(); first += kBatchCount) {
    const std::size_t count = std::min(kBatchCount, run.files.size() - first);
    TRY(const auto answers, consider(run, first, count));
    for (std::size_t index = 0; index < count; ++index) {
      const LocalFile& file = run.files[first + index];
      if (answers[index].is_ignored) {
        ++imported.ignored_count;
        run.advance(file.size_bytes);
        continue;
      }
      // An empty file is an ordinary blob whatever the patterns say, as with every client.
      const bool is_stored = answers[index].is_lfs && file.size_bytes > 0;
      auto added = is_stored ? add_stored(run, *draft, file) : add_inline(run, *draft, file);
      if (!added) return tl::unexpected(std::move(added).error().during(file.path));
      ++imported.file_count;
      imported.size_bytes += file.size_bytes;
    }
  }
  if (imported.file_count == 0) {
    return fail(ErrorKind::Invalid, "every file of " + wanted.folder + " is ignored by .gitignore");
  }
  TRY(imported.published, draft->finish({.summary = wanted.message}));
  return imported;
}

Result<void> Importer::find_files(Run& run, const std::string& below, std::size_t depth) {
  if (depth > limits::kPathDepthMax) {
    return fail(ErrorKind::TooLarge, below + ": folders nest too deep (a link to itself?)");
  }
  const std::string& folder = run.wanted.folder;
  TRY(const auto names, files_.list(join(folder, below)));
  for (const std::string& name : names) {
    const std::string path = below.empty() ? name : below + "/" + name;
    if (is_left_out(path)) continue;
    TRY(const FileStat info, files_.stat(join(folder, path)));
    if (info.is_directory) {
      TRY_DONE(find_files(run, path, depth + 1));
      continue;
    }
    run.files.push_back({.path = path, .size_bytes = info.size_bytes});
    run.total_bytes += info.size_bytes;
    if (run.files.size() > limits::kCommitOperationCountMax) {
      return fail(ErrorKind::TooLarge, "more than 100,000 files: import the folder in parts");
    }
  }
  return {};
}

Result<std::vector<OfferAnswer>> Importer::consider(Run& run, std::size_t first,
                                                    std::size_t count) {
  Offer offer;
  for (std::size_t index = first; index < first + count; ++index) {
    const LocalFile& file = run.files[index];
    TRY(Bytes sample, read_start(files_, join(run.wanted.folder, file.path),
                                 std::min<std::uint64_t>(kSampleSizeBytes, file.size_bytes)));
    offer.files.push_back(
        {.path = file.path, .size_bytes = file.size_bytes, .sample = std::move(sample)});
  }
  // The folder's own rules, where it has them, as a client would send them.
  for (const auto& [name, text] : {std::pair{".gitignore", &offer.gitignore},
                                   std::pair{".gitattributes", &offer.gitattributes}}) {
    const std::string path = join(run.wanted.folder, name);
    if (!files_.stat(path)) continue;
    TRY(const Bytes bytes, read_start(files_, path, limits::kMiB));
    *text = std::string(as_text(bytes));
  }
  return publisher_.consider(run.caller, run.wanted.repo, kBranch, offer);
}

Result<void> Importer::add_inline(Run& run, CommitDraft& draft, const LocalFile& file) {
  TRY(Bytes content, read_start(files_, join(run.wanted.folder, file.path), file.size_bytes));
  run.advance(content.size());
  return draft.add(AddFile{.path = file.path, .content = std::move(content)});
}

Result<void> Importer::add_stored(Run& run, CommitDraft& draft, const LocalFile& file) {
  TRY(const auto source, files_.open(join(run.wanted.folder, file.path), OpenMode::Read));
  TRY(const auto intake, uploads_.start_unannounced(run.caller, run.wanted.repo, file.size_bytes));
  Bytes buffer(limits::kBodyBufferSizeBytes);
  std::uint64_t offset = 0;
  for (;;) {
    TRY(const std::size_t got, source->read_at(offset, buffer));
    if (got == 0) break;
    TRY_DONE(intake->write(ByteView(buffer).first(got)));
    offset += got;
    run.advance(got);
  }
  TRY(const Received received, intake->finish());
  return draft.add(
      AddLfsFile{.path = file.path, .sha256 = received.sha256, .size_bytes = received.size_bytes});
}

}  // namespace granary::service
