// Passing calls on.
#include "filtered_files.h"

namespace granary::crash {

class FilteredFiles::Handle final : public File {
 public:
  Handle(FilteredFiles& owner, std::unique_ptr<File> inner, std::string path)
      : owner_(owner), inner_(std::move(inner)), path_(std::move(path)) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    TRY_DONE(owner_.enter(Call::Looks));
    return inner_->read_at(offset, out);
  }
  Result<void> write_at(std::uint64_t offset, ByteView bytes) override {
    TRY_DONE(owner_.enter(Call::Writes));
    return inner_->write_at(offset, bytes);
  }
  Result<void> truncate(std::uint64_t size) override {
    TRY_DONE(owner_.enter(Call::Writes));
    return inner_->truncate(size);
  }
  Result<void> reserve(std::uint64_t size) override {
    TRY_DONE(owner_.enter(Call::Writes));
    return inner_->reserve(size);
  }
  Result<void> sync() override {
    TRY_DONE(owner_.enter(Call::Syncs));
    return owner_.sync_file(*inner_, path_);
  }
  Result<std::uint64_t> size_bytes() override { return inner_->size_bytes(); }
  int descriptor() const override { return inner_->descriptor(); }
  File& inner() { return *inner_; }

 private:
  FilteredFiles& owner_;
  std::unique_ptr<File> inner_;
  std::string path_;
};

Result<std::unique_ptr<File>> FilteredFiles::wrap(Result<std::unique_ptr<File>> opened,
                                                  std::string path) {
  if (!opened) return opened;
  return std::unique_ptr<File>(
      std::make_unique<Handle>(*this, *std::move(opened), std::move(path)));
}

Result<std::unique_ptr<File>> FilteredFiles::open(const std::string& path, OpenMode mode) {
  TRY_DONE(enter(Call::Looks));
  return wrap(inner_.open(path, mode), path);
}
Result<std::unique_ptr<File>> FilteredFiles::create_unnamed(const std::string& directory) {
  TRY_DONE(enter(Call::Names));
  return wrap(inner_.create_unnamed(directory), "");
}
Result<void> FilteredFiles::publish(File& file, const std::string& path) {
  TRY_DONE(enter(Call::Names));
  return publish_file(dynamic_cast<Handle&>(file).inner(), path);
}
Result<void> FilteredFiles::rename(const std::string& from, const std::string& to) {
  TRY_DONE(enter(Call::Names));
  return inner_.rename(from, to);
}
Result<void> FilteredFiles::remove(const std::string& path) {
  TRY_DONE(enter(Call::Names));
  return inner_.remove(path);
}
Result<void> FilteredFiles::make_directory(const std::string& path) {
  TRY_DONE(enter(Call::Names));
  return inner_.make_directory(path);
}
Result<void> FilteredFiles::sync_directory(const std::string& path) {
  TRY_DONE(enter(Call::SyncsFolder));
  return sync_folder(path);
}
Result<FileStat> FilteredFiles::stat(const std::string& path) {
  TRY_DONE(enter(Call::Looks));
  return inner_.stat(path);
}
Result<std::vector<std::string>> FilteredFiles::list(const std::string& path) {
  TRY_DONE(enter(Call::Looks));
  return inner_.list(path);
}
Result<std::uint64_t> FilteredFiles::free_bytes(const std::string& path) {
  TRY_DONE(enter(Call::Looks));
  return inner_.free_bytes(path);
}
Result<std::uint64_t> FilteredFiles::total_bytes(const std::string& path) {
  TRY_DONE(enter(Call::Looks));
  return inner_.total_bytes(path);
}
Result<std::unique_ptr<File>> FilteredFiles::lock(const std::string& path) {
  TRY_DONE(enter(Call::Looks));
  return wrap(inner_.lock(path), path);
}

Result<void> FilteredFiles::sync_file(File& inner, const std::string&) { return inner.sync(); }
Result<void> FilteredFiles::publish_file(File& inner, const std::string& path) {
  return inner_.publish(inner, path);
}
Result<void> FilteredFiles::sync_folder(const std::string& path) {
  return inner_.sync_directory(path);
}

Result<void> DyingFiles::enter(Call call) {
  const bool counts = plan_ && (plan_->call ? *plan_->call == call : call != Call::Looks);
  if (counts && plan_->skip_count-- == 0) dead_ = true;
  if (dead_) return fail(ErrorKind::Internal, "the process is dead");
  return {};
}

}  // namespace granary::crash
