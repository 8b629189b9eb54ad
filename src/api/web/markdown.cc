// cmark-gfm's safe mode, after images have been turned into links.
#include "api/web/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include <cstdlib>
#include <memory>

#include "base/limits.h"

namespace granary::api::web {
namespace {

struct ParserDeleter {
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
};
struct NodeDeleter {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct IteratorDeleter {
  void operator()(cmark_iter* iterator) const { cmark_iter_free(iterator); }
};
struct FreeDeleter {
  void operator()(char* text) const { std::free(text); }
};

constexpr const char* kExtensions[] = {"table", "strikethrough", "autolink"};

bool is_safe_target(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://", "mailto:", "#", "/"}) {
    if (url.starts_with(scheme)) return !url.starts_with("//");
  }
  const std::size_t colon = url.find_first_of(":/?#");
  return colon == std::string_view::npos || url[colon] != ':';  // relative: no scheme
}

// Moves an image's text into a link to it, in its place.
void replace_image(cmark_node* image) {
  cmark_node* link = cmark_node_new(CMARK_NODE_LINK);
  cmark_node_set_url(link, cmark_node_get_url(image));
  while (cmark_node* child = cmark_node_first_child(image)) cmark_node_append_child(link, child);
  if (cmark_node_first_child(link) == nullptr) {
    cmark_node* text = cmark_node_new(CMARK_NODE_TEXT);
    cmark_node_set_literal(text, "image");
    cmark_node_append_child(link, text);
  }
  cmark_node_replace(image, link);
  cmark_node_free(image);
}

void make_links_safe(cmark_node* document) {
  const std::unique_ptr<cmark_iter, IteratorDeleter> iterator(cmark_iter_new(document));
  for (;;) {
    const cmark_event_type event = cmark_iter_next(iterator.get());
    if (event == CMARK_EVENT_DONE) return;
    cmark_node* node = cmark_iter_get_node(iterator.get());
    const cmark_node_type type = cmark_node_get_type(node);
    if (type != CMARK_NODE_LINK && type != CMARK_NODE_IMAGE) continue;
    if (event == CMARK_EVENT_ENTER) {
      const char* url = cmark_node_get_url(node);
      if (url != nullptr && !is_safe_target(url)) cmark_node_set_url(node, "");
    } else if (type == CMARK_NODE_IMAGE) {
      replace_image(node);
    }
  }
}

}  // namespace

std::string render_markdown(std::string_view markdown) {
  cmark_gfm_core_extensions_ensure_registered();
  const int options = CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8;
  const std::unique_ptr<cmark_parser, ParserDeleter> parser(cmark_parser_new(options));
  for (const char* name : kExtensions) {
    if (auto* extension = cmark_find_syntax_extension(name)) {
      cmark_parser_attach_syntax_extension(parser.get(), extension);
    }
  }
  markdown = markdown.substr(0, limits::kCardSizeBytesMax);
  cmark_parser_feed(parser.get(), markdown.data(), markdown.size());
  const std::unique_ptr<cmark_node, NodeDeleter> document(cmark_parser_finish(parser.get()));
  if (!document) return {};
  make_links_safe(document.get());
  const std::unique_ptr<char, FreeDeleter> html(
      cmark_render_html(document.get(), options, cmark_parser_get_syntax_extensions(parser.get())));
  return html ? std::string(html.get()) : std::string();
}

std::string_view without_front_matter(std::string_view readme) {
  if (!readme.starts_with("---\n") && !readme.starts_with("---\r\n")) return readme;
  const std::size_t end = readme.find("\n---", 3);
  if (end == std::string_view::npos) return readme;
  const std::size_t line_end = readme.find('\n', end + 1);
  return line_end == std::string_view::npos ? std::string_view{} : readme.substr(line_end + 1);
}

}  // namespace granary::api::web
