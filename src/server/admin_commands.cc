// One table from a command's name to the function that does it.
#include "server/admin_commands.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <optional>
#include <span>

#include "base/text.h"
#include "server/admin_work.h"
#include "server/instance.h"

namespace granary::server {
namespace {

Result<std::string> init(AdminCall& call) {
  if (!call.instance.first_secret()) {
    return fail(ErrorKind::Conflict, "this data folder has an administrator already");
  }
  return *call.instance.first_secret();
}

Result<std::string> user_add(AdminCall& call) {
  const service::CreateNamespace fresh{.name = call.text("name"),
                                       .full_name = call.text("full_name"),
                                       .email = call.text("email"),
                                       .instance_admin = call.has("admin")};
  TRY(const auto made, call.instance.accounts().create_user(call.caller, fresh));
  std::string output = fmt::format("user {} added", made.space.name);
  for (const std::string& near : made.near_names) {
    output += fmt::format("\nnote: its name is easily taken for {}", near);
  }
  return output;
}

Result<std::string> list_namespaces(AdminCall& call, meta::NamespaceKind kind) {
  TRY(const auto spaces, call.instance.accounts().list(kind));
  std::string output;
  for (const meta::Namespace& space : spaces) {
    output += fmt::format("{:<32} {}{}\n", space.name, space.full_name,
                          space.instance_admin ? "  (instance admin)" : "");
    if (kind == meta::NamespaceKind::User) continue;
    TRY(const auto members, call.instance.facts().accounts().members_of(space.id));
    for (const meta::Membership& member : members) {
      output += fmt::format("  {:<30} {}\n", member.user_name, name_of(member.role));
    }
  }
  return output;
}

Result<std::string> user_list(AdminCall& call) {
  return list_namespaces(call, meta::NamespaceKind::User);
}
Result<std::string> org_list(AdminCall& call) {
  return list_namespaces(call, meta::NamespaceKind::Organization);
}

Result<std::string> org_add(AdminCall& call) {
  if (!call.has("owner")) {
    return fail(ErrorKind::Invalid, "say who administers it: --owner USER");
  }
  const service::CreateNamespace fresh{
      .name = call.text("name"), .full_name = call.text("full_name"), .owner = call.text("owner")};
  TRY(const auto made, call.instance.accounts().create_organization(call.caller, fresh));
  return fmt::format("organisation {} added, administered by {}", made.space.name, fresh.owner);
}

Result<std::string> org_member(AdminCall& call) {
  const std::string organization = call.text("org");
  const std::string user = call.text("user");
  if (call.has("remove")) {
    TRY_DONE(call.instance.accounts().remove_member(call.caller, organization, user));
    return fmt::format("{} is no longer in {}", user, organization);
  }
  TRY(const meta::OrgRole role,
      call.choice<meta::OrgRole>("role", {{"read", meta::OrgRole::Read},
                                          {"contributor", meta::OrgRole::Contributor},
                                          {"write", meta::OrgRole::Write},
                                          {"admin", meta::OrgRole::Admin}}));
  const service::Accounts::MemberChange change{
      .organization = organization, .user = user, .role = role};
  TRY_DONE(call.instance.accounts().set_member(call.caller, change));
  return fmt::format("{} is in {} with the role {}", user, organization, name_of(role));
}

Result<std::string> token_add(AdminCall& call) {
  TRY(const meta::TokenRole role,
      call.choice<meta::TokenRole>("role", {{"read", meta::TokenRole::Read},
                                            {"write", meta::TokenRole::Write},
                                            {"admin", meta::TokenRole::Admin}}));
  service::CreateToken fresh{.user = call.text("user"), .name = call.text("name"), .role = role};
  if (call.has("expires_days")) {
    const std::string text = call.text("expires_days");
    int days = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
    if (error != std::errc{} || end != text.data() + text.size() || days < 1 || days > 36500) {
      return fail(ErrorKind::Invalid, "--expires-days is a whole number from 1 to 36500");
    }
    fresh.expires = call.instance.env().clock.wall_now() + std::chrono::hours(24 * days);
  }
  TRY(const auto made, call.instance.accounts().add_token(call.caller, fresh));
  return made.secret;
}

Result<std::string> token_list(AdminCall& call) {
  TRY(const auto tokens, call.instance.accounts().list_tokens(call.caller, call.text("user")));
  std::string output;
  for (const meta::Token& token : tokens) {
    output += fmt::format("{:<24} {:<6} made {}", token.name, name_of(token.role),
                          format_time(token.created));
    if (token.last_used) output += ", last used " + format_time(*token.last_used);
    if (token.expires) output += ", ends " + format_time(*token.expires);
    output += "\n";
  }
  return output;
}

Result<std::string> token_revoke(AdminCall& call) {
  TRY_DONE(
      call.instance.accounts().revoke_token(call.caller, call.text("user"), call.text("name")));
  return fmt::format("token {} of {} is revoked", call.text("name"), call.text("user"));
}

Result<std::string> repo_create(AdminCall& call) {
  TRY(const meta::RepoName name, call.repo_name("repo"));
  const service::CreateRepo fresh{
      .name = name,
      .visibility = call.has("private") ? meta::Visibility::Private : meta::Visibility::Public,
      .sdk = call.text("sdk")};
  TRY(const meta::Repo repo, call.instance.repos().create(call.caller, fresh));
  return fmt::format("{} {} created", name_of(repo.name.kind), repo.name.full());
}

Result<std::string> repo_list(AdminCall& call) {
  meta::RepoQuery query;
  TRY(query.kind, call.kind());
  query.sort = meta::RepoSort::Id;
  const std::string search = call.text("search");
  for (const std::string_view word : split(search, ' ')) {
    if (!word.empty()) query.words.emplace_back(word);
  }
  std::string output;
  do {
    TRY(const meta::RepoPage page, call.instance.browser().list(call.caller, query));
    for (const meta::ListedRepo& listed : page.repos) {
      output +=
          fmt::format("{:<48} {:>10}  {}{}\n", listed.repo.name.full(),
                      format_size(listed.summary.used_storage_bytes),
                      listed.repo.visibility == meta::Visibility::Private ? "private" : "public",
                      listed.repo.gating == meta::Gating::None ? "" : ", gated");
    }
    query.cursor = page.next_cursor;
  } while (!query.cursor.empty());
  return output;
}

Result<std::string> repo_delete(AdminCall& call) {
  TRY(const meta::RepoName name, call.repo_name("repo"));
  if (!call.has("yes")) {
    return fail(ErrorKind::Invalid,
                "this deletes " + name.full() + " and all its revisions; add --yes if you mean it");
  }
  TRY_DONE(call.instance.repos().remove(call.caller, name));
  return fmt::format("{} deleted; its name is retired (`granary repo free {}` undoes that)",
                     name.full(), name.full());
}

Result<std::string> repo_move(AdminCall& call) {
  TRY(const meta::RepoName from, call.repo_name("from"));
  TRY(const meta::RepoName to, call.repo_name("to"));
  TRY(const meta::Repo repo, call.instance.repos().move(call.caller, from, to));
  return fmt::format("{} is now {}; the old name leads there", from.full(), repo.name.full());
}

Result<std::string> repo_settings(AdminCall& call) {
  TRY(const meta::RepoName name, call.repo_name("repo"));
  meta::SettingsUpdate update;
  if (call.has("visibility")) {
    TRY(update.visibility,
        call.choice<meta::Visibility>("visibility", {{"public", meta::Visibility::Public},
                                                     {"private", meta::Visibility::Private}}));
  }
  if (call.has("gated")) {
    TRY(update.gating, call.choice<meta::Gating>("gated", {{"none", meta::Gating::None},
                                                           {"auto", meta::Gating::Automatic},
                                                           {"manual", meta::Gating::Manual}}));
  }
  if (!update.visibility && !update.gating) {
    return fail(ErrorKind::Invalid, "nothing to change: give --visibility or --gated");
  }
  TRY_DONE(call.instance.repos().update_settings(call.caller, name, update));
  return fmt::format("{} changed", name.full());
}

Result<std::string> repo_free(AdminCall& call) {
  TRY(const meta::RepoName name, call.repo_name("repo"));
  TRY_DONE(call.instance.repos().free_name(call.caller, name));
  return fmt::format("the name {} may be used again", name.full());
}

struct Row {
  std::string_view name;
  Result<std::string> (*work)(AdminCall&);
};

constexpr Row kTable[] = {
    {"init", init},
    {"user.add", user_add},
    {"user.list", user_list},
    {"org.add", org_add},
    {"org.list", org_list},
    {"org.member", org_member},
    {"token.add", token_add},
    {"token.list", token_list},
    {"token.revoke", token_revoke},
    {"repo.create", repo_create},
    {"repo.list", repo_list},
    {"repo.delete", repo_delete},
    {"repo.move", repo_move},
    {"repo.settings", repo_settings},
    {"repo.free", repo_free},
    {"import", import_folder},
    {"fsck", check_store},
    {"stats", show_stats},
};

}  // namespace

Result<std::string> run_admin_command(Instance& instance, const AdminRequest& request,
                                      const ReportProgress& report) {
  for (const Row& row : kTable) {
    if (row.name != request.command) continue;
    AdminCall call{.instance = instance,
                   .arguments = request.arguments,
                   .report = report ? report : [](const AdminProgress&) {},
                   .caller = service::local_operator()};
    return row.work(call);
  }
  return fail(ErrorKind::Invalid,
              "the server knows no command '" + request.command + "'; is it an older granary?");
}

Result<std::string> run_in_folder(const std::string& data_folder, const AdminRequest& request,
                                  const ReportProgress& report) {
  auto answer = call_admin_socket(data_folder, request, report);
  if (answer || answer.error().kind != ErrorKind::Unavailable) return answer;
  Config config;
  config.data = data_folder;
  const bool may_create = request.command == "init";
  TRY(const auto instance,
      Instance::open(config, real_env(), may_create ? Creation::Allowed : Creation::Refused));
  return run_admin_command(*instance, request, report);
}

bool AdminCall::has(std::string_view name) const {
  return arguments.find(std::string(name)) != arguments.end();
}

std::string AdminCall::text(std::string_view name) const {
  const auto found = arguments.find(std::string(name));
  return found == arguments.end() ? std::string() : found->second;
}

Result<meta::RepoKind> AdminCall::kind() const {
  return choice<meta::RepoKind>("kind", {{"model", meta::RepoKind::Model},
                                         {"dataset", meta::RepoKind::Dataset},
                                         {"space", meta::RepoKind::Space}});
}

Result<meta::RepoName> AdminCall::repo_name(std::string_view argument) const {
  TRY(const meta::RepoKind repo_kind, kind());
  return parse_repo_name(repo_kind, text(argument));
}

Result<meta::RepoName> parse_repo_name(meta::RepoKind kind, std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size() ||
      text.find('/', slash + 1) != std::string_view::npos) {
    return fail(ErrorKind::Invalid, "a repository is named NAMESPACE/NAME");
  }
  return meta::RepoName{.kind = kind,
                        .space = std::string(text.substr(0, slash)),
                        .name = std::string(text.substr(slash + 1))};
}

}  // namespace granary::server
