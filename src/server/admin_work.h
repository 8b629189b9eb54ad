// AdminCall: one admin command under way, and the long commands that have files of their own.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "server/admin_socket.h"
#include "service/access.h"

namespace granary::server {

class Instance;

struct AdminCall {
  Instance& instance;
  const std::map<std::string, std::string>& arguments;
  ReportProgress report;  // never empty
  service::Caller caller;

  bool has(std::string_view name) const;
  std::string text(std::string_view name) const;  // empty if it was not given
  Result<meta::RepoKind> kind() const;            // model unless --kind says else
  /// Errors: Invalid unless it is NAMESPACE/NAME.
  Result<meta::RepoName> repo_name(std::string_view argument) const;
  /// The first choice if the argument was not given. Errors: Invalid, naming the choices.
  template <class T>
  Result<T> choice(std::string_view name,
                   std::initializer_list<std::pair<std::string_view, T>> choices) const;
};

/// Errors: Invalid unless it is NAMESPACE/NAME.
Result<meta::RepoName> parse_repo_name(meta::RepoKind kind, std::string_view text);

/// Publishes a local folder or a Hugging Face cache folder (import.cc).
Result<std::string> import_folder(AdminCall& call);
/// What is kept, of one repo or of all, and what that saves (stats.cc).
Result<std::string> show_stats(AdminCall& call);
/// Errors: Corrupt, with the findings, unless everything is whole (check_store.cc).
Result<std::string> check_store(AdminCall& call);

template <class T>
Result<T> AdminCall::choice(std::string_view name,
                            std::initializer_list<std::pair<std::string_view, T>> choices) const {
  if (!has(name)) return choices.begin()->second;
  const std::string given = text(name);
  std::string known;
  for (const auto& [word, value] : choices) {
    if (given == word) return value;
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  return fail(ErrorKind::Invalid, "--" + std::string(name) + " is one of " + known);
}

}  // namespace granary::server
