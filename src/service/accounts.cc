// Accounts: who may make, change and see users, organisations, members and tokens.
#include "service/accounts.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "service/names.h"

namespace granary::service {
namespace {

using meta::Namespace;
using meta::NamespaceKind;
using meta::TokenRole;

constexpr std::size_t kTokenNameLengthMax = 64;
// What clients take for a token: "hf_" and 34 to 200 alphanumerics (hf-hub API, 1).
constexpr std::size_t kSecretLengthMin = 3 + 34;
constexpr std::size_t kChosenSecretLengthMin = 8;
constexpr std::size_t kSecretLengthMax = 3 + 200;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// The operator's own choice of a first token: any that can travel in a header, with a warning where
// some client (llama.cpp, secret scanners) would refuse it.
Result<void> check_secret(std::string_view secret) {
  const auto may_travel = [](char c) { return c > ' ' && c < 0x7F; };
  if (secret.size() < kChosenSecretLengthMin || secret.size() > kSecretLengthMax ||
      !std::ranges::all_of(secret, may_travel)) {
    return fail(ErrorKind::Invalid,
                "GRANARY_ADMIN_TOKEN has 8 to 203 visible ASCII characters; best is \"hf_\" and at "
                "least 34 letters and digits");
  }
  if (!secret.starts_with("hf_") || secret.size() < kSecretLengthMin ||
      !std::ranges::all_of(secret.substr(3), is_alphanumeric)) {
    log::warn("some clients refuse this GRANARY_ADMIN_TOKEN",
              {{"best", "hf_ and 34 to 200 letters and digits"}});
  }
  return {};
}

// Clients store a token under its name, in a file.
Result<void> check_token_name(std::string_view name) {
  const auto may_occur = [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
  };
  if (!name.empty() && name.size() <= kTokenNameLengthMax && is_alphanumeric(name.front()) &&
      std::ranges::all_of(name, may_occur)) {
    return {};
  }
  return fail(
      ErrorKind::Invalid,
      "a token's name has 1 to 64 letters, digits, '-', '_' or '.', and starts with a letter "
      "or digit");
}

Result<void> require_instance_admin(const Caller& caller) {
  if (caller.is_instance_admin()) return {};
  return fail(ErrorKind::Denied, "only an administrator of this server may do this");
}

Result<Namespace> find_of_kind(meta::AccountStore& accounts, std::string_view name,
                               NamespaceKind kind) {
  auto found = accounts.find_namespace(name);
  if (found && found->kind == kind) return found;
  if (!found && found.error().kind != ErrorKind::NotFound) return found;
  return fail(ErrorKind::NotFound,
              (kind == NamespaceKind::User ? "there is no user " : "there is no organization ") +
                  std::string(name));
}

// The user whose tokens the caller may manage.
Result<Namespace> find_manageable_user(meta::AccountStore& accounts, const Caller& caller,
                                       std::string_view name) {
  const bool is_self = caller.user && equals_ignoring_case(caller.user->name, name);
  if (!caller.is_instance_admin() && !(is_self && caller.may_write())) {
    return fail(ErrorKind::Denied, "you may manage your own tokens only, with a write token");
  }
  return find_of_kind(accounts, name, NamespaceKind::User);
}

Result<Namespace> find_manageable_organization(meta::AccountStore& accounts, const Caller& caller,
                                               std::string_view name) {
  TRY(auto organization, find_of_kind(accounts, name, NamespaceKind::Organization));
  const bool is_its_admin =
      caller.may_write() && caller.role_in(organization.id) == meta::OrgRole::Admin;
  if (caller.is_instance_admin() || is_its_admin) return organization;
  return fail(ErrorKind::Denied, "only an admin of " + organization.name + " may change it");
}

Result<std::vector<Namespace>> list_all(meta::AccountStore& accounts, NamespaceKind kind) {
  std::vector<Namespace> all;
  while (true) {
    const std::string after = all.empty() ? "" : all.back().name;
    TRY(auto page, accounts.list_namespaces(kind, after, limits::kListPageCountMax));
    std::ranges::move(page, std::back_inserter(all));
    if (page.size() < limits::kListPageCountMax) return all;
  }
}

Result<std::vector<std::string>> find_near_names(meta::AccountStore& accounts,
                                                 std::string_view name) {
  std::vector<std::string> near;
  for (const auto kind : {NamespaceKind::User, NamespaceKind::Organization}) {
    TRY(const auto all, list_all(accounts, kind));
    for (const auto& space : all) {
      if (is_near_name(space.name, name)) near.push_back(space.name);
    }
  }
  return near;
}

Result<std::string> free_token_name(meta::AccountStore& accounts, meta::NamespaceId user) {
  TRY(const auto tokens, accounts.list_tokens(user));
  for (std::size_t number = 1;; ++number) {
    std::string name = "token-" + std::to_string(number);
    if (std::ranges::find(tokens, name, &meta::Token::name) == tokens.end()) return name;
  }
}

}  // namespace

Result<CreatedNamespace> Accounts::create_user(const Caller& caller, const CreateNamespace& fresh) {
  TRY_DONE(require_instance_admin(caller));
  return create(caller, meta::NewNamespace{.kind = NamespaceKind::User,
                                           .name = fresh.name,
                                           .full_name = fresh.full_name,
                                           .email = fresh.email,
                                           .instance_admin = fresh.instance_admin,
                                           .owner = std::nullopt});
}

Result<CreatedNamespace> Accounts::create_organization(const Caller& caller,
                                                       const CreateNamespace& fresh) {
  TRY_DONE(require_instance_admin(caller));
  TRY(const auto owner, find_of_kind(facts_.accounts(), fresh.owner, NamespaceKind::User));
  return create(caller, meta::NewNamespace{.kind = NamespaceKind::Organization,
                                           .name = fresh.name,
                                           .full_name = fresh.full_name,
                                           .email = "",
                                           .instance_admin = false,
                                           .owner = owner.id});
}

Result<CreatedNamespace> Accounts::create(const Caller& caller, meta::NewNamespace fresh) {
  TRY_DONE(check_namespace_name(fresh.name));
  if (fresh.full_name.empty()) fresh.full_name = fresh.name;
  CreatedNamespace created;
  TRY(created.near_names, find_near_names(facts_.accounts(), fresh.name));
  TRY(created.space, facts_.accounts().create_namespace(fresh));
  TRY_DONE(audit(caller, "namespace.create", fresh.name, ""));
  return created;
}

Result<std::optional<CreatedToken>> Accounts::create_first_admin(std::string_view secret) {
  TRY(const auto users, facts_.accounts().list_namespaces(NamespaceKind::User, "", 1));
  if (!users.empty()) return std::nullopt;
  if (!secret.empty()) TRY_DONE(check_secret(secret));
  const Caller system = local_operator();
  TRY(const auto admin, create(system, meta::NewNamespace{.kind = NamespaceKind::User,
                                                          .name = "admin",
                                                          .full_name = "Administrator",
                                                          .email = "",
                                                          .instance_admin = true,
                                                          .owner = std::nullopt}));
  CreatedToken created;
  created.secret = secret.empty() ? make_secret(env_.random) : std::string(secret);
  TRY(created.token,
      facts_.accounts().add_token(meta::NewToken{.user = admin.space.id,
                                                 .name = "first",
                                                 .role = TokenRole::Admin,
                                                 .secret_sha256 = hash_secret(created.secret),
                                                 .expires = std::nullopt}));
  return created;
}

Result<CreatedToken> Accounts::add_token(const Caller& caller, const CreateToken& fresh) {
  TRY(const auto user, find_manageable_user(facts_.accounts(), caller, fresh.user));
  if (!caller.is_instance_admin() && fresh.role > caller.token->role) {
    return fail(ErrorKind::Denied, "a new token may not do more than the one that makes it");
  }
  std::string name = fresh.name;
  if (name.empty()) {
    TRY(name, free_token_name(facts_.accounts(), user.id));
  }
  TRY_DONE(check_token_name(name));
  CreatedToken created;
  created.secret = make_secret(env_.random);
  TRY(created.token,
      facts_.accounts().add_token(meta::NewToken{.user = user.id,
                                                 .name = name,
                                                 .role = fresh.role,
                                                 .secret_sha256 = hash_secret(created.secret),
                                                 .expires = fresh.expires}));
  TRY_DONE(audit(caller, "token.add", user.name, name));
  return created;
}

Result<std::vector<meta::Token>> Accounts::list_tokens(const Caller& caller,
                                                       std::string_view user) {
  TRY(const auto found, find_manageable_user(facts_.accounts(), caller, user));
  return facts_.accounts().list_tokens(found.id);
}

Result<void> Accounts::revoke_token(const Caller& caller, std::string_view user,
                                    std::string_view token) {
  TRY(const auto found, find_manageable_user(facts_.accounts(), caller, user));
  TRY_DONE(facts_.accounts().revoke_token(found.id, token));
  return audit(caller, "token.revoke", found.name, token);
}

Result<void> Accounts::set_member(const Caller& caller, const MemberChange& change) {
  auto& accounts = facts_.accounts();
  TRY(const auto organization, find_manageable_organization(accounts, caller, change.organization));
  TRY(const auto user, find_of_kind(accounts, change.user, NamespaceKind::User));
  TRY_DONE(accounts.set_member(organization.id, user.id, change.role));
  return audit(caller, "member.set", organization.name,
               user.name + " " + std::string(meta::name_of(change.role)));
}

Result<void> Accounts::remove_member(const Caller& caller, std::string_view organization,
                                     std::string_view user) {
  auto& accounts = facts_.accounts();
  TRY(const auto found, find_manageable_organization(accounts, caller, organization));
  TRY(const auto member, find_of_kind(accounts, user, NamespaceKind::User));
  TRY_DONE(accounts.remove_member(found.id, member.id));
  return audit(caller, "member.remove", found.name, member.name);
}

Result<NamespaceOverview> Accounts::overview(const Caller& caller, std::string_view name) {
  NamespaceOverview overview;
  TRY(overview.space, find(name));
  if (overview.space.kind == NamespaceKind::User) {
    TRY(overview.memberships, facts_.accounts().memberships_of(overview.space.id));
    TRY(const auto likes, facts_.repos().list_likes(overview.space.id));
    overview.like_count = static_cast<std::size_t>(std::ranges::count_if(
        likes, [&](const meta::Like& like) { return may_see(caller, like.repo); }));
  } else {
    TRY(const auto members, facts_.accounts().members_of(overview.space.id));
    overview.member_count = members.size();
  }
  const auto count = [&](meta::RepoKind kind) -> Result<std::size_t> {
    meta::RepoQuery query;
    query.kind = kind;
    query.viewer = caller.viewer();
    query.owner = overview.space.name;
    query.limit = limits::kListPageCountMax;
    TRY(const auto page, facts_.repos().list_repos(query));
    return page.repos.size();
  };
  TRY(overview.model_count, count(meta::RepoKind::Model));
  TRY(overview.dataset_count, count(meta::RepoKind::Dataset));
  TRY(overview.space_count, count(meta::RepoKind::Space));
  return overview;
}

Result<std::vector<Namespace>> Accounts::members(std::string_view organization) {
  auto& accounts = facts_.accounts();
  TRY(const auto found, find_of_kind(accounts, organization, NamespaceKind::Organization));
  TRY(const auto memberships, accounts.members_of(found.id));
  std::vector<Namespace> members;
  for (const auto& membership : memberships) {
    TRY(auto user, accounts.read_namespace(membership.user));
    members.push_back(std::move(user));
  }
  return members;
}

Result<Namespace> Accounts::find(std::string_view name) {
  return facts_.accounts().find_namespace(name);
}

Result<std::vector<Namespace>> Accounts::list(NamespaceKind kind) {
  return list_all(facts_.accounts(), kind);
}

Result<void> Accounts::audit(const Caller& caller, std::string_view action,
                             std::string_view subject, std::string_view detail) {
  return facts_.accounts().append_audit(meta::AuditEntry{.time = env_.clock.wall_now(),
                                                         .actor = std::string(caller.actor_name()),
                                                         .action = std::string(action),
                                                         .subject = std::string(subject),
                                                         .detail = std::string(detail)});
}

}  // namespace granary::service
