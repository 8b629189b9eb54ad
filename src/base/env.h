// The seam to the outside world: clock, randomness and file system as ports.
//
// The store and the metadata reach the world only through these, so that they run unchanged inside
// a deterministic simulator (base/sim_env.h). The network's port is net/stream.h, since it
// suspends.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace granary {

using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall_now() = 0;
  virtual SteadyTime steady_now() = 0;
};

class Random {
 public:
  virtual ~Random() = default;
  /// Fills `out` with bytes fit for keys and tokens.
  virtual void fill(std::span<std::byte> out) = 0;
};

/// An open file. Safe for concurrent read_at; writes by one thread at a time. Closed by
/// destruction.
class File {
 public:
  virtual ~File() = default;
  /// Reads until `out` is full or the file ends; gives the bytes read.
  virtual Result<std::size_t> read_at(std::uint64_t offset_bytes, std::span<std::byte> out) = 0;
  /// Writes all of `bytes`. Errors: NoSpace, Internal.
  virtual Result<void> write_at(std::uint64_t offset_bytes, ByteView bytes) = 0;
  virtual Result<void> truncate(std::uint64_t size_bytes) = 0;
  /// Reserves space without changing the size. Errors: NoSpace.
  virtual Result<void> reserve(std::uint64_t size_bytes) = 0;
  /// fsync. After an error the file is not stored: never retry (the kernel reports it only once).
  virtual Result<void> sync() = 0;
  virtual Result<std::uint64_t> size_bytes() = 0;
  /// The descriptor for sendfile and readahead probes; -1 where there is none (the simulator).
  virtual int descriptor() const = 0;
};

enum class OpenMode : std::uint8_t {
  Read,  // must exist
  ReadWrite,  // must exist
  CreateReadWrite,  // made if missing
  CreateNew,  // Conflict if it exists
};

struct FileStat {
  std::uint64_t size_bytes;
  bool is_directory;
  WallTime modified;
};

/// Paths are plain, '/'-separated, and never made from a user's string.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  /// A file without a name in `directory`, for `publish`. Writes whose offset, size and address are
  /// multiples of 4096 bypass the page cache where the file system can.
  virtual Result<std::unique_ptr<File>> create_unnamed(const std::string& directory) = 0;
  /// Gives an unnamed file the name `path`. Errors: Conflict if the name exists: it is then *not*
  /// known to be durable. Never overwrites. Durable only after sync_directory.
  virtual Result<void> publish(File& file, const std::string& path) = 0;
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual Result<void> remove(const std::string& path) = 0;
  virtual Result<void> make_directory(const std::string& path) = 0;  // fine if it exists
  virtual Result<void> sync_directory(const std::string& path) = 0;
  virtual Result<FileStat> stat(const std::string& path) = 0;
  /// Names in a directory, sorted, without "." and "..".
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
  virtual Result<std::uint64_t> free_bytes(const std::string& path) = 0;
  virtual Result<std::uint64_t> total_bytes(const std::string& path) = 0;
  /// Takes an exclusive lock that lives as long as the returned file. Errors: Conflict if held.
  virtual Result<std::unique_ptr<File>> lock(const std::string& path) = 0;
};

/// All ports together; whoever needs one takes that one by reference.
struct Env {
  Clock& clock;
  Random& random;
  FileSystem& files;
};

/// The real world. Lives for the whole program.
Env& real_env();

/// "2026-11-24T01:02:03.000Z", the only form every client parses.
std::string format_time(WallTime time);
/// Errors: Invalid. Accepts what format_time gives, with or without fractions.
Result<WallTime> parse_time(std::string_view text);

}  // namespace granary
