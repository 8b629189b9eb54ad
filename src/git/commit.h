// Git commit and annotated tag objects.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/result.h"

namespace granary::git {

/// Who did something, and when.
struct Signature {
  std::string name;
  std::string email;
  std::chrono::sys_seconds time;
  /// What a clock at that place showed, relative to UTC. What we write is always UTC.
  std::chrono::minutes utc_offset{0};
  bool operator==(const Signature&) const = default;
};

struct Commit {
  GitOid tree;
  std::vector<GitOid> parents;
  Signature author;
  Signature committer;
  /// Whole header lines that come after the committer (encoding, gpgsig …), kept as they are.
  std::string other_headers;
  std::string message;
  bool operator==(const Commit&) const = default;
};

/// What git itself would make of a name or an e-mail: without line ends, '<', '>', NUL, and without
/// punctuation around it. May come out empty.
std::string clean_identity(std::string_view text);

/// The body of a commit object. Names and e-mails go through clean_identity; NUL ends a message.
Bytes write_commit(const Commit& commit);

/// Strict: headers in git's order, each well formed. write_commit gives the same bytes back.
/// Errors: Invalid, TooLarge over limits::kCommitSizeBytesMax.
Result<Commit> parse_commit(ByteView body);

/// An annotated tag on a commit.
struct Tag {
  GitOid commit;
  std::string name;
  Signature tagger;
  std::string message;
};

/// The body of a tag object. Cleans as write_commit does.
Bytes write_tag(const Tag& tag);

}  // namespace granary::git
