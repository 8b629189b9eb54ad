// File headers: how a repo's file is labelled so that no browser ever runs it as a page of ours.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace granary::api::hf {

enum class Disposition : std::uint8_t { Inline, Attachment };

/// By the name's ending, from a set of types that browsers only show: plain text, JSON, images that
/// hold no script, and application/octet-stream for all else.
std::string_view content_type_of(std::string_view path);

/// Content-Disposition with the path's last part as name, in UTF-8 and in plain ASCII.
/// Source: RFC 6266, RFC 5987.
std::string disposition_of(std::string_view path, Disposition disposition);

}  // namespace granary::api::hf
