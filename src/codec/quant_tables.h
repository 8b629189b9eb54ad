// The parts of the table of quantised formats, one for each file that describes some.
#pragma once

#include <span>

#include "codec/quant_format.h"

namespace granary::codec {

std::span<const QuantFormat> small_quant_formats();
std::span<const QuantFormat> grouped_quant_formats();

}  // namespace granary::codec
