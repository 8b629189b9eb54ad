// The loops of quantisers for AVX2.
#include "codec/quant_loops.h"

namespace granary::codec {
namespace {

struct Avx2 {};

}  // namespace

constexpr QuantKernels kAvx2QuantKernels = QuantLoops<Avx2>::table();

}  // namespace granary::codec
