// Recipes of files: what is read is written back byte for byte.
#include <algorithm>

#include "meta/recipe.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto terms = meta::decode_recipe(bytes);
  if (terms) GRANARY_ASSERT(std::ranges::equal(meta::encode_recipe(*terms), bytes));
  return 0;
}
