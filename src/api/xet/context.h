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
};

}  // namespace granary::api::xet
