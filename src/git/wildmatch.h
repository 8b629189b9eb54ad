// Git's pattern language for paths: '*', '?', '[…]', '**', backslash.
#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

namespace granary::git {

/// A pattern, made once and matched often. Works on bytes, as git does, and takes at most
/// pattern size * text size steps, whatever the pattern.
/// Source: git's gitignore manual page; the cases that it leaves open follow git's behaviour.
class Wildmatch {
 public:
  explicit Wildmatch(std::string_view pattern);

  /// '*', '?' and '[…]' match no '/'; "**" as a whole segment matches any number of segments.
  bool matches(std::string_view text) const;

 private:
  enum class Kind : std::uint8_t { Byte, Any, Set, Star, StarStar, Segments };
  struct Token {
    Kind kind;
    char byte = 0;           // of Byte
    std::size_t set_at = 0;  // of Set
  };
  bool matches_one(const Token& token, char letter) const;

  std::vector<Token> tokens_;
  std::vector<std::bitset<256>> sets_;
  bool is_valid_ = true;

  friend class WildmatchParser;
};

}  // namespace granary::git
