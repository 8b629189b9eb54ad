// Context: what every LFS handler may use.
#pragma once

namespace granary::net {
class Pool;
}
namespace granary::service {
class Access;
class Uploads;
}  // namespace granary::service

namespace granary::api::lfs {

/// Made once, in server/; outlives the router.
struct Context {
  service::Access& access;
  service::Uploads& uploads;
  net::Pool& pool;
};

}  // namespace granary::api::lfs
