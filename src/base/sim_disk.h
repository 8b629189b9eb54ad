// A simulated disk: files and folders in memory, each as programs see it and as a power cut would
// leave it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/env.h"
#include "base/result.h"

namespace granary {

/// A small fast generator for simulations. Not for keys.
class SimNumbers {
 public:
  explicit SimNumbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// 0 … bound - 1.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  /// A number that depends on `value` and the seed only.
  static std::uint64_t mix(std::uint64_t seed, std::uint64_t value);

 private:
  std::uint64_t state_;
};

/// A file's bytes in pages that copies share until one of them writes.
class SimImage {
 public:
  static constexpr std::size_t kPageSizeBytes = 4096;

  std::uint64_t size_bytes() const { return size_bytes_; }
  std::size_t read(std::uint64_t offset_bytes, std::span<std::byte> out) const;
  void write(std::uint64_t offset_bytes, ByteView bytes);
  void resize(std::uint64_t size_bytes);

 private:
  using Page = std::array<std::byte, kPageSizeBytes>;
  Page& page_to_change(std::size_t index, bool keep);

  std::uint64_t size_bytes_ = 0;
  std::vector<std::shared_ptr<Page>> pages_;  // null: zeros; shared by images
};

/// The disk. What was not synced may be there after a cut, or not, or in part:
/// - of a file's unsynced writes each sector of 512 bytes shows any of its states since the last
///   sync, and the size any of its sizes, independently: a new size may come without its data. A
///   file that was cut short is so wholly or not at all;
/// - of a directory's unsynced changes any subset is there; each change is whole, and changes of
///   different directories have no order.
/// Copies share memory, so that a cut costs microseconds. By one thread at a time.
class SimDisk {
 public:
  using NodeId = std::uint32_t;
  static constexpr NodeId kRoot = 0;
  static constexpr std::size_t kSectorSizeBytes = 512;

  SimDisk();

  /// Errors: NotFound; Internal if a part of the way is a file.
  Result<NodeId> find(std::string_view path) const;
  /// The directory that holds `path`, and the last name. Errors: NotFound.
  struct Place {
    NodeId directory;
    std::string name;
  };
  Result<Place> place_of(std::string_view path) const;

  bool is_directory(NodeId id) const { return nodes_[id]->is_directory; }
  std::uint64_t size_bytes(NodeId id) const { return nodes_[id]->seen.size_bytes(); }
  WallTime modified(NodeId id) const { return nodes_[id]->modified; }
  std::size_t link_count(NodeId id) const { return link_counts_[id]; }
  std::vector<std::string> names(NodeId directory) const;

  NodeId create(bool is_directory, WallTime now);  // without a name
  /// For a node that has neither name nor user: forgets it as soon as no cut can bring it back.
  void release(NodeId id);
  std::uint64_t used_bytes() const;

  std::size_t read(NodeId id, std::uint64_t offset_bytes, std::span<std::byte> out) const;
  void write(NodeId id, std::uint64_t offset_bytes, ByteView bytes, WallTime now);
  void resize(NodeId id, std::uint64_t size_bytes, WallTime now);
  void sync(NodeId id);
  /// What a sync that fails does: unsynced changes are dropped as if written, programs still see
  /// them, and a later sync brings none of them back. Part of them may have reached the disk.
  void lose_unsynced(NodeId id, std::uint64_t seed);

  /// Errors: Conflict if the name is taken.
  Result<void> link(const Place& place, NodeId id);
  /// Errors: NotFound; Internal for a directory that is not empty.
  Result<void> unlink(const Place& place);
  /// In one directory the change is atomic; between two it is two changes. Replaces a file.
  Result<void> rename(const Place& from, const Place& to);

  /// The disk after a power cut now. The same seed gives the same disk.
  SimDisk crash(std::uint64_t seed) const;

 private:
  struct FileChange {
    std::uint64_t offset_bytes;            // or, of a resize, the new size
    std::shared_ptr<const Bytes> written;  // null: a resize
  };
  using Entries = std::map<std::string, NodeId, std::less<>>;
  struct DirectoryChange {
    std::string removed;  // empty: none
    std::string added;    // empty: none
    NodeId id;
  };
  struct Node {
    bool is_directory = false;
    WallTime modified;
    SimImage seen, durable;
    std::vector<FileChange> changes;  // since the last sync
    Entries seen_entries, durable_entries;
    std::vector<DirectoryChange> entry_changes;
  };

  Node& change(NodeId id);
  void change_entries(NodeId directory, DirectoryChange change_to_make);
  static void apply(Entries& entries, const DirectoryChange& change_to_make);
  static void apply(SimImage& image, const FileChange& change_to_make);
  static SimImage crashed_image(const Node& node, std::uint64_t seed);
  static Entries crashed_entries(const Node& node, std::uint64_t seed);
  bool may_come_back(NodeId id) const;
  void forget_released();
  void count_links();

  std::vector<std::shared_ptr<Node>> nodes_;  // shared with disks copied from this one
  std::vector<std::uint32_t> link_counts_;
  std::set<NodeId> unsynced_;
  std::set<NodeId> diverged_;  // a failed sync left `durable` behind `seen` for good
  std::set<NodeId> released_;
};

}  // namespace granary
