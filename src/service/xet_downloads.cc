// From a recipe and a span of the file to terms cut at chunks, and to the runs that carry them.
#include "service/xet_downloads.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/limits.h"
#include "store/chunk_list.h"
#include "store/known_chunks.h"
#include "store/store.h"

namespace granary::service {
namespace {

// In the form that the Xet protocol carries, a header goes before each chunk.
constexpr std::uint64_t kChunkHeaderSizeBytes = 8;

/// A term of the answer, and where its bytes lie.
struct CutTerm {
  meta::Term term;
  std::uint64_t first_byte() const {
    return term.offset_bytes + kChunkHeaderSizeBytes * term.chunk_start;
  }
  std::uint64_t end_byte() const {
    return std::uint64_t{term.offset_bytes} + term.size_bytes +
           kChunkHeaderSizeBytes * term.chunk_end;
  }
};

/// The facts of the xorbs of one answer, each read once.
class XorbFacts {
 public:
  explicit XorbFacts(meta::ContentStore& content) : content_(content) {}
  Result<const meta::Xorb*> read(meta::XorbId id) {
    const auto known = xorbs_.find(id);
    if (known != xorbs_.end()) return &known->second;
    auto xorb = content_.read_xorb(id);
    if (!xorb && xorb.error().kind == ErrorKind::NotFound) {
      return fail(ErrorKind::Corrupt, "a recipe names a xorb that is not there");
    }
    if (!xorb) return tl::unexpected(std::move(xorb).error());
    return &xorbs_.emplace(id, *std::move(xorb)).first->second;
  }

