// Lines that come in on the admin socket.
#include "server/admin_socket.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)server::parse_admin_request({reinterpret_cast<const char*>(data), size});
  return 0;
}
