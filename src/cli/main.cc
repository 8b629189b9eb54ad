// granary: the one binary. Builds the command line, and runs what it asks for.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/log.h"
#include "cli/admin_commands.h"
#include "cli/codec.h"
#include "cli/inspect.h"
#include "cli/program.h"
#include "cli/serve.h"

int main(int argument_count, char** arguments) {
  CLI::App app("Granary: a self-hosted public library for open-weight AI models", "granary");
  app.require_subcommand(1);
  app.set_version_flag("--version", "granary " GRANARY_VERSION);
  app.footer(
      "`granary COMMAND --help` teaches each command.\n"
      "Start here:  granary serve --data DIR --listen 127.0.0.1:8080");

  // Standard output is for what was asked for; `serve` sets its own level.
  granary::log::start(granary::log::Level::Error, granary::log::Format::Text);
  granary::cli::Program program;
  granary::cli::add_serve(app, program);
  granary::cli::add_admin_commands(app, program);
  granary::cli::add_inspect(app, program);
  granary::cli::add_codec(app, program);
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : granary::cli::kExitUsage;
  }
  return program.action();
}
