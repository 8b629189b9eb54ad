// Writing and checking the head of a based block: sections, and the stretches of their bases.
#include "codec/based_block.h"

#include <algorithm>
#include <numeric>

#include "base/limits.h"
#include "codec/block.h"
#include "codec/delta.h"
#include "codec/gguf_parent.h"

namespace granary::codec {
namespace {

tl::unexpected<Error> corrupt(std::string_view what) {
  return fail(ErrorKind::Corrupt, "based block: " + std::string(what));
}

// Little-endian, seven bits a byte.
void put_number(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) put_u8(out, static_cast<std::uint8_t>(value | 0x80));
  put_u8(out, static_cast<std::uint8_t>(value));
}

// At most five bytes: 35 bits.
Result<std::uint64_t> read_number(ByteReader& reader) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    if (reader.remaining() == 0) return corrupt("cut short");
    const std::uint64_t byte = *reader.u8();
    value |= (byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  return corrupt("an oversized number");
}

/// Stretches as they are written: each relative to the one before.
class Path {
 public:
  void put(Bytes& out, std::size_t xorb, const BaseStretch& stretch) {
    put_u8(out, static_cast<std::uint8_t>(xorb));
    put_number(out, stretch.size_bytes == size_ ? 0 : stretch.size_bytes);
    const std::int64_t step = std::int64_t{stretch.offset_bytes} - end_;
    put_number(out, static_cast<std::uint64_t>(step < 0 ? -2 * step - 1 : 2 * step));
    advance(stretch);
  }

  Result<BaseStretch> read(ByteReader& reader, std::span<const XorbHash> xorbs) {
    if (reader.remaining() == 0) return corrupt("cut short");
    const std::size_t xorb = *reader.u8();
    if (xorb >= xorbs.size()) return corrupt("a stretch of no xorb");
    TRY(const std::uint64_t size, read_number(reader));
    TRY(const std::uint64_t zigzag, read_number(reader));
    const auto step = static_cast<std::int64_t>(zigzag / 2);
    const std::int64_t offset = end_ + (zigzag % 2 == 0 ? step : -step - 1);
    const std::uint64_t real_size = size == 0 ? size_ : size;
    if (offset < 0 || real_size == 0 ||
        static_cast<std::uint64_t>(offset) + real_size > limits::kXorbSizeBytesMax) {
      return corrupt("a stretch outside a xorb");
    }
    const BaseStretch stretch{xorbs[xorb], static_cast<std::uint32_t>(offset),
                              static_cast<std::uint32_t>(real_size)};
    advance(stretch);
    return stretch;
  }

 private:
  void advance(const BaseStretch& stretch) {
    end_ = std::int64_t{stretch.offset_bytes} + stretch.size_bytes;
    size_ = stretch.size_bytes;
  }

  std::int64_t end_ = 0;
  std::uint64_t size_ = 0;
};

std::vector<XorbHash> xorbs_of(std::span<const Section> sections) {
  std::vector<XorbHash> xorbs;
  for (const Section& section : sections)
    for (const BaseStretch& stretch : section.base)
      if (std::ranges::find(xorbs, stretch.xorb) == xorbs.end()) xorbs.push_back(stretch.xorb);
  return xorbs;
}

Result<std::uint64_t> base_size_bytes(const Section& section) {
  if (section.codec == CodecId::Delta) return section.size_bytes;
  TRY(const GgufParent relation, read_gguf_parent(section.coded, section.size_bytes));
  return parent_size_bytes(relation, section.size_bytes);
}

Result<std::vector<XorbHash>> read_xorbs(ByteReader& reader) {
  TRY(const std::uint64_t count, read_number(reader));
  if (count > kBaseXorbCountMax || count * XorbHash::kSizeBytes > reader.remaining()) {
    return corrupt("too many xorbs");
  }
  std::vector<XorbHash> xorbs;
  for (std::uint64_t index = 0; index < count; ++index) {
    TRY(xorbs.emplace_back(), XorbHash::from_bytes(*reader.take(XorbHash::kSizeBytes)));
  }
  return xorbs;
}

/// What a section's head says of its coded bytes.
struct Head {
  Section section;
  std::uint64_t coded_size_bytes = 0;
};

Result<Head> read_head(ByteReader& reader, std::span<const XorbHash> xorbs, Path& path,
                       std::size_t& stretches_left) {
  Head head;
  if (reader.remaining() == 0) return corrupt("cut short");
  TRY(head.section.codec, parse_codec(*reader.u8()));
  TRY(const std::uint64_t size, read_number(reader));
  TRY(head.coded_size_bytes, read_number(reader));
  if (size == 0) return corrupt("an empty section");
  head.section.size_bytes = static_cast<std::size_t>(size);
  if (!needs_base(head.section.codec)) return head;
  TRY(const std::uint64_t count, read_number(reader));
  if (count > stretches_left) return corrupt("too many stretches");
  stretches_left -= static_cast<std::size_t>(count);
  for (std::uint64_t index = 0; index < count; ++index) {
    TRY(head.section.base.emplace_back(), path.read(reader, xorbs));
  }
  return head;
}

}  // namespace

