// Error construction and the assertion that stays on in release builds.
#include "base/result.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace granary {

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::NotFound: return "NotFound";
    case ErrorKind::RepoNotFound: return "RepoNotFound";
    case ErrorKind::RevisionNotFound: return "RevisionNotFound";
    case ErrorKind::EntryNotFound: return "EntryNotFound";
    case ErrorKind::Invalid: return "Invalid";
    case ErrorKind::Unauthenticated: return "Unauthenticated";
    case ErrorKind::Denied: return "Denied";
    case ErrorKind::Gated: return "Gated";
    case ErrorKind::Conflict: return "Conflict";
    case ErrorKind::Stale: return "Stale";
    case ErrorKind::TooLarge: return "TooLarge";
    case ErrorKind::NoSpace: return "NoSpace";
    case ErrorKind::Corrupt: return "Corrupt";
    case ErrorKind::Unavailable: return "Unavailable";
    case ErrorKind::Internal: return "Internal";
  }
  return "Unknown";
}

Error Error::during(std::string_view doing) && {
  return Error{kind, std::string(doing) + ": " + message};
}

tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return tl::unexpected(Error{kind, std::move(message)});
}

tl::unexpected<Error> fail_errno(std::string_view doing, int error_number) {
  ErrorKind kind = ErrorKind::Internal;
  if (error_number == ENOSPC || error_number == EDQUOT) kind = ErrorKind::NoSpace;
  if (error_number == ENOENT) kind = ErrorKind::NotFound;
  if (error_number == EEXIST) kind = ErrorKind::Conflict;
  return fail(kind, std::string(doing) + ": " + std::strerror(error_number));
}

void detail::assert_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace granary
