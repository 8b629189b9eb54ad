// Plain and TLS sockets: system calls first, a wait only when the kernel says that it would block.
#include "net/socket_stream.h"

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

namespace granary::net {
namespace {

namespace asio = boost::asio;

using Progress = Result<std::optional<std::size_t>>;

/// What the result of a system call means.
Progress progress_of(ssize_t done) {
  if (done >= 0) return std::optional(static_cast<std::size_t>(done));
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
    return std::optional<std::size_t>();
  }
  return fail(ErrorKind::Unavailable, "the connection broke");
}

class SocketStream : public Stream {
 public:
  explicit SocketStream(Socket socket) : socket_(std::move(socket)) {
    boost::system::error_code ignored;
    socket_.native_non_blocking(true, ignored);
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  }

  void finish_writing() override {
    // A FIN before the RST would make a cut response look whole.
    if (!aborted_) ::shutdown(descriptor(), SHUT_WR);
  }

  void cancel() override {
    cancelled_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }

  void abort() override {
    // A zero linger time makes close send RST; Asio, if it knew, would take it back.
    const linger reset{1, 0};
    ::setsockopt(descriptor(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    aborted_ = true;
    cancel();
  }

  std::uint64_t unacknowledged_bytes() const override {
    int queued = 0;
    if (::ioctl(descriptor(), SIOCOUTQ, &queued) != 0 || queued < 0) return 0;
    return static_cast<std::uint64_t>(queued);
  }

 protected:
  Progress do_read(std::span<std::byte> out) override {
    if (cancelled_) return cancelled_error();
    return progress_of(::recv(descriptor(), out.data(), out.size(), 0));
  }

  Progress do_write(ByteView bytes, bool more) override {
    if (cancelled_) return cancelled_error();
    const int flags = MSG_NOSIGNAL | (more ? MSG_MORE : 0);
    return progress_of(::send(descriptor(), bytes.data(), bytes.size(), flags));
  }

  Progress do_send_file(FileSlice slice) override {
    if (cancelled_) return cancelled_error();
    auto offset = static_cast<off_t>(slice.offset_bytes);
    return progress_of(::sendfile(descriptor(), slice.descriptor, &offset, slice.size_bytes));
  }

  bool sends_files() const override { return true; }
  bool short_read_drains() const override { return true; }

  Task<Result<void>> do_wait(Direction direction) override {
    if (cancelled_) co_return cancelled_error();
    const auto what = direction == Direction::Read ? Socket::wait_read : Socket::wait_write;
    auto [error] =
        co_await socket_.async_wait(what, asio::as_tuple(asio::use_awaitable_t<Executor>()));
    if (error || cancelled_) co_return cancelled_error();
    co_return Result<void>();
  }

  int descriptor() const { return const_cast<Socket&>(socket_).native_handle(); }
  bool cancelled() const { return cancelled_; }
  bool aborted() const { return aborted_; }
  static tl::unexpected<Error> cancelled_error() {
    return fail(ErrorKind::Unavailable, "the connection was closed here");
  }

 private:
  Socket socket_;
  bool cancelled_ = false;
  bool aborted_ = false;
};

/// OpenSSL works on the descriptor itself, which does without a pair of 17 KB buffers per
/// connection.
class TlsStream final : public SocketStream {
 public:
  TlsStream(Socket socket, const TlsContext& context)
      : SocketStream(std::move(socket)), session_(SSL_new(context.get())) {
    GRANARY_ASSERT(session_ != nullptr);
    SSL_set_fd(session_.get(), descriptor());
    SSL_set_accept_state(session_.get());
  }

  void finish_writing() override {
    // Without close_notify the client could not tell an end from a cut. After an error OpenSSL
    // forbids it.
    const bool said = (SSL_get_shutdown(session_.get()) & SSL_SENT_SHUTDOWN) != 0;
    if (!failed_ && !aborted() && !said && SSL_is_init_finished(session_.get())) {
      ERR_clear_error();
      SSL_shutdown(session_.get());
    }
    SocketStream::finish_writing();
  }

 protected:
  Progress do_read(std::span<std::byte> out) override {
    if (cancelled() || failed_) return cancelled_error();
    std::size_t count = 0;
    ERR_clear_error();
    const int done = SSL_read_ex(session_.get(), out.data(), out.size(), &count);
    return progress_of_tls(done, count);
  }

  Progress do_write(ByteView bytes, bool) override {
    if (cancelled() || failed_) return cancelled_error();
    std::size_t count = 0;
    ERR_clear_error();
    const int done = SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &count);
    return progress_of_tls(done, count);
  }

  bool sends_files() const override { return false; }
  bool short_read_drains() const override { return false; }

  /// A handshake may have to write in order to read, and the other way round.
  Task<Result<void>> do_wait(Direction direction) override {
    return SocketStream::do_wait(wanted_.value_or(direction));
  }

 private:
  struct Free {
    void operator()(SSL* session) const { SSL_free(session); }
  };

  Progress progress_of_tls(int done, std::size_t count) {
    wanted_.reset();
    if (done > 0) return std::optional(count);
    switch (SSL_get_error(session_.get(), done)) {
      case SSL_ERROR_WANT_READ: wanted_ = Direction::Read; return std::optional<std::size_t>();
      case SSL_ERROR_WANT_WRITE: wanted_ = Direction::Write; return std::optional<std::size_t>();
      case SSL_ERROR_ZERO_RETURN: return std::optional<std::size_t>(0);
      default: failed_ = true; return fail(ErrorKind::Unavailable, "the TLS connection broke");
    }
  }

  std::unique_ptr<SSL, Free> session_;
  std::optional<Direction> wanted_;
  bool failed_ = false;
};

int choose_http_1_1(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned int in_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11 - 1, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::unique_ptr<Stream> socket_stream(Socket socket) {
  return std::make_unique<SocketStream>(std::move(socket));
}

std::unique_ptr<Stream> tls_stream(Socket socket, const TlsContext& context) {
  return std::make_unique<TlsStream>(std::move(socket), context);
}

void TlsContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<TlsContext> TlsContext::create(const std::string& certificate_path,
                                      const std::string& key_path) {
  std::unique_ptr<ssl_ctx_st, Free> context(SSL_CTX_new(TLS_server_method()));
  GRANARY_ASSERT(context != nullptr);
  SSL_CTX* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(raw, choose_http_1_1, nullptr);
  if (SSL_CTX_use_certificate_chain_file(raw, certificate_path.c_str()) != 1) {
    return fail(ErrorKind::Invalid, "no usable certificate in " + certificate_path);
  }
  if (SSL_CTX_use_PrivateKey_file(raw, key_path.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(raw) != 1) {
    return fail(ErrorKind::Invalid, "no usable key for the certificate in " + key_path);
  }
  return TlsContext(std::move(context));
}

}  // namespace granary::net
