// Grouping of uncovered paths into as few lines as are worth it.
#include "service/lfs_attributes.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "git/attributes.h"

namespace granary::service {
namespace {

// More files than this with one ending, or in one folder, get one line together. Fewer are named
// one by one, so that the next small file of that kind is not made an LFS file for their sake.
constexpr std::size_t kNamedCountMax = 16;
constexpr std::size_t kEndingSizeBytesMax = 16;
constexpr std::string_view kAttributes = " filter=lfs diff=lfs merge=lfs -text\n";

using Paths = std::vector<std::string_view>;

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.' || c == '/';
  });
}

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

/// "gguf" of "a/b.gguf"; empty if there is none fit for a pattern.
std::string_view ending_of(std::string_view path) {
  const auto name_at = path.rfind('/') + 1;  // 0 without a slash
  const auto dot = path.rfind('.');
  if (dot == std::string_view::npos || dot <= name_at) return {};
  const std::string_view ending = path.substr(dot + 1);
  return ending.size() <= kEndingSizeBytesMax && is_plain(ending) ? ending : std::string_view();
}

/// Moves the groups that are worth a line out of `paths`, and gives each group's key.
template <class KeyOf>
std::vector<std::string_view> take_groups(Paths& paths, KeyOf key_of) {
  std::map<std::string_view, std::size_t> counts;
  for (const std::string_view path : paths) ++counts[key_of(path)];
  std::vector<std::string_view> keys;
  for (const auto& [key, count] : counts) {
    if (!key.empty() && count > kNamedCountMax) keys.push_back(key);
  }
  std::erase_if(
      paths, [&](std::string_view path) { return std::ranges::binary_search(keys, key_of(path)); });
  return keys;
}

}  // namespace

Result<std::optional<std::string>> cover_lfs_paths(std::string_view attributes,
                                                   std::span<const std::string> lfs_paths) {
  const git::Attributes rules(attributes);
  Paths uncovered;
  for (const std::string& path : lfs_paths) {
    if (!rules.is_lfs(path)) uncovered.push_back(path);
  }
  if (uncovered.empty()) return std::nullopt;
  std::ranges::sort(uncovered);

  std::string text(attributes);
  if (!text.empty() && text.back() != '\n') text += '\n';
  for (const std::string_view ending : take_groups(uncovered, ending_of)) {
    text += "*." + std::string(ending) + std::string(kAttributes);
  }
  const auto plain_folder_of = [](std::string_view path) {
    const std::string_view folder = folder_of(path);
    return is_plain(folder) ? folder : std::string_view();
  };
  for (const std::string_view folder : take_groups(uncovered, plain_folder_of)) {
    text += "/" + std::string(folder) + "/*" + std::string(kAttributes);
  }
  for (const std::string_view path : uncovered) text += git::lfs_attribute_line(path);
  if (text.size() > limits::kRuleFileSizeBytesMax) {
    return fail(ErrorKind::TooLarge, "the commit would make .gitattributes larger than 1 MiB");
  }
  return text;
}

}  // namespace granary::service
