// Local model files, for format/weight_header.h.
#pragma once

#include "base/env.h"
#include "format/weight_header.h"

namespace granary::cli {

/// `file` is borrowed. Headers may be as long as the formats allow.
format::HeaderSource header_source_of(File& file, std::uint64_t size_bytes);

}  // namespace granary::cli
