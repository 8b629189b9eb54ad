// What an editor of a stored file needs: the ranges to be cut anew, and what the rest is named by.
#include <algorithm>

#include "chunk/chunk_hash.h"
#include "service/xet_downloads.h"
#include "store/known_chunks.h"
#include "store/store.h"

namespace granary::service {
namespace {

constexpr std::uint64_t kChunkCountMax = std::uint64_t{1} << 21;  // 128 GiB in chunks of 64 KiB

/// A run of chunks that the recipe names, and where its bytes lie in the file.
struct PlacedTerm {
  chunk::ByteSpan span;
  RangeHash range_hash;
};

std::vector<RangeHash> kept_terms(std::span<const PlacedTerm> terms,
                                  std::span<const chunk::ByteSpan> windows) {
  std::vector<RangeHash> kept;
  std::size_t window = 0;
  for (const PlacedTerm& term : terms) {
    while (window < windows.size() && windows[window].end <= term.span.begin) ++window;
    const bool is_touched = window < windows.size() && windows[window].begin < term.span.end;
    if (!is_touched) kept.push_back(term.range_hash);
  }
  return kept;
}

std::vector<chunk::ByteSpan> cut_to_file(std::span<const chunk::ByteSpan> ranges,
                                         std::uint64_t size_bytes) {
  std::vector<chunk::ByteSpan> cut;
  for (const chunk::ByteSpan& range : ranges) {
    if (range.begin < size_bytes) cut.push_back({range.begin, std::min(range.end, size_bytes)});
  }
  return cut;
}

}  // namespace

Result<FileChunkHashes> XetDownloads::chunk_hashes(const XetTicket& ticket, const FileHash& hash,
                                                   std::span<const chunk::ByteSpan> dirty) {
  TRY(const auto file, find(ticket, hash));
  const auto ranges = cut_to_file(dirty, file.size_bytes);
  if (ranges.empty()) return fail(ErrorKind::Invalid, "no dirty range lies in the file");
  chunk::DirtyWindows windows(ranges);
  FileChunkHashes answer{.chunk_count = 0, .size_bytes = file.size_bytes};
  std::vector<PlacedTerm> terms;
  std::uint64_t begin = 0;
  for (const meta::Term& term : file.recipe) {
    answer.chunk_count += term.chunk_end - term.chunk_start;
    if (answer.chunk_count > kChunkCountMax) {
      return fail(ErrorKind::TooLarge, "the file has too many chunks for this");
    }
    TRY(const auto xorb, facts_.content().read_xorb(term.xorb));
    TRY(const auto known, store_.known_xorb(xorb));
    if (term.chunk_end > known->list.count()) {
      return fail(ErrorKind::Corrupt, "a recipe's term is not what its xorb's chunks say");
    }
    std::vector<chunk::Chunk> chunks;
    for (std::uint32_t index = term.chunk_start; index < term.chunk_end; ++index) {
      const std::uint64_t size =
          known->list.start_bytes(index + 1) - known->list.start_bytes(index);
      chunks.push_back({known->list.chunks()[index].hash, size});
      windows.add(chunks.back());
    }
    terms.push_back({{begin, begin + term.size_bytes}, chunk::range_hash(chunks)});
    begin += term.size_bytes;
  }
  windows.finish();
  answer.windows = windows.windows();
  answer.gaps = windows.gaps();
  answer.kept_terms = kept_terms(terms, answer.windows);
  return answer;
}

}  // namespace granary::service
