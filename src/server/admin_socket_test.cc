// Commands over a real Unix socket: output, progress, errors of each kind, hostile lines.
#include "server/admin_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace granary::server {
namespace {

class AdminSocketTest : public testing::Test {
 protected:
  AdminSocketTest() {
    char pattern[] = "/tmp/granary-socket-XXXXXX";
    folder_ = ::mkdtemp(pattern);
  }
  ~AdminSocketTest() override { ::rmdir(folder_.c_str()); }

  std::string folder_;
};

TEST_F(AdminSocketTest, ACommandGivesItsOutputAfterItsProgress) {
  auto server = AdminSocket::listen(
      folder_,
      [](const AdminRequest& request, const ReportProgress& report) -> Result<std::string> {
        report({.phase = "reading", .done = 1, .total = 2});
        return request.command + " " + request.arguments.at("user");
      });
  ASSERT_TRUE(server) << server.error().message;
  std::uint64_t total = 0;
  auto output = call_admin_socket(folder_, {"token.add", {{"user", "alice\n\"x\""}}},
                                  [&](const AdminProgress& progress) { total = progress.total; });
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(*output, "token.add alice\n\"x\"");
  EXPECT_EQ(total, 2U);
}

TEST_F(AdminSocketTest, AnErrorArrivesWithItsKind) {
  auto server = AdminSocket::listen(
      folder_, [](const AdminRequest&, const ReportProgress&) -> Result<std::string> {
        return fail(ErrorKind::Conflict, "taken");
      });
  auto output = call_admin_socket(folder_, {"user.add", {}}, {});
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().kind, ErrorKind::Conflict);
  EXPECT_EQ(output.error().message, "taken");
}

TEST_F(AdminSocketTest, WithoutAServerTheCallIsUnavailableAndTheSocketIsGone) {
  {
    auto server = AdminSocket::listen(folder_, {});
  }
  auto output = call_admin_socket(folder_, {"user.add", {}}, {});
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().kind, ErrorKind::Unavailable);
}

TEST_F(AdminSocketTest, NonsenseIsAnsweredByAnErrorAndHarmsNoOtherConnection) {
  auto server = AdminSocket::listen(
      folder_,
      [](const AdminRequest&, const ReportProgress&) -> Result<std::string> { return "fine"; });
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (folder_ + "/granary.sock").c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const std::string_view nonsense = "[1,2\n";
  ASSERT_EQ(::send(socket, nonsense.data(), nonsense.size(), 0), 5);
  char reply[512];
  const ssize_t got = ::recv(socket, reply, sizeof reply, 0);
  ASSERT_GT(got, 0);
  EXPECT_TRUE(std::string_view(reply, static_cast<std::size_t>(got)).starts_with("{\"error\":"));
  ::close(socket);
  EXPECT_EQ(*call_admin_socket(folder_, {"x", {}}, {}), "fine");
}

}  // namespace
}  // namespace granary::server
