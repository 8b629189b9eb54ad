// The web pages as handlers: list and search at "/", a repo at its own address.
#pragma once

namespace granary::net {
class Pool;
class Router;
}  // namespace granary::net
namespace granary::service {
class Access;
class Browser;
class Fetch;
}  // namespace granary::service

namespace granary::api::web {

/// Outlives the router.
struct Context {
  service::Access& access;
  service::Browser& browser;
  service::Fetch& fetch;
  net::Pool& pool;
};

void mount(net::Router& router, Context& context);

}  // namespace granary::api::web
