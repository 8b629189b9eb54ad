// Markdown of a stranger as HTML that is safe on our own origin, through cmark-gfm.
#pragma once

#include <string>
#include <string_view>

namespace granary::api::web {

/// CommonMark with tables, strikethrough and autolinks. Raw HTML is left out; links keep only http,
/// https, mailto and relative targets; images become links, since the page loads nothing from
/// elsewhere. At most kCardSizeBytesMax of `markdown` is read.
std::string render_markdown(std::string_view markdown);

/// The text after a YAML front matter between "---" lines; all of it if there is none.
std::string_view without_front_matter(std::string_view readme);

}  // namespace granary::api::web
