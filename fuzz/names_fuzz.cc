// Names of repos, namespaces and refs: what passes is safe in a URL and in a ref file's path.
#include "net/target.h"
#include "service/names.h"
#include "service/refs.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view name(reinterpret_cast<const char*>(data), size);
  if (service::check_name(name)) {
    GRANARY_ASSERT(net::percent_encode(name) == name);
    GRANARY_ASSERT(service::is_near_name(name, name));
  }
  if (service::check_ref_name(name))
    GRANARY_ASSERT(("/" + std::string(name) + "/").find("/../") == std::string::npos);
  return 0;
}
