// Assembly: a claimed file against the chunk lists, and then against its bytes.
#include "store/assembly.h"

#include <utility>

#include "base/limits.h"
#include "chunk/hash_tree.h"
#include "store/background_hasher.h"
#include "store/file_reader.h"

namespace granary::store {
namespace {

/// A claimed file of which everything holds but its SHA-256, which is not yet known.
struct CheckedFile {
  meta::StoredFile file;
  std::optional<ChunkHash> first_chunk;
};

std::string chunks_text(const ClaimedTerm& term) {
  return "chunks " + std::to_string(term.chunk_start) + " to " + std::to_string(term.chunk_end) +
         " of xorb " + term.xorb.hash.to_string();
}

// The term's chunks are added to `tree`. `scratch` holds them.
Result<meta::Term> check_term(const ClaimedTerm& claim, const KnownXorb& known,
                              chunk::HashTree& tree, std::vector<chunk::Chunk>& scratch) {
  const ChunkList& list = known.list;
  if (claim.chunk_start >= claim.chunk_end || claim.chunk_end > list.count()) {
    return fail(ErrorKind::Invalid, "the xorb has " + std::to_string(list.count()) +
                                        " chunks, not " + chunks_text(claim));
  }
  const std::uint32_t start = list.start_bytes(claim.chunk_start);
  const std::uint32_t size_bytes = list.start_bytes(claim.chunk_end) - start;
  if (size_bytes != claim.size_bytes) {
    return fail(ErrorKind::Invalid, chunks_text(claim) + " have " + std::to_string(size_bytes) +
                                        " bytes, not " + std::to_string(claim.size_bytes));
  }
  scratch.clear();
  for (std::uint32_t index = claim.chunk_start; index < claim.chunk_end; ++index) {
    const std::uint64_t chunk_size = list.start_bytes(index + 1) - list.start_bytes(index);
    scratch.push_back({list.chunks()[index].hash, chunk_size});
    tree.add(scratch.back());
  }
  if (chunk::range_hash(scratch) != claim.range_hash) {
    return fail(ErrorKind::Invalid, "the verification hash is not that of " + chunks_text(claim));
  }
  return meta::Term{.xorb = known.id,
                    .chunk_start = claim.chunk_start,
                    .chunk_end = claim.chunk_end,
                    .offset_bytes = start,
                    .size_bytes = size_bytes};
}

void add_term(std::vector<meta::Term>& recipe, const meta::Term& term) {
  if (!recipe.empty()) {
    meta::Term& last = recipe.back();
    if (last.xorb == term.xorb && last.chunk_end == term.chunk_start) {
      last.chunk_end = term.chunk_end;
      last.size_bytes += term.size_bytes;
      return;
    }
  }
  recipe.push_back(term);
}

Result<CheckedFile> check_terms(const AssemblyParts& parts, const ClaimedFile& claim) {
  CheckedFile checked;
  chunk::HashTree tree;
  std::vector<chunk::Chunk> scratch;
  std::shared_ptr<const KnownXorb> known;
  for (const ClaimedTerm& each : claim.terms) {
    if (!known || known->id != each.xorb.id) {
      TRY(known, parts.known.load(each.xorb));
    }
    TRY(const meta::Term term, check_term(each, *known, tree, scratch));
    if (!checked.first_chunk) checked.first_chunk = scratch.front().hash;
    checked.file.size_bytes += term.size_bytes;
    if (checked.file.size_bytes > limits::kFileSizeBytesMax) {
      return fail(ErrorKind::Invalid, "a file may have 8 TiB at most");
    }
    add_term(checked.file.recipe, term);
  }
  checked.file.file_hash = tree.finish_file();
  if (checked.file.file_hash != claim.file_hash) {
    return fail(ErrorKind::Invalid, "the file is named " + claim.file_hash.to_string() +
                                        ", its chunks make " + checked.file.file_hash.to_string());
  }
  return checked;
}

// Every block is checked as it is read, while the one before is hashed.
Result<Sha256> hash_bytes(XorbCache& cache, const meta::StoredFile& file,
                          const Progress& progress) {
  TRY(const auto reader, RecipeReader::create(cache, file, {.verify_always = true}));
  BackgroundHasher hasher;
  std::uint64_t asked = 0;  // of the disk, to be read while what is here is hashed
  for (std::uint64_t at = 0; at < file.size_bytes;) {
    if (asked < at + limits::kReadAheadSizeBytes / 2) {
      reader->will_read(asked, limits::kReadAheadSizeBytes);
      asked += limits::kReadAheadSizeBytes;
    }
    TRY(const Piece piece, reader->read(at, limits::kBlockSizeBytes));
    hasher.update(piece.bytes);
    at += piece.bytes.size();
    if (progress && !progress(piece.bytes.size())) {
      return fail(ErrorKind::Unavailable, "the check of the file's bytes was stopped");
    }
  }
  return hasher.finish();
}

// Equal file hashes are of equal bytes. But what only others have is hashed again: that they have
// it would show in the time that was spared.
Result<Sha256> sha256_of_file(const AssemblyParts& parts, const meta::StoredFile& file,
                              const meta::XorbScope* scope, const Progress& progress) {
  auto known = parts.content.find_file_by_hash(file.file_hash);
  if (known) {
    bool may_be_told = true;
    if (scope) {
      TRY(may_be_told, parts.content.is_file_within(*scope, known->sha256));
    }
    if (may_be_told) return known->sha256;
  } else if (known.error().kind != ErrorKind::NotFound) {
    return tl::unexpected(std::move(known).error());
  }
  return hash_bytes(parts.cache, file, progress);
}

}  // namespace

Result<meta::NewContent> assemble(const AssemblyParts& parts, const ClaimedFile& claim,
                                  const Progress& progress) {
  TRY(CheckedFile checked, check_terms(parts, claim));
  meta::StoredFile& file = checked.file;
  TRY(file.sha256, sha256_of_file(parts, file, claim.scope, progress));
  if (claim.sha256 && *claim.sha256 != file.sha256) {
    return fail(ErrorKind::Invalid, "expected SHA-256 " + claim.sha256->to_string() +
                                        ", the bytes have " + file.sha256.to_string());
  }
  meta::NewContent content;
  if (checked.first_chunk) content.hooks.push_back({*checked.first_chunk, file.recipe[0].xorb});
  content.file = std::move(file);
  return content;
}

}  // namespace granary::store