 private:
  meta::ContentStore& content_;
  std::map<meta::XorbId, meta::Xorb> xorbs_;
};

/// Drops the whole chunks of `term` that lie before byte `skip` and those that lie at or after byte
/// `keep` of it. Gives how far the first chunk left begins before `skip`.
Result<std::uint64_t> cut_to_chunks(const store::ChunkList& list, meta::Term& term,
                                    std::uint64_t skip, std::uint64_t keep) {
  if (term.chunk_end > list.count() || term.chunk_start >= term.chunk_end ||
      list.start_bytes(term.chunk_start) != term.offset_bytes ||
      list.start_bytes(term.chunk_end) - term.offset_bytes != term.size_bytes) {
    return fail(ErrorKind::Corrupt, "a recipe's term is not what its xorb's chunks say");
  }
  const std::uint64_t from = term.offset_bytes + skip;
  const std::uint64_t to = term.offset_bytes + keep;
  while (list.start_bytes(term.chunk_start + 1) <= from) ++term.chunk_start;
  while (list.start_bytes(term.chunk_end - 1) >= to) --term.chunk_end;
  term.offset_bytes = list.start_bytes(term.chunk_start);
  term.size_bytes = list.start_bytes(term.chunk_end) - term.offset_bytes;
  return from - term.offset_bytes;
}

struct Cut {
  std::uint64_t offset_into_first_range = 0;
  std::vector<CutTerm> terms;
};

/// The terms that overlap the bytes from `first` to before `end`, which lie in the file.
Result<Cut> cut_recipe(store::Store& store, XorbFacts& facts, const meta::StoredFile& file,
                       std::uint64_t first, std::uint64_t end) {
  Cut cut;
  std::uint64_t begin = 0;  // of the term, in the file
  for (meta::Term term : file.recipe) {
    const std::uint64_t size_bytes = term.size_bytes;
    const std::uint64_t skip = first > begin ? first - begin : 0;
    const std::uint64_t keep = std::min(size_bytes, end - std::min(begin, end));
    begin += size_bytes;
    if (skip >= size_bytes) continue;
    if (keep == 0) break;
    if (skip > 0 || keep < size_bytes) {
      TRY(const meta::Xorb* xorb, facts.read(term.xorb));
      TRY(const auto known, store.known_xorb(*xorb));
      TRY(const auto offset, cut_to_chunks(known->list, term, skip, keep));
      if (cut.terms.empty()) cut.offset_into_first_range = offset;
    }
    cut.terms.push_back({term});
  }
  return cut;
}

/// The runs of one xorb that carry all of its terms: ascending, none of them touching another.
std::vector<CutTerm> merge_runs(std::vector<CutTerm> terms) {
  std::ranges::sort(terms, {}, [](const CutTerm& cut) { return cut.term.chunk_start; });
  std::vector<CutTerm> runs;
  for (const CutTerm& cut : terms) {
    if (runs.empty() || cut.term.chunk_start > runs.back().term.chunk_end) {
      runs.push_back(cut);
      continue;
    }
    meta::Term& last = runs.back().term;
    if (cut.term.chunk_end <= last.chunk_end) continue;
    last.chunk_end = cut.term.chunk_end;
    last.size_bytes = cut.term.offset_bytes + cut.term.size_bytes - last.offset_bytes;
  }
  return runs;
}

}  // namespace

OpenXorbRun::OpenXorbRun(const XorbPass& pass, std::unique_ptr<store::FileReader> reader)
    : pass_(pass), reader_(std::move(reader)) {}
OpenXorbRun::OpenXorbRun(OpenXorbRun&&) noexcept = default;
OpenXorbRun::~OpenXorbRun() = default;

std::uint64_t OpenXorbRun::size_bytes() const { return reader_->size_bytes(); }

std::unique_ptr<net::BodySource> OpenXorbRun::body(ByteRange range, net::Pool& pool) {
  return make_file_body(std::move(reader_), range, pool);
}

XetDownloads::XetDownloads(meta::MetaStore& facts, store::Store& store, XetSigner signer,
                           Clock& clock)
    : facts_(facts), store_(store), signer_(std::move(signer)), clock_(clock) {}

Result<meta::StoredFile> XetDownloads::find(const XetTicket& ticket, const FileHash& hash) {
  auto file = facts_.content().find_held_file(ticket.repo, hash);
  if (file || file.error().kind != ErrorKind::NotFound) return file;
  return fail(ErrorKind::NotFound, "the repo holds no file of this hash");
}

Result<std::uint64_t> XetDownloads::file_size_bytes(const XetTicket& ticket, const FileHash& hash) {
  TRY(const auto file, find(ticket, hash));
  return file.size_bytes;
}

Result<std::uint64_t> XetDownloads::xorb_size_bytes(const XetTicket& ticket, const XorbHash& hash) {
  const meta::XorbScope own{
      .repo = ticket.repo, .reach = meta::DedupeScope::Repo, .viewer = {}, .sources = {}};
  const std::array hashes{hash};
  TRY(const auto found,
      facts_.content().claim_xorbs(own, hashes, clock_.wall_now() + limits::kXorbLeaseTime));
  if (!found.front()) return fail(ErrorKind::NotFound, "the repo needs no xorb of this hash");
  return found.front()->size_bytes + kChunkHeaderSizeBytes * found.front()->chunk_count;
}

Result<std::optional<Reconstruction>> XetDownloads::reconstruct(const XetTicket& ticket,
                                                                const FileHash& hash,
                                                                const FileSpan& span) {
  TRY(const auto file, find(ticket, hash));
  if (file.size_bytes == 0 && span.first_byte == 0) return Reconstruction{};
  if (span.first_byte >= file.size_bytes || span.last_byte < span.first_byte) return std::nullopt;
  const std::uint64_t end = std::min(span.last_byte, file.size_bytes - 1) + 1;

  XorbFacts facts(facts_.content());
  TRY(Cut cut, cut_recipe(store_, facts, file, span.first_byte, end));
  Reconstruction answer;
  answer.offset_into_first_range = cut.offset_into_first_range;
  std::vector<meta::XorbId> order;
  std::map<meta::XorbId, std::vector<CutTerm>> by_xorb;
  for (const CutTerm& part : cut.terms) {
    TRY(const meta::Xorb* xorb, facts.read(part.term.xorb));
    answer.terms.push_back({.xorb = xorb->hash,
                            .chunk_start = part.term.chunk_start,
                            .chunk_end = part.term.chunk_end,
                            .unpacked_size_bytes = part.term.size_bytes});
    auto& parts = by_xorb[part.term.xorb];
    if (parts.empty()) order.push_back(part.term.xorb);
    parts.push_back(part);
  }
  const WallTime expires = clock_.wall_now() + limits::kXetTokenTime;
  for (const meta::XorbId id : order) {
    TRY(const meta::Xorb* xorb, facts.read(id));
    for (const CutTerm& run : merge_runs(std::move(by_xorb[id]))) {
      const XorbPass pass{.xorb = id,
                          .first_byte = run.first_byte(),
                          .last_byte = run.end_byte() - 1,
                          .expires = expires};
      answer.fetches.push_back({.xorb = xorb->hash,
                                .chunk_start = run.term.chunk_start,
                                .chunk_end = run.term.chunk_end,
                                .first_byte = pass.first_byte,
                                .last_byte = pass.last_byte,
                                .pass = signer_.sign(pass)});
    }
  }
  return answer;
}

Result<OpenXorbRun> XetDownloads::open(std::string_view pass) {
  TRY(const auto allowed, signer_.check_pass(pass));
  TRY(auto reader, store_.open_xorb(allowed.xorb));
  if (allowed.last_byte >= reader->size_bytes()) {
    return fail(ErrorKind::Corrupt, "a recipe's term lies outside its xorb");
  }
  return OpenXorbRun(allowed, std::move(reader));
}

}  // namespace granary::service
