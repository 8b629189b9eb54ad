// Dedupe answers: exact ones by hooks, and hints once in a session.
#include "service/xet_dedupe.h"

#include <array>
#include <list>
#include <mutex>
#include <set>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "chunk/chunk_hash.h"
#include "service/upload_scope.h"
#include "store/chunk_list.h"
#include "store/known_chunks.h"
#include "store/store.h"

namespace granary::service {

/// Which sessions were answered before; the longest unheard of is forgotten first. Thread-safe.
class XetDedupe::Sessions {
 public:
  /// True once for each session, repo and xorb; 0 stands for the repo itself.
  bool is_first(std::string_view session, meta::RepoId repo, meta::XorbId xorb = {}) {
    if (session.empty()) return false;
    std::string key = std::to_string(repo.value) + "/" + std::to_string(xorb.value) + "/" +
                      std::string(session.substr(0, limits::kXetSessionNameSizeBytesMax));
    const std::lock_guard lock(mutex_);
    if (!known_.insert(key).second) return false;
    order_.push_back(std::move(key));
    if (order_.size() > limits::kXetSessionsMax) {
      known_.erase(order_.front());
      order_.pop_front();
    }
    return true;
  }

 private:
  std::mutex mutex_;
  std::set<std::string> known_;
  std::list<std::string> order_;  // oldest first
};

namespace {

/// Gathers xorbs, each once, until their chunks are as many as an answer may list.
class Gathering {
 public:
  Gathering(store::Store& store, DedupeAnswer& answer) : store_(store), answer_(answer) {}

  bool is_full() const { return chunk_count_ >= limits::kDedupeAnswerChunkCountMax; }

  /// A xorb that cannot be read is left out, and logged: an upload never fails because of it.
  void add(const meta::Xorb& xorb) {
    if (is_full() || !names_.insert(xorb.id).second) return;
    const auto known = store_.known_xorb(xorb);
    if (!known) {
      log::error("xorb unreadable",
                 {{"xorb", xorb.hash.to_string()}, {"why", known.error().message}});
      return;
    }
    const store::ChunkList& list = (*known)->list;
    DedupeXorb told{.hash = xorb.hash, .size_bytes = list.start_bytes(list.count()), .chunks = {}};
    told.chunks.reserve(list.count());
    for (std::uint32_t i = 0; i < list.count(); ++i) {
      told.chunks.push_back(
          {.keyed_hash = chunk::keyed_chunk_hash(answer_.key, list.chunks()[i].hash),
           .start_bytes = list.start_bytes(i),
           .size_bytes = list.start_bytes(i + 1) - list.start_bytes(i)});
    }
    chunk_count_ += told.chunks.size();
    answer_.xorbs.push_back(std::move(told));
  }

 private:
  store::Store& store_;
  DedupeAnswer& answer_;
  std::set<meta::XorbId> names_;
  std::size_t chunk_count_ = 0;
};

}  // namespace

XetDedupe::XetDedupe(const Needs& needs, meta::DedupeScope scope)
    : needs_(needs), scope_(scope), sessions_(std::make_unique<Sessions>()) {}
XetDedupe::~XetDedupe() = default;

Result<DedupeAnswer> XetDedupe::find(const XetTicket& ticket, const ChunkHash& chunk,
                                     std::string_view session) {
  const Uploader uploader{.user = ticket.user, .repo = ticket.repo};
  TRY(const auto scope, upload_scope(needs_.facts, needs_.access, uploader, scope_));
  meta::ContentStore& content = needs_.facts.content();
  const WallTime now = needs_.env.clock.wall_now();
  const WallTime leased_until = now + limits::kXorbLeaseTime;
  DedupeAnswer answer{.key = {}, .key_expires = now + limits::kDedupeKeyTime, .xorbs = {}};
  needs_.env.random.fill(std::as_writable_bytes(std::span(answer.key)));
  Gathering gathering(needs_.store, answer);

  const std::array hooks{chunk};
  TRY(const auto exact, content.claim_hooks(scope, hooks, leased_until));
  for (const meta::Xorb& xorb : exact) gathering.add(xorb);
  // Where one xorb of a file is, the client will want the next ones; it asks too rarely to find
  // them by their own hooks.
  for (const meta::Xorb& xorb : exact) {
    if (!sessions_->is_first(session, ticket.repo, xorb.id)) continue;
    TRY(const auto beside,
        content.claim_neighbours(scope, xorb.id, limits::kHintXorbCountMax, leased_until));
    for (const meta::Xorb& neighbour : beside) gathering.add(neighbour);
  }
  if (sessions_->is_first(session, ticket.repo)) {
    std::vector<meta::RepoId> repos{ticket.repo};
    repos.insert(repos.end(), scope.sources.begin(), scope.sources.end());
    for (const meta::RepoId repo : repos) {
      TRY(const auto xorbs,
          content.claim_repo_xorbs(repo, limits::kHintXorbCountMax,
                                   {.repo = ticket.repo, .expires = leased_until}));
      for (const meta::Xorb& xorb : xorbs) gathering.add(xorb);
    }
  }
  if (answer.xorbs.empty()) return fail(ErrorKind::NotFound, "no xorb here has this chunk");
  return answer;
}

}  // namespace granary::service
