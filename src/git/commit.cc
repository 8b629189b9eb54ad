// Git commit and annotated tag objects: header lines, an empty line, a message.
#include "git/commit.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

#include "base/limits.h"

namespace granary::git {
namespace {

constexpr std::chrono::minutes kUtcOffsetMax{14 * 60};

// What git's ident.c strips from both ends of a name.
bool is_crud(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return byte <= ' ' || std::string_view(".,:;<>\"\\'").find(letter) != std::string_view::npos;
}

std::string offset_text(std::chrono::minutes offset) {
  const int minutes = static_cast<int>(std::abs(offset.count()));
  char text[8];
  std::snprintf(text, sizeof text, "%c%02d%02d", offset.count() < 0 ? '-' : '+', minutes / 60 % 100,
                minutes % 60);
  return text;
}

std::string text_of(const Signature& signature) {
  return clean_identity(signature.name) + " <" + clean_identity(signature.email) + "> " +
         std::to_string(signature.time.time_since_epoch().count()) + " " +
         offset_text(signature.utc_offset);
}

std::string_view up_to_nul(std::string_view text) { return text.substr(0, text.find('\0')); }

Bytes bytes_of(std::string_view text) {
  const ByteView bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

// A cursor over the header lines of an object.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view text) : rest_(text) {}

  /// The value of the next line if its key is `key`; the line is consumed then.
  std::optional<std::string_view> take(std::string_view key) {
    if (!rest_.starts_with(key) || rest_.substr(key.size(), 1) != " ") return std::nullopt;
    const std::size_t end = rest_.find('\n');
    if (end == rest_.npos) return std::nullopt;
    const std::string_view value = rest_.substr(key.size() + 1, end - key.size() - 1);
    rest_.remove_prefix(end + 1);
    return value;
  }

  /// All lines up to the empty one, which is consumed.
  Result<std::string_view> take_others() {
    if (rest_.starts_with('\n')) {
      rest_.remove_prefix(1);
      return std::string_view();
    }
    const std::size_t end = rest_.find("\n\n");
    if (end == rest_.npos)
      return fail(ErrorKind::Invalid, "a commit without an end of its headers");
    const std::string_view lines = rest_.substr(0, end + 1);
    rest_.remove_prefix(end + 2);
    TRY_DONE(check_others(lines));
    return lines;
  }

  std::string_view rest() const { return rest_; }

 private:
  // A second "author", say, would be read by some tools in the place of the first.
  static Result<void> check_others(std::string_view lines) {
    if (lines.starts_with(' ')) return fail(ErrorKind::Invalid, "a commit header without a key");
    for (; !lines.empty(); lines.remove_prefix(lines.find('\n') + 1)) {
      const std::string_view key = lines.substr(0, lines.find_first_of(" \n"));
      for (std::string_view once : {"tree", "parent", "author", "committer"})
        if (key == once) return fail(ErrorKind::Invalid, "a commit header out of place");
    }
    return {};
  }

  std::string_view rest_;
};

Result<GitOid> take_oid(HeaderReader& headers, std::string_view key) {
  const auto value = headers.take(key);
  if (!value) return fail(ErrorKind::Invalid, "a commit without " + std::string(key));
  TRY(const auto oid, GitOid::parse(*value));
  if (oid.to_string() != *value) return fail(ErrorKind::Invalid, "an id in capitals");
  return oid;
}

Result<std::chrono::minutes> parse_offset(std::string_view text) {
  const auto fault = fail(ErrorKind::Invalid, "a signature with a bad time zone");
  int number = 0;
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return fault;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + 5, number);
  if (error != std::errc() || end != text.data() + 5 || number < 0) return fault;
  const std::chrono::minutes offset{number / 100 * 60 + number % 100};
  if (number % 100 > 59 || offset > kUtcOffsetMax || text == "-0000") return fault;
  return text[0] == '-' ? -offset : offset;
}

Result<std::chrono::sys_seconds> parse_seconds(std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || seconds < 0 || std::to_string(seconds) != text)
    return fail(ErrorKind::Invalid, "a signature with a bad time");
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

// "Name <email> 1700000000 +0000". A name may be empty; clean_identity leaves valid ones alone.
Result<Signature> parse_signature(std::string_view text) {
  const auto fault = fail(ErrorKind::Invalid, "a malformed signature");
  const std::size_t open = text.find(" <");
  const std::size_t close = text.find("> ");
  if (open == text.npos || close == text.npos || close < open) return fault;
  const std::size_t space = text.find(' ', close + 2);
  if (space == text.npos) return fault;
  Signature signature;
  signature.name = text.substr(0, open);
  signature.email = text.substr(open + 2, close - open - 2);
  TRY(signature.time, parse_seconds(text.substr(close + 2, space - close - 2)));
  TRY(signature.utc_offset, parse_offset(text.substr(space + 1)));
  if (text_of(signature) != text) return fault;
  return signature;
}

Result<Signature> take_signature(HeaderReader& headers, std::string_view key) {
  const auto value = headers.take(key);
  if (!value) return fail(ErrorKind::Invalid, "a commit without " + std::string(key));
  return parse_signature(*value);
}

}  // namespace

std::string clean_identity(std::string_view text) {
  while (!text.empty() && is_crud(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_crud(text.back())) text.remove_suffix(1);
  std::string clean(text);
  std::erase_if(clean, [](char letter) {
    return letter == '\n' || letter == '<' || letter == '>' || letter == '\0';
  });
  return clean;
}

Bytes write_commit(const Commit& commit) {
  std::string text = "tree " + commit.tree.to_string() + "\n";
  for (const GitOid& parent : commit.parents) text += "parent " + parent.to_string() + "\n";
  text += "author " + text_of(commit.author) + "\n";
  text += "committer " + text_of(commit.committer) + "\n";
  text += commit.other_headers;
  text += "\n";
  text += up_to_nul(commit.message);
  return bytes_of(text);
}

Result<Commit> parse_commit(ByteView body) {
  if (body.size() > limits::kCommitSizeBytesMax) return fail(ErrorKind::TooLarge, "a huge commit");
  const std::string_view text = as_text(body);
  if (text.find('\0') != text.npos) return fail(ErrorKind::Invalid, "a commit with a NUL byte");
  HeaderReader headers(text);
  Commit commit;
  TRY(commit.tree, take_oid(headers, "tree"));
  while (headers.rest().starts_with("parent ")) {
    TRY(auto parent, take_oid(headers, "parent"));
    commit.parents.push_back(parent);
  }
  TRY(commit.author, take_signature(headers, "author"));
  TRY(commit.committer, take_signature(headers, "committer"));
  TRY(commit.other_headers, headers.take_others());
  commit.message = headers.rest();
  return commit;
}

Bytes write_tag(const Tag& tag) {
  return bytes_of("object " + tag.commit.to_string() + "\ntype commit\ntag " + tag.name +
                  "\ntagger " + text_of(tag.tagger) + "\n\n" + std::string(up_to_nul(tag.message)));
}

}  // namespace granary::git
