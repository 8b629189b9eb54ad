// The loops of quantisers for the base instruction set.
#include "codec/quant_kernels.h"

#include "codec/quant_loops.h"

namespace granary::codec {
namespace {

struct Base {};
constexpr QuantKernels kScalar = QuantLoops<Base>::table();

}  // namespace

const QuantKernels& scalar_quant_kernels() { return kScalar; }

}  // namespace granary::codec
