// From a repo's kind to the rules of its card.
#include "service/card_check.h"

#include <utility>

#include "format/card.h"

namespace granary::service {
namespace {

format::CardKind card_kind(meta::RepoKind kind) {
  switch (kind) {
    case meta::RepoKind::Model: return format::CardKind::Model;
    case meta::RepoKind::Dataset: return format::CardKind::Dataset;
    case meta::RepoKind::Space: return format::CardKind::Space;
  }
  return format::CardKind::Model;
}

}  // namespace

CardReport check_card(meta::RepoKind kind, std::string_view readme) {
  format::CardReport report = format::validate_card(readme, card_kind(kind));
  return {.errors = std::move(report.errors), .warnings = std::move(report.warnings)};
}

}  // namespace granary::service
