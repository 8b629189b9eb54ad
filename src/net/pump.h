// pump: moves a body into whatever takes its bytes, reading and working at the same time.
#pragma once

#include <cstdint>
#include <functional>

#include "base/bytes.h"
#include "base/result.h"
#include "net/task.h"

namespace granary::net {

class Body;
class Pool;

/// Takes the next bytes; runs on the pool, never twice at once. It must own what it uses: a call
/// that is under way when the pumping task is cancelled runs to its end.
using Sink = std::function<Result<void>(ByteView)>;

/// Reads `body` to its end; gives how many bytes that were. The socket fills one buffer while
/// `sink` works on the other, and is not read before that is done: two buffers of at most
/// limits::kBodyBufferSizeBytes, whatever the body's size. All pieces but the last fill a buffer,
/// and lie at addresses that are multiples of 4096. Errors: those of Body::read and of `sink`,
/// whose last call has then ended.
Task<Result<std::uint64_t>> pump(Body& body, Pool& pool, Sink sink);

}  // namespace granary::net
