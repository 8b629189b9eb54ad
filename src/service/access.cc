// Access: rights, and the caches that let a known caller and a known repo cost no SQL.
#include "service/access.h"

#include <array>
#include <chrono>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/hasher.h"
#include "base/limits.h"
#include "base/text.h"
#include "service/answer_cache.h"

namespace granary::service {
namespace {

using meta::OrgRole;
using meta::RepoName;

// The clients compare this text (hf-hub API, "Error contract").
constexpr std::string_view kBadToken = "Invalid credentials in Authorization header";

std::string key_of(const Sha256& secret) { return std::string(as_text(secret.view())); }

std::string key_of(const RepoName& name) {
  std::string key(1, static_cast<char>('0' + static_cast<int>(name.kind)));
  return key + to_lower(name.full());
}

// The same words for a repo that is not there and for one that the caller may not see: made of what
// the caller wrote, never of what is stored.
tl::unexpected<Error> no_such_repo(const RepoName& name) {
  const std::string id = name.space.empty() ? name.name : name.full();
  return fail(ErrorKind::RepoNotFound, "Repository Not Found: there is no " +
                                           std::string(meta::name_of(name.kind)) + " " + id +
                                           " that you may see");
}

// A contributor writes to the repos it created, and who that was is not recorded yet.
bool may_write_in(const Caller& caller, meta::NamespaceId space) {
  return caller.is_instance_admin() || caller.role_in(space) >= OrgRole::Write;
}

}  // namespace

bool Caller::is_instance_admin() const {
  return user && token && user->instance_admin && token->role == meta::TokenRole::Admin;
}

bool Caller::may_write() const { return token && token->role != meta::TokenRole::Read; }

std::optional<OrgRole> Caller::role_in(meta::NamespaceId space) const {
  if (user && user->id == space) return OrgRole::Admin;
  for (const auto& membership : memberships) {
    if (membership.organization == space) return membership.role;
  }
  return std::nullopt;
}

meta::Viewer Caller::viewer() const {
  meta::Viewer viewer;
  viewer.sees_all = is_instance_admin();
  if (user) viewer.namespaces.push_back(user->id);
  for (const auto& membership : memberships) viewer.namespaces.push_back(membership.organization);
  return viewer;
}

std::string_view Caller::actor_name() const {
  return user ? std::string_view(user->name) : "anonymous";
}

class Access::Impl {
 public:
  Impl(Clock& clock, meta::MetaStore& facts)
      : clock_(clock),
        facts_(facts),
        callers_(facts, limits::kKnownCallerCountMax),
        repos_(facts, limits::kKnownRepoCountMax),
        grants_(facts, limits::kKnownGrantCountMax) {}

  std::shared_ptr<const Caller> identify_now(std::string_view secret) {
    if (secret.empty()) return stranger_;
    return find_known(hash_secret(secret));
  }

  Result<Caller> identify(std::string_view secret) {
    if (secret.empty()) return *stranger_;
    const Sha256 digest = hash_secret(secret);
    if (const auto known = find_known(digest)) return *known;
    TRY_DONE(flush_uses_after(limits::kTokenUseFlushTime));
    const auto freshness = callers_.freshness();
    auto owner = facts_.accounts().find_token(digest);
    if (!owner && owner.error().kind != ErrorKind::NotFound) {
      return tl::unexpected(owner.error());
    }
    if (!owner || has_expired(owner->token)) {
      return fail(ErrorKind::Unauthenticated, std::string(kBadToken));
    }
    auto caller = std::make_shared<Caller>();
    TRY(caller->memberships, facts_.accounts().memberships_of(owner->user.id));
    caller->user = std::move(owner->user);
    caller->token = std::move(owner->token);
    note_use(*caller);
    callers_.put(key_of(digest), freshness, caller);
    return *caller;
  }

