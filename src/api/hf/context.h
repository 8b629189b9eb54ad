// Context: what every handler of the hub API may use: services, the pool, the clock, kept answers.
#pragma once

#include <string_view>

#include "api/hf/kept_answers.h"

namespace granary {
class Clock;
}
namespace granary::net {
class Pool;
}
namespace granary::service {
class Access;
class Accounts;
class Browser;
class Downloads;
class Fetch;
class History;
class LfsFiles;
class Publisher;
class Refs;
class Repos;
class Trees;
class XetTokens;
}  // namespace granary::service

namespace granary::api::hf {

/// Made once, in server/ (and in hub_test.h for tests); outlives the router. A protocol that needs
/// another service adds a reference here.
struct Context {
  service::Access& access;
  service::Accounts& accounts;
  service::Repos& repos;
  service::Browser& browser;
  service::Trees& trees;
  service::History& history;
  service::Fetch& fetch;
  service::Publisher& publisher;
  service::Refs& refs;
  service::LfsFiles& lfs_files;
  service::Downloads& downloads;
  service::XetTokens& xet_tokens;
  std::string_view cas_path;  // of the Xet protocol's data plane: "/xet"
  net::Pool& pool;
  Clock& clock;
  KeptAnswers& kept;
};

}  // namespace granary::api::hf
