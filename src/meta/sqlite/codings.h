// CodingStore on SQLite.
#pragma once

#include "meta/coding_store.h"
#include "meta/sqlite/database.h"

namespace granary::meta::sqlite {

class SqliteCodings final : public CodingStore {
 public:
  explicit SqliteCodings(Database& database) : database_(database) {}

  Result<std::vector<Xorb>> list_below(std::uint32_t policy, XorbId after,
                                       std::size_t limit) override;
  Result<std::vector<Xorb>> list_at(std::uint32_t policy, XorbId after, std::size_t limit) override;
  Result<void> mark(const Xorb& xorb, std::uint32_t policy,
                    std::span<const CodingShare> shares) override;

  Result<std::uint32_t> next_generation(const XorbHash& hash) override;
  Result<void> swap(const Recoding& recoding) override;
  Result<std::vector<Xorb>> list_deleting(std::size_t limit) override;
  Result<void> forget(XorbId deleting) override;

  Result<Xorb> find_xorb(const XorbHash& hash) override;
  Result<std::vector<XorbId>> bases_of(XorbId xorb) override;
  Result<bool> is_base(XorbId xorb) override;
  Result<std::uint64_t> look_again(std::uint32_t policy) override;
  Result<std::vector<RepoFile>> list_holders(XorbId xorb, std::size_t limit) override;

  Result<Usage> read_usage(std::optional<RepoId> repo) override;

 private:
  Database& database_;
};

}  // namespace granary::meta::sqlite
