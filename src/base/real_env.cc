// The real clock, randomness and POSIX file system, with unnamed files published by linkat.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "base/env.h"

namespace granary {
namespace {

constexpr std::uint64_t kDirectAlignment = 4096;  // of offset, size and address for O_DIRECT

class PosixFile final : public File {
 public:
  PosixFile(int descriptor, bool direct) : descriptor_(descriptor), direct_(direct) {}
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;
  ~PosixFile() override { ::close(descriptor_); }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (direct_) TRY_DONE(leave_direct_mode());
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t got = ::pread(descriptor_, out.data() + done, out.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail_errno("reading a file", errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  Result<void> write_at(std::uint64_t offset, ByteView bytes) override {
    const bool aligned = (offset | bytes.size() | reinterpret_cast<std::uintptr_t>(bytes.data())) %
                             kDirectAlignment ==
                         0;
    if (direct_ && !aligned) TRY_DONE(leave_direct_mode());
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t put = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                                   static_cast<off_t>(offset + done));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0 && errno == EINVAL && direct_) {
        TRY_DONE(leave_direct_mode());
        continue;
      }
      if (put < 0) return fail_errno("writing a file", errno);
      done += static_cast<std::size_t>(put);
    }
    return {};
  }

  Result<void> truncate(std::uint64_t size) override {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) == 0) return {};
    return fail_errno("truncating a file", errno);
  }

  Result<void> reserve(std::uint64_t size) override {
    if (size == 0) return {};
    const int done = ::fallocate(descriptor_, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size));
    if (done == 0 || errno == EOPNOTSUPP) return {};
    return fail_errno("reserving space", errno);
  }

  Result<void> sync() override {
    if (::fsync(descriptor_) == 0) return {};
    return fail_errno("syncing a file", errno);
  }

  Result<std::uint64_t> size_bytes() override {
    struct stat info{};
    if (::fstat(descriptor_, &info) != 0) return fail_errno("reading a file's size", errno);
    return static_cast<std::uint64_t>(info.st_size);
  }

  int descriptor() const override { return descriptor_; }

 private:
  Result<void> leave_direct_mode() {
    const int flags = ::fcntl(descriptor_, F_GETFL);
    if (flags < 0 || ::fcntl(descriptor_, F_SETFL, flags & ~O_DIRECT) != 0) {
      return fail_errno("leaving O_DIRECT", errno);
    }
    direct_ = false;
    return {};
  }

  int descriptor_;
  bool direct_;
};

