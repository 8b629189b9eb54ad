// The order of a recode, so that a crash anywhere loses nothing: the new object is whole, durable
// and checked before the facts name it, and the old one goes after they do.
#include "store/recode.h"

#include <algorithm>
#include <map>

#include "base/limits.h"
#include "codec/based_block.h"
#include "codec/block.h"
#include "store/live_object.h"
#include "store/related_coder.h"
#include "store/xorb_check.h"
#include "store/xorb_writer.h"

namespace granary::store {
namespace {

std::uint32_t offset_of(std::size_t block_index) {
  return static_cast<std::uint32_t>(block_index * limits::kBlockSizeBytes);
}

// A block that may be coded better: it is raw, or quantised blocks were taken for something else
// when their file's header was not yet known.
bool may_gain(const XorbBlock& now, ByteView block, std::uint32_t offset_bytes,
              const RelatedCoder& coder) {
  if (now.codec == codec::CodecId::Raw) return true;
  return now.codec != codec::CodecId::GgufFields && !codec::needs_base(now.codec) &&
         coder.holds_quants(block, offset_bytes);
}

// Whether coding the blocks that may gain would save enough. Reads and codes them, writes nothing.
Result<bool> would_save(const XorbReader& reader, const Decoding& decoding,
                        const RecodeOptions& options) {
  std::uint64_t saved_bytes = 0;
  Bytes block;
  RelatedCoder coder(options.relations, decoding);
  for (std::size_t index = 0; index < reader.blocks().size(); ++index) {
    const XorbBlock& now = reader.blocks()[index];
    block.resize(block_size_bytes(reader.trailer(), index));
    if (!may_gain(now, block, offset_of(index), coder)) continue;
    if (!options.may_go_on()) return fail(ErrorKind::Unavailable, "the recode was stopped");
    TRY_DONE(reader.read_block(index, block, decoding));
    TRY(const codec::CodedBlock coded, coder.code(block, offset_of(index)));
    saved_bytes +=
        now.coded_size_bytes - std::min<std::uint64_t>(now.coded_size_bytes, coded.bytes.size());
  }
  return saved_bytes >= codec::least_gain_bytes(reader.trailer().coded_size_bytes);
}

struct Written {
  std::unique_ptr<object::ObjectWriter> object;
  std::uint64_t size_bytes = 0;
  std::vector<meta::XorbId> bases;
};

Result<Written> write_anew(const RecodeParts& parts, const XorbReader& reader,
                           const RecodeOptions& options) {
  TRY(auto object, parts.objects.create(reader.trailer().coded_size_bytes));
  XorbWriter writer(std::move(object), Coding::Best, parts.decoding.scratches);
  RelatedCoder coder(options.relations, parts.decoding);
  Bytes block;
  for (std::size_t index = 0; index < reader.blocks().size(); ++index) {
    if (!options.may_go_on()) return fail(ErrorKind::Unavailable, "the recode was stopped");
    block.resize(block_size_bytes(reader.trailer(), index));
    TRY_DONE(reader.read_block(index, block, parts.decoding));
    TRY(const codec::CodedBlock coded, coder.code(block, offset_of(index)));
    TRY_DONE(writer.add_coded(block.size(), coded));
  }
  TRY(const auto chunks, reader.read_chunks());
  TRY(const std::uint64_t size_bytes, writer.finish(reader.trailer().hash, chunks));
  return Written{.object = writer.take_object(), .size_bytes = size_bytes, .bases = coder.bases()};
}

// Reads back what was published, to the last chunk's hash. Else the object goes again.
Result<std::shared_ptr<const XorbReader>> checked(const RecodeParts& parts,
                                                  const object::ObjectName& name) {
  const auto check = [&]() -> Result<std::shared_ptr<const XorbReader>> {
    TRY(auto object, parts.objects.open(name));
    TRY(auto reader, XorbReader::open(std::move(object), name.hash));
    TRY(const auto chunks, reader->read_chunks());
    TRY_DONE(check_chunk_list(*reader, chunks));
    TRY_DONE(check_chunk_bytes(*reader, chunks, parts.decoding, {}));
    return reader;
  };
  auto reader = check();
  if (!reader) (void)parts.objects.remove(name);
  return reader;
}

}  // namespace

std::vector<meta::CodingShare> shares_of(const XorbReader& reader) {
  std::map<codec::CodecId, meta::CodingShare> shares;
  for (std::size_t index = 0; index < reader.blocks().size(); ++index) {
    const XorbBlock& block = reader.blocks()[index];
    meta::CodingShare& share = shares[block.codec];
    share.codec = static_cast<std::uint8_t>(block.codec);
    share.size_bytes += block_size_bytes(reader.trailer(), index);
    share.coded_size_bytes += block.coded_size_bytes;
  }
  std::vector<meta::CodingShare> list;
  for (const auto& [codec, share] : shares) list.push_back(share);
  return list;
}

Result<Recoded> recode(const RecodeParts& parts, meta::Xorb facts, const RecodeOptions& options) {
  TRY(auto object, open_live(parts.objects, parts.content, facts));
  TRY(const auto reader, XorbReader::open(std::move(object), facts.hash));
  const auto leave = [&]() -> Result<Recoded> {
    TRY_DONE(parts.codings.mark(facts, options.policy, shares_of(*reader)));
    return Recoded{.size_bytes = facts.size_bytes};
  };
  if (options.look_only) return leave();
  // What bases save is known when it is written.
  const bool has_base = std::ranges::any_of(
      options.relations, [](const TensorRun& run) { return run.base != nullptr; });
  if (!has_base && !options.whatever_size) {
    // Headers come later than xorbs, too, and quantised blocks are told by nothing else.
    const bool has_quants = std::ranges::any_of(options.relations, [](const TensorRun& run) {
      return run.elements.type == codec::ElementType::Quants;
    });
    if (options.bases_only && !has_quants) return leave();
    TRY(const bool worth_it, would_save(*reader, parts.decoding, options));
    if (!worth_it) return leave();
  }
  TRY(const Written written, write_anew(parts, *reader, options));
  const std::uint64_t gain_min = codec::least_gain_bytes(facts.stored_size_bytes);
  const bool gains = written.size_bytes + gain_min <= facts.stored_size_bytes;
  if (!gains && !options.whatever_size) return leave();

  TRY(const std::uint32_t generation, parts.codings.next_generation(facts.hash));
  const object::ObjectName name{.hash = facts.hash, .generation = generation};
  // No row ever named this one: it is of a recode that was cut off.
  if (auto removed = parts.objects.remove(name);
      !removed && removed.error().kind != ErrorKind::NotFound) {
    return tl::unexpected(std::move(removed).error());
  }
  TRY_DONE(written.object->publish(name));
  TRY(const auto fresh, checked(parts, name));
  TRY_DONE(parts.codings.swap({.xorb = facts.id,
                               .from_generation = facts.generation,
                               .generation = generation,
                               .stored_size_bytes = written.size_bytes,
                               .policy = options.policy,
                               .shares = shares_of(*fresh),
                               .bases = written.bases}));
  return Recoded{.size_bytes = facts.size_bytes,
                 .saved_size_bytes = facts.stored_size_bytes -
                                     std::min(facts.stored_size_bytes, written.size_bytes),
                 .is_swapped = true};
}

// The row goes last: it is what says that the object has to.
Result<std::size_t> remove_replaced(const RecodeParts& parts) {
  TRY(const auto replaced, parts.codings.list_deleting(limits::kFactsPageCount));
  for (const meta::Xorb& old : replaced) {
    auto removed = parts.objects.remove({.hash = old.hash, .generation = old.generation});
    if (!removed && removed.error().kind != ErrorKind::NotFound) {
      return tl::unexpected(std::move(removed).error());
    }
    TRY_DONE(parts.codings.forget(old.id));
  }
  return replaced.size();
}

}  // namespace granary::store
