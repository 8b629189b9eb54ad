// What the store keeps and what its codings save, as text for people and as JSON.
#pragma once

#include <string>

#include "meta/coding_store.h"

namespace granary::server {

/// "bf16"; "codec 99" for a number that this version does not know.
std::string codec_name(std::uint8_t number);
/// A table of a few lines.
std::string stats_text(const meta::Usage& usage);
/// One object; sizes in bytes, the names those of meta::Usage.
std::string stats_json(const meta::Usage& usage);

}  // namespace granary::server
