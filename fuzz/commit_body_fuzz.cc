// Bodies of commit requests: wherever they are cut, they give the same operations.
#include <algorithm>

#include "api/hf/commit_parser.h"

using namespace granary;
using namespace granary::api::hf;

namespace {

struct Outcome {
  std::size_t line_count = 0;
  bool is_fine = false;
};

Outcome parse(ByteView body, std::size_t piece_size) {
  Outcome outcome;
  CommitParser parser([&](const CommitLine&) -> Result<void> {
    ++outcome.line_count;
    return {};
  });
  for (; !body.empty(); body = body.subspan(std::min(piece_size, body.size()))) {
    if (!parser.feed(body.first(std::min(piece_size, body.size())))) return outcome;
  }
  outcome.is_fine = parser.finish().has_value();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView body(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
  const Outcome whole = parse(body, body.size() + 1);
  const Outcome cut = parse(body, std::size_t{data[0]} + 1);
  GRANARY_ASSERT(whole.is_fine == cut.is_fine);
  GRANARY_ASSERT(!whole.is_fine || whole.line_count == cut.line_count);
  return 0;
}
