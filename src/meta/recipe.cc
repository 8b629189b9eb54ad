// A file's recipe as a compact blob: docs/formats/recipe.md.
#include "meta/recipe.h"

#include <limits>
#include <optional>

namespace granary::meta {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kTermSizeBytesMin = 5;  // five numbers of at least one byte

void put_number(Bytes& out, std::uint64_t value) {
  while (value >= 0x80) {
    put_u8(out, static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  put_u8(out, static_cast<std::uint8_t>(value));
}

// Small differences of either sign become small numbers: 0, -1, 1, -2 … are 0, 1, 2, 3 …
void put_difference(Bytes& out, std::uint64_t from, std::uint64_t to) {
  const auto difference = static_cast<std::int64_t>(to - from);
  const auto doubled = static_cast<std::uint64_t>(difference) << 1;
  put_number(out, difference < 0 ? ~doubled : doubled);
}

// One shortest encoding for each number, so that equal recipes are equal blobs.
std::optional<std::uint64_t> take_number(ByteReader& reader) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = reader.u8();
    if (!byte) return {};
    const std::uint64_t bits = *byte & 0x7F;
    if (shift == 63 && bits > 1) return {};
    value |= bits << shift;
    if ((*byte & 0x80) != 0) continue;
    if (*byte == 0 && shift > 0) return {};
    return value;
  }
  return {};
}

std::optional<std::uint64_t> take_after(ByteReader& reader, std::uint64_t from) {
  const auto number = take_number(reader);
  if (!number) return {};
  const std::uint64_t half = *number >> 1;
  return from + (*number % 2 == 0 ? half : ~half);
}

bool fits(const std::optional<std::uint64_t>& value, std::uint64_t max) {
  return value.has_value() && *value <= max;
}

// What a term is expected to be after the one before it: the next chunks of the same xorb.
struct Expected {
  std::uint64_t xorb = 0;
  std::uint64_t chunk_start = 0;
  std::uint64_t offset_bytes = 0;

  void move_past(const Term& term) {
    xorb = static_cast<std::uint64_t>(term.xorb.value);
    chunk_start = term.chunk_end;
    offset_bytes = std::uint64_t{term.offset_bytes} + term.size_bytes;
  }
};

std::optional<Term> take_term(ByteReader& reader, const Expected& expected) {
  constexpr std::uint64_t kU32Max = std::numeric_limits<std::uint32_t>::max();
  constexpr std::uint64_t kIdMax = std::numeric_limits<std::int64_t>::max();
  const auto xorb = take_after(reader, expected.xorb);
  const auto start = take_after(reader, expected.chunk_start);
  const auto end = take_after(reader, start.value_or(0));
  const auto offset = take_after(reader, expected.offset_bytes);
  const auto size = take_number(reader);
  if (!fits(xorb, kIdMax) || !fits(start, kU32Max) || !fits(end, kU32Max) ||
      !fits(offset, kU32Max) || !fits(size, kU32Max)) {
    return {};
  }
  return Term{.xorb = XorbId{static_cast<std::int64_t>(*xorb)},
              .chunk_start = static_cast<std::uint32_t>(*start),
              .chunk_end = static_cast<std::uint32_t>(*end),
              .offset_bytes = static_cast<std::uint32_t>(*offset),
              .size_bytes = static_cast<std::uint32_t>(*size)};
}

}  // namespace

Bytes encode_recipe(const std::vector<Term>& terms) {
  Bytes out;
  put_u8(out, kVersion);
  put_number(out, terms.size());
  Expected expected;
  for (const Term& term : terms) {
    put_difference(out, expected.xorb, static_cast<std::uint64_t>(term.xorb.value));
    put_difference(out, expected.chunk_start, term.chunk_start);
    put_difference(out, term.chunk_start, term.chunk_end);
    put_difference(out, expected.offset_bytes, term.offset_bytes);
    put_number(out, term.size_bytes);
    expected.move_past(term);
  }
  return out;
}

Result<std::vector<Term>> decode_recipe(ByteView bytes) {
  const auto corrupt = fail(ErrorKind::Corrupt, "a recipe that is not one");
  ByteReader reader(bytes);
  const auto version = reader.u8();
  const auto count = take_number(reader);
  if (!version || *version != kVersion || !count) return corrupt;
  if (*count > reader.remaining() / kTermSizeBytesMin) return corrupt;
  std::vector<Term> terms;
  terms.reserve(static_cast<std::size_t>(*count));
  Expected expected;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto term = take_term(reader, expected);
    if (!term) return corrupt;
    terms.push_back(*term);
    expected.move_past(*term);
  }
  if (reader.remaining() != 0) return corrupt;
  return terms;
}

}  // namespace granary::meta
