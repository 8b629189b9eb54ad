// The store: ingests and readers over one object store and the facts of what it holds.
#include "store/store.h"

#include <algorithm>

#include "base/limits.h"
#include "store/assembly.h"
#include "store/file_reader.h"
#include "store/ingest.h"
#include "store/intake.h"
#include "store/known_chunks.h"
#include "store/recode.h"
#include "store/wire_xorb.h"
#include "store/xorb_cache.h"
#include "store/xorb_intake.h"

namespace granary::store {
namespace {

class ContentAddressedStore final : public Store {
 public:
  ContentAddressedStore(Env& env, object::ObjectStore& objects, meta::MetaStore& facts,
                        const StoreOptions& options)
      : env_(env),
        objects_(objects),
        content_(facts.content()),
        codings_(facts.codings()),
        options_(options),
        scratches_(options.kernels),
        intakes_(options.code_at_ingest, scratches_),
        known_(objects, content_),
        cache_(objects, content_, codings_, scratches_) {}

  Result<std::unique_ptr<Ingest>> start_ingest(IngestPlan plan) override {
    TRY_DONE(check_writable());
    const std::uint64_t size_bytes = plan.size_bytes.value_or(0);
    if (size_bytes > limits::kFileSizeBytesMax) {
      return fail(ErrorKind::TooLarge, "a file may have 8 TiB at most");
    }
    TRY_DONE(objects_.check_space(size_bytes));
    return std::unique_ptr<Ingest>(std::make_unique<StreamIngest>(
        IngestParts{env_.clock, objects_, content_, known_, intakes_.start()}, std::move(plan)));
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
        std::make_unique<ChunkedXorbIntake>(env_.clock, objects_, content_, intakes_.start()));
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

  Result<Recoded> recode(const meta::Xorb& xorb, const RecodeOptions& options) override {
    TRY_DONE(check_writable());
    TRY(const Recoded recoded, store::recode(recode_parts(), xorb, options));
    if (recoded.is_swapped) cache_.forget(xorb.id);
    return recoded;
  }

  Result<std::size_t> remove_replaced() override { return store::remove_replaced(recode_parts()); }

  std::string write_refusal() const override { return objects_.write_refusal(); }

 private:
  RecodeParts recode_parts() { return {objects_, content_, codings_, cache_.decoding()}; }

  Result<void> check_writable() const {
    const std::string refusal = objects_.write_refusal();
    if (refusal.empty()) return {};
    return fail(ErrorKind::Unavailable, "the store is read-only: " + refusal);
  }

  Env& env_;
  object::ObjectStore& objects_;
  meta::ContentStore& content_;
  meta::CodingStore& codings_;
  StoreOptions options_;
  codec::ScratchPool scratches_;
  Intakes intakes_;
  KnownXorbs known_;
  XorbCache cache_;
};

}  // namespace

Result<Bytes> read_prefix(FileReader& file, std::uint64_t size_bytes_max) {
  Bytes bytes(static_cast<std::size_t>(std::min(size_bytes_max, file.size_bytes())));
  TRY_DONE(file.read_exactly(0, bytes));
  return bytes;
}

std::unique_ptr<Store> make_store(Env& env, object::ObjectStore& objects, meta::MetaStore& facts,
                                  const StoreOptions& options) {
  return std::make_unique<ContentAddressedStore>(env, objects, facts, options);
}

}  // namespace granary::store