bool needs_base(CodecId codec) { return codec == CodecId::Delta || codec == CodecId::GgufParent; }

std::uint64_t size_bytes_of(std::span<const BaseStretch> stretches) {
  return std::accumulate(
      stretches.begin(), stretches.end(), std::uint64_t{0},
      [](std::uint64_t sum, const BaseStretch& stretch) { return sum + stretch.size_bytes; });
}

bool are_within_limits(std::span<const Section> sections) {
  std::size_t stretch_count = 0;
  for (const Section& section : sections) stretch_count += section.base.size();
  return sections.size() <= kSectionCountMax && stretch_count <= kBaseStretchCountMax &&
         xorbs_of(sections).size() <= kBaseXorbCountMax;
}

void put_sections(Bytes& out, std::span<const Section> sections) {
  GRANARY_ASSERT(are_within_limits(sections));
  const std::vector<XorbHash> xorbs = xorbs_of(sections);
  put_number(out, xorbs.size());
  for (const XorbHash& xorb : xorbs) put_bytes(out, xorb.view());
  put_number(out, sections.size());
  Path path;
  for (const Section& section : sections) {
    put_u8(out, static_cast<std::uint8_t>(section.codec));
    put_number(out, section.size_bytes);
    put_number(out, section.coded.size());
    if (!needs_base(section.codec)) continue;
    put_number(out, section.base.size());
    for (const BaseStretch& stretch : section.base) {
      const auto xorb = std::ranges::find(xorbs, stretch.xorb) - xorbs.begin();
      path.put(out, static_cast<std::size_t>(xorb), stretch);
    }
  }
  for (const Section& section : sections) put_bytes(out, section.coded);
}

Result<std::vector<Section>> parse_sections(ByteView coded, std::size_t size_bytes) {
  ByteReader reader(coded);
  TRY(const auto xorbs, read_xorbs(reader));
  TRY(const std::uint64_t count, read_number(reader));
  if (count > kSectionCountMax) return corrupt("too many sections");
  std::vector<Head> heads;
  Path path;
  std::size_t stretches_left = kBaseStretchCountMax;
  std::uint64_t covered = 0;
  for (std::uint64_t index = 0; index < count; ++index) {
    TRY(heads.emplace_back(), read_head(reader, xorbs, path, stretches_left));
    covered += heads.back().section.size_bytes;
  }
  if (covered != size_bytes) return corrupt("sections that do not add up");

  std::vector<Section> sections;
  for (Head& head : heads) {
    if (head.coded_size_bytes > reader.remaining()) return corrupt("cut short");
    Section& section = sections.emplace_back(std::move(head.section));
    section.coded = *reader.take(head.coded_size_bytes);
    if (!needs_base(section.codec)) continue;
    TRY(const std::uint64_t needed, base_size_bytes(section));
    if (size_bytes_of(section.base) != needed) return corrupt("a base of another size");
  }
  if (reader.remaining() > 0) return corrupt("bytes after the last section");
  return sections;
}

Result<void> decode_section(const Kernels& kernels, const Section& section, ByteView base,
                            std::span<std::byte> out, Scratch& scratch) {
  GRANARY_ASSERT(out.size() == section.size_bytes);
  switch (section.codec) {
    case CodecId::Delta: return decode_delta(kernels, section.coded, base, out, scratch);
    case CodecId::GgufParent: return decode_gguf_parent(kernels, section.coded, base, out, scratch);
    default: return decode_block(kernels, section.codec, section.coded, out, scratch);
  }
}

}  // namespace granary::codec
