// Chunked bodies, decoded at once and byte by byte: both give the same bytes and the same end.
#include <cstdlib>

#include "net/chunked_decoder.h"

using namespace granary;

namespace {

struct Outcome {
  Bytes body;
  std::size_t consumed = 0;
  bool failed = false;
  bool operator==(const Outcome&) const = default;
};

Outcome decode(ByteView input, std::size_t step_size_bytes) {
  net::ChunkedDecoder decoder;
  Outcome outcome;
  Bytes out(step_size_bytes);
  while (!outcome.failed && !decoder.done() && outcome.consumed < input.size()) {
    const ByteView rest = input.subspan(outcome.consumed);
    const auto step = decoder.decode(rest.first(std::min(rest.size(), step_size_bytes)), out);
    outcome.failed = !step;
    if (!step) break;
    outcome.body.insert(outcome.body.end(), out.begin(),
                        out.begin() + static_cast<std::ptrdiff_t>(step->produced_bytes));
    outcome.consumed += step->consumed_bytes;
  }
  if (outcome.failed) return {.body = {}, .consumed = 0, .failed = true};
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(reinterpret_cast<const std::byte*>(data), size);
  if (!(decode(input, size + 1) == decode(input, 1))) std::abort();
  return 0;
}
