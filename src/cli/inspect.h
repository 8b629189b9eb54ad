// granary inspect: what a local file is, and what its header says.
#pragma once

#include "cli/program.h"

namespace granary::cli {

void add_inspect(CLI::App& app, Program& program);

}  // namespace granary::cli
