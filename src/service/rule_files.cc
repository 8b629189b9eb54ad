// Reading a rule file's blob.
#include "service/rule_files.h"

#include "base/bytes.h"
#include "base/limits.h"
#include "service/trees.h"

namespace granary::service {

Result<std::string> RuleFiles::text_or(const std::optional<std::string>& given,
                                       std::string_view path) {
  if (given) return *given;
  auto info = trees_.find(repo_, tree_, path);
  if (!info) {
    if (info.error().kind == ErrorKind::EntryNotFound) return std::string();
    return tl::unexpected(std::move(info).error());
  }
  if (info->is_directory || info->lfs || info->size_bytes > limits::kRuleFileSizeBytesMax) {
    return std::string();
  }
  TRY(const auto object, git_.read_object(repo_, info->oid));
  return std::string(as_text(object.data));
}

}  // namespace granary::service
