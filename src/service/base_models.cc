// Tags that the card's base_model left in the summary.
#include "service/base_models.h"

#include <string>
#include <string_view>

namespace granary::service {
namespace {

constexpr std::string_view kBaseModelTag = "base_model:";

}  // namespace

std::vector<meta::RepoName> declared_base_models(const meta::RepoSummary& summary) {
  std::vector<meta::RepoName> names;
  for (const std::string_view tag : summary.tags) {
    if (!tag.starts_with(kBaseModelTag)) continue;
    const std::string_view id = tag.substr(kBaseModelTag.size());
    const auto slash = id.find('/');
    // "base_model:finetune:ns/name" says the same again.
    if (slash == std::string_view::npos || id.find(':') != std::string_view::npos) continue;
    names.push_back({.kind = meta::RepoKind::Model,
                     .space = std::string(id.substr(0, slash)),
                     .name = std::string(id.substr(slash + 1))});
  }
  return names;
}

}  // namespace granary::service
