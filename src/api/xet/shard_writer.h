// Shards, written: the answer to a question for chunks that need not be sent.
#pragma once

#include <string>

#include "service/xet_dedupe.h"

namespace granary::api::xet {

/// The shard that names the answer's xorbs. Source: docs/formats/xet-wire.md.
std::string write_dedupe_shard(const service::DedupeAnswer& answer);

}  // namespace granary::api::xet
