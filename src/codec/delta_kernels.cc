// The loops of the delta codec for the base instruction set.
#include "codec/delta_kernels.h"

#include "codec/delta_loops.h"

namespace granary::codec {
namespace {

struct Base {};

}  // namespace

constexpr DeltaKernels kScalarDeltaKernels = DeltaLoops<Base>::table();

}  // namespace granary::codec
