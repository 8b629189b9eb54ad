// Context: what every LFS handler may use.
#pragma once

#include <string_view>

namespace granary::net {
class Pool;
}
namespace granary::service {
class Access;
class Uploads;
class XetTokens;
}  // namespace granary::service

namespace granary::api::lfs {

/// Made once, in server/; outlives the router.
struct Context {
  service::Access& access;
  service::Uploads& uploads;
  service::XetTokens& xet_tokens;
  std::string_view cas_path;  // of the Xet protocol's data plane: "/xet"
  net::Pool& pool;
};

}  // namespace granary::api::lfs
