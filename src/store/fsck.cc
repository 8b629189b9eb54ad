// fsck, in three walks: xorbs with their objects, files with their recipes, objects without rows.
#include "store/fsck.h"

#include <algorithm>

#include "base/hasher.h"
#include "base/limits.h"
#include "chunk/hash_tree.h"
#include "store/file_reader.h"
#include "store/live_object.h"
#include "store/xorb_check.h"
#include "store/xorb_reader.h"

namespace granary::store {
namespace {

constexpr std::size_t kChunkListsMax = 64;

/// The chunks of a xorb, or what is wrong with it.
using CheckedChunks = Result<std::vector<XorbChunk>>;

class Checker {
 public:
  Checker(meta::MetaStore& facts, object::ObjectStore& objects, const FsckOptions& options)
      : facts_(facts), objects_(objects), options_(options) {}

  Result<FsckReport> run();

 private:
  Result<void> check_xorbs();
  Result<void> check_files();
  Result<void> count_objects();
  CheckedChunks check_xorb(meta::Xorb xorb);
  Result<void> check_file(const meta::StoredFile& file);
  Result<void> check_bytes(const meta::StoredFile& file);
  Result<std::shared_ptr<const CheckedChunks>> chunks_of(meta::XorbId id);
  void found(std::string line);
  void report_progress() const {
    if (options_.progress) options_.progress(report_.looked_at);
  }

