// Well-formed UTF-8, for text that goes from a file into JSON.
#pragma once

#include <string_view>

namespace granary::format {

/// True if `text` is well-formed UTF-8: no overlong forms, no surrogates, nothing over U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace granary::format
