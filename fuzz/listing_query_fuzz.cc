// Targets of listings: their parameters as a query of ours.
#include "api/hf/listing_query.h"
#include "base/limits.h"
#include "net/target.h"

using namespace granary;

namespace {

class NoBody final : public net::Body {
 public:
  Task<Result<std::size_t>> read(std::span<std::byte>) override { co_return std::size_t{0}; }
  std::optional<std::uint64_t> size_bytes() const override { return 0; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static NoBody body;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto target = net::parse_target("/api/models?" + std::string(text));
  if (!target) return 0;
  const net::Request request({}, *std::move(target), {}, body);
  for (const auto kind : {meta::RepoKind::Model, meta::RepoKind::Dataset, meta::RepoKind::Space}) {
    const auto listing = api::hf::parse_listing_query(kind, request);
    if (listing) GRANARY_ASSERT(listing->repos.limit <= limits::kListPageCountMax);
  }
  return 0;
}
