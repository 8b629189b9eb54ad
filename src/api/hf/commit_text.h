// Commit text: a commit's message as title and rest, and as HTML.
#pragma once

#include <string>
#include <string_view>

namespace granary::api::hf {

struct CommitText {
  std::string_view title;    // the first line
  std::string_view message;  // what follows the empty line after it
};

/// Views into `message`.
CommitText split_message(std::string_view message);

/// `text` as HTML that shows exactly it: nothing in it is markup. Lines become <br/>.
std::string to_html(std::string_view text);

}  // namespace granary::api::hf
