// The rules for paths in a repo. Each is a way in which some client's file system was fooled.
#include "git/path.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/limits.h"

namespace granary::git {
namespace {

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char letter) { return (letter & 0x80) == 0; });
}

// `text` mapped by utf8proc, or nothing if it is not well-formed UTF-8.
std::optional<std::string> map_unicode(std::string_view text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                             static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                             static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (size < 0) return std::nullopt;
  return std::string(reinterpret_cast<char*>(mapped), static_cast<std::size_t>(size));
}

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + ('a' - 'A'));
  return lower;
}

bool has_control(std::string_view path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto byte = static_cast<unsigned char>(path[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    // U+0080 to U+009F
    if (byte == 0xC2 && i + 1 < path.size() && static_cast<unsigned char>(path[i + 1]) < 0xA0)
      return true;
  }
  return false;
}

// The folded name up to what NTFS cuts off: a stream ("name:stream"), dots and spaces at the end.
std::string_view without_ntfs_tail(std::string_view folded) {
  folded = folded.substr(0, folded.find(':'));
  while (folded.ends_with('.') || folded.ends_with(' ')) folded.remove_suffix(1);
  return folded;
}

// Also "git~1", the short name that NTFS gives to .git, and HFS+'s ignorable code points.
bool is_dot_git(std::string_view folded) {
  const std::string_view name = without_ntfs_tail(folded);
  return name == ".git" || name == "git~1";
}

bool is_windows_device(std::string_view folded) {
  std::string_view stem = folded.substr(0, folded.find_first_of(".:"));
  while (stem.ends_with(' ')) stem.remove_suffix(1);
  constexpr std::array<std::string_view, 6> kDevices = {"con", "prn",    "aux",
                                                        "nul", "conin$", "conout$"};
  if (std::ranges::find(kDevices, stem) != kDevices.end()) return true;
  if (!stem.starts_with("com") && !stem.starts_with("lpt")) return false;
  const std::string_view number = stem.substr(3);
  if (number.size() == 1) return number[0] >= '0' && number[0] <= '9';
  return number == "\u00B9" || number == "\u00B2" || number == "\u00B3";
}

bool starts_like_a_drive(std::string_view folded) {
  return folded.size() >= 2 && folded[1] == ':' && folded[0] >= 'a' && folded[0] <= 'z';
}

// Why a segment is refused, or nullptr.
const char* fault_of(std::string_view segment) {
  if (segment.empty()) return "an empty segment";
  if (segment.size() > limits::kPathSegmentSizeBytesMax) return "a segment over 255 bytes";
  if (segment == "." || segment == "..") return "a segment of dots";
  if (segment.ends_with('.') || segment.ends_with(' '))
    return "a segment that ends in a dot or space";
  const std::string folded = fold_name(segment);
  if (folded.empty()) return "a segment that nobody can see";
  if (is_dot_git(folded)) return "a segment that some file systems take for .git";
  if (is_windows_device(folded)) return "a Windows device name";
  if (starts_like_a_drive(folded)) return "a drive letter";
  return nullptr;
}

const char* fault_of_path(std::string_view path) {
  if (path.empty()) return "empty";
  if (path.size() > limits::kPathSizeBytesMax) return "over 4096 bytes";
  if (has_control(path)) return "a control character";
  if (path.find('\\') != path.npos) return "a backslash";
  if (is_ascii(path)) return nullptr;
  const auto composed = map_unicode(path, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  if (!composed) return "not UTF-8";
  return *composed == path ? nullptr : "not in Unicode's composed form (NFC)";
}

}  // namespace

Result<void> validate_repo_path(std::string_view path) {
  const char* fault = fault_of_path(path);
  std::size_t depth = 0;
  for (std::string_view rest = path; !fault; ++depth) {
    const std::size_t slash = rest.find('/');
    fault = depth == limits::kPathDepthMax ? "too many folders" : fault_of(rest.substr(0, slash));
    if (slash == rest.npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (!fault) return {};
  const bool is_printable = path.size() <= limits::kPathSizeBytesMax && !has_control(path);
  return fail(
      ErrorKind::Invalid,
      "invalid path" + (is_printable ? " \"" + std::string(path) + "\"" : "") + ": " + fault);
}

std::string fold_name(std::string_view name) {
  if (is_ascii(name)) return lower_ascii(name);
  constexpr int kFolding = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
  return map_unicode(name, kFolding).value_or(std::string(name));
}

}  // namespace granary::git