  Result<VisibleRepo> find(const Caller& caller, const RepoName& name) {
    TRY(const auto found, look_up(name));
    if (!found || !may_see(caller, found->repo)) return no_such_repo(name);
    return VisibleRepo{.repo = found->repo, .by_old_name = found->by_old_name};
  }

  /// Whether the caller may read the files of a gated repo that it sees.
  Result<bool> has_access(const Caller& caller, const meta::Repo& repo) {
    if (caller.is_instance_admin() || caller.role_in(repo.owner)) return true;
    if (caller.is_stranger()) return false;
    const std::string key =
        std::to_string(repo.id.value) + "/" + std::to_string(caller.user->id.value);
    if (const auto known = grants_.find(key)) return *known;
    const auto freshness = grants_.freshness();
    const auto request = facts_.repos().find_access(repo.id, caller.user->id);
    if (!request && request.error().kind != ErrorKind::NotFound) {
      return tl::unexpected(request.error());
    }
    const bool accepted = request && request->status == meta::AccessStatus::Accepted;
    grants_.put(key, freshness, std::make_shared<bool>(accepted));
    return accepted;
  }

  meta::AccountStore& accounts() { return facts_.accounts(); }

  Result<void> flush_uses_after(std::chrono::nanoseconds age) {
    std::unordered_map<std::int64_t, WallTime> uses;
    {
      std::lock_guard lock(mutex_);
      if (uses_.empty() || clock_.steady_now() - uses_since_ < age) return {};
      uses.swap(uses_);
    }
    for (const auto& [id, time] : uses) {
      const auto touched = facts_.accounts().touch_token(meta::TokenId{id}, time);
      // A token revoked meanwhile has no last use to keep.
      if (!touched && touched.error().kind != ErrorKind::NotFound) return touched;
    }
    return {};
  }

 private:
  bool has_expired(const meta::Token& token) {
    return token.expires && *token.expires <= clock_.wall_now();
  }

  std::shared_ptr<const Caller> find_known(const Sha256& digest) {
    auto known = callers_.find(key_of(digest));
    if (!known || has_expired(*known->token)) return nullptr;
    note_use(*known);
    return known;
  }

  void note_use(const Caller& caller) {
    const WallTime now = clock_.wall_now();
    std::lock_guard lock(mutex_);
    if (uses_.empty()) uses_since_ = clock_.steady_now();
    uses_[caller.token->id.value] = now;
  }

  // Names that nothing bears are kept too: an unknown repo must cost what a hidden one costs.
  Result<std::optional<meta::FoundRepo>> look_up(const RepoName& name) {
    std::string key = key_of(name);
    if (const auto known = repos_.find(key)) return *known;
    auto freshness = repos_.freshness();
    auto found = std::make_shared<std::optional<meta::FoundRepo>>();
    if (auto first = facts_.repos().find_repo(name)) {
      repos_.stand_on(freshness, first->repo.id);
      // Read again, since the content's generation is known only now.
      auto again = facts_.repos().read_repo(first->repo.id);
      if (!again) return tl::unexpected(again.error());
      *found = meta::FoundRepo{.repo = std::move(*again), .by_old_name = first->by_old_name};
    } else if (first.error().kind != ErrorKind::RepoNotFound) {
      return tl::unexpected(first.error());
    }
    repos_.put(std::move(key), freshness, found);
    return *found;
  }

