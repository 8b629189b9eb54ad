// The commands of `granary user|org|token|repo|import|fsck|init`, wherever they run.
#pragma once

#include <string>

#include "server/admin_socket.h"

namespace granary::server {

class Instance;

/// Runs a command on an open data folder. Errors: Invalid for unknown commands and bad arguments.
Result<std::string> run_admin_command(Instance& instance, const AdminRequest& request,
                                      const ReportProgress& report);

/// Runs a command in the server of a data folder, or, if none is running, right here.
Result<std::string> run_in_folder(const std::string& data_folder, const AdminRequest& request,
                                  const ReportProgress& report);

}  // namespace granary::server
