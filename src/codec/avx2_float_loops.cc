// The loops of quantisers and of the delta codec for AVX2.
#include "codec/delta_loops.h"
#include "codec/quant_loops.h"

namespace granary::codec {
namespace {

struct Avx2 {};

}  // namespace

constexpr QuantKernels kAvx2QuantKernels = QuantLoops<Avx2>::table();
constexpr DeltaKernels kAvx2DeltaKernels = DeltaLoops<Avx2>::table();

}  // namespace granary::codec
