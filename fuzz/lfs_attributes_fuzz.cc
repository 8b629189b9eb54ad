// A .gitattributes file and LFS paths, apart by NULs: afterwards each path is an LFS file.
#include "base/text.h"
#include "git/attributes.h"
#include "git/path.h"
#include "service/lfs_attributes.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = split(std::string_view(reinterpret_cast<const char*>(data), size), '\0');
  std::vector<std::string> paths;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (git::validate_repo_path(parts[i])) paths.emplace_back(parts[i]);
  }
  const auto covered = service::cover_lfs_paths(parts.front(), paths);
  if (!covered) return 0;
  const git::Attributes attributes(covered->value_or(std::string(parts.front())));
  for (const std::string& path : paths) GRANARY_ASSERT(attributes.is_lfs(path));
  return 0;
}
