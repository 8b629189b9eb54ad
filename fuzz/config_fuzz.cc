// Each setting's reading of a value, from a flag, the environment or the file. The file's TOML is
// left out: it is the operator's own, and toml++ 3.3 reaches unreachable code on some bad bytes.
#include "server/config.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  server::Config config;
  for (const server::Setting& setting : server::settings()) (void)setting.apply(config, text);
  return 0;
}
