// TLS end to end, with a certificate made here: requests, files, clients that leave, refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <filesystem>

#include "net/loopback_rig.h"

namespace granary::net {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

constexpr std::size_t kFileSizeBytes = 6 << 20;

/// A key and a certificate for "localhost" that it signs itself, in a folder of their own.
class SelfSigned {
 public:
  SelfSigned() {
    char name[] = "/tmp/granary-tls-XXXXXX";
    folder_ = ::mkdtemp(name);
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_sign(certificate, key, EVP_sha256());
    std::FILE* out = std::fopen(files().key_path.c_str(), "w");
    PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
    out = std::fopen(files().certificate_path.c_str(), "w");
    PEM_write_X509(out, certificate);
    std::fclose(out);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  SelfSigned(const SelfSigned&) = delete;
  SelfSigned& operator=(const SelfSigned&) = delete;
  ~SelfSigned() { std::filesystem::remove_all(folder_); }

  TlsFiles files() const {
    return {.certificate_path = folder_ + "/certificate.pem", .key_path = folder_ + "/key.pem"};
  }

 private:
  std::string folder_;
};

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, int version_max = TLS1_3_VERSION)
      : socket_(port), context_(SSL_CTX_new(TLS_client_method())), session_(SSL_new(context_)) {
    static constexpr unsigned char kProtocols[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(session_, kProtocols, sizeof kProtocols - 1);
    SSL_set_max_proto_version(session_, version_max);
    SSL_set_min_proto_version(session_, TLS1_VERSION);
    SSL_set_fd(session_, socket_.descriptor());
    connected_ = SSL_connect(session_) == 1;
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  ~TlsClient() {
    SSL_free(session_);
    SSL_CTX_free(context_);
  }

  bool connected() const { return connected_; }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(session_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  bool send(std::string_view bytes) {
    return SSL_write(session_, bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  /// Until `size_bytes` have come, or the end.
  std::string receive(std::size_t size_bytes) {
    std::string bytes(size_bytes, '\0');
    std::size_t done = 0;
    while (done < size_bytes) {
      std::size_t got = 0;
      if (SSL_read_ex(session_, bytes.data() + done, size_bytes - done, &got) != 1) break;
      done += got;
    }
    bytes.resize(done);
    return bytes;
  }
  std::string receive_head() {
    std::string head;
    while (!head.ends_with("\r\n\r\n")) {
      const std::string byte = receive(1);
      if (byte.empty()) break;
      head += byte;
    }
    return head;
  }
  /// Whether the server said that it has finished, so that this is no cut.
  bool finished() const { return (SSL_get_shutdown(session_) & SSL_RECEIVED_SHUTDOWN) != 0; }
  void leave() { socket_.close(); }

 private:
  LoopbackClient socket_;
  SSL_CTX* context_;
  SSL* session_;
  bool connected_ = false;
};

class Tls : public ::testing::Test {
 protected:
  Tls() {
    options_.tls = certificate_.files();
    server_ = std::make_unique<RunningServer>(handler(), options_);
  }

  Task<Response> answer(Request& request) {
    if (request.raw_path() == "/file" || request.raw_path() == "/file-short") {
      const std::uint64_t extra = request.raw_path() == "/file" ? 0 : 1;
      std::vector<FileSlice> slices{{file_.descriptor(), 0, kFileSizeBytes + extra}};
      Response response;
      response.content = std::make_unique<SliceSource>(std::move(slices));
      co_return response;
    }
    auto body = co_await request.body().read_all(32 << 20);
    if (!body) co_return Response::text(400, body.error().message);
    co_return Response::text(200, request.base_url() + " " + std::to_string(body->size()));
  }

  Handler handler() { return handler_of(*this, &Tls::answer); }

  static std::string get(const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }

  SelfSigned certificate_;
  PatternFile file_{kFileSizeBytes};
  ServerOptions options_;
  std::unique_ptr<RunningServer> server_;
};

TEST_F(Tls, CarriesRequestsFilesAndUploadsOnOneConnection) {
  TlsClient client(server_->port());
  ASSERT_TRUE(client.connected());
  EXPECT_EQ(client.protocol(), "http/1.1");
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(client.send(get("/file")));
    EXPECT_THAT(client.receive_head(), StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_TRUE(client.receive(kFileSizeBytes) == PatternFile::content(0, kFileSizeBytes));
  }
  ASSERT_TRUE(
      client.send("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n"
                  "Connection: close\r\n\r\n"));
  ASSERT_TRUE(client.send(std::string(3'000'000, 'a')));
  EXPECT_THAT(client.receive_head() + client.receive(1000), EndsWith("https://localhost 3000000"));
  EXPECT_TRUE(client.finished());
}

TEST_F(Tls, LetsTheClientSeeThatAResponseWasCut) {
  TlsClient client(server_->port());
  ASSERT_TRUE(client.send(get("/file-short")));
  client.receive_head();
  EXPECT_LE(client.receive(kFileSizeBytes + 1).size(), kFileSizeBytes);
  EXPECT_FALSE(client.finished());
}

TEST_F(Tls, SurvivesClientsThatLeaveInTheMiddle) {
  for (int i = 0; i < 10; ++i) {
    TlsClient client(server_->port());
    ASSERT_TRUE(client.send(get("/file")));
    client.receive(1000);
    client.leave();
  }
  TlsClient client(server_->port());
  ASSERT_TRUE(client.send(get("/")));
  EXPECT_THAT(client.receive_head(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(Tls, RefusesOldVersionsAndPlainText) {
  EXPECT_TRUE(TlsClient(server_->port(), TLS1_2_VERSION).connected());
  EXPECT_FALSE(TlsClient(server_->port(), TLS1_1_VERSION).connected());
  LoopbackClient plain(server_->port());
  ASSERT_TRUE(plain.send(get("/")));
  EXPECT_EQ(plain.receive_all().find("HTTP/1.1"), std::string::npos);
}

TEST_F(Tls, SaysWhichFileIsUnusable) {
  Pool pool(1);
  ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  const TlsFiles good = certificate_.files();
  for (const TlsFiles& files :
       {TlsFiles{"/nowhere", good.key_path}, TlsFiles{good.certificate_path, "/nowhere"},
        TlsFiles{good.key_path, good.certificate_path}}) {
    options.tls = files;
    const auto server = Server::create(options, handler(), pool, real_env());
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().kind, ErrorKind::Invalid);
  }
}

}  // namespace
}  // namespace granary::net
