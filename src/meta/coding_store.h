// The port for how xorbs are coded at rest: what the recoder has looked at, what it swapped, what
// blocks of one xorb need of another, and what all that saves.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "meta/types.h"

namespace granary::meta {

/// How many bytes of a xorb, or of many, one codec holds.
struct CodingShare {
  std::uint8_t codec = 0;              // the block's codec number: docs/formats/block-codecs.md
  std::uint64_t size_bytes = 0;        // original
  std::uint64_t coded_size_bytes = 0;  // in the objects, without their tables
  bool operator==(const CodingShare&) const = default;
};

/// A live xorb's new object, durable already, which takes the place of the one it had.
struct Recoding {
  XorbId xorb;
  std::uint32_t from_generation = 0;  // of the object that was read
  std::uint32_t generation = 0;       // of the new one: CodingStore::next_generation
  std::uint64_t stored_size_bytes = 0;
  std::uint32_t policy = 0;
  std::vector<CodingShare> shares;
  std::vector<XorbId> bases;  // xorbs that its blocks need to be decoded
};

/// What is kept, for a repo or for all. Bytes that repos share count in full for each of them.
struct Usage {
  std::uint64_t file_count = 0;           // (repo, file) pairs
  std::uint64_t file_size_bytes = 0;      // of those
  std::uint64_t unique_file_count = 0;    // different files
  std::uint64_t unique_size_bytes = 0;    // of those
  std::uint64_t xorb_count = 0;  // that the files need; of the whole store: all live ones
  std::uint64_t xorb_size_bytes = 0;  // original bytes of those
  std::uint64_t stored_size_bytes = 0;  // of their objects
  std::uint64_t unseen_size_bytes = 0;  // original bytes of xorbs of which no share is known yet
  std::vector<CodingShare> shares;  // by codec number
};

/// Blocking, thread-safe; each function is one transaction, durable when a writing one returns.
class CodingStore {
 public:
  virtual ~CodingStore() = default;

  /// Live xorbs that the recoder last looked at under a lower policy than this, by id.
  virtual Result<std::vector<Xorb>> list_below(std::uint32_t policy, XorbId after,
                                               std::size_t limit) = 0;
  /// The same of those that it last looked at under just this policy.
  virtual Result<std::vector<Xorb>> list_at(std::uint32_t policy, XorbId after,
                                            std::size_t limit) = 0;
  /// Says that the xorb's object of that generation was looked at, and what it holds. Fine, and
  /// without effect, if the object was swapped or collected meanwhile.
  virtual Result<void> mark(const Xorb& xorb, std::uint32_t policy,
                            std::span<const CodingShare> shares) = 0;

  /// The generation for a new object of this hash: one more than any that a row names.
  virtual Result<std::uint32_t> next_generation(const XorbHash& hash) = 0;
  /// Gives a live xorb its new object, and leaves a row, in state Deleting, that names the old one.
  /// Errors: Conflict if the xorb is not live in `from_generation` any more, if a base is not live
  /// or has bases itself, or if the xorb has bases and is one.
  virtual Result<void> swap(const Recoding& recoding) = 0;
  /// Rows of objects that are to be removed, by id.
  virtual Result<std::vector<Xorb>> list_deleting(std::size_t limit) = 0;
  /// Forgets such a row, once its object is gone. Errors: NotFound.
  virtual Result<void> forget(XorbId deleting) = 0;

  /// The live xorb of that hash. Errors: NotFound.
  virtual Result<Xorb> find_xorb(const XorbHash& hash) = 0;
  /// What its blocks need to be decoded, by id.
  virtual Result<std::vector<XorbId>> bases_of(XorbId xorb) = 0;
  /// Whether blocks of another xorb need it.
  virtual Result<bool> is_base(XorbId xorb) = 0;

  /// Sets xorbs that were looked at under a higher policy back to this one, where something new may
  /// be found of them: those that files of a model need which has changed since the last call, or
  /// which names one that has as its base model, and those that have such ones as bases. Gives how
  /// many.
  virtual Result<std::uint64_t> look_again(std::uint32_t policy) = 0;
  /// Which repos hold which of the files that need the xorb, by file, at most `limit`.
  virtual Result<std::vector<RepoFile>> list_holders(XorbId xorb, std::size_t limit) = 0;

  /// Nothing: of all repos. Errors: none for a repo that is unknown, which holds nothing.
  virtual Result<Usage> read_usage(std::optional<RepoId> repo) = 0;
};

}  // namespace granary::meta
