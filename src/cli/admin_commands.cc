// One table of commands; each row becomes a subcommand and, when called, a request to
// admin_commands.h.
#include "cli/admin_commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <vector>

#include "cli/progress.h"
#include "server/admin_commands.h"

namespace granary::cli {
namespace {

enum class Form : std::uint8_t { Positional, Optional, Option, Flag };

struct Argument {
  Form form;
  std::string name;  // of the request's argument; the flag is --name with '-' for '_'
  std::string help;
};

struct Command {
  std::string group;  // "user"; empty: a command of its own
  std::string verb;
  std::string help;
  std::string example;
  std::vector<Argument> arguments;
};

struct Group {
  std::string name;
  std::string help;
};

const std::vector<Group>& groups() {
  static const std::vector<Group> table{
      {"user", "Add and list the people who may sign in"},
      {"org", "Add organisations and say who is in them"},
      {"token", "Make, list and revoke access tokens"},
      {"repo", "Create, list, move, delete and configure repositories"},
  };
  return table;
}

Argument positional(std::string name, std::string help) {
  return {Form::Positional, std::move(name), std::move(help)};
}
Argument optional(std::string name, std::string help) {
  return {Form::Optional, std::move(name), std::move(help)};
}
Argument option(std::string name, std::string help) {
  return {Form::Option, std::move(name), std::move(help)};
}
Argument flag(std::string name, std::string help) {
  return {Form::Flag, std::move(name), std::move(help)};
}

const Argument& kind_option() {
  static const Argument argument = option("kind", "model, dataset or space [model]");
  return argument;
}

std::vector<Command> folder_commands() {
  return {
      {"",
       "init",
       "Make a data folder and print its administrator's token",
       "granary init --data /srv/granary",
       {}},
      {"",
       "import",
       "Publish a local folder, or a Hugging Face cache folder",
       "granary import ./my-model lab/my-model\n"
       "  granary import ~/.cache/huggingface/hub/models--lab--tiny",
       {positional("folder", "a folder of files, or models--NAMESPACE--NAME of a cache"),
        optional("repo", "namespace/name; a cache folder names it itself"), kind_option(),
        flag("private", "if the repository is new, only its owner and members see it"),
        option("user", "who publishes [admin]"), option("message", "the commit's message")}},
      {"",
       "fsck",
       "Check that everything stored is whole; changes nothing",
       "granary fsck --data /srv/granary",
       {flag("quick", "look at facts, names, sizes and tables; read no content")}},
      {"",
       "stats",
       "Show what is kept, and what dedupe and each codec save",
       "granary stats --data /srv/granary\n"
       "  granary stats lab/my-model --json",
       {optional("repo", "namespace/name; all repositories if it is left out"), kind_option(),
        flag("json", "print one JSON object, sizes in bytes")}},
  };
}

std::vector<Command> user_commands() {
  return {
      {"user",
       "add",
       "Add a user",
       "granary user add alice --full-name 'Alice A.'",
       {positional("name", "letters, digits, '-', '_' and '.'"),
        option("full_name", "the name shown beside it"), option("email", "shown to no stranger"),
        flag("admin", "may administer the whole instance with an admin token")}},
      {"user", "list", "List users", "granary user list", {}},
  };
}

std::vector<Command> organization_commands() {
  return {
      {"org",
       "add",
       "Add an organisation",
       "granary org add lab --owner alice",
       {positional("name", "letters, digits, '-', '_' and '.'"),
        option("owner", "the user who administers it"),
        option("full_name", "the name shown beside it")}},
      {"org", "list", "List organisations and their members", "granary org list", {}},
      {"org",
       "member",
       "Add a member, change a role, or remove one",
       "granary org member lab bob --role write",
       {positional("org", "the organisation"), positional("user", "the member"),
        option("role", "read, contributor, write or admin [read]"),
        flag("remove", "take the user out of the organisation")}},
  };
}

std::vector<Command> token_commands() {
  return {
      {"token",
       "add",
       "Make a token and print it, once, alone on standard output",
       "granary token add alice --role write",
       {positional("user", "whose token"), option("role", "read, write or admin [read]"),
        option("name", "what it is for [made up]"),
        option("expires_days", "days of life [no end]")}},
      {"token",
       "list",
       "List a user's tokens, without their text",
       "granary token list alice",
       {positional("user", "whose tokens")}},
      {"token",
       "revoke",
       "Make a token useless at once",
       "granary token revoke alice laptop",
       {positional("user", "whose token"), positional("name", "the token's name")}},
  };
}

std::vector<Command> repo_commands() {
  return {
      {"repo",
       "create",
       "Create a repository",
       "granary repo create lab/tiny --private",
       {positional("repo", "namespace/name"), kind_option(),
        flag("private", "only its owner and members see it"),
        option("sdk", "of a space: gradio, streamlit, docker or static")}},
      {"repo",
       "list",
       "List repositories with their sizes",
       "granary repo list --kind dataset",
       {kind_option(), option("search", "words that must occur in the name")}},
      {"repo",
       "delete",
       "Delete a repository; its name stays retired",
       "granary repo delete lab/tiny --yes",
       {positional("repo", "namespace/name"), kind_option(), flag("yes", "really delete it")}},
      {"repo",
       "move",
       "Rename a repository; the old name leads to the new one for ever",
       "granary repo move lab/tiny lab/small",
       {positional("from", "namespace/name"), positional("to", "namespace/name"), kind_option()}},
      {"repo",
       "settings",
       "Change who may see and download a repository",
       "granary repo settings lab/tiny --visibility private --gated manual",
       {positional("repo", "namespace/name"), kind_option(),
        option("visibility", "public or private"), option("gated", "none, auto or manual")}},
      {"repo",
       "free",
       "Let the name of a deleted repository be used again",
       "granary repo free lab/tiny",
       {positional("repo", "namespace/name"), kind_option()}},
  };
}

const std::vector<Command>& commands() {
  static const std::vector<Command> table = [] {
    std::vector<Command> all;
    for (const auto& part : {folder_commands(), user_commands(), organization_commands(),
                             token_commands(), repo_commands()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return table;
}

std::string flag_of(const std::string& name) {
  std::string text = "--" + name;
  for (char& letter : text) {
    if (letter == '_') letter = '-';
  }
  return text;
}

// The values that CLI11 writes into while it parses.
struct Values {
  std::string data = default_data_folder();
  std::map<std::string, std::string> texts;
  std::map<std::string, bool> flags;
};

void add_argument(CLI::App& app, Values& values, const Argument& argument) {
  switch (argument.form) {
    case Form::Positional:
      app.add_option(argument.name, values.texts[argument.name], argument.help)->required();
      break;
    case Form::Optional:
      app.add_option(argument.name, values.texts[argument.name], argument.help);
      break;
    case Form::Option:
      app.add_option(flag_of(argument.name), values.texts[argument.name], argument.help);
      break;
    case Form::Flag:
      app.add_flag(flag_of(argument.name), values.flags[argument.name], argument.help);
      break;
  }
}

server::AdminRequest to_request(const Command& command, const Values& values) {
  server::AdminRequest request;
  request.command = command.group.empty() ? command.verb : command.group + "." + command.verb;
  for (const auto& [name, text] : values.texts) {
    if (!text.empty()) request.arguments[name] = text;
  }
  for (const auto& [name, set] : values.flags) {
    if (set) request.arguments[name] = "true";
  }
  // A server may run in another folder, so it is given the whole path.
  if (const auto folder = request.arguments.find("folder"); folder != request.arguments.end()) {
    std::error_code error;
    const auto absolute = std::filesystem::absolute(folder->second, error);
    if (!error) folder->second = absolute.lexically_normal().string();
  }
  return request;
}

int run(const Command& command, const Values& values) {
  Result<std::string> output;
  {
    ProgressBar bar;
    const auto report = [&bar](const server::AdminProgress& progress) {
      bar.update(progress.phase, progress.done, progress.total);
    };
    output = server::run_in_folder(values.data, to_request(command, values), report);
  }
  if (!output) return fail_with(output.error().message);
  if (!output->empty()) fmt::print("{}{}", *output, output->ends_with('\n') ? "" : "\n");
  return 0;
}

void add_command(CLI::App& parent, Program& program, const Command& command) {
  CLI::App* app = parent.add_subcommand(command.verb, command.help);
  const auto values = std::make_shared<Values>();
  for (const Argument& argument : command.arguments) add_argument(*app, *values, argument);
  app->add_option("--data", values->data, "the data folder [$GRANARY_DATA, else granary-data]");
  app->footer("Example:\n  " + command.example);
  app->callback([&program, &command, values] {
    program.action = [&command, values] { return run(command, *values); };
  });
}

}  // namespace

void add_admin_commands(CLI::App& app, Program& program) {
  for (const Command& command : commands()) {
    if (command.group.empty()) add_command(app, program, command);
  }
  for (const Group& group : groups()) {
    CLI::App* parent = app.add_subcommand(group.name, group.help);
    parent->require_subcommand(1);
    for (const Command& command : commands()) {
      if (command.group == group.name) add_command(*parent, program, command);
    }
  }
}

}  // namespace granary::cli
