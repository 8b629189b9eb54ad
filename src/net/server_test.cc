// The server over real sockets: files, uploads, clients that leave, caps, and the graceful stop.
#include "net/server.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "net/loopback_rig.h"
#include "net/task_group.h"
#include "net/timeout.h"

namespace granary::net {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using namespace std::chrono_literals;

constexpr std::size_t kFileSizeBytes = 9 << 20;

/// "/file" sends a file in two slices, "/file-short" more of it than there is, "/count" counts its
/// body; "/hold" reads nothing, and answers nothing, before `released`.
class Site {
 public:
  Task<Response> answer(Request& request) {
    if (request.raw_path() == "/file") {
      co_return send({{file.descriptor(), 0, 5'000'001},
                      {file.descriptor(), 5'000'001, kFileSizeBytes - 5'000'001}});
    }
    if (request.raw_path() == "/file-short")
      co_return send({{file.descriptor(), 1000, kFileSizeBytes}});
    if (request.raw_path() == "/hold") {
      entered = true;
      while (!released) co_await sleep_for(1ms);
    }
    std::string buffer(1 << 20, '\0');
    const std::span<std::byte> room(reinterpret_cast<std::byte*>(buffer.data()), buffer.size());
    std::uint64_t total = 0;
    while (true) {
      const auto got = co_await request.body().read(room);
      if (!got) co_return Response::text(400, got.error().message);
      if (*got == 0) break;
      total += *got;
    }
    co_return Response::text(200, std::to_string(total));
  }

  PatternFile file{kFileSizeBytes};
  std::atomic<bool> entered = false;
  std::atomic<bool> released = false;

 private:
  static Response send(std::vector<FileSlice> slices) {
    Response response;
    response.content = std::make_unique<SliceSource>(std::move(slices));
    return response;
  }
};

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

/// Waits for something that another thread is about to do.
template <class F>
bool eventually(F condition) {
  for (int i = 0; i < 10'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(1ms);
  }
  return false;
}

TEST(Server, SendsAFileWholeAndGoesOn) {
  Site site;
  RunningServer server(handler_of(site, &Site::answer), {});
  LoopbackClient client(server.port());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(client.send(get("/file")));
    const auto [head, body] = client.receive_response();
    EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_TRUE(body == PatternFile::content(0, kFileSizeBytes));
  }
  EXPECT_GE(server->counters().sent_bytes, 2 * kFileSizeBytes);
}

TEST(Server, SendsAFileThatIsNotInMemory) {
  Site site;
  RunningServer server(handler_of(site, &Site::answer), {});
  ASSERT_EQ(::fdatasync(site.file.descriptor()), 0);
  ASSERT_EQ(::posix_fadvise(site.file.descriptor(), 0, 0, POSIX_FADV_DONTNEED), 0);
  LoopbackClient client(server.port());
  ASSERT_TRUE(client.send(get("/file")));
  EXPECT_TRUE(client.receive_response().second == PatternFile::content(0, kFileSizeBytes));
}

TEST(Server, ResetsTheConnectionWhenAFileIsTooShort) {
  Site site;
  RunningServer server(handler_of(site, &Site::answer), {});
  LoopbackClient client(server.port());
  ASSERT_TRUE(client.send(get("/file-short")));
  EXPECT_LT(client.receive_response().second.size(), kFileSizeBytes);
  EXPECT_TRUE(eventually([&] { return server->counters().requests_by_class[0] == 1; }));
}

TEST(Server, SurvivesClientsThatLeaveInTheMiddle) {
  Site site;
  RunningServer server(handler_of(site, &Site::answer), {});
  for (int i = 0; i < 20; ++i) {
    LoopbackClient client(server.port());
    ASSERT_TRUE(client.send(get("/file")));
    EXPECT_FALSE(client.receive(1000).empty());
    client.close();
  }
  for (int i = 0; i < 20; ++i) {
    LoopbackClient client(server.port());
    ASSERT_TRUE(client.send("PUT /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc"));
    client.close();
  }
  LoopbackClient client(server.port());
  ASSERT_TRUE(client.send(get("/count")));
  EXPECT_EQ(client.receive_response().second, "0");
  EXPECT_TRUE(eventually([&] { return server->counters().connections_open == 1; }));
}

