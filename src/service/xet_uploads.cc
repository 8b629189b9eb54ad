// Xorbs are named only once their bytes gave that name; files are the repo's only once they were
// put together from stored bytes.
#include "service/xet_uploads.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "base/limits.h"
#include "service/upload_scope.h"
#include "store/chunk_list.h"
#include "store/known_chunks.h"
#include "store/store.h"

namespace granary::service {
namespace {

using StoredXorbs = std::unordered_map<XorbHash, meta::Xorb, DigestHasher>;

class StoringUpload final : public XorbUpload {
 public:
  struct Target {
    meta::ContentStore& content;
    Clock& clock;
    meta::RepoId repo;
    XorbHash hash;
  };
  StoringUpload(const Target& target, std::unique_ptr<store::XorbIntake> intake)
      : target_(target), intake_(std::move(intake)) {}

  Result<void> add_chunk(ByteView bytes) override { return intake_->add_chunk(bytes); }

  Result<void> finish() override {
    TRY(auto content, intake_->finish(target_.hash));
    content.lease = meta::XorbLease{.repo = target_.repo,
                                    .expires = target_.clock.wall_now() + limits::kXorbLeaseTime};
    return target_.content.record(content);
  }

 private:
  Target target_;
  std::unique_ptr<store::XorbIntake> intake_;
};

std::vector<XorbHash> named_xorbs(std::span<const XetFileClaim> files,
                                  std::span<const XorbClaim> xorbs) {
  std::vector<XorbHash> names;
  for (const XorbClaim& xorb : xorbs) names.push_back(xorb.hash);
  for (const XetFileClaim& file : files) {
    for (const TermClaim& term : file.terms) names.push_back(term.xorb);
  }
  std::ranges::sort(names, {}, &XorbHash::bytes);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

/// Unknown and out of scope look the same.
tl::unexpected<Error> not_stored(const XorbHash& hash) {
  return fail(ErrorKind::Invalid, "xorb " + hash.to_string() +
                                      " was not sent to this repo; send it, then the shard again");
}

Result<void> check_chunks(store::Store& store, const meta::Xorb& xorb, const XorbClaim& claim) {
  TRY(const auto known, store.known_xorb(xorb));
  const store::ChunkList& list = known->list;
  bool same = claim.chunks.size() == list.count();
  for (std::uint32_t i = 0; same && i < list.count(); ++i) {
    same = list.has_at(i, claim.chunks[i].hash) &&
           list.start_bytes(i + 1) - list.start_bytes(i) == claim.chunks[i].size_bytes;
  }
  if (same) return {};
  return fail(ErrorKind::Invalid,
              "the shard lists other chunks than xorb " + xorb.hash.to_string() + " has");
}

store::ClaimedFile to_claimed(const XetFileClaim& claim, const StoredXorbs& stored,
                              const meta::XorbScope& scope) {
  store::ClaimedFile file{
      .file_hash = claim.hash, .sha256 = claim.sha256, .terms = {}, .scope = &scope};
  for (const TermClaim& term : claim.terms) {
    file.terms.push_back({.xorb = stored.at(term.xorb),
                          .chunk_start = term.chunk_start,
                          .chunk_end = term.chunk_end,
                          .size_bytes = term.unpacked_size_bytes,
                          .range_hash = term.range_hash});
  }
  return file;
}

std::uint64_t size_of(std::span<const XetFileClaim> files) {
  std::uint64_t size_bytes = 0;  // terms fit 32 bits, and a shard holds few millions of them
  for (const XetFileClaim& file : files) {
    for (const TermClaim& term : file.terms) size_bytes += term.unpacked_size_bytes;
  }
  return size_bytes;
}

}  // namespace

XetUploads::XetUploads(const Needs& needs, meta::DedupeScope scope)
    : needs_(needs), scope_(scope) {}

Result<meta::XorbScope> XetUploads::scope_of(const XetTicket& ticket) {
  const Uploader uploader{.user = ticket.user, .repo = ticket.repo};
  return upload_scope(needs_.facts, needs_.access, uploader, scope_);
}

Result<bool> XetUploads::has_xorb(const XetTicket& ticket, const XorbHash& hash) {
  TRY(const auto scope, scope_of(ticket));
  const std::array hashes{hash};
  TRY(const auto claimed, needs_.facts.content().claim_xorbs(
                              scope, hashes, needs_.env.clock.wall_now() + limits::kXorbLeaseTime));
  return claimed.front().has_value();
}

Result<std::unique_ptr<XorbUpload>> XetUploads::start_xorb(const XetTicket& ticket,
                                                           const XorbHash& hash) {
  TRY_DONE(scope_of(ticket));
  TRY(auto intake, needs_.store.start_xorb());
  return std::make_unique<StoringUpload>(
      StoringUpload::Target{needs_.facts.content(), needs_.env.clock, ticket.repo, hash},
      std::move(intake));
}

Result<void> XetUploads::register_files(const XetTicket& ticket,
                                        std::span<const XetFileClaim> files,
                                        std::span<const XorbClaim> xorbs,
                                        const Progress& progress) {
  TRY(const auto scope, scope_of(ticket));
  const WallTime now = needs_.env.clock.wall_now();
  const auto names = named_xorbs(files, xorbs);
  TRY(auto claimed, needs_.facts.content().claim_xorbs(scope, names, now + limits::kXorbLeaseTime));
  StoredXorbs stored;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!claimed[i]) return not_stored(names[i]);
    stored.emplace(names[i], *std::move(claimed[i]));
  }
  for (const XorbClaim& xorb : xorbs) {
    TRY_DONE(check_chunks(needs_.store, stored.at(xorb.hash), xorb));
  }

  const std::uint64_t total_bytes = size_of(files);
  std::uint64_t done_bytes = 0;
  std::vector<meta::NewContent> checked;
  for (const XetFileClaim& claim : files) {
    const auto file = to_claimed(claim, stored, scope);
    const auto on_bytes = [&](std::uint64_t bytes) {
      done_bytes += bytes;
      return !progress || progress(done_bytes, total_bytes);
    };
    TRY(auto content, needs_.store.assemble(file, on_bytes));
    content.grant = meta::RepoFile{.repo = ticket.repo,
                                   .sha256 = content.file->sha256,
                                   .size_bytes = content.file->size_bytes,
                                   .path = {},
                                   .ref = {},
                                   .pushed = now};
    checked.push_back(std::move(content));
  }
  for (std::span<const meta::NewContent> rest = checked; !rest.empty();) {
    const auto together = rest.first(std::min(rest.size(), limits::kGroupCommitCountMax));
    TRY_DONE(needs_.facts.content().record_all(together));
    rest = rest.subspan(together.size());
  }
  return {};
}

}  // namespace granary::service
