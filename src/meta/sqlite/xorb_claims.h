// Leases of xorbs, as part of a transaction.
#pragma once

#include "meta/sqlite/connection.h"
#include "meta/types.h"

namespace granary::meta::sqlite {

/// Leases a xorb, unless a lease lasts to within limits::kXorbLeaseSlack of this one's end.
Result<void> lease_xorb(Connection& connection, XorbId xorb, const XorbLease& lease);

}  // namespace granary::meta::sqlite
