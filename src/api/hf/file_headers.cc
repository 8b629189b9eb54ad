// The table of harmless content types, and file names quoted twice.
#include "api/hf/file_headers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "net/target.h"

namespace granary::api::hf {

namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kBinary = "application/octet-stream";

/// Endings in lower case. HTML, SVG and scripts are text here.
constexpr auto kTypes = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"json", "application/json"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"txt", kText},
    {"md", kText},
    {"markdown", kText},
    {"rst", kText},
    {"csv", kText},
    {"tsv", kText},
    {"jsonl", kText},
    {"ndjson", kText},
    {"yaml", kText},
    {"yml", kText},
    {"toml", kText},
    {"ini", kText},
    {"cfg", kText},
    {"conf", kText},
    {"xml", kText},
    {"html", kText},
    {"htm", kText},
    {"svg", kText},
    {"css", kText},
    {"js", kText},
    {"mjs", kText},
    {"ts", kText},
    {"py", kText},
    {"ipynb", kText},
    {"sh", kText},
    {"c", kText},
    {"cc", kText},
    {"cpp", kText},
    {"h", kText},
    {"rs", kText},
    {"go", kText},
    {"java", kText},
    {"jinja", kText},
    {"tex", kText},
    {"bib", kText},
    {"log", kText},
    {"gitattributes", kText},
    {"gitignore", kText},
});

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

}  // namespace

std::string_view content_type_of(std::string_view path) {
  const std::string_view name = last_part(path);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) {
    return name == "LICENSE" || name == "README" || name == "NOTICE" ? kText : kBinary;
  }
  const std::string ending = lower(name.substr(dot + 1));
  const auto* found = std::ranges::find(kTypes, ending, [](const auto& row) { return row.first; });
  return found == kTypes.end() ? kBinary : found->second;
}

std::string disposition_of(std::string_view path, Disposition disposition) {
  const std::string_view name = last_part(path);
  std::string ascii;
  for (const char c : name) {
    const bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '%';
    ascii += plain ? c : '_';
  }
  std::string text = disposition == Disposition::Attachment ? "attachment" : "inline";
  text += "; filename*=UTF-8''" + net::percent_encode(name);
  text += "; filename=\"" + ascii + "\"";
  return text;
}

}  // namespace granary::api::hf