  Clock& clock_;
  meta::MetaStore& facts_;
  const std::shared_ptr<const Caller> stranger_ = std::make_shared<Caller>();
  AnswerCache<Caller> callers_;  // by the token's digest
  AnswerCache<std::optional<meta::FoundRepo>> repos_;
  AnswerCache<bool> grants_;  // by repo and user
  std::mutex mutex_;
  std::unordered_map<std::int64_t, WallTime> uses_;  // of tokens, not written yet
  SteadyTime uses_since_;
};

Access::Access(Clock& clock, meta::MetaStore& facts)
    : impl_(std::make_unique<Impl>(clock, facts)) {}
Access::~Access() = default;

Result<Caller> Access::identify(std::string_view secret) { return impl_->identify(secret); }

std::shared_ptr<const Caller> Access::identify_now(std::string_view secret) {
  return impl_->identify_now(secret);
}

Result<void> Access::flush_token_uses() { return impl_->flush_uses_after({}); }

Result<VisibleRepo> Access::find(const Caller& caller, const RepoName& name) {
  return impl_->find(caller, name);
}

Result<VisibleRepo> Access::find_for_content(const Caller& caller, const RepoName& name) {
  TRY(auto visible, impl_->find(caller, name));
  if (visible.repo.gating == meta::Gating::None) return visible;
  TRY(const bool allowed, impl_->has_access(caller, visible.repo));
  if (allowed) return visible;
  return fail(ErrorKind::Gated, "Access to " + std::string(meta::name_of(name.kind)) + " " +
                                    visible.repo.name.full() +
                                    " is restricted and you are not in the authorized list. " +
                                    (caller.is_stranger() ? "Log in and ask" : "Ask") +
                                    " for access to it.");
}

Result<VisibleRepo> Access::find_for_write(const Caller& caller, const RepoName& name) {
  TRY(auto visible, impl_->find(caller, name));
  if (caller.is_stranger()) {
    return fail(ErrorKind::Denied, "changing " + name.full() + " needs a token");
  }
  if (!caller.may_write()) return fail(ErrorKind::Denied, "this token may only read");
  if (!may_write_in(caller, visible.repo.owner)) {
    return fail(ErrorKind::Denied, "you have no right to change " + visible.repo.name.full());
  }
  return visible;
}

Result<VisibleRepo> Access::find_for_admin(const Caller& caller, const RepoName& name) {
  // As on the public hub: who may write in a namespace also manages its repos.
  return find_for_write(caller, name);
}

Result<meta::Namespace> Access::find_for_create(const Caller& caller, std::string_view space) {
  if (caller.is_stranger()) {
    return fail(ErrorKind::Unauthenticated, "creating a repository needs a token");
  }
  if (!caller.may_write()) return fail(ErrorKind::Denied, "this token may only read");
  if (space.empty()) return *caller.user;
  auto found = impl_->accounts().find_namespace(space);
  if (!found && found.error().kind != ErrorKind::NotFound) return found;
  if (!found || !may_write_in(caller, found->id)) {
    return fail(ErrorKind::Denied, "you have no right to create a repository under the namespace " +
                                       std::string(space));
  }
  return found;
}

bool may_see(const Caller& caller, const meta::Repo& repo) {
  return repo.visibility == meta::Visibility::Public || caller.is_instance_admin() ||
         caller.role_in(repo.owner).has_value();
}

Caller local_operator() {
  Caller caller;
  auto& user = caller.user.emplace();
  user.name = "system";
  user.instance_admin = true;
  auto& token = caller.token.emplace();
  token.name = "local";
  token.role = meta::TokenRole::Admin;
  return caller;
}

Sha256 hash_secret(std::string_view secret) { return sha256_of(as_bytes(secret)); }

std::string make_secret(Random& random) {
  constexpr std::string_view kAlphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr std::size_t kLength = 40;
  constexpr unsigned kFairBelow = 256 / kAlphabet.size() * kAlphabet.size();
  std::string secret = "hf_";
  while (secret.size() < 3 + kLength) {
    std::array<std::byte, 64> bytes;
    random.fill(bytes);
    for (const std::byte byte : bytes) {
      const auto value = std::to_integer<unsigned>(byte);
      // Bytes beyond the last whole run of the alphabet would make its start likelier.
      if (value < kFairBelow && secret.size() < 3 + kLength) {
        secret += kAlphabet[value % kAlphabet.size()];
      }
    }
  }
  return secret;
}

}  // namespace granary::service
