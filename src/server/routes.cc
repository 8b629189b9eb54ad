// The protocols' tables on one router, and the two routes of the server's own.
#include "server/routes.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "api/hf/context.h"
#include "api/hf/reply.h"
#include "api/hf/routes.h"
#include "api/lfs/context.h"
#include "api/lfs/routes.h"
#include "api/web/handlers.h"
#include "api/xet/context.h"
#include "api/xet/routes.h"
#include "base/limits.h"
#include "base/log.h"
#include "net/pool.h"
#include "server/instance.h"
#include "server/metrics.h"
#include "service/downloads.h"
#include "service/fetch.h"
#include "service/history.h"
#include "service/lfs_files.h"
#include "service/refs.h"
#include "service/trees.h"
#include "store/uploads.h"

namespace granary::server {
struct Routes::Parts {
  Parts(Instance& instance_, net::Pool& pool_, RequestTimes& times_)
      : instance(instance_),
        pool(pool_),
        times(times_),
        downloads(instance.facts().repos()),
        refs(instance.env(), instance.access(), instance.facts()),
        lfs_files(instance.env(), instance.access(), instance.facts(), instance.store()),
        fetch(instance.access(), instance.facts(), instance.store(), instance.trees(), pool),
        kept(instance.facts(), limits::kKeptAnswerCountMax),
        hub{.access = instance.access(),
            .accounts = instance.accounts(),
            .repos = instance.repos(),
            .browser = instance.browser(),
            .trees = instance.trees(),
            .history = instance.history(),
            .fetch = fetch,
            .publisher = instance.publisher(),
            .refs = refs,
            .lfs_files = lfs_files,
            .downloads = downloads,
            .xet_tokens = instance.xet().tokens,
            .cas_path = api::xet::kCasPath,
            .pool = pool,
            .clock = instance.env().clock,
            .kept = kept},
        lfs{.access = instance.access(),
            .uploads = instance.uploads(),
            .xet_tokens = instance.xet().tokens,
            .cas_path = api::xet::kCasPath,
            .pool = pool},
        cas{.tokens = instance.xet().tokens,
            .downloads = instance.xet().downloads,
            .uploads = instance.xet().uploads,
            .dedupe = instance.xet().dedupe,
            .pool = pool,
            .long_work = long_work},
        pages{.access = instance.access(),
              .browser = instance.browser(),
              .fetch = fetch,
              .pool = pool} {}

  Task<net::Response> health(net::Request&) {
    const std::string refusal = instance.write_refusal();
    if (refusal.empty()) co_return net::Response::text(200, "ok\n");
    co_return net::Response::text(503, "read-only: " + refusal + "\n");
  }

  Task<net::Response> metrics(net::Request&) {
    auto render = [this] {
      const auto usage = instance.facts().codings().read_usage({});
      const auto free = instance.env().files.free_bytes(instance.config().data);
      return render_metrics({.connections = *connections,
                             .times = times,
                             .facts = instance.facts().counters(),
                             .usage = usage.value_or(meta::Usage{}),
                             .recoder = instance.recoder().counters(),
                             .free_bytes = free.value_or(0),
                             .accepts_writes = instance.write_refusal().empty()});
    };
    std::string text = co_await net::offload(pool, render);
    net::Response response = net::Response::text(200, std::move(text));
    response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    co_return response;
  }

  Instance& instance;
  net::Pool& pool;
  RequestTimes& times;
  const net::Counters* connections = nullptr;
  net::Pool long_work{std::max(2U, std::thread::hardware_concurrency())};
  service::Downloads downloads;
  service::Refs refs;
  service::LfsFiles lfs_files;
  service::Fetch fetch;
  api::hf::KeptAnswers kept;
  api::hf::Context hub;
  api::lfs::Context lfs;
  api::xet::Context cas;
  api::web::Context pages;
  net::Router router;
  net::Handler entry;
};

Routes::Routes(Instance& instance, net::Pool& pool, RequestTimes& times)
    : parts_(std::make_unique<Parts>(instance, pool, times)) {
  net::Router& router = parts_->router;
  router.get("/healthz", net::handler_of(*parts_, &Parts::health));
  router.get("/metrics", net::handler_of(*parts_, &Parts::metrics));
  api::hf::mount(router, parts_->hub);
  api::lfs::mount(router, parts_->lfs);
  api::xet::mount(router, parts_->cas);
  api::web::mount(router, parts_->pages);
  parts_->entry = api::hf::with_hub_headers()(router.handler());
}

Routes::~Routes() = default;

net::Handler Routes::handler() const { return parts_->entry; }

void Routes::watch(const net::Counters& counters) { parts_->connections = &counters; }

void Routes::each_minute() {
  if (auto done = parts_->instance.access().flush_token_uses(); !done) {
    log::warn("uses of tokens were not written", {{"reason", done.error().message}});
  }
  if (auto done = parts_->downloads.flush(); !done) {
    log::warn("download counts were not written", {{"reason", done.error().message}});
  }
  auto removed = parts_->instance.staging().remove_expired();
  if (!removed) {
    log::warn("expired uploads were not removed", {{"reason", removed.error().message}});
  } else if (*removed > 0) {
    log::info("expired uploads removed", {{"count", *removed}});
  }
}

}  // namespace granary::server
