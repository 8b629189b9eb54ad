// Recovery: the newest rows against their objects, and the watermark.
#include "store/recovery.h"

#include <charconv>
#include <deque>

#include "base/limits.h"
#include "base/log.h"
#include "store/xorb_reader.h"

namespace granary::store {
namespace {

constexpr std::size_t kWatermarkSizeBytesMax = 32;

// A watermark that cannot be read is none: more is looked at, nothing is missed.
meta::XorbId read_watermark(FileSystem& files, const std::string& path) {
  const auto file = files.open(path, OpenMode::Read);
  if (!file) return {};
  std::string text(kWatermarkSizeBytesMax, '\0');
  const auto size = (*file)->read_at(0, std::as_writable_bytes(std::span(text)));
  if (!size) return {};
  meta::XorbId id;
  const char* end = text.data() + *size;
  const auto [stop, error] = std::from_chars(text.data(), end, id.value);
  if (error != std::errc{} || stop == end || *stop != '\n' || id.value < 0) return {};
  return id;
}

Result<void> write_watermark(FileSystem& files, const std::string& path, meta::XorbId id) {
  const std::string draft = path + ".new";
  {
    TRY(auto file, files.open(draft, OpenMode::CreateReadWrite));
    TRY_DONE(file->truncate(0));
    TRY_DONE(file->write_at(0, as_bytes(std::to_string(id.value) + "\n")));
    TRY_DONE(file->sync());
  }
  TRY_DONE(files.rename(draft, path));
  return files.sync_directory(path.substr(0, path.rfind('/')));
}

Result<void> check_xorb(object::ObjectStore& objects, const meta::Xorb& xorb) {
  TRY(auto object, objects.open({.hash = xorb.hash, .generation = xorb.generation}));
  if (object->size_bytes() != xorb.stored_size_bytes) {
    return fail(ErrorKind::Corrupt, "its object has another size");
  }
  TRY_DONE(XorbReader::open(std::move(object), xorb.hash));
  return {};
}

}  // namespace

Result<Recovery> recover(Env& env, meta::ContentStore& content, object::ObjectStore& objects,
                         const std::string& watermark_path) {
  const meta::XorbId watermark = read_watermark(env.files, watermark_path);
  std::deque<meta::Xorb> newest;
  for (meta::XorbId after = watermark;;) {
    TRY(const auto page, content.list_xorbs(after, limits::kFactsPageCount));
    if (page.empty()) break;
    newest.insert(newest.end(), page.begin(), page.end());
    while (newest.size() > limits::kRecoveryXorbsMax) newest.pop_front();
    after = page.back().id;
  }
  Recovery recovery;
  meta::XorbId sound_to = watermark;
  for (const meta::Xorb& xorb : newest) {
    const bool live = xorb.state == meta::XorbState::Live;
    const Result<void> sound = live ? check_xorb(objects, xorb) : Result<void>{};
    recovery.checked_count += live ? 1 : 0;
    if (!sound) {
      recovery.problems.push_back("xorb " + xorb.hash.to_string() + ": " + sound.error().message);
      log::error("a stored xorb is damaged", {{"problem", recovery.problems.back()}});
    }
    if (recovery.problems.empty()) sound_to = xorb.id;
  }
  if (sound_to != watermark) {
    const Result<void> written = write_watermark(env.files, watermark_path, sound_to);
    if (!written) log::warn("watermark not written", {{"why", written.error().message}});
  }
  return recovery;
}

}  // namespace granary::store
