// Requests to views, and views to documents that run nothing and load nothing from elsewhere.
#include "api/web/handlers.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "api/web/markdown.h"
#include "api/web/page.h"
#include "base/text.h"
#include "net/credentials.h"
#include "net/pool.h"
#include "net/router.h"
#include "service/browse.h"
#include "service/fetch.h"
#include "service/names.h"

namespace granary::api::web {
namespace {

constexpr std::size_t kPageRepoCount = 50;
constexpr std::size_t kPageFileCount = 2000;

struct Kind {
  meta::RepoKind kind;
  std::string_view plural;
  std::string_view prefix;  // of a repo's address
};
constexpr Kind kKinds[] = {{meta::RepoKind::Model, "models", "/"},
                           {meta::RepoKind::Dataset, "datasets", "/datasets/"},
                           {meta::RepoKind::Space, "spaces", "/spaces/"}};

const Kind& kind_of(meta::RepoKind kind) {
  return *std::find_if(std::begin(kKinds), std::end(kKinds),
                       [kind](const Kind& row) { return row.kind == kind; });
}

net::Response html(int status, std::string document) {
  net::Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  response.headers.add("Content-Security-Policy",
                       "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
                       "base-uri 'none'; frame-ancestors 'none'");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.headers.add("Referrer-Policy", "no-referrer");
  response.headers.add("Cache-Control", "private, no-cache");
  response.headers.add("Vary", "Authorization");
  response.content = std::move(document);
  return response;
}

net::Response page_for(const Error& error) {
  switch (error.kind) {
    case ErrorKind::Unauthenticated:
      return html(401, render_message("Not signed in", "The token is not valid."));
    case ErrorKind::RepoNotFound:
    case ErrorKind::RevisionNotFound:
    case ErrorKind::EntryNotFound:
    case ErrorKind::NotFound:
      return html(
          404, render_message("Not found", "There is nothing here, or nothing that you may see."));
    case ErrorKind::Invalid: return html(400, render_message("Bad request", error.message));
    default:
      return html(500, render_message("Something went wrong", "The server's log says more."));
  }
}

RepoCard card_of(const meta::Repo& repo, const meta::RepoSummary& summary) {
  return {.name = repo.name.full(),
          .url = std::string(kind_of(repo.name.kind).prefix) + encode_path(repo.name.full()),
          .task = summary.pipeline_tag,
          .library = summary.library_name,
          .modified = format_time(repo.modified).substr(0, 10),
          .downloads = repo.downloads,
          .likes = repo.likes,
          .is_private = repo.visibility == meta::Visibility::Private,
          .is_gated = repo.gating != meta::Gating::None};
}

struct ListRequest {
  Result<std::string> secret;
  std::string kind;
  std::string search;
  std::string cursor;
};

Result<std::string> make_list(Context& context, const ListRequest& request) {
  TRY(const std::string secret, request.secret);
  TRY(const service::Caller caller, context.access.identify(secret));
  const auto* kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [&](const Kind& row) { return row.plural == request.kind; });
  if (kind == std::end(kKinds)) kind = std::begin(kKinds);
  meta::RepoQuery query;
  query.kind = kind->kind;
  query.sort = meta::RepoSort::Modified;
  query.limit = kPageRepoCount;
  query.cursor = request.cursor;
  for (const std::string_view word : split(request.search, ' ')) {
    if (!word.empty()) query.words.emplace_back(word);
  }
  TRY(const meta::RepoPage page, context.browser.list(caller, query));

