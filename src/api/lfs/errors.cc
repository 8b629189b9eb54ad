// The table, and the response made from a row of it.
#include "api/lfs/errors.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "api/lfs/wire.h"
#include "base/log.h"

namespace granary::api::lfs {
namespace {

struct Row {
  ErrorKind kind;
  int status;
  int stranger_status;       // git-lfs asks its user for a token only on 401
  std::string_view code;     // X-Error-Code, for the hub's clients
  std::string_view instead;  // what is told in place of the message; empty: the message
};

constexpr std::array<Row, 15> kTable = {{
    {ErrorKind::NotFound, 404, 404, "", ""},
    {ErrorKind::RepoNotFound, 404, 401, "RepoNotFound", ""},
    {ErrorKind::RevisionNotFound, 404, 404, "RevisionNotFound", ""},
    {ErrorKind::EntryNotFound, 404, 404, "EntryNotFound", ""},
    {ErrorKind::Invalid, 422, 422, "", ""},
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

int status_of(ErrorKind kind) { return row_of(kind).status; }

net::Response to_response(const Error& error, const net::Request& request, Asker asker) {
  const Row& row = row_of(error.kind);
  if (!row.instead.empty()) {
    log::error("request failed", {{"kind", name_of(error.kind)}, {"error", error.message}});
  }
  const std::string_view message =
      row.instead.empty() ? std::string_view(error.message) : row.instead;
  net::Response response;
  response.status = asker == Asker::Stranger ? row.stranger_status : row.status;
  response.headers.add("Content-Type", kMediaType);
  if (response.status == 401) {
    response.headers.add("LFS-Authenticate", "Basic realm=\"Granary\"");
    response.headers.add("WWW-Authenticate", "Basic realm=\"Granary\"");
  }
  if (!row.code.empty()) response.headers.add("X-Error-Code", row.code);
  response.headers.add("X-Error-Message", message);
  if (error.kind == ErrorKind::Unavailable) response.headers.add("Retry-After", std::uint64_t{1});
  response.content = error_json(message, request.request_id());
  return response;
}

}  // namespace granary::api::lfs
