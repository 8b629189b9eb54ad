// granary serve: run the server.
#pragma once

#include "cli/program.h"

namespace granary::cli {

void add_serve(CLI::App& app, Program& program);

}  // namespace granary::cli
