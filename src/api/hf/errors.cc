// Errors: the table, and the response made from a row of it.
#include "api/hf/errors.h"

#include <algorithm>
#include <array>

#include "base/log.h"

namespace granary::api::hf {
namespace {

constexpr std::size_t kHeaderTextSizeBytesMax = 1000;

struct Row {
  ErrorKind kind;
  int status;
  int stranger_status;       // for who gave no token
  std::string_view code;     // X-Error-Code; the Python client looks at it before the status
  std::string_view instead;  // what is told in place of the message; empty: the message
};

// A stranger's missing or hidden repo is 404, not 401 as on the public hub: the code decides for
// the clients, on http too, where a bare 401 would be taken for something else.
constexpr std::array<Row, 15> kTable = {{
    {ErrorKind::NotFound, 404, 404, "", ""},
    {ErrorKind::RepoNotFound, 404, 404, "RepoNotFound", ""},
    {ErrorKind::RevisionNotFound, 404, 404, "RevisionNotFound", ""},
    {ErrorKind::EntryNotFound, 404, 404, "EntryNotFound", ""},
    {ErrorKind::Invalid, 400, 400, "", ""},
    {ErrorKind::Unauthenticated, 401, 401, "", ""},
    {ErrorKind::Denied, 403, 401, "", ""},
    {ErrorKind::Gated, 403, 401, "GatedRepo", ""},
    {ErrorKind::Conflict, 409, 409, "", ""},
    {ErrorKind::Stale, 409, 409, "", ""},
    {ErrorKind::TooLarge, 413, 413, "", ""},
    {ErrorKind::NoSpace, 507, 507, "", "the server has no space left for this; reading goes on"},
    {ErrorKind::Corrupt, 500, 500, "", "stored bytes failed their check and were not sent"},
    {ErrorKind::Unavailable, 503, 503, "", ""},
    {ErrorKind::Internal, 500, 500, "", "internal error; the server's log says more"},
}};

const Row& row_of(ErrorKind kind) {
  const auto row = std::ranges::find(kTable, kind, &Row::kind);
  GRANARY_ASSERT(row != kTable.end());
  return *row;
}

}  // namespace

net::Response to_response(const Error& error, Asker asker) {
  const Row& row = row_of(error.kind);
  if (!row.instead.empty()) {
    log::error("request failed", {{"kind", name_of(error.kind)}, {"error", error.message}});
  }
  const std::string_view message =
      row.instead.empty() ? std::string_view(error.message) : row.instead;
  const int status = asker == Asker::Stranger ? row.stranger_status : row.status;
  auto response = net::Response::json(status, net::error_json(message));
  if (!row.code.empty()) response.headers.add("X-Error-Code", row.code);
  response.headers.add("X-Error-Message", header_text(message));
  if (error.kind == ErrorKind::Unavailable) response.headers.add("Retry-After", std::uint64_t{1});
  return response;
}

std::string header_text(std::string_view text) {
  std::string line(text.substr(0, kHeaderTextSizeBytesMax));
  for (char& c : line) {
    if (c == '\t' || c == '\n' || c == '\r') c = ' ';
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return line;
}

}  // namespace granary::api::hf
