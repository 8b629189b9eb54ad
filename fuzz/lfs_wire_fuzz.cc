// Bodies of the Git LFS API: what they name can be answered, and counts keep to their limits.
#include "api/lfs/wire.h"
#include "base/limits.h"

using namespace granary;
using namespace granary::api;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  if (const auto batch = lfs::parse_batch(body)) {
    GRANARY_ASSERT(batch->objects.size() <= limits::kLfsBatchObjectCountMax);
    std::vector<lfs::BatchAnswer> answers;
    for (const auto& object : batch->objects) {
      GRANARY_ASSERT(!object.sha256 || object.oid.size() == 64);
      answers.push_back({.oid = object.oid, .actions = {}, .error_message = {}});
    }
    (void)lfs::batch_json(lfs::Transfer::Basic, answers);
  }
  (void)lfs::parse_verify(body);
  if (const auto completion = lfs::parse_completion(body)) {
    for (const auto& part : completion->parts)
      GRANARY_ASSERT(part.number >= 1 && part.number <= limits::kMultipartPartCountMax);
  }
  return 0;
}
