// Result and Error: how every fallible function in Granary reports failure, and the TRY macros.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace granary {

/// What went wrong, for code. Each kind exists because some caller acts differently on it.
enum class ErrorKind : std::uint8_t {
  NotFound,           // a user, token, upload, tag …; anything without a kind of its own
  RepoNotFound,       // also a repo that the caller may not see
  RevisionNotFound,   // the repo exists, the branch, tag or commit does not
  EntryNotFound,      // the revision exists, the path does not
  Invalid,            // malformed input
  Unauthenticated,    // credentials were given and are not valid
  Denied,             // known caller, visible thing, no right
  Gated,              // visible repo whose files need an accepted access request
  Conflict,           // already exists, or a name that is taken or retired
  Stale,              // the parent commit is no longer the head
  TooLarge,           // over a named limit
  NoSpace,            // the disk or a quota is full; reads go on
  Corrupt,            // stored bytes do not match their checksum or digest
  Unavailable,        // try again later
  Internal,           // a bug or an unexpected failure of the system below
};

/// The name of a kind as it is written in logs: "RepoNotFound".
std::string_view name_of(ErrorKind kind);

/// A failure: a kind for code, a message for people.
struct Error {
  ErrorKind kind;
  std::string message;

  /// The same error with what was being done put before it: "reading chunk 7: not found".
  [[nodiscard]] Error during(std::string_view doing) &&;
};

/// A value or an Error. `[[nodiscard]]`, which tl::expected 1.0.0 is not.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(tl::expected<T, Error> other) : tl::expected<T, Error>(std::move(other)) {}
};

/// An Error ready to be returned from a function that gives any Result.
[[nodiscard]] tl::unexpected<Error> fail(ErrorKind kind, std::string message);

/// As above, from the current errno: "opening x: No such file or directory". ENOSPC and EDQUOT give
/// NoSpace, ENOENT gives NotFound, EEXIST gives Conflict; all else is Internal.
[[nodiscard]] tl::unexpected<Error> fail_errno(std::string_view doing, int error_number);

namespace detail {
[[noreturn]] void assert_failed(const char* condition, const char* file, int line);
}  // namespace detail

}  // namespace granary

// States what only a bug can break; on in every build. Never for input from a peer, disk or user.
#define GRANARY_ASSERT(condition)                                              \
  ((condition) ? static_cast<void>(0)                                          \
               : ::granary::detail::assert_failed(#condition, __FILE__, __LINE__))

#define GRANARY_JOIN_(a, b) a##b
#define GRANARY_JOIN(a, b) GRANARY_JOIN_(a, b)
#define GRANARY_TRY_(tmp, give, decl, ...)               \
  auto tmp = (__VA_ARGS__);                              \
  if (!tmp) give tl::unexpected(std::move(tmp).error()); \
  decl = *std::move(tmp)
#define GRANARY_TRY_DONE_(tmp, give, ...) \
  if (auto tmp = (__VA_ARGS__); !tmp) give tl::unexpected(std::move(tmp).error())

// TRY(auto x, f()): x is f's value, or this function returns f's error.
#define TRY(decl, ...) GRANARY_TRY_(GRANARY_JOIN(try_, __LINE__), return, decl, __VA_ARGS__)
#define CO_TRY(decl, ...) GRANARY_TRY_(GRANARY_JOIN(try_, __LINE__), co_return, decl, __VA_ARGS__)
// TRY_DONE(f()): for Result<void>.
#define TRY_DONE(...) GRANARY_TRY_DONE_(GRANARY_JOIN(try_, __LINE__), return, __VA_ARGS__)
#define CO_TRY_DONE(...) GRANARY_TRY_DONE_(GRANARY_JOIN(try_, __LINE__), co_return, __VA_ARGS__)
