// The simulated disk: pages shared between copies, unsynced changes kept apart, cuts drawn by seed.
#include "base/sim_disk.h"

#include <algorithm>
#include <cstring>

namespace granary {

std::uint64_t SimNumbers::next() {
  state_ += 0x9E3779B97F4A7C15ULL;  // SplitMix64
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

std::uint64_t SimNumbers::mix(std::uint64_t seed, std::uint64_t value) {
  SimNumbers numbers(seed ^ (value + 1) * 0xD6E8FEB86659FD93ULL);
  return numbers.next();
}

std::size_t SimImage::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset >= size_bytes_) return 0;
  const auto size = std::min<std::uint64_t>(out.size(), size_bytes_ - offset);
  for (std::size_t done = 0; done < size;) {
    const std::size_t index = (offset + done) / kPageSizeBytes;
    const std::size_t start = (offset + done) % kPageSizeBytes;
    const std::size_t part = std::min<std::size_t>(size - done, kPageSizeBytes - start);
    if (pages_[index])
      std::memcpy(out.data() + done, pages_[index]->data() + start, part);
    else
      std::memset(out.data() + done, 0, part);
    done += part;
  }
  return size;
}

void SimImage::write(std::uint64_t offset, ByteView bytes) {
  if (offset + bytes.size() > size_bytes_) resize(offset + bytes.size());
  for (std::size_t done = 0; done < bytes.size();) {
    const std::size_t start = (offset + done) % kPageSizeBytes;
    const std::size_t part = std::min<std::size_t>(bytes.size() - done, kPageSizeBytes - start);
    Page& page = page_to_change((offset + done) / kPageSizeBytes, part < kPageSizeBytes);
    std::memcpy(page.data() + start, bytes.data() + done, part);
    done += part;
  }
}

void SimImage::resize(std::uint64_t size) {
  if (size < size_bytes_ && size % kPageSizeBytes != 0) {
    const std::size_t start = size % kPageSizeBytes;
    Page& page = page_to_change(size / kPageSizeBytes, true);
    std::memset(page.data() + start, 0, kPageSizeBytes - start);
  }
  size_bytes_ = size;
  pages_.resize((size + kPageSizeBytes - 1) / kPageSizeBytes);
}

SimImage::Page& SimImage::page_to_change(std::size_t index, bool keep) {
  auto& page = pages_[index];
  if (page && page.use_count() == 1) return *page;
  if (keep) return *(page = page ? std::make_shared<Page>(*page) : std::make_shared<Page>());
  return *(page = std::make_shared_for_overwrite<Page>());
}

SimDisk::SimDisk() {
  nodes_.push_back(std::make_shared<Node>());
  nodes_[kRoot]->is_directory = true;
  link_counts_.push_back(1);
}

Result<SimDisk::NodeId> SimDisk::find(std::string_view path) const {
  NodeId at = kRoot;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
    if (name.empty() || name == ".") continue;
    if (!is_directory(at)) return fail(ErrorKind::Internal, "not a folder on the way");
    const auto entry = nodes_[at]->seen_entries.find(name);
    if (entry == nodes_[at]->seen_entries.end()) {
      return fail(ErrorKind::NotFound, std::string(name) + ": no such file");
    }
    at = entry->second;
  }
  return at;
}

Result<SimDisk::Place> SimDisk::place_of(std::string_view path) const {
  const std::size_t slash = path.rfind('/');
  const std::string_view folder = slash == path.npos ? std::string_view{} : path.substr(0, slash);
  TRY(const NodeId directory, find(folder));
  if (!is_directory(directory)) return fail(ErrorKind::Internal, "not a folder on the way");
  return Place{directory, std::string(slash == path.npos ? path : path.substr(slash + 1))};
}

std::vector<std::string> SimDisk::names(NodeId directory) const {
  std::vector<std::string> names;
  names.reserve(nodes_[directory]->seen_entries.size());
  for (const auto& [name, id] : nodes_[directory]->seen_entries) names.push_back(name);
  return names;
}

SimDisk::NodeId SimDisk::create(bool is_directory, WallTime now) {
  nodes_.push_back(std::make_shared<Node>());
  nodes_.back()->is_directory = is_directory;
  nodes_.back()->modified = now;
  link_counts_.push_back(0);
  return static_cast<NodeId>(nodes_.size() - 1);
}

void SimDisk::release(NodeId id) {
  released_.insert(id);
  forget_released();
}

// Other directories than these show what they are: only these can bring a node back.
bool SimDisk::may_come_back(NodeId id) const {
  const auto holds = [&](NodeId directory) {
    const Node& node = *nodes_[directory];
    const auto is_entry = [&](const auto& entry) { return entry.second == id; };
    const auto is_change = [&](const DirectoryChange& made) {
      return !made.added.empty() && made.id == id;
    };
    return std::any_of(node.durable_entries.begin(), node.durable_entries.end(), is_entry) ||
           std::any_of(node.entry_changes.begin(), node.entry_changes.end(), is_change);
  };
  return std::any_of(unsynced_.begin(), unsynced_.end(), holds) ||
         std::any_of(diverged_.begin(), diverged_.end(), holds);
}

