// Program: what the parsed command line asks to be done.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace granary::cli {

inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;

/// A subcommand's callback stores its work here; main runs it once parsing is over.
struct Program {
  std::function<int()> action;
};

/// GRANARY_DATA, else "granary-data" in the current folder.
std::string default_data_folder();

/// Prints "granary: <message>" on standard error and gives kExitFailure.
int fail_with(std::string_view message);

}  // namespace granary::cli
