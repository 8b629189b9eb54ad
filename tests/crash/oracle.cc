// Verifying a recovered store against the oracle.
#include "oracle.h"

#include <algorithm>
#include <array>

#include "store/fsck.h"
#include "store/known_chunks.h"

namespace granary::crash {
namespace {

Result<void> broken(std::string what) { return fail(ErrorKind::Corrupt, std::move(what)); }

Result<bool> is_found(const auto& result) {
  if (result) return true;
  const ErrorKind kind = result.error().kind;
  if (kind == ErrorKind::NotFound || kind == ErrorKind::RevisionNotFound) return false;
  return tl::unexpected(result.error());
}

// Notes in `presence` what was found, if that is allowed.
Result<void> settle(Presence& presence, bool found, const std::string& what) {
  if (presence == Presence::Present && !found) return broken("P1: lost: " + what);
  if (presence == Presence::Absent && found) return broken("P7: back to life: " + what);
  presence = found ? Presence::Present : Presence::Absent;
  return {};
}

Result<void> verify_files(World& world, Oracle& oracle) {
  meta::ContentStore& content = world.facts().content();
  TRY(const auto stored, content.list_files({}, 10'000));
  for (const meta::StoredFile& file : stored) {
    const auto sent = oracle.files.find(file.sha256);
    if (sent == oracle.files.end()) return broken("P3: never sent: " + file.sha256.to_string());
    TRY_DONE(verify_bytes(world, file.sha256, *sent->second.bytes));
  }
  for (auto& [sha256, sent] : oracle.files) {
    const auto grant = content.find_grant(oracle.repo, sha256);
    TRY(const bool found, is_found(grant));
    TRY_DONE(settle(sent.granted, found, "file " + sha256.to_string()));
    if (found && !content.find_file(sha256)) return broken("P4: a grant of no file");
  }
  return {};
}

Result<void> verify_xorb_bytes(World& world, const meta::Xorb& xorb, ByteView sent) {
  TRY(const auto known, world.store().known_xorb(xorb));
  TRY(const auto reader, world.store().open_xorb(xorb.id));
  std::uint64_t at = 0;
  for (std::uint32_t index = 0; index < known->list.count(); ++index) {
    constexpr std::uint64_t kHeaderSizeBytes = 8;
    Bytes got(known->list.start_bytes(index + 1) - known->list.start_bytes(index));
    TRY_DONE(reader->read_exactly(at + kHeaderSizeBytes, got));
    at += kHeaderSizeBytes + got.size();
    const std::size_t size = std::min(got.size(), sent.size());
    if (as_text(got) != as_text(sent.first(size))) return broken("P1: other bytes: a xorb");
    sent = sent.subspan(size);
  }
  if (sent.empty()) return {};
  return broken("P1: bytes are missing: a xorb");
}

Result<void> verify_xorbs(World& world, Oracle& oracle) {
  meta::ContentStore& content = world.facts().content();
  const meta::XorbScope own{
      .repo = oracle.repo, .reach = meta::DedupeScope::Repo, .viewer = {}, .sources = {}};
  for (auto& [hash, sent] : oracle.xorbs) {
    TRY(const auto found, content.claim_xorbs(own, std::array{hash}, {}));
    TRY_DONE(settle(sent.kept, found[0].has_value(), "xorb " + hash.to_string()));
    if (found[0]) TRY_DONE(verify_xorb_bytes(world, *found[0], *sent.bytes));
  }
  return {};
}

Result<void> verify_refs(World& world, Oracle& oracle) {
  meta::GitStore& git = world.facts().git();
  TRY(const auto refs, git.list_refs(oracle.repo));
  std::map<std::string, Oracle::Target> found;
  for (const meta::Ref& ref : refs) {
    if (!oracle.refs.contains(ref.name)) return broken("P3: a ref never made: " + ref.name);
    TRY_DONE(git.read_commit(oracle.repo, ref.target));
    TRY_DONE(git.read_object(oracle.repo, ref.target));
    found[ref.name] = ref.target;
  }
  for (auto& [name, targets] : oracle.refs) {
    const Oracle::Target now = found[name];
    if (!targets.contains(now)) return broken("P1: a ref has moved: " + name);
    targets = {now};
  }
  return {};
}

Result<void> verify_parts(World& world, FileSystem& files, Oracle& oracle) {
  std::set<std::pair<std::string, std::uint32_t>> kept;
  std::set<std::string> uploads;
  for (const auto& [key, part] : oracle.parts) uploads.insert(key.first);
  for (const std::string& id : uploads) {
    TRY(const auto parts, world.facts().content().list_parts(id));
    for (const meta::UploadPart& part : parts) kept.insert({id, part.number});
  }
  for (auto& [key, part] : oracle.parts) {
    const std::string path =
        std::string(kUploadsFolder) + "/" + key.first + "/" + std::to_string(key.second);
    TRY_DONE(settle(part.kept, kept.contains(key), "part " + path));
    if (part.kept == Presence::Absent) continue;
    TRY(const auto file, files.open(path, OpenMode::Read));
    Bytes got(part.bytes->size());
    TRY(const std::size_t size, file->read_at(0, got));
    if (size != got.size() || as_text(got) != as_text(*part.bytes))
      return broken("P1: other bytes: part " + path);
  }
  return {};
}

}  // namespace

Result<void> verify(World& world, FileSystem& files, Oracle& oracle, bool deep) {
  if (!oracle.is_set_up) return {};
  TRY_DONE(verify_files(world, oracle));
  TRY_DONE(verify_xorbs(world, oracle));
  TRY_DONE(verify_refs(world, oracle));
  TRY_DONE(verify_parts(world, files, oracle));
  if (!deep) return {};
  TRY(const auto report, store::fsck(world.facts(), world.objects(), {.data = true}));
  if (!report.is_sound()) return broken("P4: fsck: " + report.findings.front());
  return {};
}

Result<void> verify_bytes(World& world, const Sha256& sha256, const Bytes& sent) {
  TRY(const auto reader, world.store().open(sha256));
  Bytes got(reader->size_bytes());
  if (got.size() != sent.size()) return broken("P1: another size: " + sha256.to_string());
  TRY_DONE(reader->read_exactly(0, got));
  if (as_text(got) != as_text(sent)) return broken("P1: other bytes: " + sha256.to_string());
  return {};
}

}  // namespace granary::crash
