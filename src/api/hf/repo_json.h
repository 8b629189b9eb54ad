// Repo JSON: a repo as info and listing show it, field by field, from one table.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "service/browse.h"

namespace granary::api::hf {

/// What is known of the repo to show; the parts are borrowed.
struct RepoView {
  const meta::Repo& repo;
  const meta::RepoSummary& summary;
  std::string sha;                                            // empty: no commit
  WallTime modified;                                          // of `sha`
  const std::vector<service::SnapshotFile>* files = nullptr;  // null: not asked for
  bool with_blobs = false;
};

/// Which fields to show.
enum class FieldSet : std::uint8_t {
  Item,  // an item of a list
  Full,  // an item of a list with full=true
  Info,  // a repo's own page
};

struct FieldChoice {
  FieldSet set = FieldSet::Info;
  std::vector<std::string> expand;  // if not empty: `_id`, `id` and these only
  std::vector<std::string> extra;   // beside the set
  bool shows(std::string_view name) const;
};

/// Errors: Invalid for a name that the kind does not know, with the names that it does.
Result<void> check_expand(meta::RepoKind kind, std::span<const std::string> names);
/// Whether `choice` shows the files, so that they must be listed.
bool needs_files(meta::RepoKind kind, const FieldChoice& choice);

boost::json::object repo_json(const RepoView& view, const FieldChoice& choice);

}  // namespace granary::api::hf
