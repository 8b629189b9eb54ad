// Defaults and the one way commands fail.
#include "cli/program.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace granary::cli {

std::string default_data_folder() {
  const char* folder = std::getenv("GRANARY_DATA");
  return folder != nullptr && *folder != '\0' ? folder : "granary-data";
}

int fail_with(std::string_view message) {
  fmt::print(stderr, "granary: {}\n", message);
  return kExitFailure;
}

}  // namespace granary::cli
