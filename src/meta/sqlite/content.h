// ContentStore on SQLite.
#pragma once

#include "meta/content_store.h"
#include "meta/sqlite/database.h"

namespace granary::meta::sqlite {

class SqliteContent final : public ContentStore {
 public:
  explicit SqliteContent(Database& database) : database_(database) {}

  Result<void> record(const NewContent& content) override;
  Result<void> record_all(std::span<const NewContent> contents) override;
  Result<std::uint32_t> next_generation(const XorbHash& hash) override;

  Result<StoredFile> find_file(const Sha256& sha256) override;
  Result<StoredFile> find_file_by_hash(const FileHash& hash) override;
  Result<StoredFile> find_held_file(RepoId repo, const FileHash& hash) override;
  Result<std::vector<std::optional<FileHash>>> file_hashes(std::span<const Sha256> files) override;
  Result<Xorb> read_xorb(XorbId id) override;
  Result<std::vector<Xorb>> find_hooks(std::span<const ChunkHash> hooks,
                                       const XorbScope* scope) override;
  Result<bool> is_file_within(const XorbScope& scope, const Sha256& sha256) override;

  Result<void> grant(const RepoFile& file) override;
  Result<RepoFile> find_grant(RepoId repo, const Sha256& sha256) override;
  Result<void> revoke(RepoId repo, std::span<const Sha256> files) override;
  Result<std::vector<RepoFile>> list_grants(RepoId repo, std::uint64_t skip,
                                            std::size_t limit) override;

  Result<std::vector<std::optional<RepoFile>>> claim(const FileClaim& claim) override;

  Result<std::vector<std::optional<Xorb>>> claim_xorbs(const XorbScope& scope,
                                                       std::span<const XorbHash> hashes,
                                                       WallTime expires) override;
  Result<std::vector<Xorb>> claim_hooks(const XorbScope& scope, std::span<const ChunkHash> hooks,
                                        WallTime expires) override;
  Result<std::vector<Xorb>> claim_neighbours(const XorbScope& scope, XorbId xorb, std::size_t limit,
                                             WallTime expires) override;
  Result<std::vector<Xorb>> claim_repo_xorbs(RepoId repo, std::size_t limit,
                                             const XorbLease& lease) override;

  Result<void> create_upload(const Upload& upload) override;
  Result<Upload> read_upload(std::string_view id) override;
  Result<Upload> find_upload(RepoId repo, NamespaceId user, const Sha256& sha256,
                             std::uint64_t part_size_bytes) override;
  Result<void> add_part(std::string_view upload, const UploadPart& part) override;
  Result<std::vector<UploadPart>> list_parts(std::string_view upload) override;
  Result<void> remove_upload(std::string_view id) override;
  Result<std::vector<Upload>> list_uploads_before(WallTime created) override;

  Result<std::vector<Xorb>> list_xorbs(XorbId after, std::size_t limit) override;
  Result<std::vector<StoredFile>> list_files(const std::optional<Sha256>& after,
                                             std::size_t limit) override;

 private:
  Database& database_;
};

}  // namespace granary::meta::sqlite
