// Xorbs that arrive whole and files made of them, for this module's tests.
#pragma once

#include <gtest/gtest.h>

#include "chunk/chunker.h"
#include "chunk/hash_tree.h"
#include "store/known_chunks.h"
#include "store/store_testing.h"

namespace granary::store {

class XetStoreTest : public StoreTest {
 protected:
  using Chunks = std::vector<ByteView>;

  static Chunks cut(ByteView bytes) { return cut_at(bytes, chunk::chunk_ends(bytes)); }
  static Chunks cut_in_pieces(ByteView bytes, std::size_t size) {
    std::vector<std::size_t> ends;
    for (std::size_t end = size; end < bytes.size(); end += size) ends.push_back(end);
    ends.push_back(bytes.size());
    return cut_at(bytes, ends);
  }
  static Chunks cut_at(ByteView bytes, const std::vector<std::size_t>& ends) {
    Chunks chunks;
    std::size_t start = 0;
    for (const std::size_t end : ends) {
      chunks.push_back(bytes.subspan(start, end - start));
      start = end;
    }
    return chunks;
  }
  static std::vector<chunk::Chunk> named(const Chunks& chunks) {
    std::vector<chunk::Chunk> all;
    for (const ByteView chunk : chunks) all.push_back({chunk::chunk_hash(chunk), chunk.size()});
    return all;
  }

  Result<meta::NewContent> take_in(const Chunks& chunks, const XorbHash& name) {
    TRY(auto intake, store_->start_xorb());
    for (const ByteView chunk : chunks) TRY_DONE(intake->add_chunk(chunk));
    return intake->finish(name);
  }
  /// Stores a xorb of these chunks; gives its row.
  meta::Xorb put_xorb(const Chunks& chunks) {
    const XorbHash name = chunk::xorb_hash(named(chunks));
    const auto taken = take_in(chunks, name);
    EXPECT_TRUE(taken) << taken.error().message;
    EXPECT_TRUE(content().record(*taken));
    const auto stored = content().list_xorbs({}, 1000).value();
    for (const meta::Xorb& xorb : stored) {
      if (xorb.hash == name) return xorb;
    }
    ADD_FAILURE() << "not listed";
    return {};
  }
  /// A true claim of chunks [start, end) of a stored xorb.
  ClaimedTerm term_of(const meta::Xorb& xorb, std::uint32_t start, std::uint32_t end) {
    const auto known = store_->known_xorb(xorb).value();
    const ChunkList& list = known->list;
    std::vector<chunk::Chunk> chunks;
    for (std::uint32_t i = start; i < end; ++i) {
      chunks.push_back({list.chunks()[i].hash, list.start_bytes(i + 1) - list.start_bytes(i)});
    }
    return {.xorb = xorb,
            .chunk_start = start,
            .chunk_end = end,
            .size_bytes = list.start_bytes(end) - list.start_bytes(start),
            .range_hash = chunk::range_hash(chunks)};
  }
  ClaimedFile file_of(const std::vector<ClaimedTerm>& terms) {
    chunk::HashTree tree;
    for (const ClaimedTerm& term : terms) {
      const auto known = store_->known_xorb(term.xorb).value();
      const ChunkList& list = known->list;
      for (std::uint32_t i = term.chunk_start; i < term.chunk_end; ++i) {
        tree.add({list.chunks()[i].hash, list.start_bytes(i + 1) - list.start_bytes(i)});
      }
    }
    return {.file_hash = tree.finish_file(), .sha256 = {}, .terms = terms};
  }
  Result<meta::StoredFile> assemble(const ClaimedFile& claim) {
    TRY(const auto made, store_->assemble(claim, {}));
    TRY_DONE(content().record(made));
    return *made.file;
  }
  void expect_refused(const ClaimedFile& claim, std::string_view why) {
    const auto made = store_->assemble(claim, {});
    ASSERT_FALSE(made) << why;
    EXPECT_EQ(made.error().kind, ErrorKind::Invalid);
    EXPECT_NE(made.error().message.find(why), std::string::npos) << made.error().message;
  }
  std::uint64_t object_count() {
    std::uint64_t count = 0;
    EXPECT_TRUE(objects_->for_each([&](const object::ObjectName&) -> Result<void> {
      ++count;
      return {};
    }));
    return count;
  }
};

}  // namespace granary::store
