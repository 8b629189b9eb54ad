// A ContentStore in memory, for this module's tests: no durability, no repos.
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "meta/content_store.h"

namespace granary::store {

class MemoryContent final : public meta::ContentStore {
 public:
  std::uint64_t hook_query_count = 0;

  Result<void> record(const meta::NewContent& content) override {
    std::vector<meta::XorbId> fresh;
    for (const meta::Xorb& xorb : content.xorbs) fresh.push_back(add_xorb(xorb));
    const auto known = [&](meta::XorbId id) {
      return id.value < 0 ? fresh.at(static_cast<std::size_t>(-1 - id.value)) : id;
    };
    for (const meta::Hook& hook : content.hooks) hooks_[hook.chunk].insert(known(hook.xorb));
    if (content.file) {
      meta::StoredFile file = *content.file;
      for (meta::Term& term : file.recipe) {
        term.xorb = known(term.xorb);
        if (!xorbs.contains(term.xorb)) return fail(ErrorKind::Conflict, "a xorb is gone");
      }
      files.try_emplace(file.sha256, file);
    }
    return {};
  }
  Result<std::uint32_t> next_generation(const XorbHash&) override { return 0; }
  Result<meta::StoredFile> find_file(const Sha256& sha256) override {
    const auto file = files.find(sha256);
    if (file == files.end()) return fail(ErrorKind::NotFound, "no such file");
    return file->second;
  }
  Result<meta::Xorb> read_xorb(meta::XorbId id) override {
    const auto xorb = xorbs.find(id);
    if (xorb == xorbs.end()) return fail(ErrorKind::NotFound, "no such xorb");
    return xorb->second;
  }
  Result<std::vector<meta::Xorb>> find_hooks(std::span<const ChunkHash> chunks) override {
    ++hook_query_count;
    std::vector<meta::Xorb> found;
    for (const ChunkHash& chunk : chunks) {
      for (const meta::XorbId id : hooks_[chunk]) found.push_back(xorbs.at(id));
    }
    return found;
  }

  Result<void> create_upload(const meta::Upload& upload) override {
    uploads_[upload.id] = upload;
    return {};
  }
  Result<meta::Upload> read_upload(std::string_view id) override {
    const auto upload = uploads_.find(std::string(id));
    if (upload == uploads_.end()) return fail(ErrorKind::NotFound, "no such upload");
    return upload->second;
  }
  Result<meta::Upload> find_upload(meta::RepoId repo, meta::NamespaceId user,
                                   const Sha256& sha256, std::uint64_t part_size) override {
    for (const auto& [id, upload] : uploads_) {
      if (upload.repo == repo && upload.user == user && upload.sha256 == sha256 &&
          upload.part_size_bytes == part_size) {
        return upload;
      }
    }
    return fail(ErrorKind::NotFound, "no such upload");
  }
  Result<void> add_part(std::string_view upload, const meta::UploadPart& part) override {
    parts_[std::string(upload)][part.number] = part;
    return {};
  }
  Result<std::vector<meta::UploadPart>> list_parts(std::string_view upload) override {
    std::vector<meta::UploadPart> parts;
    for (const auto& [number, part] : parts_[std::string(upload)]) parts.push_back(part);
    return parts;
  }
  Result<void> remove_upload(std::string_view id) override {
    uploads_.erase(std::string(id));
    parts_.erase(std::string(id));
    return {};
  }
  Result<std::vector<meta::Upload>> list_uploads_before(WallTime created) override {
    std::vector<meta::Upload> old;
    for (const auto& [id, upload] : uploads_) {
      if (upload.created < created) old.push_back(upload);
    }
    return old;
  }

  Result<std::vector<meta::Xorb>> list_xorbs(meta::XorbId after, std::size_t limit) override {
    std::vector<meta::Xorb> page;
    for (auto at = xorbs.upper_bound(after); at != xorbs.end() && page.size() < limit; ++at) {
      page.push_back(at->second);
    }
    return page;
  }
  Result<std::vector<meta::StoredFile>> list_files(const std::optional<Sha256>& after,
                                                   std::size_t limit) override {
    std::vector<meta::StoredFile> page;
    auto at = after ? files.upper_bound(*after) : files.begin();
    for (; at != files.end() && page.size() < limit; ++at) page.push_back(at->second);
    return page;
  }

  Result<void> grant(const meta::RepoFile&) override { return no_repos(); }
  Result<meta::RepoFile> find_grant(meta::RepoId, const Sha256&) override { return no_repos(); }
  Result<void> revoke(meta::RepoId, std::span<const Sha256>) override { return no_repos(); }
  Result<std::vector<meta::RepoFile>> list_grants(meta::RepoId, std::uint64_t,
                                                  std::size_t) override {
    return no_repos();
  }
  Result<std::vector<std::optional<meta::RepoFile>>> claim(const meta::FileClaim&) override {
    return no_repos();
  }

  std::map<meta::XorbId, meta::Xorb> xorbs;
  std::map<Sha256, meta::StoredFile> files;

 private:
  static tl::unexpected<Error> no_repos() { return fail(ErrorKind::Internal, "no repos here"); }

  meta::XorbId add_xorb(const meta::Xorb& xorb) {
    for (const auto& [id, known] : xorbs) {
      if (known.hash == xorb.hash) return id;
    }
    const meta::XorbId id{static_cast<std::int64_t>(xorbs.size()) + 1};
    xorbs[id] = xorb;
    xorbs[id].id = id;
    return id;
  }

  std::map<ChunkHash, std::set<meta::XorbId>> hooks_;
  std::map<std::string, meta::Upload> uploads_;
  std::map<std::string, std::map<std::uint32_t, meta::UploadPart>> parts_;
};

}  // namespace granary::store
