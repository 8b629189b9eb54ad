// Git's pattern language for paths: a pattern becomes tokens, which are matched with two
// fall-backs.
#include "git/wildmatch.h"

#include <array>
#include <cctype>
#include <optional>

namespace granary::git {

// Reads one pattern into tokens. A malformed one ("[a", a backslash at the end) matches nothing.
class WildmatchParser {
 public:
  WildmatchParser(std::string_view pattern, Wildmatch& out) : pattern_(pattern), out_(out) {}

  bool parse() {
    while (at_ < pattern_.size()) {
      const char letter = pattern_[at_];
      if (letter == '*')
        parse_stars();
      else if (letter == '[') {
        if (!parse_set()) return false;
      } else if (letter == '?')
        ++at_, add({Kind::Any});
      else if (const auto byte = take_byte())
        add({Kind::Byte, *byte});
      else
        return false;
    }
    return true;
  }

 private:
  using Kind = Wildmatch::Kind;
  using Set = std::bitset<256>;

  void add(Wildmatch::Token token) { out_.tokens_.push_back(token); }
  bool is_at(char letter) const { return at_ < pattern_.size() && pattern_[at_] == letter; }

  // A byte of the pattern that stands for itself, or nothing if the pattern ends too early.
  std::optional<char> take_byte() {
    if (is_at('\\')) ++at_;
    if (at_ == pattern_.size()) return std::nullopt;
    return pattern_[at_++];
  }

  void parse_stars() {
    const std::size_t start = at_;
    while (is_at('*')) ++at_;
    const bool starts_segment = start == 0 || pattern_[start - 1] == '/';
    const bool ends_segment =
        at_ == pattern_.size() || is_at('/') || pattern_.substr(at_, 2) == "\\/";
    if (at_ - start == 1 || !starts_segment || !ends_segment) return add({Kind::Star});
    if (!is_at('/')) return add({Kind::StarStar});
    ++at_;
    add({Kind::Segments});
  }

  bool parse_set();
  bool parse_class(Set& set, std::size_t close);

  std::string_view pattern_;
  Wildmatch& out_;
  std::size_t at_ = 0;
};

bool WildmatchParser::parse_set() {
  ++at_;
  const bool negated = is_at('!') || is_at('^');
  if (negated) ++at_;
  Set set;
  std::optional<unsigned char> range_start;
  for (bool is_first = true; is_first || !is_at(']'); is_first = false) {
    if (at_ == pattern_.size()) return false;
    if (pattern_.substr(at_, 2) == "[:") {
      const std::size_t close = pattern_.find(']', at_ + 2);
      if (close == pattern_.npos) return false;
      if (close > at_ + 2 && pattern_[close - 1] == ':') {  // else these are bytes like others
        if (!parse_class(set, close)) return false;
        range_start.reset();
        continue;
      }
    }
    const bool is_range =
        range_start && is_at('-') && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']';
    if (is_range) ++at_;
    const auto byte = take_byte();
    if (!byte) return false;
    const auto value = static_cast<unsigned char>(*byte);
    for (unsigned i = is_range ? *range_start : value; i <= value; ++i) set.set(i);
    range_start = is_range ? std::nullopt : std::optional(value);
  }
  ++at_;
  if (negated) set.flip();
  set.reset('/');
  add({Kind::Set, 0, out_.sets_.size()});
  out_.sets_.push_back(set);
  return true;
}

// "[:name:]" inside a set; `close` is where its ']' stands.
bool WildmatchParser::parse_class(Set& set, std::size_t close) {
  struct Class {
    std::string_view name;
    int (*holds)(int);
  };
  static constexpr std::array kClasses = {
      Class{"alnum", std::isalnum}, Class{"alpha", std::isalpha}, Class{"blank", std::isblank},
      Class{"cntrl", std::iscntrl}, Class{"digit", std::isdigit}, Class{"graph", std::isgraph},
      Class{"lower", std::islower}, Class{"print", std::isprint}, Class{"punct", std::ispunct},
      Class{"space", std::isspace}, Class{"upper", std::isupper}, Class{"xdigit", std::isxdigit}};
  const std::string_view name = pattern_.substr(at_ + 2, close - 1 - (at_ + 2));
  at_ = close + 1;
  for (const Class& row : kClasses) {
    if (row.name != name) continue;
    for (int byte = 0; byte < 128; ++byte)
      if (row.holds(byte)) set.set(static_cast<std::size_t>(byte));
    return true;
  }
  return false;
}

Wildmatch::Wildmatch(std::string_view pattern) {
  is_valid_ = WildmatchParser(pattern, *this).parse();
}

bool Wildmatch::matches_one(const Token& token, char letter) const {
  switch (token.kind) {
    case Kind::Byte: return token.byte == letter;
    case Kind::Any: return letter != '/';
    case Kind::Set: return sets_[token.set_at][static_cast<unsigned char>(letter)];
    default: return false;
  }
}

// The last '*' and the last "**" are where a failed match may go on one byte (or segment) further.
// Older ones need not be tried again: what they could give up, the last one can take.
bool Wildmatch::matches(std::string_view text) const {
  if (!is_valid_) return false;
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  struct FallBack {
    std::size_t token = kNone;
    std::size_t text = 0;
  };
  FallBack star;
  FallBack stars;
  std::size_t token = 0;
  std::size_t at = 0;
  while (token < tokens_.size() || at < text.size()) {
    if (token < tokens_.size()) {
      const Kind kind = tokens_[token].kind;
      if (kind == Kind::Star) {
        star = {token++, at};
        continue;
      }
      if (kind == Kind::StarStar || kind == Kind::Segments) {
        stars = {token++, at};
        star = {};
        continue;
      }
      if (at < text.size() && matches_one(tokens_[token], text[at])) {
        ++token, ++at;
        continue;
      }
    }
    if (star.token != kNone && star.text < text.size() && text[star.text] != '/') {
      at = ++star.text;
      token = star.token + 1;
      continue;
    }
    star = {};
    if (stars.token == kNone || stars.text >= text.size()) return false;
    if (tokens_[stars.token].kind == Kind::StarStar) {
      ++stars.text;
    } else {
      const std::size_t slash = text.find('/', stars.text);
      if (slash == text.npos) return false;
      stars.text = slash + 1;
    }
    at = stars.text;
    token = stars.token + 1;
  }
  return true;
}

}  // namespace granary::git
