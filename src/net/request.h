// Request: what a handler is given: method, decoded path, query, headers, who asks, and the body.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/body.h"
#include "net/request_head.h"
#include "net/target.h"

namespace granary::net {

/// Where a request came from, as the client saw it.
struct RequestOrigin {
  std::string peer_address;  // without port; the client's, if a trusted proxy says so
  std::string scheme;        // "http" or "https"
  std::string host;          // "granary.lan:8080"
  std::string request_id;    // the client's own, if it is a sane token, else one of ours
};

/// A piece of the path that a route named: {repo} of "/api/models/{repo}".
struct Capture {
  std::string_view name;  // the router's
  std::string value;
};

/// Lives as long as its handler runs; views that it gives live as long as the request.
class Request {
 public:
  /// `body` outlives the request.
  Request(RequestHead head, Target target, RequestOrigin origin, Body& body);
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  Method method() const { return head_.method; }
  std::string_view method_name() const { return head_.method_name(); }
  /// Path and query exactly as sent; may hold signatures, so it is not for logs.
  std::string_view raw_target() const { return head_.target(); }
  /// The path as sent, still escaped, without the query.
  std::string_view raw_path() const { return target_.path; }
  std::span<const std::string> segments() const { return target_.segments; }

  /// The first value of a query key; "expand" also finds "expand[]".
  std::optional<std::string_view> query(std::string_view name) const;
  /// Every value of a repeated key, in order. Values are not split at commas.
  std::vector<std::string_view> query_all(std::string_view name) const;
  std::span<const QueryField> query_fields() const { return target_.query; }

  /// The first value of a header, whatever the case of its name.
  std::optional<std::string_view> header(std::string_view name) const { return head_.header(name); }
  std::vector<std::string_view> header_all(std::string_view name) const;
  std::size_t header_count() const { return head_.header_count(); }
  HeaderView header_at(std::size_t index) const { return head_.header_at(index); }

  /// What the route named `name`. Empty if the route has no such name or it matched nothing.
  std::string_view capture(std::string_view name) const;
  /// For routers.
  void set_captures(std::vector<Capture> captures) { captures_ = std::move(captures); }

  std::string_view peer_address() const { return origin_.peer_address; }
  std::string_view scheme() const { return origin_.scheme; }
  std::string_view host() const { return origin_.host; }
  /// "https://granary.lan": how the client reaches us, for absolute links. No trailing '/'.
  std::string base_url() const;
  std::string_view request_id() const { return origin_.request_id; }

  Body& body() { return body_; }

 private:
  RequestHead head_;
  Target target_;
  RequestOrigin origin_;
  Body& body_;
  std::vector<Capture> captures_;
};

}  // namespace granary::net
