// Names: rules, reserved words and look-alikes.
#include "service/names.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace granary::service {
namespace {

constexpr std::size_t kNameLengthMax = 96;
// One edit in four characters leaves too little for the two to be the same word.
constexpr std::size_t kEditedNameLengthMin = 5;

// Words of URLs, ours and those that clients or the public hub use at the root of a host.
constexpr std::array<std::string_view, 48> kUrlWords = {
    "api",         "assets",        "avatars",     "blog",        "buckets",
    "chat",        "cli",           "collections", "datasets",    "docs",
    "favicon.ico", "git",           "healthz",     "huggingface", "index.html",
    "join",        "kernels",       "learn",       "lfs",         "login",
    "logout",      "metrics",       "models",      "new",         "notifications",
    "oauth",       "organizations", "papers",      "posts",       "pricing",
    "robots.txt",  "search",        "settings",    "signup",      "spaces",
    "static",      "storage",       "system",      "tasks",       "token",
    "tokens",      "uploads",       "user",        "users",       "v1",
    "v2",          "xet",           "anonymous",
};

// What follows a repo in a URL: /api/models/ns/refs is the refs of a repo "ns", or a repo of "ns".
constexpr std::array<std::string_view, 28> kRouteWords = {
    "ask-access",     "auth-check",
    "blob",           "branch",
    "commit",         "commits",
    "compare",        "discussions",
    "duplicate",      "info",
    "lfs-files",      "like",
    "likers",         "paths-info",
    "preupload",      "raw",
    "refs",           "resolve",
    "revision",       "safetensors-metadata",
    "settings",       "squash",
    "super-squash",   "tag",
    "tree",           "user-access-request",
    "xet-read-token", "xet-write-token",
};

// A local path such as "checkpoints/best" must not turn into somebody's repo when the folder is
// missing (reliability-security 4.6, "model confusion").
constexpr std::array<std::string_view, 18> kPathWords = {
    "artifacts", "cache",   "checkpoint", "checkpoints", "ckpt",    "ckpts",
    "data",      "home",    "local",      "model",       "mnt",     "output",
    "outputs",   "results", "runs",       "tmp",         "weights", "work",
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool contains(auto words, std::string_view name) {
  return std::ranges::find(words, name) != words.end();
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// What is left when look-alikes are written alike; after Unicode's confusables, for our alphabet.
std::string skeleton_of(std::string_view name) {
  std::string text = to_lower(name);
  std::erase_if(text, [](char c) { return c == '-' || c == '_' || c == '.'; });
  for (char& c : text) {
    if (c == '0') c = 'o';
    if (c == '1' || c == 'i') c = 'l';
    if (c == '5') c = 's';
  }
  replace_all(text, "rn", "m");
  replace_all(text, "vv", "w");
  replace_all(text, "cl", "d");
  return text;
}

// Whether one insertion, deletion, substitution or swap of neighbours turns `a` into `b`.
bool is_one_edit_apart(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  const auto start = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  if (a.size() < b.size()) return a.substr(start) == b.substr(start + 1);
  if (start == a.size()) return false;
  if (a.substr(start + 1) == b.substr(start + 1)) return true;
  return start + 1 < a.size() && a[start] == b[start + 1] && a[start + 1] == b[start] &&
         a.substr(start + 2) == b.substr(start + 2);
}

}  // namespace

Result<void> check_name(std::string_view name) {
  const auto refuse = [&](std::string_view rule) {
    return fail(ErrorKind::Invalid, "\"" + std::string(name.substr(0, kNameLengthMax)) +
                                        "\" cannot be a name: " + std::string(rule));
  };
  if (name.empty() || name.size() > kNameLengthMax) {
    return refuse("a name has 1 to 96 characters");
  }
  const auto may_occur = [](char c) { return is_word(c) || c == '.' || c == '-'; };
  if (!std::ranges::all_of(name, may_occur)) {
    return refuse("only letters, digits, '-', '_' and '.' may occur");
  }
  if (!is_word(name.front()) || !is_word(name.back())) {
    return refuse("it must not start or end with '-' or '.'");
  }
  if (name.find("--") != std::string_view::npos || name.find("..") != std::string_view::npos) {
    return refuse("'--' and '..' must not occur");
  }
  if (to_lower(name).ends_with(".git")) return refuse("it must not end with '.git'");
  return {};
}

Result<void> check_namespace_name(std::string_view name) {
  TRY_DONE(check_name(name));
  const std::string lower = to_lower(name);
  if (contains(kUrlWords, lower) || contains(kPathWords, lower)) {
    return fail(ErrorKind::Conflict, "the name " + std::string(name) + " is reserved");
  }
  return {};
}

Result<void> check_repo_name(std::string_view name) {
  TRY_DONE(check_name(name));
  if (!contains(kRouteWords, to_lower(name))) return {};
  return fail(ErrorKind::Invalid,
              "\"" + std::string(name) + "\" cannot name a repo: it is a word of this hub's URLs");
}

bool is_near_name(std::string_view a, std::string_view b) {
  if (equals_ignoring_case(a, b) || skeleton_of(a) == skeleton_of(b)) return true;
  return std::min(a.size(), b.size()) >= kEditedNameLengthMin &&
         is_one_edit_apart(to_lower(a), to_lower(b));
}

}  // namespace granary::service
