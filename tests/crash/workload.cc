// The client's steps.
#include "workload.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/hasher.h"
#include "base/sim_env.h"
#include "chunk/hash_tree.h"

namespace granary::crash {
namespace {

constexpr char kMain[] = "refs/heads/main";
constexpr char kBranch[] = "refs/heads/side";
constexpr std::size_t kLargeSizeMax = 100'000;
constexpr std::size_t kLongSizeMax = 300'000;
constexpr std::uint64_t kPartSizeBytes = 2'500;
constexpr WallTime kLeaseEnd{std::chrono::hours(24 * 365 * 100)};

std::vector<chunk::Chunk> chunks_of(ByteView bytes) {
  constexpr std::size_t kChunkSizeBytes = 30'000;  // cut as no ingest does
  std::vector<chunk::Chunk> chunks;
  while (!bytes.empty()) {
    const ByteView chunk = bytes.first(std::min(bytes.size(), kChunkSizeBytes));
    chunks.push_back({chunk::chunk_hash(chunk), chunk.size()});
    bytes = bytes.subspan(chunk.size());
  }
  return chunks;
}

meta::GitObject make_object(meta::GitKind kind, const std::string& text) {
  Sha1Hasher hasher;
  hasher.update(as_bytes(std::to_string(static_cast<int>(kind)) + text));
  meta::GitObject object{.oid = hasher.finish(), .kind = kind, .data = {}, .lfs = {}};
  put_bytes(object.data, as_bytes(text));
  return object;
}

meta::CommitBatch make_commit(meta::RepoId repo, const Oracle::Target& parent, std::uint64_t depth,
                              const std::string& text) {
  const auto blob = make_object(meta::GitKind::Blob, text);
  const auto tree = make_object(meta::GitKind::Tree, blob.oid.to_string());
  const std::string on = parent ? parent->to_string() : "nothing";
  const auto commit = make_object(meta::GitKind::Commit, tree.oid.to_string() + on + text);
  return {.repo = repo,
          .ref = kMain,
          .expected = parent,
          .commit = {.oid = commit.oid,
                     .tree = tree.oid,
                     .parent = parent,
                     .depth = depth,
                     .author_name = "Ada",
                     .author_email = "ada@example.org",
                     .author = {},
                     .message = text,
                     .time = {}},
          .objects = {blob, tree, commit},
          .files = {},
          .summary = {}};
}

}  // namespace

std::string_view name_of(Step step) {
  constexpr std::array<std::string_view, kStepCount> kNames{
      "upload-small", "upload-large", "upload-again", "upload-edited", "upload-by-xet",
      "send-part",    "recode",       "commit",       "make-branch",   "delete-branch",
      "revoke",       "restart",      "power-cut"};
  return kNames[static_cast<std::size_t>(step)];
}

Payload::Payload(SharedBytes bytes_) : bytes(std::move(bytes_)), sha256(sha256_of(*bytes)) {}

Result<void> Client::run(Step step) {
  switch (step) {
    case Step::UploadSmall: return upload(Payload(make_bytes(0, kSmallSizeMax)));
    case Step::UploadLarge: return upload(Payload(make_large()));
    case Step::UploadAgain: return upload(any_sent());
    case Step::UploadEdited: {
      auto edited = std::make_shared<Bytes>(*any_sent().bytes);
      put_bytes(*edited, *make_bytes(0, 100));
      return upload(Payload(std::move(edited)));
    }
    case Step::UploadByXet: return upload_by_xet();
    case Step::SendPart: return send_part();
    case Step::Recode: return recode();
    case Step::Commit: return commit();
    case Step::MakeBranch: return move_branch(true);
    case Step::DeleteBranch: return move_branch(false);
    case Step::Revoke: return revoke();
    case Step::Restart:
    case Step::PowerCut: break;
  }
  return {};
}

// Half of it noise, half of it text, so that blocks are raw or coded.
SharedBytes Client::make_bytes(std::size_t over, std::size_t size_max) {
  Bytes bytes(over + 1 + numbers_.below(size_max - over));
  const std::size_t noise = numbers_.below(2) == 0 ? bytes.size() : bytes.size() / 2;
  std::size_t at = 0;
  for (; at + 8 <= noise; at += 8) {
    const std::uint64_t number = numbers_.next();
    std::memcpy(bytes.data() + at, &number, sizeof number);
  }
  std::memset(bytes.data() + at, static_cast<int>('a' + numbers_.below(26)), bytes.size() - at);
  return std::make_shared<const Bytes>(std::move(bytes));
}

// Of one block, or sometimes of two; mostly of a few chunks. Longer ones would have no more calls
// to be cut between, only dearer cuts.
SharedBytes Client::make_large() {
  const bool is_long = numbers_.below(8) == 0;
  return is_long ? make_bytes(limits::kBlockSizeBytes, kLongSizeMax) : make_bytes(0, kLargeSizeMax);
}

Payload Client::any_sent() {
  if (auto payload = unfinished()) return *std::move(payload);
  if (oracle_.files.empty()) return Payload(make_bytes(0, kSmallSizeMax));
  auto file = oracle_.files.begin();
  std::advance(file, static_cast<std::ptrdiff_t>(numbers_.below(oracle_.files.size())));
  return {file->second.bytes, file->first};
}

std::optional<Payload> Client::unfinished() const {
  for (const auto& [sha256, file] : oracle_.files) {
    const bool stored = world_.facts().content().find_file(sha256).has_value();
    if (file.granted != Presence::Present && !stored) return Payload(file.bytes, sha256);
  }
  return std::nullopt;
}

meta::RepoFile Client::grant_of(const Sha256& sha256, const Bytes& bytes) const {
  return {.repo = oracle_.repo,
          .sha256 = sha256,
          .size_bytes = bytes.size(),
          .path = {},
          .ref = {},
          .pushed = {}};
}

Result<void> Client::upload(const Payload& payload) {
  const auto& [bytes, sha256] = payload;
  Oracle::SentFile& sent = oracle_.files[sha256];
  sent.bytes = bytes;
  if (sent.granted == Presence::Absent) sent.granted = Presence::Maybe;
  TRY(const auto ingest, world_.store().start_ingest({.size_bytes = bytes->size()}));
  const std::size_t cut = numbers_.below(bytes->size());
  TRY_DONE(ingest->write(ByteView(*bytes).first(cut)));
  TRY_DONE(ingest->write(ByteView(*bytes).subspan(cut)));
  TRY(auto content, ingest->finish({.sha256 = sha256, .size_bytes = bytes->size()}));
  content.grant = grant_of(sha256, *bytes);
  TRY_DONE(world_.facts().content().record(content));
  sent.granted = Presence::Present;
  return {};
}

// A xorb, which is the repo's by a lease, then a file that repeats it.
Result<void> Client::upload_by_xet() {
  const SharedBytes half = make_large();
  TRY(const store::ClaimedTerm term, send_xorb(half));
  auto whole = std::make_shared<Bytes>(*half);
  put_bytes(*whole, *half);
  const Sha256 sha256 = sha256_of(*whole);
  Oracle::SentFile& sent = oracle_.files[sha256];
  sent = {.bytes = whole, .granted = Presence::Maybe};

  chunk::HashTree tree;
  for (int i = 0; i < 2; ++i) {
    for (const chunk::Chunk& chunk : chunks_of(*half)) tree.add(chunk);
  }
  const store::ClaimedFile claim{
      .file_hash = tree.finish_file(), .sha256 = sha256, .terms = {term, term}};
  TRY(auto content, world_.store().assemble(claim, {}));
  content.grant = grant_of(sha256, *whole);
  content.lease = meta::XorbLease{.repo = oracle_.repo, .expires = kLeaseEnd};
  TRY_DONE(world_.facts().content().record(content));
  sent.granted = Presence::Present;
  return {};
}

Result<store::ClaimedTerm> Client::send_xorb(const SharedBytes& bytes) {
  const std::vector<chunk::Chunk> chunks = chunks_of(*bytes);
  const XorbHash hash = chunk::xorb_hash(chunks);
  Oracle::SentXorb& sent = oracle_.xorbs[hash];
  sent = {.bytes = bytes, .kept = Presence::Maybe};
  TRY(const auto intake, world_.store().start_xorb());
  ByteView rest = *bytes;
  for (const chunk::Chunk& chunk : chunks) {
    TRY_DONE(intake->add_chunk(rest.first(chunk.size_bytes)));
    rest = rest.subspan(chunk.size_bytes);
  }
  TRY(auto content, intake->finish(hash));
  content.lease = meta::XorbLease{.repo = oracle_.repo, .expires = kLeaseEnd};
  TRY_DONE(world_.facts().content().record(content));
  sent.kept = Presence::Present;
  const meta::XorbScope own{
      .repo = oracle_.repo, .reach = meta::DedupeScope::Repo, .viewer = {}, .sources = {}};
  TRY(const auto found, world_.facts().content().claim_xorbs(own, std::array{hash}, kLeaseEnd));
  if (!found[0]) return fail(ErrorKind::Internal, "a xorb is not its sender's");
  return store::ClaimedTerm{.xorb = *found[0],
                            .chunk_start = 0,
                            .chunk_end = static_cast<std::uint32_t>(chunks.size()),
                            .size_bytes = bytes->size(),
                            .range_hash = chunk::range_hash(chunks)};
}

// One file of three parts at a time; the third completes it.
Result<void> Client::send_part() {
  constexpr std::uint32_t kPartCount = 3;
  auto whole = std::make_shared<Bytes>(kPartCount * kPartSizeBytes - 700, std::byte{'p'});
  const std::uint64_t number = oracle_.parts.size() / kPartCount;
  std::memcpy(whole->data(), &number, sizeof number);
  const Sha256 sha256 = sha256_of(*whole);
  TRY(const auto upload, world_.uploads().start({.repo = oracle_.repo,
                                                 .user = oracle_.user,
                                                 .sha256 = sha256,
                                                 .size_bytes = whole->size(),
                                                 .part_size_bytes = kPartSizeBytes}));
  for (std::uint32_t part = 1; part <= kPartCount; ++part) {
    Oracle::SentPart& sent = oracle_.parts[{upload.id, part}];
    if (sent.kept == Presence::Present) continue;
    const std::uint64_t size = store::part_size_bytes(upload, part);
    const ByteView bytes = ByteView(*whole).subspan((part - 1) * kPartSizeBytes, size);
    sent = {std::make_shared<const Bytes>(bytes.begin(), bytes.end()), Presence::Maybe};
    TRY(const auto writer, world_.uploads().start_part(upload.id, part, size, {}));
    TRY_DONE(writer->write(bytes));
    TRY_DONE(writer->finish());
    sent.kept = Presence::Present;
    if (part < kPartCount) return {};
  }
  return complete(upload, whole);
}

Result<void> Client::complete(const meta::Upload& upload, const SharedBytes& bytes) {
  Oracle::SentFile& sent = oracle_.files[upload.sha256];
  sent.bytes = bytes;
  if (sent.granted == Presence::Absent) sent.granted = Presence::Maybe;
  TRY(auto content, world_.uploads().complete(upload.id, {}));
  content.grant = grant_of(upload.sha256, *bytes);
  TRY_DONE(world_.facts().content().record(content));
  sent.granted = Presence::Present;
  const auto set_all = [&](Presence kept) {
    for (auto& [key, part] : oracle_.parts) {
      if (key.first == upload.id) part.kept = kept;
    }
  };
  set_all(Presence::Maybe);
  TRY_DONE(world_.uploads().remove(upload.id));
  set_all(Presence::Absent);
  return {};
}

// Promises nothing new: what was there stays readable. Old objects go at once or much later.
Result<void> Client::recode() {
  constexpr std::uint32_t kPolicy = 1;
  TRY(const auto xorbs, world_.facts().codings().list_below(kPolicy, {}, 2));
  for (const meta::Xorb& xorb : xorbs) {
    TRY_DONE(world_.store().recode(xorb, {.policy = kPolicy}));
  }
  if (numbers_.below(2) == 0) TRY_DONE(world_.store().remove_replaced());
  return {};
}

Result<void> Client::commit() {
  std::set<Oracle::Target>& main = oracle_.refs[kMain];
  TRY(const GitOid parent, world_.facts().git().find_ref(oracle_.repo, kMain));
  TRY(const auto before, world_.facts().git().read_commit(oracle_.repo, parent));
  const std::string text = "commit " + std::to_string(numbers_.next());
  auto batch = make_commit(oracle_.repo, parent, before.depth + 1, text);
  for (const auto& [sha256, file] : oracle_.files) {
    if (file.granted != Presence::Present) continue;
    auto grant = grant_of(sha256, *file.bytes);
    grant.path = sha256.to_string().substr(0, 8);
    grant.ref = kMain;
    batch.files.push_back(std::move(grant));
  }
  main.insert(batch.commit.oid);
  TRY_DONE(world_.facts().git().commit(batch));
  main = {batch.commit.oid};
  return {};
}

Result<void> Client::move_branch(bool to_exist) {
  std::set<Oracle::Target>& branch = oracle_.refs[kBranch];
  if (branch.empty()) branch.insert(std::nullopt);
  meta::GitStore& git = world_.facts().git();
  const auto found = git.find_ref(oracle_.repo, kBranch);
  if (!found && found.error().kind != ErrorKind::RevisionNotFound) {
    return tl::unexpected(found.error());
  }
  const Oracle::Target now = found ? Oracle::Target(*found) : std::nullopt;
  Oracle::Target next;
  if (to_exist) {
    TRY(next, git.find_ref(oracle_.repo, kMain));
  }
  if (now == next) return {};
  branch.insert(next);
  TRY_DONE(git.update_ref(
      {.repo = oracle_.repo, .ref = kBranch, .expected = now, .target = next, .tag = {}}));
  branch = {next};
  return {};
}

Result<void> Client::revoke() {
  for (auto& [sha256, file] : oracle_.files) {
    if (file.granted != Presence::Present) continue;
    file.granted = Presence::Maybe;
    TRY_DONE(world_.facts().content().revoke(oracle_.repo, std::array{sha256}));
    file.granted = Presence::Absent;
    return {};
  }
  return {};
}

Result<void> set_up(World& world, Oracle& oracle) {
  meta::AccountStore& accounts = world.facts().accounts();
  auto user = accounts.create_namespace({.name = "ada", .full_name = {}, .email = {}, .owner = {}});
  if (!user && user.error().kind == ErrorKind::Conflict) user = accounts.find_namespace("ada");
  if (!user) return tl::unexpected(user.error());
  oracle.user = user->id;
  const meta::RepoName name{.kind = meta::RepoKind::Model, .space = "ada", .name = "tiny"};
  const auto initial = make_commit({}, {}, 1, "initial");
  const auto repo = world.facts().repos().create_repo(
      {.name = name, .visibility = meta::Visibility::Public, .sdk = {}, .initial = initial});
  if (!repo && repo.error().kind != ErrorKind::Conflict) return tl::unexpected(repo.error());
  TRY(const auto found, world.facts().repos().find_repo(name));
  oracle.repo = found.repo.id;
  oracle.refs[kMain] = {initial.commit.oid};
  oracle.is_set_up = true;
  return {};
}

std::unique_ptr<SimFileSystem> make_blank_disk(Clock& clock) {
  auto files = std::make_unique<SimFileSystem>(clock, 1);
  GRANARY_ASSERT(files->make_directory(kDataFolder).has_value());
  GRANARY_ASSERT(files->sync_directory("").has_value());
  return files;
}

std::unique_ptr<SimFileSystem> make_first_disk(Clock& clock, Oracle& oracle) {
  auto files = make_blank_disk(clock);
  SimRandom random(1);
  auto world = World::start({.clock = clock, .random = random, .files = *files}).value();
  GRANARY_ASSERT(set_up(*world, oracle).has_value());
  world.reset();
  for (const char* folder : {kFactsFolder, kUploadsFolder, kDataFolder}) {
    GRANARY_ASSERT(files->sync_directory(folder).has_value());
  }
  return files;
}

}  // namespace granary::crash
