// The table, and the response made from a row of it.
#include "api/xet/errors.h"

#include <algorithm>
#include <array>

#include "base/log.h"

namespace granary::api::xet {
namespace {

struct Row {
  ErrorKind kind;
  int status;
  std::string_view instead;  // what is told in place of the message; empty: the message
};

constexpr std::array<Row, 15> kTable = {{
    {ErrorKind::NotFound, 404, ""},
    {ErrorKind::RepoNotFound, 404, ""},
    {ErrorKind::RevisionNotFound, 404, ""},
    {ErrorKind::EntryNotFound, 404, ""},
    {ErrorKind::Invalid, 400, ""},
    {ErrorKind::Unauthenticated, 401, ""},
    {ErrorKind::Denied, 403, ""},
    {ErrorKind::Gated, 403, ""},
    {ErrorKind::Conflict, 409, ""},
    {ErrorKind::Stale, 409, ""},
    {ErrorKind::TooLarge, 413, ""},
    // Not 507: a full disk is not emptied while a client repeats itself.
    {ErrorKind::NoSpace, 413, "the server has no space left for this; reading goes on"},
    {ErrorKind::Corrupt, 500, "stored bytes failed their check and were not sent"},
    {ErrorKind::Unavailable, 503, ""},
    {ErrorKind::Internal, 500, "internal error; the server's log says more"},
}};

const Row& row_of(ErrorKind kind) {
  const auto row = std::ranges::find(kTable, kind, &Row::kind);
  GRANARY_ASSERT(row != kTable.end());
  return *row;
}

}  // namespace

std::string_view told_of(const Error& error) {
  const Row& row = row_of(error.kind);
  return row.instead.empty() ? std::string_view(error.message) : row.instead;
}

net::Response to_response(const Error& error) {
  const Row& row = row_of(error.kind);
  if (!row.instead.empty()) {
    log::error("request failed", {{"kind", name_of(error.kind)}, {"error", error.message}});
  }
  return net::Response::json(row.status, net::error_json(told_of(error)));
}

}  // namespace granary::api::xet
