// A message is a title, an empty line, and the rest, as git has it.
#include "api/hf/commit_text.h"

#include "base/text.h"

namespace granary::api::hf {

CommitText split_message(std::string_view message) {
  CommitText text;
  text.title = message.substr(0, message.find('\n'));
  text.message = message.substr(text.title.size());
  while (text.message.starts_with('\n')) text.message.remove_prefix(1);
  while (text.message.ends_with('\n')) text.message.remove_suffix(1);
  return text;
}

std::string to_html(std::string_view text) {
  std::string html;
  for (const char c : escape_html(text)) {
    if (c == '\n')
      html += "<br/>";
    else
      html += c;
  }
  return html;
}

}  // namespace granary::api::hf
