// The server's settings file, and each setting's own reading of a value.
#include "server/config.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  server::Config config;
  (void)server::apply_toml(config, text, "granary.toml");
  for (const server::Setting& setting : server::settings()) (void)setting.apply(config, text);
  return 0;
}
