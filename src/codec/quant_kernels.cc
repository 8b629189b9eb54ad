// The loops of quantisers for the base instruction set.
#include "codec/quant_kernels.h"

#include "codec/quant_loops.h"

namespace granary::codec {
namespace {

struct Base {};

}  // namespace

constexpr QuantKernels kScalarQuantKernels = QuantLoops<Base>::table();

}  // namespace granary::codec
