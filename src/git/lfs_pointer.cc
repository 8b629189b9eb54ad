// Git LFS pointer files.
#include "git/lfs_pointer.h"

#include <charconv>

namespace granary::git {
namespace {

constexpr std::string_view kBeforeOid = "version https://git-lfs.github.com/spec/v1\noid sha256:";
constexpr std::string_view kBeforeSize = "\nsize ";
constexpr std::size_t kOidSize = 2 * Sha256::kSizeBytes;
constexpr std::size_t kSizeAt = kBeforeOid.size() + kOidSize + kBeforeSize.size();
static_assert(kSizeAt + 1 == 125, "without the size's digits");

}  // namespace

std::string write_lfs_pointer(const LfsPointer& pointer) {
  std::string text(kBeforeOid);
  text += pointer.oid.to_string();
  text += kBeforeSize;
  text += std::to_string(pointer.size_bytes) + "\n";
  return text;
}

std::optional<LfsPointer> parse_lfs_pointer(ByteView blob) {
  const std::string_view text = as_text(blob);
  if (text.size() < kSizeAt) return std::nullopt;
  const auto oid = Sha256::parse(text.substr(kBeforeOid.size(), kOidSize));
  if (!oid) return std::nullopt;
  LfsPointer pointer{.oid = *oid};
  std::from_chars(text.data() + kSizeAt, text.data() + text.size(), pointer.size_bytes);
  if (text != write_lfs_pointer(pointer)) return std::nullopt;
  return pointer;
}

}  // namespace granary::git
