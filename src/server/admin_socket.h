// The admin socket: how `granary user add` and its like reach a running server, through its data
// folder.
//
//   client ─► {"command":"token.add","arguments":{"user":"alice","role":"write"}}\n
//   server ─► {"progress":{"phase":"reading","done":1048576,"total":4194304}}\n   (many times)
//   server ─► {"output":"hf_…"}\n   or   {"error":{"kind":"NotFound","message":"…"}}\n
//
// Whoever may open the socket owns the data folder (mode 0600), so no token is asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace granary::server {

struct AdminRequest {
  std::string command;  // "token.add"
  std::map<std::string, std::string> arguments;
};

/// A client's line, without its end. Errors: Invalid.
Result<AdminRequest> parse_admin_request(std::string_view line);

/// How far a long command has come. `total` 0: unknown.
struct AdminProgress {
  std::string phase;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};
using ReportProgress = std::function<void(const AdminProgress&)>;

/// Runs a command and gives what it prints. Called on a thread of its own; may block.
using AdminHandler = std::function<Result<std::string>(const AdminRequest&, const ReportProgress&)>;

/// Listens until destroyed; commands under way are waited for.
class AdminSocket {
 public:
  /// Errors: Internal when the socket cannot be made (a path over 107 bytes, for one).
  static Result<std::unique_ptr<AdminSocket>> listen(const std::string& data_folder,
                                                     AdminHandler handler);
  AdminSocket(const AdminSocket&) = delete;
  AdminSocket& operator=(const AdminSocket&) = delete;
  ~AdminSocket();

 private:
  class Impl;
  explicit AdminSocket(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Sends a command to the server of a data folder. Errors: those of the command; Unavailable when
/// no server answers there, before anything was done.
Result<std::string> call_admin_socket(const std::string& data_folder, const AdminRequest& request,
                                      const ReportProgress& report);

}  // namespace granary::server