  meta::MetaStore& facts_;
  object::ObjectStore& objects_;
  const FsckOptions& options_;
  codec::ScratchPool scratches_{codec::best_kernels()};
  XorbCache cache_{objects_, facts_.content(), facts_.codings(), scratches_};
  LruCache<meta::XorbId, const CheckedChunks> chunk_lists_{kChunkListsMax};
  std::vector<std::uint64_t> known_objects_;  // digests of the names that rows give, sorted later
  FsckReport report_;
};

// Eight bytes stand for a name: a clash would hide one orphan from the count, no more.
std::uint64_t short_name(const XorbHash& hash, std::uint32_t generation) {
  return load_u64(hash.bytes.data()) + generation;
}

Result<FsckReport> Checker::run() {
  TRY(const auto problems, facts_.check());
  for (const std::string& problem : problems) found("facts: " + problem);
  TRY_DONE(check_xorbs());
  TRY_DONE(check_files());
  TRY_DONE(count_objects());
  return std::move(report_);
}

void Checker::found(std::string line) {
  ++report_.finding_count;
  if (report_.findings.size() < limits::kFsckFindingsMax) {
    report_.findings.push_back(std::move(line));
  }
}

Result<void> Checker::check_xorbs() {
  meta::XorbId after;
  while (true) {
    TRY(const auto page, facts_.content().list_xorbs(after, limits::kFactsPageCount));
    if (page.empty()) return {};
    for (const meta::Xorb& xorb : page) {
      known_objects_.push_back(short_name(xorb.hash, xorb.generation));
      if (xorb.state != meta::XorbState::Live) continue;
      const CheckedChunks chunks = check_xorb(xorb);
      if (!chunks) found("xorb " + xorb.hash.to_string() + ": " + chunks.error().message);
      ++report_.looked_at.xorb_count;
      report_progress();
    }
    after = page.back().id;
  }
}

// A recode beside this check gives the xorb another object: then the facts are read again.
CheckedChunks Checker::check_xorb(meta::Xorb xorb) {
  TRY(auto object, open_live(objects_, facts_.content(), xorb));
  known_objects_.push_back(short_name(xorb.hash, xorb.generation));
  if (object->size_bytes() != xorb.stored_size_bytes) {
    return fail(ErrorKind::Corrupt, "its object has " + std::to_string(object->size_bytes()) +
                                        " bytes, not " + std::to_string(xorb.stored_size_bytes));
  }
  TRY(const auto reader, XorbReader::open(std::move(object), xorb.hash));
  const XorbTrailer& trailer = reader->trailer();
  if (trailer.size_bytes != xorb.size_bytes || trailer.chunk_count != xorb.chunk_count) {
    return fail(ErrorKind::Corrupt, "its object has other counts than its row");
  }
  TRY(auto chunks, reader->read_chunks());
  TRY_DONE(check_chunk_list(*reader, chunks));
  if (options_.data) {
    TRY_DONE(check_chunk_bytes(
        *reader, chunks, cache_.decoding(),
        [this](std::uint64_t size_bytes) { report_.looked_at.bytes_read += size_bytes; }));
  }
  return chunks;
}

Result<void> Checker::check_files() {
  std::optional<Sha256> after;
  while (true) {
    TRY(const auto page, facts_.content().list_files(after, limits::kFactsPageCount));
    if (page.empty()) return {};
    for (const meta::StoredFile& file : page) {
      Result<void> sound = check_file(file);
      if (sound && options_.data) sound = check_bytes(file);
      if (!sound) found("file " + file.sha256.to_string() + ": " + sound.error().message);
      ++report_.looked_at.file_count;
      report_progress();
    }
    after = page.back().sha256;
  }
}

Result<std::shared_ptr<const CheckedChunks>> Checker::chunks_of(meta::XorbId id) {
  if (auto chunks = chunk_lists_.find(id)) return chunks;
  TRY(const auto xorb, cache_.open(id));
  return chunk_lists_.add(id, std::make_shared<const CheckedChunks>(xorb->reader->read_chunks()));
}

Result<void> Checker::check_file(const meta::StoredFile& file) {
  chunk::HashTree tree;
  std::uint64_t size_bytes = 0;
  for (const meta::Term& term : file.recipe) {
    TRY(const auto checked, chunks_of(term.xorb));
    if (!*checked) return tl::unexpected(checked->error());
    const std::vector<XorbChunk>& chunks = **checked;
    if (term.chunk_start >= term.chunk_end || term.chunk_end > chunks.size()) {
      return fail(ErrorKind::Corrupt, "a term lies outside its xorb");
    }
    std::uint32_t start = term.chunk_start == 0 ? 0 : chunks[term.chunk_start - 1].end_bytes;
    const std::uint32_t end = chunks[term.chunk_end - 1].end_bytes;
    if (start != term.offset_bytes || end - start != term.size_bytes) {
      return fail(ErrorKind::Corrupt, "a term's bytes are not those of its chunks");
    }
    for (std::uint32_t index = term.chunk_start; index < term.chunk_end; ++index) {
      tree.add({.hash = chunks[index].hash, .size_bytes = chunks[index].end_bytes - start});
      start = chunks[index].end_bytes;
    }
    size_bytes += term.size_bytes;
  }
  if (size_bytes != file.size_bytes) return fail(ErrorKind::Corrupt, "its terms do not add up");
  if (tree.finish_file() != file.file_hash) {
    return fail(ErrorKind::Corrupt, "its chunks do not make its Xet hash");
  }
  return {};
}

Result<void> Checker::check_bytes(const meta::StoredFile& file) {
  TRY(const auto reader, RecipeReader::create(cache_, file, {.verify_always = true}));
  Sha256Hasher hasher;
  for (std::uint64_t at = 0; at < file.size_bytes;) {
    TRY(const Piece piece, reader->read(at, limits::kBlockSizeBytes));
    hasher.update(piece.bytes);
    at += piece.bytes.size();
    report_.looked_at.bytes_read += piece.bytes.size();
  }
  if (hasher.finish() != file.sha256) {
    return fail(ErrorKind::Corrupt, "its bytes have another SHA-256");
  }
  return {};
}

Result<void> Checker::count_objects() {
  std::sort(known_objects_.begin(), known_objects_.end());
  return objects_.for_each([&](const object::ObjectName& name) -> Result<void> {
    ++report_.object_count;
    const bool known = std::binary_search(known_objects_.begin(), known_objects_.end(),
                                          short_name(name.hash, name.generation));
    report_.orphan_count += known ? 0 : 1;
    return {};
  });
}

}  // namespace

Result<FsckReport> fsck(meta::MetaStore& facts, object::ObjectStore& objects,
                        const FsckOptions& options) {
  return Checker(facts, objects, options).run();
}

}  // namespace granary::store
