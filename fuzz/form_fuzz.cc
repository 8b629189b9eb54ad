// Form bodies: no more fields than allowed, and an encoded pair reads as itself.
#include "api/hf/form.h"
#include "net/target.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto fields = api::hf::parse_form(body, 100);
  if (!fields) return 0;
  GRANARY_ASSERT(fields->size() <= 100);
  for (const auto& field : *fields) {
    const auto again = api::hf::parse_form(
        net::percent_encode(field.name) + "=" + net::percent_encode(field.value), 1);
    GRANARY_ASSERT(again && again->size() == 1);
    GRANARY_ASSERT(again->front().name == field.name && again->front().value == field.value);
  }
  return 0;
}
