// Writing a response: its head as text, then its content by send or sendfile.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/response.h"
#include "net/stream.h"
#include "net/task.h"

namespace granary::net {

class Pool;

/// What a response's head needs beside the response. Views stay until it is written.
struct ReplyFacts {
  bool is_head = false;  // the request's method: no content follows
  bool is_http_1_0 = false;
  bool close = false;  // no further request on this connection
  std::string_view request_id;
  std::string_view date;
};

/// How a client finds the content's end.
enum class Framing : std::uint8_t { None, Length, Chunked, UntilClose };

/// Appends status line and header fields, with the empty line. Gives how the content is to be
/// framed; UntilClose only for HTTP/1.0 and content of unknown size, which then closes the
/// connection.
Framing append_response_head(std::string& out, const Response& response, const ReplyFacts& facts);

/// Writes head and content. `scratch` is overwritten, and not used after the first suspension, so
/// that all connections of a thread may share one. Gives the framing: UntilClose asks for the
/// close. Errors: Unavailable if the client left; whatever the content's source gives. After an
/// error the client holds a truncated response: the connection must be aborted.
Task<Result<Framing>> write_response(Stream& stream, Pool& pool, std::string& scratch,
                                     Response& response, ReplyFacts facts);

}  // namespace granary::net
