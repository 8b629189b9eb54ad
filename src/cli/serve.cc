// The serve subcommand: one flag for each setting of server/config.h.
#include "cli/serve.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <memory>
#include <optional>

#include "server/config.h"
#include "server/serve.h"

namespace granary::cli {
namespace {

struct Values {
  std::map<std::string, std::string> texts;
  std::string config_file;
  bool check_only = false;
};

std::optional<std::string> read_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

int run(const Values& values) {
  server::Overrides flags;
  for (const auto& [name, text] : values.texts) {
    if (!text.empty()) flags[name] = text;
  }
  if (!flags.contains("data") && !read_environment("GRANARY_DATA")) {
    flags["data"] = default_data_folder();
  }
  auto config = server::load_config(values.config_file, flags, read_environment);
  if (!config) {
    fail_with(config.error().message);
    return kExitUsage;
  }
  if (values.check_only) {
    fmt::print("the configuration is sound\n");
    return 0;
  }
  auto done = server::serve(*config);
  if (!done) return fail_with(done.error().message);
  return 0;
}

}  // namespace

void add_serve(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("serve", "Run the server");
  const auto values = std::make_shared<Values>();
  for (const server::Setting& setting : server::settings()) {
    std::string& text = values->texts[std::string(setting.name)];
    command->add_option(setting.flag(), text, std::string(setting.help))
        ->type_name(std::string(setting.value_hint));
  }
  command->add_option("--config", values->config_file,
                      "TOML file with the same names as keys [DATA/granary.toml]");
  command->add_flag("--check-config", values->check_only,
                    "read the configuration, say what is wrong with it, and leave");
  command->footer(
      "Each flag is also a key of the TOML file (--log-level is log_level) and a variable of the\n"
      "environment (GRANARY_LOG_LEVEL). A flag goes before a variable, a variable before the "
      "file.\n"
      "GRANARY_ADMIN_TOKEN, at the first start only, becomes the token of the user 'admin'.\n\n"
      "Examples:\n"
      "  granary serve --data /srv/granary --listen 0.0.0.0:8080\n"
      "  granary serve --data /srv/granary --config /etc/granary.toml --check-config");
  command->callback([&program, values] { program.action = [values] { return run(*values); }; });
}

}  // namespace granary::cli
