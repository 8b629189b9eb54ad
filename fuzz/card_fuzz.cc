// Cards: parsing, all checks, and what is derived.
#include "format/card.h"
#include "format/description.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view readme(reinterpret_cast<const char*>(data), size);
  for (auto kind : {format::CardKind::Model, format::CardKind::Dataset, format::CardKind::Space}) {
    (void)format::validate_card(readme, kind);
    auto card = format::parse_card(readme);
    if (card) (void)format::describe({.kind = kind, .card = *std::move(card)});
  }
  return 0;
}
