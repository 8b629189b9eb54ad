// Xet: the services behind the Xet protocol, made together.
#pragma once

#include <memory>

#include "service/xet_dedupe.h"
#include "service/xet_downloads.h"
#include "service/xet_tokens.h"
#include "service/xet_uploads.h"

namespace granary::service {

struct Xet {
  struct Needs {
    Env& env;
    Access& access;
    meta::MetaStore& facts;
    store::Store& store;
  };
  /// The parts are borrowed and outlive what is made.
  static Result<std::unique_ptr<Xet>> create(const Needs& needs, meta::DedupeScope scope);

  XetTokens tokens;
  XetDownloads downloads;
  XetUploads uploads;
  XetDedupe dedupe;
};

}  // namespace granary::service
