// Slow clients under a clock set by hand: who is cut, when, and who never is.
#include "net/deadlines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <string>

#include "base/sim_env.h"
#include "net/connection.h"
#include "net/pool.h"
#include "net/task_group.h"
#include "net/timeout.h"

namespace granary::net {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::size_t kCapacityBytes = 64 * limits::kKiB;

/// Reads all of its body; "/big" is answered with 4 MiB; "/wait" with nothing, until the test lets
/// it.
class Site {
 public:
  explicit Site(Executor executor) : tasks_(executor) {}

  Task<Response> answer(Request& request) {
    if (request.raw_path() == "/big") co_return Response::text(200, std::string(4 << 20, 'b'));
    if (request.raw_path() == "/wait") {
      while (!released) co_await yield();
    }
    std::string buffer(64 * 1024, '\0');
    const std::span<std::byte> room(reinterpret_cast<std::byte*>(buffer.data()), buffer.size());
    std::size_t total = 0;
    while (true) {
      const auto got = co_await request.body().read(room);
      if (!got) co_return Response::text(400, got.error().message);
      if (*got == 0) break;
      total += *got;
    }
    co_return Response::text(200, std::to_string(total));
  }

  bool released = false;

 private:
  TaskGroup tasks_;
};

class SlowClients : public ::testing::Test {
 protected:
  SlowClients() {
    auto [client, served] = memory_streams(context_.get_executor(), kCapacityBytes);
    client_ = std::move(client);
    tasks_.spawn(group_.serve(std::move(served), Peer{.address = "127.0.0.1"}));
    settle();
  }

  ~SlowClients() override {
    site_.released = true;
    client_->abort();
    context_.restart();
    context_.run();
  }

  /// Runs whatever can run without waiting; a handler that yields for ever gets a bounded share.
  void settle() {
    context_.restart();
    for (int i = 0; i < 100 && context_.poll_one() > 0; ++i) {
    }
  }

  void send(std::string_view text) {
    const auto put = client_->try_write(as_bytes(text), false);
    ASSERT_TRUE(put && put->value_or(0) == text.size());
    settle();
  }

  /// Everything that has come; at most `size_bytes_max`.
  std::string receive(std::size_t size_bytes_max = 1 << 30) {
    std::string text;
    while (text.size() < size_bytes_max) {
      std::string buffer(std::min<std::size_t>(64 * 1024, size_bytes_max - text.size()), '\0');
      const std::span<std::byte> room(reinterpret_cast<std::byte*>(buffer.data()), buffer.size());
      const auto got = client_->try_read(room);
      cut_ = !got;
      if (!got || got->value_or(0) == 0) break;
      text.append(buffer, 0, **got);
      settle();
    }
    return text;
  }

  void pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      world_.clock().advance(std::chrono::seconds(1));
      group_.tick();
      settle();
    }
  }

  bool ended() const { return tasks_.count() == 0; }

  SimEnv world_{1};
  Pool pool_{1};
  boost::asio::io_context context_;
  Site site_{context_.get_executor()};
  Service service_{.options = {},
                   .proxies = {},
                   .handler = handler_of(site_, &Site::answer),
                   .pool = pool_,
                   .env = world_.env(),
                   .counters = {}};
  ConnectionGroup group_{service_};
  TaskGroup tasks_{context_.get_executor()};
  std::unique_ptr<Stream> client_;
  bool cut_ = false;  // the last receive found the connection cut, not ended
};

TEST_F(SlowClients, AreLetGoAfter75SecondsOfSilence) {
  pass(75);
  EXPECT_FALSE(ended());
  pass(1);
  EXPECT_TRUE(ended());
  EXPECT_EQ(receive(), "");
  EXPECT_FALSE(cut_);
  EXPECT_EQ(service_.counters.connections_timed_out, 1U);
}

TEST_F(SlowClients, MayRestBetweenRequests) {
  for (int i = 0; i < 5; ++i) {
    send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(receive(), StartsWith("HTTP/1.1 200 "));
    pass(70);
    EXPECT_FALSE(ended());
  }
}

TEST_F(SlowClients, HaveTenSecondsForAHeaderHoweverSteadilyItComes) {
  send("GET / HTTP/1.1\r\nHost: x\r\n");
  for (int i = 0; i < 10; ++i) {
    send("A: b\r\n");
    pass(1);
    EXPECT_FALSE(ended()) << i;
  }
  pass(1);
  EXPECT_TRUE(ended());
  EXPECT_EQ(service_.counters.connections_timed_out, 1U);
}

TEST_F(SlowClients, AreCutWhenABodyStalls) {
  send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc");
  pass(60);
  EXPECT_FALSE(ended());
  pass(2);
  EXPECT_TRUE(ended());
}

TEST_F(SlowClients, AreCutWhenABodyOnlyTrickles) {
  send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
  for (int i = 0; i < 62 && !ended(); ++i) {
    send("a");
    pass(1);
  }
  EXPECT_TRUE(ended());
}

TEST_F(SlowClients, MayUploadForHoursAtTwoKibibytesASecond) {
  constexpr int kSeconds = 2 * 3600;
  send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(kSeconds * 2048) +
       "\r\n\r\n");
  const std::string piece(2048, 'a');
  for (int i = 0; i < kSeconds; ++i) {
    send(piece);
    pass(1);
  }
  EXPECT_THAT(receive(), EndsWith("\r\n\r\n" + std::to_string(kSeconds * 2048)));
}

TEST_F(SlowClients, AreCutWhenTheyDoNotReadTheirResponse) {
  send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
  pass(62);
  EXPECT_TRUE(ended());
  receive();
  EXPECT_TRUE(cut_);
  EXPECT_EQ(service_.counters.requests_by_class[0], 1U);
}

TEST_F(SlowClients, AreCutWhenTheyReadAByteNowAndThen) {
  send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
  for (int i = 0; i < 62 && !ended(); ++i) {
    receive(1);
    pass(1);
  }
  EXPECT_TRUE(ended());
}

TEST_F(SlowClients, MayDownloadAtTwoKibibytesASecond) {
  send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
  std::size_t received = 0;
  for (int i = 0; i < 2060; ++i) {
    received += receive(2048).size();
    pass(1);
  }
  EXPECT_GT(received, 4U << 20);
  EXPECT_FALSE(cut_);
}

TEST_F(SlowClients, AreNotBlamedForASlowHandler) {
  send("PUT /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  pass(600);
  EXPECT_FALSE(ended());
  site_.released = true;
  settle();
  EXPECT_THAT(receive(), EndsWith("\r\n\r\n5"));
}

TEST_F(SlowClients, HaveFiveSecondsToReadARefusal) {
  send("nonsense\n");
  EXPECT_THAT(receive(), StartsWith("HTTP/1.1 400 "));
  send("more nonsense");
  pass(5);
  EXPECT_FALSE(ended());
  pass(1);
  EXPECT_TRUE(ended());
}

TEST_F(SlowClients, AreLetGoAtOnceByAStopIfTheyAreIdle) {
  send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  receive();
  group_.stop();
  settle();
  EXPECT_TRUE(ended());
  EXPECT_FALSE(cut_);
}

TEST_F(SlowClients, GetTheirAnswerDuringAStop) {
  send("PUT /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
  group_.stop();
  pass(3);
  EXPECT_FALSE(ended());
  site_.released = true;
  send("hello");
  const std::string reply = receive();
  EXPECT_THAT(reply, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(reply, EndsWith("\r\n\r\n5"));
  client_->finish_writing();
  settle();
  EXPECT_TRUE(ended());
}

}  // namespace
}  // namespace granary::net