TEST(Server, TakesAnUploadOnlyAsFastAsItIsRead) {
  Site site;
  RunningServer server(handler_of(site, &Site::answer), {});
  LoopbackClient client(server.port());
  constexpr std::size_t kUploadSizeBytes = 64 << 20;
  ASSERT_TRUE(client.send("PUT /hold HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                          std::to_string(kUploadSizeBytes) + "\r\n\r\n"));
  ASSERT_TRUE(eventually([&] { return site.entered.load(); }));

  // Whatever the kernel takes without anybody reading is what one connection can make us hold.
  const std::string piece(1 << 20, 'a');
  std::size_t sent = 0;
  pollfd writable{client.descriptor(), POLLOUT, 0};
  while (sent < kUploadSizeBytes && ::poll(&writable, 1, 200) == 1) {
    const ssize_t put = ::send(client.descriptor(), piece.data(), piece.size(), MSG_DONTWAIT);
    ASSERT_GT(put, 0);
    sent += static_cast<std::size_t>(put);
  }
  EXPECT_LT(sent, kUploadSizeBytes / 2);
  EXPECT_LT(server->counters().received_bytes, 1U << 20);

  site.released = true;
  ASSERT_TRUE(client.send(std::string(kUploadSizeBytes - sent, 'a')));
  EXPECT_EQ(client.receive_response().second, std::to_string(kUploadSizeBytes));
}

TEST(Server, SaysContinueToAClientThatWaits) {
  Site site;
  RunningServer server(handler_of(site, &Site::answer), {});
  LoopbackClient client(server.port());
  ASSERT_TRUE(
      client.send("PUT /count HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
                  "Expect: 100-continue\r\n\r\n"));
  EXPECT_EQ(client.receive(), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(client.send("abc"));
  EXPECT_EQ(client.receive_response().second, "3");
}

TEST(Server, LetsARefusedUploaderReadWhy) {
  const Handler refuse = [](Request&) -> Task<Response> {
    co_return Response::json(401, error_json("no"));
  };
  RunningServer server(refuse, {});
  LoopbackClient client(server.port());
  ASSERT_TRUE(client.send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 16777216\r\n\r\n"));
  ASSERT_TRUE(client.send(std::string(16 << 20, 'a')));  // all of it, before it looks
  EXPECT_THAT(client.receive_all(), EndsWith("{\"error\":\"no\"}"));
}

TEST(Server, FinishesWhatIsInFlightWhenStopped) {
  Site site;
  RunningServer server(handler_of(site, &Site::answer), {});
  LoopbackClient idle(server.port());
  ASSERT_TRUE(idle.send(get("/count")));
  idle.receive_response();
  LoopbackClient busy(server.port());
  ASSERT_TRUE(busy.send("PUT /hold HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"));
  ASSERT_TRUE(eventually([&] { return site.entered.load(); }));

  auto stopped = std::async(std::launch::async, [&] { server.finish(); });
  EXPECT_EQ(idle.receive(), "") << "an idle connection is closed at once";
  EXPECT_TRUE(eventually([&] { return !LoopbackClient(server.port()).connected(); }));
  EXPECT_EQ(stopped.wait_for(0s), std::future_status::timeout);

  site.released = true;
  ASSERT_TRUE(busy.send("abc"));
  const auto [head, body] = busy.receive_response();
  EXPECT_THAT(head, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_EQ(body, "3");
  busy.close();
  EXPECT_EQ(stopped.wait_for(5s), std::future_status::ready);
}

TEST(Server, CutsWhatOutlastsTheDrainTime) {
  Site site;
  ServerOptions options;
  options.drain_time = 0ms;
  RunningServer server(handler_of(site, &Site::answer), options);
  LoopbackClient client(server.port());
  ASSERT_TRUE(client.send("PUT /count HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"));
  ASSERT_TRUE(eventually([&] { return server->counters().requests_active == 1; }));
  auto stopped = std::async(std::launch::async, [&] { server.finish(); });
  EXPECT_EQ(stopped.wait_for(5s), std::future_status::ready);
  EXPECT_EQ(client.receive_all(), "");
}

TEST(Server, MayBeStoppedBeforeItRunsAndTwice) {
  Site site;
  Pool pool(1);
  ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  auto server = Server::create(options, handler_of(site, &Site::answer), pool, real_env());
  ASSERT_TRUE(server);
  (*server)->stop();
  (*server)->stop();
  (*server)->run();
}

TEST(Server, DoesNotShareItsPortWithASecondOne) {
  Site site;
  RunningServer server(handler_of(site, &Site::answer), {});
  Pool pool(1);
  ServerOptions options;
  options.listen = {server->addresses().front()};
  const auto second = Server::create(options, handler_of(site, &Site::answer), pool, real_env());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::Conflict);
}

TEST(Server, RefusesAddressesThatAreNone) {
  Site site;
  Pool pool(1);
  for (const std::string bad : {"", "8080", "127.0.0.1", ":80", "127.0.0.1:70000", "127.0.0.1:x"}) {
    ServerOptions options;
    options.listen = {bad};
    const auto server = Server::create(options, handler_of(site, &Site::answer), pool, real_env());
    ASSERT_FALSE(server) << bad;
    EXPECT_EQ(server.error().kind, ErrorKind::Invalid) << bad;
  }
}

TEST(Server, CapsConnectionsInAllAndPerAddress) {
  Site site;
  for (const bool per_address : {false, true}) {
    ServerOptions options;
    (per_address ? options.connection_count_per_address_max : options.connection_count_max) = 2;
    RunningServer server(handler_of(site, &Site::answer), options);
    LoopbackClient first(server.port());
    LoopbackClient second(server.port());
    for (LoopbackClient* client : {&first, &second}) {
      ASSERT_TRUE(client->send(get("/count")));
      EXPECT_EQ(client->receive_response().second, "0");
    }
    LoopbackClient third(server.port());
    EXPECT_THAT(third.receive_all(), StartsWith("HTTP/1.1 503 "));
    EXPECT_EQ(server->counters().connections_refused, 1U);
    first.close();
    ASSERT_TRUE(eventually([&] { return server->counters().connections_open == 1; }));
    EXPECT_TRUE(eventually([&] {
      LoopbackClient fourth(server.port());
      return fourth.send(get("/count")) && fourth.receive_response().second == "0";
    }));
  }
}

TEST(Server, ServesManyConnectionsFromManyThreads) {
  Site site;
  RunningServer server(handler_of(site, &Site::answer), {});
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        LoopbackClient client(server.port());
        for (int request = 0; request < 10; ++request) {
          const bool sent =
              client.send("PUT /count HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd");
          if (sent && client.receive_response().second == "4") ++good;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 400);
  // A request is counted once its answer has left, so a client may be ahead of the counter.
  EXPECT_TRUE(eventually([&] { return server->counters().requests_by_class[2] == 400; }))
      << server->counters().requests_by_class[2];
  EXPECT_EQ(server->counters().body_received_bytes, 1600U);
}

}  // namespace
}  // namespace granary::net
