// The HTML of the first pages: a list of repos with search, and one repo's card and files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace granary::api::web {

struct RepoCard {
  std::string name;  // "ns/name"
  std::string url;   // "/ns/name", "/datasets/ns/name"
  std::string task;
  std::string library;
  std::string modified;  // "2026-11-24"
  std::uint64_t downloads = 0;
  std::uint64_t likes = 0;
  bool is_private = false;
  bool is_gated = false;
};

struct ListView {
  std::string kind_plural;  // "models"
  std::string search;
  std::vector<RepoCard> repos;
  std::string next_url;  // empty: the last page
};

struct FileRow {
  std::string path;
  std::string url;
  std::uint64_t size_bytes = 0;
  bool is_lfs = false;
};

struct RepoView {
  RepoCard card;
  std::string kind;          // "model"
  std::string clone_command;  // "hf download ns/name"
  std::string commit;
  std::vector<std::string> tags;
  std::string license;
  std::uint64_t parameter_count = 0;
  std::uint64_t total_bytes = 0;
  std::string readme_html;  // safe already; empty: none
  std::vector<FileRow> files;
  bool files_hidden = false;  // gated, and this reader has no access
};

/// Whole documents. Everything but readme_html is escaped here.
std::string render_list(const ListView& view);
std::string render_repo(const RepoView& view);
std::string render_message(std::string_view title, std::string_view message);

/// The style sheet, served from our own origin so that the pages need no inline style.
std::string_view style_sheet();

/// Characters outside [A-Za-z0-9-._~/] percent-encoded: a path for an href.
std::string encode_path(std::string_view path);

}  // namespace granary::api::web
