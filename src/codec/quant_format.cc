// Quantisers of GGUF round weights to a grid whose step they store. They may have searched long for
// a good step, yet the last thing most do is to round to the step just stored: that can be
// foretold.
#include "codec/quant_format.h"

#include <array>

#include "codec/quant_tables.h"

namespace granary::codec {
namespace {

constexpr QuantFormat plain(QuantType type, std::string_view name, std::size_t size_bytes) {
  return {.type = type,
          .name = name,
          .block_size_bytes = size_bytes,
          .weight_count = 1,
          .half_count = 0,
          .sub_counts = {0, 0},
          .codes_offset_bytes = 0,
          .codes_size_bytes = size_bytes,
          .load_fields = nullptr,
          .store_fields = nullptr,
          .estimate = nullptr,
          .predict_subs = nullptr,
          .predict_codes = nullptr};
}

constexpr std::array kPlainFormats = {
    plain(QuantType::F32, "F32", 4),
    plain(QuantType::F16, "F16", 2),
    plain(QuantType::Bf16, "BF16", 2),
};

template <class Is>
const QuantFormat* find_if(Is is) {
  for (const std::span formats : {std::span<const QuantFormat>(kPlainFormats),
                                  small_quant_formats(), grouped_quant_formats()})
    for (const QuantFormat& format : formats)
      if (is(format)) return &format;
  return nullptr;
}

}  // namespace

const QuantFormat* find_quant_format(std::uint64_t number) {
  return find_if([number](const QuantFormat& format) {
    return static_cast<std::uint64_t>(format.type) == number;
  });
}

const QuantFormat* find_quant_format(std::string_view name) {
  return find_if([name](const QuantFormat& format) { return format.name == name; });
}

}  // namespace granary::codec
