// The store: ingests and readers over one object store and the facts of what it holds.
#include "store/store.h"

#include "base/limits.h"
#include "store/file_reader.h"
#include "store/ingest.h"
#include "store/known_chunks.h"
#include "store/xorb_cache.h"

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
    if (const std::string refusal = objects_.write_refusal(); !refusal.empty()) {
      return fail(ErrorKind::Unavailable, "the store is read-only: " + refusal);
    }
    if (size_bytes && *size_bytes > limits::kFileSizeBytesMax) {
      return fail(ErrorKind::TooLarge, "a file may have 8 TiB at most");
    }
    TRY_DONE(objects_.check_space(size_bytes.value_or(0)));
    return std::unique_ptr<Ingest>(std::make_unique<StreamIngest>(
        IngestParts{env_.clock, objects_, content_, known_}, size_bytes));
  }

  Result<std::unique_ptr<FileReader>> open(const Sha256& sha256) override {
    TRY(meta::StoredFile file, content_.find_file(sha256));
    return RecipeReader::create(cache_, std::move(file), options_);
  }

  Result<std::unique_ptr<XorbIntake>> start_xorb() override {
    return fail(ErrorKind::Internal, "not built yet");
  }
  Result<meta::NewContent> assemble(const ClaimedFile&, const Progress&) override {
    return fail(ErrorKind::Internal, "not built yet");
  }
  Result<std::unique_ptr<FileReader>> open_xorb(meta::XorbId) override {
    return fail(ErrorKind::Internal, "not built yet");
  }
  Result<std::shared_ptr<const KnownXorb>> known_xorb(const meta::Xorb& xorb) override {
    return known_.load(xorb);
  }

  std::string write_refusal() const override { return objects_.write_refusal(); }

 private:
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
