// granary codec: codes a local file as the store would, and says what that gains and costs.
#pragma once

#include "cli/program.h"

namespace granary::cli {

void add_codec(CLI::App& app, Program& program);

}  // namespace granary::cli
