// Paths: one that is valid has no segment that leads out, and folds stably.
#include "git/path.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view path(reinterpret_cast<const char*>(data), size);
  if (git::validate_repo_path(path)) {
    GRANARY_ASSERT(("/" + std::string(path) + "/").find("/../") == std::string::npos);
    GRANARY_ASSERT(git::fold_name(git::fold_name(path)) == git::fold_name(path));
  }
  return 0;
}
