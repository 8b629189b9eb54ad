// Context: what every handler of the Xet protocol may use.
#pragma once

namespace granary::net {
class Pool;
}
namespace granary::service {
class XetDedupe;
class XetDownloads;
class XetTokens;
class XetUploads;
}  // namespace granary::service

namespace granary::api::xet {

/// Made once, in server/; outlives the router.
struct Context {
  service::XetTokens& tokens;
  service::XetDownloads& downloads;
  service::XetUploads& uploads;
  service::XetDedupe& dedupe;
  net::Pool& pool;
  net::Pool& long_work;  // for shards: of a large file it takes minutes, and others must not wait
};

}  // namespace granary::api::xet
