// Writing the lines. The client takes no others, and no line of over 1 MiB.
#include "api/xet/shard_reply.h"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

namespace granary::api::xet {

std::string validating_line(std::uint64_t done_bytes, std::uint64_t total_bytes) {
  return R"({"type":"validating","verified":)" + std::to_string(done_bytes) + R"(,"total":)" +
         std::to_string(total_bytes) + "}\n";
}

std::string result_line() { return "{\"type\":\"result\",\"result\":1}\n"; }

std::string error_line(std::string_view message, bool may_retry) {
  return R"({"type":"error","message":)" + boost::json::serialize(boost::json::string(message)) +
         R"(,"retryable":)" + (may_retry ? "true" : "false") + "}\n";
}

}  // namespace granary::api::xet
