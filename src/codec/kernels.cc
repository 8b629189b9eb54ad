// Which kernels this CPU can run.
#include "codec/kernels.h"

#include <vector>

namespace granary::codec {
namespace {

std::vector<const Kernels*> runnable() {
  std::vector<const Kernels*> found = {&kScalarKernels};
#if defined(__x86_64__)
  // These ask the operating system too, whether it saves the wide registers.
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
      __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt")) {
    found.push_back(&kAvx2Kernels);
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2"))
      found.push_back(&kAvx512Kernels);
  }
#elif defined(__aarch64__)
  found.push_back(&kNeonKernels);  // part of the base instruction set
#endif
  return found;
}

}  // namespace

std::span<const Kernels* const> all_kernels() {
  static const std::vector<const Kernels*> kernels = runnable();
  return kernels;
}

const Kernels& best_kernels() { return *all_kernels().back(); }

const Kernels* find_kernels(std::string_view name) {
  for (const Kernels* kernels : all_kernels())
    if (kernels->name == name) return kernels;
  return nullptr;
}

}  // namespace granary::codec
