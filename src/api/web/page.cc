// Plain documents with one style sheet and no script.
#include "api/web/page.h"

#include <fmt/format.h>

#include "base/text.h"

namespace granary::api::web {
namespace {

constexpr std::string_view kStyle =
    R"(:root{color-scheme:light dark;
--line:#8884;--soft:#8882;--link:#2463c4}
@media(prefers-color-scheme:dark){:root{--link:#8ab4f8}}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,sans-serif}
header,main{max-width:60rem;margin:auto;padding:1rem}
header{display:flex;gap:1.5rem;align-items:baseline;flex-wrap:wrap;
border-bottom:1px solid var(--line)}
header b{font-size:1.25rem}
a{color:var(--link);text-decoration:none}
a:hover,a:focus{text-decoration:underline}
form{display:flex;gap:.5rem;margin:0 0 1rem}
input{flex:1;font:inherit;padding:.4rem .6rem;border:1px solid var(--line);border-radius:.4rem}
button{font:inherit;padding:.4rem 1rem;border:1px solid var(--line);border-radius:.4rem}
ul.repos{list-style:none;padding:0}
ul.repos li{padding:.6rem 0;border-bottom:1px solid var(--line)}
.facts,.tags{opacity:.8;font-size:.9rem}
.tags span,.badge{background:var(--soft);border-radius:.4rem;padding:.05rem .45rem;
margin-right:.3rem;display:inline-block}
table{border-collapse:collapse;width:100%}
td,th{padding:.3rem .5rem;border-bottom:1px solid var(--line);text-align:left}
td.size{text-align:right;white-space:nowrap}
pre,code{font-family:ui-monospace,monospace;background:var(--soft);border-radius:.3rem}
pre{padding:.8rem;overflow:auto}
code{padding:.05rem .3rem}
pre code{padding:0;background:none}
article{overflow-wrap:anywhere}
)";

std::string document(std::string_view title, std::string_view main) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<title>{}</title><link rel=\"stylesheet\" href=\"/-/style.css\"></head>\n<body><header>"
      "<b><a href=\"/\">Granary</a></b><nav><a href=\"/?kind=models\">Models</a> · "
      "<a href=\"/?kind=datasets\">Datasets</a> · <a href=\"/?kind=spaces\">Spaces</a></nav>"
      "</header>\n<main>{}</main></body></html>\n",
      escape_html(title), main);
}

std::string badges(const RepoCard& card) {
  std::string out;
  if (card.is_private) out += " <span class=\"badge\">private</span>";
  if (card.is_gated) out += " <span class=\"badge\">gated</span>";
  return out;
}

std::string facts(const RepoCard& card) {
  std::string out;
  const auto add = [&out](std::string_view fact) {
    if (fact.empty()) return;
    if (!out.empty()) out += " · ";
    out += escape_html(fact);
  };
  add(card.task);
  add(card.library);
  add("updated " + card.modified);
  add(fmt::format("{} downloads", card.downloads));
  if (card.likes > 0) add(fmt::format("{} likes", card.likes));
  return out;
}

std::string format_count(std::uint64_t count) {
  const auto value = static_cast<double>(count);
  if (count >= 1'000'000'000) return fmt::format("{:.1f}B", value / 1e9);
  if (count >= 1'000'000) return fmt::format("{:.1f}M", value / 1e6);
  if (count >= 1'000) return fmt::format("{:.1f}K", value / 1e3);
  return std::to_string(count);
}

std::string file_table(const RepoView& view) {
  if (view.files_hidden) {
    return "<h2>Files</h2><p>Access to this repository is restricted. Ask its owners for access, "
           "then use a token of yours.</p>";
  }
  std::string rows;
  for (const FileRow& file : view.files) {
    rows += fmt::format("<tr><td><a href=\"{}\">{}</a>{}</td><td class=\"size\">{}</td></tr>",
                        escape_html(file.url), escape_html(file.path),
                        file.is_lfs ? " <span class=\"badge\">LFS</span>" : "",
                        format_size(file.size_bytes));
  }
  return fmt::format(
      "<h2>Files</h2><p class=\"facts\">{} files, {}, commit <code>{}</code></p>"
      "<table>{}</table>",
      view.files.size(), format_size(view.total_bytes), escape_html(view.commit.substr(0, 12)),
      rows);
}

}  // namespace

std::string render_list(const ListView& view) {
  std::string items;
  for (const RepoCard& repo : view.repos) {
    items += fmt::format("<li><a href=\"{}\">{}</a>{}<div class=\"facts\">{}</div></li>",
                         escape_html(repo.url), escape_html(repo.name), badges(repo), facts(repo));
  }
  if (items.empty()) {
    items = view.search.empty()
                ? "<li>Nothing is here yet. Publish with <code>hf upload NAMESPACE/NAME FOLDER"
                  "</code> or <code>granary import FOLDER NAMESPACE/NAME</code>.</li>"
                : "<li>Nothing matches these words.</li>";
  }
  std::string next;
  if (!view.next_url.empty()) {
    next = fmt::format("<p><a href=\"{}\">Next page</a></p>", escape_html(view.next_url));
  }
  const std::string main = fmt::format(
      "<h1>{0}</h1><form action=\"/\" method=\"get\" role=\"search\">"
      "<input type=\"hidden\" name=\"kind\" value=\"{0}\">"
      "<input type=\"search\" name=\"search\" value=\"{1}\" aria-label=\"Search {0}\" "
      "placeholder=\"Search {0}\"><button>Search</button></form><ul class=\"repos\">{2}</ul>{3}",
      escape_html(view.kind_plural), escape_html(view.search), items, next);
  return document("Granary: " + view.kind_plural, main);
}

std::string render_repo(const RepoView& view) {
  std::string tags;
  for (const std::string& tag : view.tags) tags += "<span>" + escape_html(tag) + "</span>";
  std::string extra;
  if (!view.license.empty()) extra += " · licence " + escape_html(view.license);
  if (view.parameter_count > 0) {
    extra += " · " + format_count(view.parameter_count) + " parameters";
  }
  const std::string readme =
      view.readme_html.empty() ? "" : "<article>" + view.readme_html + "</article>";
  const std::string main = fmt::format(
      "<h1>{}{}</h1><p class=\"facts\">{} · {}{}</p><p class=\"tags\">{}</p>"
      "<pre><code>{}</code></pre>{}{}",
      escape_html(view.card.name), badges(view.card), escape_html(view.kind), facts(view.card),
      extra, tags, escape_html(view.clone_command), file_table(view), readme);
  return document(view.card.name, main);
}

std::string render_message(std::string_view title, std::string_view message) {
  return document(title,
                  fmt::format("<h1>{}</h1><p>{}</p>", escape_html(title), escape_html(message)));
}

std::string_view style_sheet() { return kStyle; }

std::string encode_path(std::string_view path) {
  std::string out;
  for (const char letter : path) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9') ||
                       std::string_view("-._~/").find(letter) != std::string_view::npos;
    if (plain) {
      out += letter;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    }
  }
  return out;
}

}  // namespace granary::api::web
