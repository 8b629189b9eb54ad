// The loops of the delta codec for the base instruction set.
#include "codec/delta_kernels.h"

#include "codec/delta_loops.h"

namespace granary::codec {
namespace {

struct Base {};
constexpr DeltaKernels kScalar = DeltaLoops<Base>::table();

}  // namespace

const DeltaKernels& scalar_delta_kernels() { return kScalar; }

}  // namespace granary::codec
