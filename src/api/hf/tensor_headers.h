// Tensor headers: what all shards of a safetensors model hold, in one answer.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// GET /api/models/{repo}/safetensors-metadata/{path...}, the path of an index file on main:
/// {"index":{"metadata"?},"headers":{shard: its safetensors header}}.
/// Errors: EntryNotFound without the index or a shard; Invalid if one is no such file; TooLarge
/// over limits::kTensorHeadersSizeBytesMax for all headers.
Result<net::Response> safetensors_metadata(Context& context, Call& call);

}  // namespace granary::api::hf