  ListView view{.kind_plural = std::string(kind->plural), .search = request.search};
  for (const meta::ListedRepo& listed : page.repos) {
    view.repos.push_back(card_of(listed.repo, listed.summary));
  }
  if (!page.next_cursor.empty()) {
    view.next_url = "/?kind=" + view.kind_plural + "&search=" + encode_path(request.search) +
                    "&cursor=" + encode_path(page.next_cursor);
  }
  return render_list(view);
}

struct RepoRequest {
  Result<std::string> secret;
  meta::RepoName name;
  std::string revision;  // empty: main
};

// The card's text at the revision, or nothing: a page without a card is a page.
std::string read_card(Context& context, const service::Caller& caller, const RepoRequest& request,
                      const GitOid& commit) {
  const auto found = context.fetch.resolve(
      caller, {.repo = request.name, .revision = commit.to_string(), .path = "README.md"});
  if (!found->found()) return {};
  auto text = context.fetch.read_blob(*found);
  return text ? render_markdown(without_front_matter(*text)) : std::string();
}

void add_files(RepoView& view, const service::RepoInfo& info, const std::string& revision) {
  const std::string base = view.card.url + "/resolve/" + encode_path(revision) + "/";
  for (const service::SnapshotFile& file : info.files) {
    view.total_bytes += file.size_bytes;
    if (view.files.size() >= kPageFileCount) continue;
    view.files.push_back({.path = file.path,
                          .url = base + encode_path(file.path),
                          .size_bytes = file.size_bytes,
                          .is_lfs = file.lfs.has_value()});
  }
}

std::string download_command(const meta::RepoName& name) {
  std::string command = "hf download " + name.full();
  if (name.kind != meta::RepoKind::Model)
    command += " --repo-type " + std::string(name_of(name.kind));
  return command;
}

Result<std::string> make_repo(Context& context, const RepoRequest& request) {
  TRY(const std::string secret, request.secret);
  TRY(const service::Caller caller, context.access.identify(secret));
  TRY(const service::VisibleRepo visible, context.access.find(caller, request.name));
  TRY(const service::RepoInfo info, context.browser.info(visible.repo, request.revision, {}));

  const GitOid commit = info.revision.commit.oid;
  RepoView view{.card = card_of(info.repo, info.summary),
                .kind = std::string(name_of(info.repo.name.kind)),
                .clone_command = download_command(info.repo.name),
                .commit = commit.to_string(),
                .tags = info.summary.tags,
                .parameter_count = info.summary.parameter_count};
  for (const std::string& tag : info.summary.tags) {
    if (tag.starts_with("license:")) view.license = tag.substr(8);
  }
  view.files_hidden = !context.access.find_for_content(caller, request.name).has_value();
  add_files(view, info, request.revision.empty() ? "main" : request.revision);
  view.readme_html = read_card(context, caller, request, commit);
  return render_repo(view);
}

net::Response answer(Result<std::string> document) {
  return document ? html(200, std::move(*document)) : page_for(document.error());
}

// Members of a class, since a handler that captures may not be a coroutine itself.
class Pages {
 public:
  explicit Pages(Context& context) : context_(context) {}

  Task<net::Response> list(net::Request& request) {
    ListRequest wanted{.secret = net::token_of(request),
                       .kind = std::string(request.query("kind").value_or("models")),
                       .search = std::string(request.query("search").value_or("")),
                       .cursor = std::string(request.query("cursor").value_or(""))};
    Context& context = context_;
    auto work = [&context, &wanted] { return make_list(context, wanted); };
    auto document = co_await net::offload(context_.pool, work);
    co_return answer(std::move(document));
  }

  Task<net::Response> repo(net::Request& request) {
    const std::string_view type = request.capture("type");
    RepoRequest wanted{.secret = net::token_of(request),
                       .revision = std::string(request.capture("rev"))};
    wanted.name.kind = type == "datasets" ? meta::RepoKind::Dataset
                       : type == "spaces" ? meta::RepoKind::Space
                                          : meta::RepoKind::Model;
    const std::string_view full = request.capture("repo");
    const std::size_t slash = full.find('/');
    if (slash != std::string_view::npos) {
      wanted.name.space = full.substr(0, slash);
      wanted.name.name = full.substr(slash + 1);
    }
    // "/api/x" is no page of a repo "api/x": no namespace has such a name, and clients want JSON.
    if (type.empty() && !service::check_namespace_name(wanted.name.space)) {
      co_return net::Response::json(404, net::error_json("there is no such route"));
    }
    Context& context = context_;
    auto work = [&context, &wanted] { return make_repo(context, wanted); };
    auto document = co_await net::offload(context_.pool, work);
    co_return answer(std::move(document));
  }

  Task<net::Response> file(net::Request& request) {
    std::string target(request.raw_target());
    const std::size_t verb = target.find("/blob/");
    target.replace(verb, 6, "/resolve/");
    co_return net::Response::redirect(302, target);
  }

  Task<net::Response> style(net::Request&) {
    net::Response response;
    response.headers.add("Content-Type", "text/css; charset=utf-8");
    response.headers.add("Cache-Control", "public, max-age=3600");
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.content = std::string(style_sheet());
    co_return response;
  }

 private:
  Context& context_;
};

}  // namespace

void mount(net::Router& router, Context& context) {
  const auto pages = std::make_shared<Pages>(context);  // shared by the handlers below
  const auto on = [&pages](Task<net::Response> (Pages::*member)(net::Request&)) {
    return [pages, member](net::Request& request) { return (pages.get()->*member)(request); };
  };
  router.get("/", on(&Pages::list));
  router.get("/-/style.css", on(&Pages::style));
  for (const std::string prefix : {"/{repo}", "/{type:datasets|spaces}/{repo}"}) {
    router.get(prefix, on(&Pages::repo));
    router.get(prefix + "/tree/{rev}", on(&Pages::repo));
    router.get(prefix + "/tree/{rev}/{path...}", on(&Pages::repo));
    router.get(prefix + "/commit/{rev}", on(&Pages::repo));
    router.get(prefix + "/blob/{rev}/{path...}", on(&Pages::file));
  }
}

}  // namespace granary::api::web