void SimDisk::forget_released() {
  std::erase_if(released_, [&](NodeId id) {
    if (may_come_back(id)) return false;
    nodes_[id].reset();
    unsynced_.erase(id);
    diverged_.erase(id);
    return true;
  });
}

std::uint64_t SimDisk::used_bytes() const {
  std::uint64_t used = 0;
  for (const auto& node : nodes_) used += node ? node->seen.size_bytes() : 0;
  return used;
}

std::size_t SimDisk::read(NodeId id, std::uint64_t offset, std::span<std::byte> out) const {
  return nodes_[id]->seen.read(offset, out);
}

void SimDisk::write(NodeId id, std::uint64_t offset, ByteView bytes, WallTime now) {
  Node& node = change(id);
  node.seen.write(offset, bytes);
  node.changes.push_back({offset, std::make_shared<const Bytes>(bytes.begin(), bytes.end())});
  node.modified = now;
}

void SimDisk::resize(NodeId id, std::uint64_t size, WallTime now) {
  Node& node = change(id);
  node.seen.resize(size);
  node.changes.push_back({size, nullptr});
  node.modified = now;
}

void SimDisk::sync(NodeId id) {
  if (!unsynced_.contains(id)) return;
  Node& node = change(id);
  if (node.is_directory || diverged_.contains(id)) {
    for (const auto& entry : node.entry_changes) apply(node.durable_entries, entry);
    for (const auto& written : node.changes) apply(node.durable, written);
  } else {
    node.durable = node.seen;
  }
  node.changes.clear();
  node.entry_changes.clear();
  unsynced_.erase(id);
  forget_released();
}

void SimDisk::lose_unsynced(NodeId id, std::uint64_t seed) {
  if (!unsynced_.contains(id)) return;
  Node& node = change(id);
  if (node.is_directory)
    node.durable_entries = crashed_entries(node, seed);
  else
    node.durable = crashed_image(node, seed);
  diverged_.insert(id);
  node.changes.clear();
  node.entry_changes.clear();
  unsynced_.erase(id);
  forget_released();
}

Result<void> SimDisk::link(const Place& place, NodeId id) {
  if (nodes_[place.directory]->seen_entries.contains(place.name)) {
    return fail(ErrorKind::Conflict, place.name + " exists");
  }
  change_entries(place.directory, {.removed = {}, .added = place.name, .id = id});
  return {};
}

Result<void> SimDisk::unlink(const Place& place) {
  const Entries& entries = nodes_[place.directory]->seen_entries;
  const auto entry = entries.find(place.name);
  if (entry == entries.end()) return fail(ErrorKind::NotFound, place.name + ": no such file");
  if (is_directory(entry->second) && !nodes_[entry->second]->seen_entries.empty()) {
    return fail(ErrorKind::Internal, place.name + ": folder not empty");
  }
  change_entries(place.directory, {.removed = place.name, .added = {}, .id = 0});
  return {};
}

Result<void> SimDisk::rename(const Place& from, const Place& to) {
  const Entries& entries = nodes_[from.directory]->seen_entries;
  const auto entry = entries.find(from.name);
  if (entry == entries.end()) return fail(ErrorKind::NotFound, from.name + ": no such file");
  const NodeId id = entry->second;
  if (from.directory == to.directory) {
    if (from.name == to.name) return {};
    change_entries(to.directory, {.removed = from.name, .added = to.name, .id = id});
    return {};
  }
  change_entries(to.directory, {.removed = {}, .added = to.name, .id = id});
  change_entries(from.directory, {.removed = from.name, .added = {}, .id = 0});
  return {};
}

SimDisk::Node& SimDisk::change(NodeId id) {
  auto& node = nodes_[id];
  if (node.use_count() > 1) node = std::make_shared<Node>(*node);
  unsynced_.insert(id);
  return *node;
}

void SimDisk::change_entries(NodeId directory, DirectoryChange made) {
  Node& node = change(directory);
  const auto drop_link = [&](const std::string& name) {
    const auto entry = node.seen_entries.find(name);
    if (entry != node.seen_entries.end()) --link_counts_[entry->second];
  };
  if (!made.added.empty()) {
    drop_link(made.added);
    ++link_counts_[made.id];
  }
  if (!made.removed.empty()) drop_link(made.removed);
  apply(node.seen_entries, made);
  node.entry_changes.push_back(std::move(made));
}

void SimDisk::apply(Entries& entries, const DirectoryChange& made) {
  if (!made.removed.empty()) entries.erase(made.removed);
  if (!made.added.empty()) entries.insert_or_assign(made.added, made.id);
}

void SimDisk::apply(SimImage& image, const FileChange& made) {
  if (made.written)
    image.write(made.offset_bytes, *made.written);
  else
    image.resize(made.offset_bytes);
}

