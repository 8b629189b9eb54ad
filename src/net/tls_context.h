// TlsContext: a certificate, its key and the rules of TLS that all connections share.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;

namespace granary::net {

/// TLS 1.2 or later. Used by several threads once created.
class TlsContext {
 public:
  /// Paths of PEM files; the certificate file holds the whole chain. Errors: Invalid.
  static Result<TlsContext> create(const std::string& certificate_path,
                                   const std::string& key_path);
  ssl_ctx_st* get() const { return context_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  explicit TlsContext(std::unique_ptr<ssl_ctx_st, Free> context) : context_(std::move(context)) {}

  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace granary::net
