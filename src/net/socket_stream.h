// Streams over a connected TCP socket, plain or TLS. For .cc files only: it includes Asio.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "net/stream.h"
#include "net/tls_context.h"

namespace granary::net {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

/// Files go out by sendfile.
std::unique_ptr<Stream> socket_stream(Socket socket);
/// The server's side of TLS; the handshake happens with the first read. `context` outlives the
/// stream.
std::unique_ptr<Stream> tls_stream(Socket socket, const TlsContext& context);

}  // namespace granary::net
