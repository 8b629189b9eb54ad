// The routes over a real data folder: health, before and after a disk that fails.
#include "server/routes.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "net/exchange.h"
#include "net/pool.h"
#include "server/instance.h"
#include "server/metrics.h"

namespace granary::server {
namespace {

/// While it lives, no file of this process can grow.
class NoFileGrows {
 public:
  NoFileGrows() {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  NoFileGrows(const NoFileGrows&) = delete;
  NoFileGrows& operator=(const NoFileGrows&) = delete;
  ~NoFileGrows() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

class RoutesTest : public testing::Test {
 protected:
  RoutesTest() {
    char pattern[] = "/tmp/granary-routes-XXXXXX";
    config_.data = ::mkdtemp(pattern);
    auto opened = Instance::open(config_, real_env(), Creation::Allowed);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
    instance_ = *std::move(opened);
  }
  ~RoutesTest() override {
    instance_.reset();
    std::filesystem::remove_all(config_.data);
  }

  Config config_;
  std::unique_ptr<Instance> instance_;
  net::Pool pool_{1};
  RequestTimes times_;
};

TEST_F(RoutesTest, HealthSaysWhyFactsCanNoLongerBeWritten) {
  const Routes routes(*instance_, pool_, times_);
  const auto well = net::exchange(routes.handler(), "GET", "/healthz");
  EXPECT_EQ(well.status, 200);
  EXPECT_EQ(well.body, "ok\n");
  {
    const NoFileGrows full;
    EXPECT_FALSE(instance_->facts().accounts().setting_or_set("key", Bytes(8192)));
  }
  ASSERT_NE(instance_->facts().write_refusal(), "");
  const auto ill = net::exchange(routes.handler(), "GET", "/healthz");
  EXPECT_EQ(ill.status, 503);
  EXPECT_EQ(ill.body, "read-only: " + instance_->facts().write_refusal() + "\n");
}

}  // namespace
}  // namespace granary::server
