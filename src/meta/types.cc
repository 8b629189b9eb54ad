// Names of the enumerations as users, tokens and protocols spell them.
#include "meta/types.h"

namespace granary::meta {

std::string_view name_of(RepoKind kind) {
  switch (kind) {
    case RepoKind::Model: return "model";
    case RepoKind::Dataset: return "dataset";
    case RepoKind::Space: return "space";
  }
  return "unknown";
}

std::string_view name_of(TokenRole role) {
  switch (role) {
    case TokenRole::Read: return "read";
    case TokenRole::Write: return "write";
    case TokenRole::Admin: return "admin";
  }
  return "unknown";
}

std::string_view name_of(OrgRole role) {
  switch (role) {
    case OrgRole::Read: return "read";
    case OrgRole::Contributor: return "contributor";
    case OrgRole::Write: return "write";
    case OrgRole::Admin: return "admin";
  }
  return "unknown";
}

std::string_view name_of(AccessStatus status) {
  switch (status) {
    case AccessStatus::Pending: return "pending";
    case AccessStatus::Accepted: return "accepted";
    case AccessStatus::Rejected: return "rejected";
  }
  return "unknown";
}

}  // namespace granary::meta
