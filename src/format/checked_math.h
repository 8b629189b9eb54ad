// Arithmetic on sizes that come from files: overflow is an error, never a small number.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"

namespace granary::format {

/// Errors: Invalid on overflow.
Result<std::uint64_t> checked_add(std::uint64_t a, std::uint64_t b);
Result<std::uint64_t> checked_multiply(std::uint64_t a, std::uint64_t b);

/// The elements of a tensor: the product of its shape, 1 for a scalar.
Result<std::uint64_t> element_count(std::span<const std::uint64_t> shape);

}  // namespace granary::format
