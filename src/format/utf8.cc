// Well-formed UTF-8, by the table of the Unicode standard (3.9, table 3-7).
#include "format/utf8.h"

#include <cstddef>

namespace granary::format {
namespace {

// What may follow a first byte: how many bytes, and the range of the first of them.
struct Form {
  std::size_t size;
  unsigned char low;
  unsigned char high;
};

Form form_of(unsigned char first) {
  if (first < 0x80) return {1, 0, 0};
  if (first < 0xC2) return {0, 0, 0};
  if (first < 0xE0) return {2, 0x80, 0xBF};
  if (first < 0xF0)
    return {3, static_cast<unsigned char>(first == 0xE0 ? 0xA0 : 0x80),
            static_cast<unsigned char>(first == 0xED ? 0x9F : 0xBF)};
  if (first < 0xF5)
    return {4, static_cast<unsigned char>(first == 0xF0 ? 0x90 : 0x80),
            static_cast<unsigned char>(first == 0xF4 ? 0x8F : 0xBF)};
  return {0, 0, 0};
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Form form = form_of(static_cast<unsigned char>(text[0]));
    if (form.size == 0 || form.size > text.size()) return false;
    for (std::size_t i = 1; i < form.size; ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (byte < (i == 1 ? form.low : 0x80) || byte > (i == 1 ? form.high : 0xBF)) return false;
    }
    text.remove_prefix(form.size);
  }
  return true;
}

}  // namespace granary::format
