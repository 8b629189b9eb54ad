// The store: ingests and readers over one object store and the facts of what it holds.
#include "store/store.h"

#include "base/limits.h"
#include "store/assembly.h"
#include "store/file_reader.h"
#include "store/ingest.h"
#include "store/known_chunks.h"
#include "store/wire_xorb.h"
#include "store/xorb_cache.h"
#include "store/xorb_intake.h"

namespace granary::store {
namespace {

class ContentAddressedStore final : public Store {
 public:
  ContentAddressedStore(Env& env, object::ObjectStore& objects, meta::ContentStore& content,
                        const StoreOptions& options)
      : env_(env),
        objects_(objects),
        content_(content),
        options_(options),
        known_(objects, content),
        cache_(objects, content) {}

  Result<std::unique_ptr<Ingest>> start_ingest(std::optional<std::uint64_t> size_bytes) override {
    TRY_DONE(check_writable());
    if (size_bytes && *size_bytes > limits::kFileSizeBytesMax) {
      return fail(ErrorKind::TooLarge, "a file may have 8 TiB at most");
    }
    TRY_DONE(objects_.check_space(size_bytes.value_or(0)));
    return std::unique_ptr<Ingest>(std::make_unique<StreamIngest>(
        IngestParts{env_.clock, objects_, content_, known_}, size_bytes));
  }

  Result<std::unique_ptr<FileReader>> open(const Sha256& sha256) override {
    TRY(meta::StoredFile file, content_.find_file(sha256));
    TRY(auto reader, RecipeReader::create(cache_, std::move(file), options_));
    return std::unique_ptr<FileReader>(std::move(reader));
  }

  Result<std::unique_ptr<XorbIntake>> start_xorb() override {
    TRY_DONE(check_writable());
    TRY_DONE(objects_.check_space(limits::kXorbSizeBytesMax));
    return std::unique_ptr<XorbIntake>(
        std::make_unique<ChunkedXorbIntake>(env_.clock, objects_, content_));
  }

  Result<meta::NewContent> assemble(const ClaimedFile& claim, const Progress& progress) override {
    return store::assemble({content_, known_, cache_}, claim, progress);
  }

  Result<std::unique_ptr<FileReader>> open_xorb(meta::XorbId id) override {
    TRY(const meta::Xorb xorb, content_.read_xorb(id));
    TRY(auto known, known_.load(xorb));
    return WireXorbReader::create(cache_, xorb, std::move(known), options_);
  }

  Result<std::shared_ptr<const KnownXorb>> known_xorb(const meta::Xorb& xorb) override {
    return known_.load(xorb);
  }

  std::string write_refusal() const override { return objects_.write_refusal(); }

 private:
  Result<void> check_writable() const {
    const std::string refusal = objects_.write_refusal();
    if (refusal.empty()) return {};
    return fail(ErrorKind::Unavailable, "the store is read-only: " + refusal);
  }

  Env& env_;
  object::ObjectStore& objects_;
  meta::ContentStore& content_;
  StoreOptions options_;
  KnownXorbs known_;
  XorbCache cache_;
};

}  // namespace

std::unique_ptr<Store> make_store(Env& env, object::ObjectStore& objects,
                                  meta::ContentStore& content, const StoreOptions& options) {
  return std::make_unique<ContentAddressedStore>(env, objects, content, options);
}

}  // namespace granary::store
