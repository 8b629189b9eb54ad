// A block is parted where its tensors end; parts with a base are coded by it, the rest alone.
#include "store/related_coder.h"

#include <algorithm>

#include "base/limits.h"

namespace granary::store {
namespace {

// A section's head and the tables of its planes take some dozens of bytes.
constexpr std::size_t kBasedPartSizeBytesMin = 1024;

// What needs a base is slower to read, and keeps the base from being removed.
bool is_worth_a_base(std::size_t based_size_bytes, std::size_t alone_size_bytes) {
  return based_size_bytes < alone_size_bytes - alone_size_bytes / 8;
}

bool is_constant(ByteView bytes) {
  return std::ranges::equal(bytes.subspan(1), bytes.first(bytes.size() - 1));
}

/// The bytes of the base that stand for [begin, begin + size); nothing if it ends before.
std::vector<codec::BaseStretch> base_at(const TensorRun& run, std::uint64_t begin,
                                        std::uint64_t size) {
  std::vector<codec::BaseStretch> base;
  for (const StoredStretch& part : cut(*run.base, begin, size)) {
    base.push_back({part.hash, part.offset_bytes, part.size_bytes});
  }
  if (codec::size_bytes_of(base) < size) base.clear();
  return base;
}

}  // namespace

bool RelatedCoder::Part::has_base() const {
  return run != nullptr && run->base != nullptr && original.size() >= kBasedPartSizeBytesMin;
}

std::uint64_t RelatedCoder::Part::tensor_offset_bytes() const {
  return run->tensor_offset_bytes + offset_bytes - run->begin_bytes;
}

// How many leading bytes end an element, or a quantised block, that begins before. A part may begin
// before its run.
std::size_t RelatedCoder::Part::phase(std::size_t unit_size_bytes) const {
  const auto unit = static_cast<std::int64_t>(unit_size_bytes);
  const std::int64_t into = (std::int64_t{offset_bytes} - run->begin_bytes +
                             static_cast<std::int64_t>(run->tensor_offset_bytes)) %
                            unit;
  return static_cast<std::size_t>((unit - into) % unit);
}

// Bytes without a base of their own join the part before if that has none either.
std::vector<RelatedCoder::Part> RelatedCoder::part(ByteView original, std::uint32_t offset) const {
  std::vector<Part> parts;
  const auto add = [&](std::size_t begin, std::size_t end, const TensorRun* run) {
    if (begin == end) return;
    const Part fresh{.original = original.subspan(begin, end - begin),
                     .offset_bytes = offset + static_cast<std::uint32_t>(begin),
                     .run = run};
    Part* last = parts.empty() ? nullptr : &parts.back();
    if (last == nullptr || fresh.has_base() || last->has_base()) {
      parts.push_back(fresh);
      return;
    }
    if (fresh.original.size() > last->original.size()) last->run = run;
    last->original = ByteView(last->original.data(), last->original.size() + fresh.original.size());
  };
  std::size_t at = 0;
  auto run = std::ranges::upper_bound(relations_, offset, {}, &TensorRun::end_bytes);
  for (; run != relations_.end() && run->begin_bytes < offset + original.size(); ++run) {
    const std::size_t begin = std::max(run->begin_bytes, offset) - offset;
    const std::size_t end = std::min<std::size_t>(run->end_bytes - offset, original.size());
    add(at, begin, nullptr);
    add(begin, end, &*run);
    at = end;
  }
  add(at, original.size(), nullptr);
  return parts;
}

Result<codec::CodedBlock> RelatedCoder::code(ByteView original, std::uint32_t offset) {
  kept_.clear();
  const std::vector<Part> parts = part(original, offset);
  const Part whole{.original = original, .offset_bytes = offset, .run = largest_of(parts).run};
  if (std::ranges::none_of(parts, &Part::has_base)) return code_alone(whole);

  TRY(const auto sections, code_parts(parts));
  const codec::Section* based = nullptr;  // the largest one
  for (const codec::Section& section : sections) {
    if (!codec::needs_base(section.codec)) continue;
    if (based == nullptr || section.size_bytes > based->size_bytes) based = &section;
  }
  if (based == nullptr && sections.size() == 1) {
    return codec::CodedBlock{.codec = sections[0].codec, .bytes = sections[0].coded};
  }
  if (based == nullptr || !codec::are_within_limits(sections)) return code_alone(whole);
  Bytes& block = kept_.emplace_back();
  codec::put_sections(block, sections);
  if (sections.size() > 1 && !is_surely_worth_a_base(block.size(), whole)) {
    const codec::CodedBlock alone = code_alone(whole);
    if (!is_worth_a_base(block.size(), alone.bytes.size())) return alone;
  }
  note_bases(parts, sections);
  return codec::CodedBlock{.codec = based->codec, .bytes = block};
}

// Then how small it is alone need not be known: quantised blocks take more than two thirds.
bool RelatedCoder::is_surely_worth_a_base(std::size_t based_size_bytes, const Part& part) {
  return part.run != nullptr && part.run->elements.type == codec::ElementType::Quants &&
         based_size_bytes < part.original.size() / 2 && !is_constant(part.original);
}

bool RelatedCoder::Reading::fits(std::size_t part_size_bytes,
                                 std::size_t coded_part_size_bytes) const {
  constexpr std::size_t kTablesSizeBytes = 64;
  return (coded_part_size_bytes - std::min(coded_part_size_bytes, kTablesSizeBytes)) * size_bytes <=
         (coded_size_bytes + coded_size_bytes / 4) * part_size_bytes;
}

bool RelatedCoder::holds_quants(ByteView original, std::uint32_t offset) const {
  const std::vector<Part> parts = part(original, offset);
  const TensorRun* run = largest_of(parts).run;
  return run != nullptr && run->elements.type == codec::ElementType::Quants;
}

const RelatedCoder::Part& RelatedCoder::largest_of(std::span<const Part> parts) {
  return *std::ranges::max_element(parts, {},
                                   [](const Part& part) { return part.original.size(); });
}

codec::CodedBlock RelatedCoder::code_alone(const Part& part) {
  codec::ElementHint hint;
  if (part.run != nullptr) {
    const codec::Elements& elements = part.run->elements;
    hint = {
        .type = elements.type, .phase = part.phase(elements.size_bytes), .quant = elements.quant};
  }
  return codec::encode_block(decoding_.scratches.kernels(), part.original, hint, *scratch_);
}

Result<std::vector<codec::Section>> RelatedCoder::code_parts(std::span<const Part> parts) {
  std::vector<codec::Section> sections;
  for (const Part& part : parts) {
    codec::Section based;
    if (part.has_base()) {
      TRY(based, code_by_base(part));
    }
    const bool found = !based.base.empty();
    if (found && is_surely_worth_a_base(based.coded.size(), part)) {
      sections.push_back(std::move(based));
      continue;
    }
    codec::CodedBlock alone = code_alone(part);
    if (found && is_worth_a_base(based.coded.size(), alone.bytes.size())) {
      sections.push_back(std::move(based));
      continue;
    }
    sections.push_back({.codec = alone.codec,
                        .size_bytes = part.original.size(),
                        .coded = keep(alone.bytes),
                        .base = {}});
  }
  return sections;
}

// Without base: there is none at this place.
Result<codec::Section> RelatedCoder::code_by_base(const Part& part) {
  if (const auto* quantised = std::get_if<QuantisedFrom>(&part.run->relation)) {
    return code_by_parent(part, *quantised);
  }
  if (const auto* tuned = std::get_if<TunedFrom>(&part.run->relation)) {
    return code_delta(part, *tuned);
  }
  return codec::Section{};
}

// A quantiser may have read the parent's numbers in two ways: both are tried at the first part of a
// run, and where the way that was better there is not as good as it was.
Result<codec::Section> RelatedCoder::code_by_parent(const Part& part,
                                                    const QuantisedFrom& relation) {
  const codec::QuantFormat& format =
      *codec::find_quant_format(static_cast<std::uint64_t>(relation.quant));
  codec::GgufParent parent{.quant = relation.quant,
                           .parent = relation.parent,
                           .via_half = false,
                           .phase = part.phase(format.block_size_bytes)};
  const std::uint64_t weights =
      (part.tensor_offset_bytes() + parent.phase) / format.block_size_bytes * format.weight_count;
  codec::Section section{.codec = codec::CodecId::GgufParent,
                         .size_bytes = part.original.size(),
                         .coded = {},
                         .base = base_at(*part.run, weights * codec::size_bytes_of(relation.parent),
                                         codec::parent_size_bytes(parent, part.original.size()))};
  if (section.base.empty()) return section;
  TRY(const ByteView base, read_base(section.base));
  const auto encode = [&](bool via_half) {
    parent.via_half = via_half;
    const std::size_t size = codec::encode_gguf_parent(decoding_.scratches.kernels(), part.original,
                                                       base, parent, *scratch_);
    return scratch_->coded().first(size);
  };
  const bool is_known = reading_.run == part.run;
  const bool first = is_known && reading_.via_half;
  section.coded = keep(encode(first));
  if (relation.parent == codec::FloatType::Fp16) return section;
  if (is_known && reading_.fits(part.original.size(), section.coded.size())) return section;
  const auto other = encode(!first);
  const bool is_better = other.size() < section.coded.size();
  if (is_better) section.coded = keep(other);
  reading_ = {.run = part.run,
              .via_half = first != is_better,
              .size_bytes = part.original.size(),
              .coded_size_bytes = section.coded.size()};
  return section;
}

Result<codec::Section> RelatedCoder::code_delta(const Part& part, const TunedFrom& relation) {
  codec::Section section{
      .codec = codec::CodecId::Delta,
      .size_bytes = part.original.size(),
      .coded = {},
      .base = base_at(*part.run, part.tensor_offset_bytes(), part.original.size())};
  if (section.base.empty()) return section;
  TRY(const ByteView base, read_base(section.base));
  const codec::DeltaElements elements{.type = relation.type,
                                      .phase = part.phase(codec::size_bytes_of(relation.type))};
  const std::size_t size =
      codec::encode_delta(decoding_.scratches.kernels(), part.original, base, elements, *scratch_);
  section.coded = keep(scratch_->coded().first(size));
  return section;
}

Result<ByteView> RelatedCoder::read_base(std::span<const codec::BaseStretch> stretches) {
  const auto base = scratch_->base(static_cast<std::size_t>(codec::size_bytes_of(stretches)));
  TRY_DONE(read_stretches(decoding_.bases, stretches, base));
  return ByteView(base);
}

ByteView RelatedCoder::keep(ByteView coded) {
  return kept_.emplace_back(coded.begin(), coded.end());
}

void RelatedCoder::note_bases(std::span<const Part> parts,
                              std::span<const codec::Section> sections) {
  for (std::size_t index = 0; index < parts.size(); ++index) {
    for (const codec::BaseStretch& used : sections[index].base) {
      const auto stored =
          std::ranges::find(*parts[index].run->base, used.xorb, &StoredStretch::hash);
      bases_.insert(stored->xorb);
    }
  }
}

}  // namespace granary::store
