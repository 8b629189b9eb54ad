// Router: finds the handler of a method and path in readable tables of patterns.
//
//   literal      exactly this segment
//   {name}       one segment, not empty
//   {name:a|b}   one segment, one of these
//   {repo}       one or two segments, "name" or "namespace/name"; two are tried first, unless the
//                second is the last one and a literal may stand there: "gpt2/refs" is refs of gpt2
//   {rev}        one segment, or three of the form refs/{heads|tags|pr|convert}/x
//   {path...}    whatever is left, also nothing; last in the pattern
//   {repo}.git   a capture with a literal ending, here ".git"
//
// Segments are compared after percent-decoding, so "refs%2Fpr%2F1" is one segment. Literals are
// tried before captures at every level, and narrow captures before wide ones.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "net/request.h"
#include "net/response.h"
#include "net/task.h"

namespace granary::net {

/// The request outlives the task. A handler that throws is answered 500 and closes the connection.
using Handler = std::function<Task<Response>(Request&)>;
/// Takes a handler and gives a handler that does something before or after it.
using Middleware = std::function<Handler(Handler)>;

/// A member function as a handler; `object` outlives the router.
template <class T>
Handler handler_of(T& object, Task<Response> (T::*member)(Request&)) {
  return [&object, member](Request& request) { return (object.*member)(request); };
}

class Router {
 public:
  Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  /// Adds a route. `method` is "GET", "POST", …; a GET route answers HEAD too, unless HEAD has a
  /// route of its own. A pattern that is malformed, or there already, is a bug and aborts.
  void add(std::string_view method, std::string_view pattern, Handler handler);
  void get(std::string_view pattern, Handler handler) { add("GET", pattern, std::move(handler)); }
  void head(std::string_view pattern, Handler handler) { add("HEAD", pattern, std::move(handler)); }
  void post(std::string_view pattern, Handler handler) { add("POST", pattern, std::move(handler)); }
  void put(std::string_view pattern, Handler handler) { add("PUT", pattern, std::move(handler)); }
  void patch(std::string_view pattern, Handler handler) {
    add("PATCH", pattern, std::move(handler));
  }
  void del(std::string_view pattern, Handler handler) {
    add("DELETE", pattern, std::move(handler));
  }

  /// Answers what no route matches under `prefix` ("/api", "/"), for every method: a 404, never a
  /// 405. The longest prefix wins; without any, the answer is a JSON 404.
  void fallback(std::string_view prefix, Handler handler);

  /// Sets the request's captures and gives its handler, which lives as long as the router.
  const Handler& find(Request& request) const;

  /// The router as one handler; the router outlives it.
  Handler handler() const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

}  // namespace granary::net
