// Small operations on ASCII text: case, trimming, splitting, human sizes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace granary {

/// ASCII only: other bytes stay as they are.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Without spaces, tabs, CR and LF at both ends.
std::string_view trim(std::string_view text);
/// The parts between separators; "" gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

/// "1.5 GiB", "512 B".
std::string format_size(std::uint64_t size_bytes);
/// `text` with &, <, >, " and ' escaped: safe between HTML tags and in quoted attributes.
std::string escape_html(std::string_view text);

}  // namespace granary
