// The format's report, by kind of repo.
#include "service/cards.h"

#include <utility>

#include "format/card.h"

namespace granary::service {

CardFindings check_card(meta::RepoKind kind, std::string_view readme) {
  const auto card_kind = kind == meta::RepoKind::Dataset ? format::CardKind::Dataset
                         : kind == meta::RepoKind::Space ? format::CardKind::Space
                                                         : format::CardKind::Model;
  auto report = format::validate_card(readme, card_kind);
  return {.errors = std::move(report.errors), .warnings = std::move(report.warnings)};
}

}  // namespace granary::service