SimDisk SimDisk::crash(std::uint64_t seed) const {
  SimDisk after = *this;
  for (const NodeId id : unsynced_) {
    const Node& node = *nodes_[id];
    auto crashed = std::make_shared<Node>();
    crashed->is_directory = node.is_directory;
    crashed->modified = node.modified;
    if (node.is_directory) {
      crashed->durable_entries = crashed_entries(node, SimNumbers::mix(seed, id));
      crashed->seen_entries = crashed->durable_entries;
    } else {
      crashed->durable = crashed_image(node, SimNumbers::mix(seed, id));
      crashed->seen = crashed->durable;
    }
    after.nodes_[id] = std::move(crashed);
  }
  after.unsynced_.clear();
  after.diverged_.clear();
  after.released_.clear();
  for (const NodeId id : diverged_) {
    if (unsynced_.contains(id)) continue;
    auto crashed = std::make_shared<Node>(*nodes_[id]);  // the cache that hid the loss is gone
    crashed->seen = crashed->durable;
    crashed->seen_entries = crashed->durable_entries;
    after.nodes_[id] = std::move(crashed);
  }
  after.count_links();
  return after;
}

void SimDisk::count_links() {
  link_counts_.assign(nodes_.size(), 0);
  link_counts_[kRoot] = 1;
  std::vector<NodeId> ways{kRoot};
  while (!ways.empty()) {
    const NodeId directory = ways.back();
    ways.pop_back();
    for (const auto& [name, id] : nodes_[directory]->seen_entries) {
      if (link_counts_[id]++ == 0 && is_directory(id)) ways.push_back(id);
    }
  }
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    if (link_counts_[id] == 0) nodes_[id].reset();
  }
}

namespace {

// How far the unsynced changes of one file or directory got.
enum class Reached : std::uint8_t { Nothing, Everything, Prefix, TornPrefix, Scattered, SizeOnly };

Reached draw_reached(SimNumbers& numbers) { return static_cast<Reached>(numbers.below(6)); }

// For each sector, how many of the file's changes it has seen.
struct SectorCuts {
  Reached reached;
  std::uint64_t seed;
  std::size_t change_count;
  std::size_t prefix;

  std::size_t of(std::uint64_t sector) const {
    switch (reached) {
      case Reached::Nothing:
      case Reached::SizeOnly: return 0;
      case Reached::Everything: return change_count;
      case Reached::Prefix: return prefix;
      case Reached::TornPrefix: return prefix + SimNumbers::mix(seed, sector) % 2;
      case Reached::Scattered: return SimNumbers::mix(seed, sector) % (change_count + 1);
    }
    return 0;
  }
};

}  // namespace

SimImage SimDisk::crashed_image(const Node& node, std::uint64_t seed) {
  SimNumbers numbers(seed);
  const std::size_t count = node.changes.size();
  const Reached reached = draw_reached(numbers);
  const SectorCuts cuts{reached, numbers.next(), count, numbers.below(count + 1)};
  std::size_t size_cut = numbers.below(count + 1);
  if (reached == Reached::Nothing) size_cut = 0;
  if (reached == Reached::Everything || reached == Reached::SizeOnly) size_cut = count;
  if (reached == Reached::Prefix) size_cut = cuts.prefix;

  SimImage image = node.durable;
  std::uint64_t size = node.durable.size_bytes();
  const bool stale = numbers.below(4) == 0;
  for (std::size_t i = 0; i < count; ++i) {
    const FileChange& made = node.changes[i];
    if (!made.written) {
      // A size is one fact of the file's, so cutting a file short is whole or absent. Without it,
      // what was written after it has no place in the file that is found.
      const bool shrinks = made.offset_bytes < image.size_bytes();
      if (i >= size_cut && shrinks) break;
      if (i >= size_cut) continue;
      size = made.offset_bytes;
      image.resize(size);
      continue;
    }
    const std::uint64_t end = made.offset_bytes + made.written->size();
    if (i < size_cut) size = std::max(size, end);
    if (stale && end > image.size_bytes()) {
      // New blocks may hold what an older file left in them.
      const Bytes junk(end - image.size_bytes(), static_cast<std::byte>(numbers.next() | 1));
      image.write(image.size_bytes(), junk);
    }
    for (std::uint64_t at = made.offset_bytes; at < end;) {
      const std::uint64_t sector = at / kSectorSizeBytes;
      const std::uint64_t next = std::min(end, (sector + 1) * kSectorSizeBytes);
      const auto part = ByteView(*made.written).subspan(at - made.offset_bytes, next - at);
      if (i < cuts.of(sector)) image.write(at, part);
      at = next;
    }
  }
  image.resize(size);
  return image;
}

SimDisk::Entries SimDisk::crashed_entries(const Node& node, std::uint64_t seed) {
  SimNumbers numbers(seed);
  const std::size_t count = node.entry_changes.size();
  const Reached reached = draw_reached(numbers);
  const std::size_t prefix = numbers.below(count + 1);
  Entries entries = node.durable_entries;
  for (std::size_t i = 0; i < count; ++i) {
    bool there = numbers.below(2) == 0;
    if (reached == Reached::Nothing) there = false;
    if (reached == Reached::Everything) there = true;
    if (reached == Reached::Prefix) there = i < prefix;
    if (there) apply(entries, node.entry_changes[i]);
  }
  return entries;
}

}  // namespace granary