Result<std::unique_ptr<File>> wrap(int descriptor, const std::string& doing, bool direct = false) {
  if (descriptor < 0) return fail_errno(doing, errno);
  return std::unique_ptr<File>(std::make_unique<PosixFile>(descriptor, direct));
}

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    int flags = O_CLOEXEC;
    switch (mode) {
      case OpenMode::Read: flags |= O_RDONLY; break;
      case OpenMode::ReadWrite: flags |= O_RDWR; break;
      case OpenMode::CreateReadWrite: flags |= O_RDWR | O_CREAT; break;
      case OpenMode::CreateNew: flags |= O_RDWR | O_CREAT | O_EXCL; break;
    }
    return wrap(::open(path.c_str(), flags, 0600), "opening " + path);
  }

  Result<std::unique_ptr<File>> create_unnamed(const std::string& directory) override {
    const int flags = O_TMPFILE | O_RDWR | O_CLOEXEC;
    const int direct = ::open(directory.c_str(), flags | O_DIRECT, 0600);
    if (direct >= 0) return wrap(direct, {}, true);
    return wrap(::open(directory.c_str(), flags, 0600), "creating a file in " + directory);
  }

  Result<void> publish(File& file, const std::string& path) override {
    const std::string source = "/proc/self/fd/" + std::to_string(file.descriptor());
    if (::linkat(AT_FDCWD, source.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      return {};
    }
    return fail_errno("publishing " + path, errno);
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) == 0) return {};
    return fail_errno("renaming " + from, errno);
  }

  Result<void> remove(const std::string& path) override {
    if (::remove(path.c_str()) == 0) return {};
    return fail_errno("removing " + path, errno);
  }

  Result<void> make_directory(const std::string& path) override {
    if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
    return fail_errno("making the folder " + path, errno);
  }

  Result<void> sync_directory(const std::string& path) override {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    TRY(auto directory, wrap(descriptor, "opening " + path));
    return directory->sync();
  }

  Result<FileStat> stat(const std::string& path) override {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return fail_errno("looking at " + path, errno);
    const auto modified =
        std::chrono::seconds(info.st_mtim.tv_sec) + std::chrono::nanoseconds(info.st_mtim.tv_nsec);
    return FileStat{
        .size_bytes = static_cast<std::uint64_t>(info.st_size),
        .is_directory = S_ISDIR(info.st_mode),
        .modified = WallTime(std::chrono::duration_cast<std::chrono::milliseconds>(modified))};
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    std::vector<std::string> names;
    std::error_code error;
    auto entry = std::filesystem::directory_iterator(path, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      names.push_back(entry->path().filename().string());
    }
    if (error) return fail_errno("listing " + path, error.value());
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<std::uint64_t> free_bytes(const std::string& path) override {
    struct statvfs info{};
    if (::statvfs(path.c_str(), &info) != 0) return fail_errno("reading free space", errno);
    return std::uint64_t{info.f_bavail} * info.f_frsize;
  }

  Result<std::uint64_t> total_bytes(const std::string& path) override {
    struct statvfs info{};
    if (::statvfs(path.c_str(), &info) != 0) return fail_errno("reading a disk's size", errno);
    return std::uint64_t{info.f_blocks} * info.f_frsize;
  }

  Result<std::unique_ptr<File>> lock(const std::string& path) override {
    TRY(auto file, open(path, OpenMode::CreateReadWrite));
    if (::flock(file->descriptor(), LOCK_EX | LOCK_NB) == 0) return file;
    if (errno == EWOULDBLOCK)
      return fail(ErrorKind::Conflict, path + " is held by another process");
    return fail_errno("locking " + path, errno);
  }
};

class RealClock final : public Clock {
 public:
  WallTime wall_now() override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now());
  }
  SteadyTime steady_now() override { return std::chrono::steady_clock::now(); }
};

class RealRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override {
    while (!out.empty()) {
      const ssize_t got = ::getrandom(out.data(), out.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      GRANARY_ASSERT(got > 0);
      out = out.subspan(static_cast<std::size_t>(got));
    }
  }
};

}  // namespace

Env& real_env() {
  static RealClock clock;
  static RealRandom random;
  static PosixFileSystem files;
  static Env env{clock, random, files};
  return env;
}

std::string format_time(WallTime time) {
  const auto since = time.time_since_epoch().count();
  const std::time_t seconds = since / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     since % 1000);
}

Result<WallTime> parse_time(std::string_view text) {
  std::tm parts{};
  int milliseconds = 0;
  int used = 0;
  const std::string copy(text.substr(0, 64));
  const int fields =
      std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &parts.tm_year, &parts.tm_mon,
                  &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &used);
  std::string_view rest =
      std::string_view(copy).substr(fields == 6 ? static_cast<std::size_t>(used) : 0);
  if (fields == 6 && rest.size() >= 2 && rest[0] == '.') {
    rest.remove_prefix(1);
    int scale = 100;
    while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
      milliseconds += (rest[0] - '0') * scale;
      scale /= 10;
      rest.remove_prefix(1);
    }
  }
  if (fields != 6 || rest != "Z") {
    return fail(ErrorKind::Invalid, "expected a time like 2026-11-24T01:02:03.000Z");
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return WallTime(std::chrono::seconds(::timegm(&parts)) + std::chrono::milliseconds(milliseconds));
}

}  // namespace granary
