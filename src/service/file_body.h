// File body: a stored file, or a run of its bytes, as content that is sent piece by piece.
#pragma once

#include <cstdint>
#include <memory>

#include "net/body_source.h"

namespace granary::net {
class Pool;
}
namespace granary::store {
class FileReader;
}

namespace granary::service {

/// A run of a file's bytes.
struct ByteRange {
  std::uint64_t offset_bytes = 0;
  std::uint64_t size_bytes = 0;
};

/// `range` lies within the file. Reads on `pool`, which outlives the body; what the store keeps raw
/// goes out as ranges of its own files. A read error ends the body early, never with wrong bytes.
std::unique_ptr<net::BodySource> make_file_body(std::unique_ptr<store::FileReader> reader,
                                                ByteRange range, net::Pool& pool);

}  // namespace granary::service
