// Rule files: the texts of .gitattributes and .gitignore in the root of a tree.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "meta/git_store.h"

namespace granary::service {

class Trees;

inline constexpr std::string_view kAttributesPath = ".gitattributes";
inline constexpr std::string_view kIgnorePath = ".gitignore";

/// Blocking.
class RuleFiles {
 public:
  /// `git` and `trees` outlive this.
  RuleFiles(meta::GitStore& git, Trees& trees, meta::RepoId repo, const GitOid& tree)
      : git_(git), trees_(trees), repo_(repo), tree_(tree) {}

  /// `given`, or the file's text. Empty if there is none, or none that counts: a folder, an LFS
  /// file, a text over limits::kRuleFileSizeBytesMax.
  Result<std::string> text_or(const std::optional<std::string>& given, std::string_view path);

 private:
  meta::GitStore& git_;
  Trees& trees_;
  meta::RepoId repo_;
  GitOid tree_;
};

}  // namespace granary::service
