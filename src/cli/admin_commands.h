// The subcommands that work on a data folder, beside a running server or without one.
#pragma once

#include "cli/program.h"

namespace granary::cli {

/// Adds init, user, org, token, repo, import and fsck.
void add_admin_commands(CLI::App& app, Program& program);

}  // namespace granary::cli
