// The commit parser, on Boost.JSON's event parser: content is collected, never a whole line.
#include "api/hf/commit_parser.h"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/limits.h"

namespace granary::api::hf {
namespace {

namespace json = boost::json;

// Any string of a line but the content: paths, messages, encodings.
constexpr std::size_t kTextSizeBytesMax = limits::kCommitMessageSizeBytesMax;
constexpr std::size_t kKeySizeBytesMax = 64;  // longer keys are unknown ones, and may be cut

enum class Kind : std::uint8_t {
  None,
  Header,
  File,
  LfsFile,
  DeletedFile,
  DeletedFolder,
  CopyFile
};

struct KindName {
  std::string_view name;
  Kind kind;
};
constexpr std::array<KindName, 6> kLineKinds{{{"header", Kind::Header},
                                              {"file", Kind::File},
                                              {"lfsFile", Kind::LfsFile},
                                              {"deletedFile", Kind::DeletedFile},
                                              {"deletedFolder", Kind::DeletedFolder},
                                              {"copyFile", Kind::CopyFile}}};
// The arrays of the older form.
constexpr std::array<KindName, 4> kArrayKinds{{{"files", Kind::File},
                                               {"lfsFiles", Kind::LfsFile},
                                               {"deletedFiles", Kind::DeletedFile},
                                               {"deletedFolders", Kind::DeletedFolder}}};

template <std::size_t N>
Kind kind_named(const std::array<KindName, N>& kinds, std::string_view name) {
  const auto found = std::ranges::find(kinds, name, &KindName::name);
  return found == kinds.end() ? Kind::None : found->kind;
}

/// Every field of any operation: keys come in any order, so which one it is may be known last.
struct Fields {
  std::string path, old_path, encoding, algorithm, oid, source_path, source_revision;
  std::string summary, description, parent_commit;
  std::optional<Bytes> content;  // as sent
  std::optional<std::uint64_t> size_bytes;

  std::string* text_named(std::string_view name);
};

std::string* Fields::text_named(std::string_view name) {
  struct Row {
    std::string_view name;
    std::string Fields::* field;
  };
  static constexpr std::array<Row, 12> kRows{{{"path", &Fields::path},
                                              {"oldPath", &Fields::old_path},
                                              {"encoding", &Fields::encoding},
                                              {"algo", &Fields::algorithm},
                                              {"oid", &Fields::oid},
                                              {"srcPath", &Fields::source_path},
                                              {"srcRevision", &Fields::source_revision},
                                              {"summary", &Fields::summary},
                                              {"title", &Fields::summary},
                                              {"description", &Fields::description},
                                              {"parentCommit", &Fields::parent_commit},
                                              {"parent_commit", &Fields::parent_commit}}};
  const auto found = std::ranges::find(kRows, name, &Row::name);
  return found == kRows.end() ? nullptr : &(this->*found->field);
}

/// Decodes base64 within its own buffer: what comes out is always shorter than what went in.
Result<void> decode_base64_in_place(Bytes& buffer) {
  constexpr std::size_t kPieceSize = 64 * limits::kKiB;  // a multiple of 4
  std::size_t written = 0;
  for (std::size_t at = 0; at < buffer.size(); at += kPieceSize) {
    const std::size_t size = std::min(kPieceSize, buffer.size() - at);
    TRY(auto decoded, parse_base64(as_text(ByteView(buffer).subspan(at, size))));
    const bool is_last = at + size == buffer.size();
    if (!is_last && decoded.size() != kPieceSize / 4 * 3) {
      return fail(ErrorKind::Invalid, "base64 padding before its end");
    }
    std::memcpy(buffer.data() + written, decoded.data(), decoded.size());
    written += decoded.size();
  }
  buffer.resize(written);
  return {};
}

Result<Bytes> decode_content(Fields& fields) {
  Bytes content = std::move(*fields.content);
  if (fields.encoding == "base64") {
    TRY_DONE(decode_base64_in_place(content));
  } else if (!fields.encoding.empty() && fields.encoding != "utf-8") {
    return fail(ErrorKind::Invalid, "the encoding is neither base64 nor utf-8");
  }
  if (content.size() > limits::kInlineFileSizeBytesMax) {
    return fail(ErrorKind::TooLarge, "the inline file " + fields.path + " is over 25 MiB");
  }
  return content;
}

Result<CommitLine> make_file(Fields& fields) {
  FileLine line{.path = fields.path, .old_path = fields.old_path, .content = std::nullopt};
  if (fields.content) {
    TRY(line.content, decode_content(fields));
  } else if (line.old_path.empty()) {
    return fail(ErrorKind::Invalid, "a file has no content");
  }
  return line;
}

Result<CommitLine> make_lfs_file(const Fields& fields) {
  LfsFileLine line{.path = fields.path,
                   .old_path = fields.old_path,
                   .oid = std::nullopt,
                   .size_bytes = fields.size_bytes};
  if (!fields.algorithm.empty() && fields.algorithm != "sha256") {
    return fail(ErrorKind::Invalid, "the algo of an LFS file is not sha256");
  }
  if (!fields.oid.empty()) {
    auto oid = Sha256::parse(fields.oid);
    if (!oid) return fail(ErrorKind::Invalid, "the oid of an LFS file is not 64 hex digits");
    line.oid = *oid;
  } else if (line.old_path.empty()) {
    return fail(ErrorKind::Invalid, "an LFS file has no oid");
  }
  return line;
}

Result<CommitLine> make_line(Kind kind, Fields& fields) {
  if (kind == Kind::Header) {
    return CommitHeaderLine{fields.summary, fields.description, fields.parent_commit};
  }
  if (fields.path.empty()) return fail(ErrorKind::Invalid, "an operation has no path");
  switch (kind) {
    case Kind::File: return make_file(fields);
    case Kind::LfsFile: return make_lfs_file(fields);
    case Kind::DeletedFile: return DeletedFileLine{fields.path};
    case Kind::DeletedFolder: return DeletedFolderLine{fields.path};
    case Kind::CopyFile:
      if (fields.source_path.empty()) return fail(ErrorKind::Invalid, "a copy has no srcPath");
      return CopyFileLine{fields.path, fields.source_path, fields.source_revision};
    case Kind::Header:
    case Kind::None: break;
  }
  return fail(ErrorKind::Invalid, "an unknown operation");
}

/// Receives the parser's events. A document is an object; its members are at depth 1.
class Events {
 public:
  static constexpr std::size_t max_array_size = limits::kCommitOperationCountMax + 1;
  static constexpr std::size_t max_object_size = 64;
  static constexpr std::size_t max_string_size = limits::kCommitLineSizeBytesMax;
  static constexpr std::size_t max_key_size = limits::kCommitMessageSizeBytesMax;

  explicit Events(CommitParser::Take take) : take_(std::move(take)) {}

  const std::optional<Error>& failure() const { return failure_; }

  bool on_document_begin(json::error_code&) {
    member_.clear();
    kind_ = Kind::None;
    has_kind_ = has_value_ = is_old_form_ = false;
    fields_ = {};
    header_ = {};
    return true;
  }
  /// Gives the line, or the header of the older form.
  bool on_document_end(json::error_code& ec) {
    if (is_old_form_) return give(Kind::Header, header_, ec);
    if (!has_kind_) return refuse("a line has no \"key\"", ec);
    if (!has_value_) return refuse("a line has no \"value\"", ec);
    return give(kind_, fields_, ec);
  }
  bool on_object_begin(json::error_code&) {
    ++depth_;
    if (depth_ == 2 && member_ == "value") {
      value_depth_ = 2;
      has_value_ = true;
      fields_ = {};
    }
    if (depth_ == 3 && array_kind_ != Kind::None) {
      value_depth_ = 3;
      fields_ = {};
    }
    return true;
  }
  bool on_object_end(std::size_t, json::error_code& ec) {
    const bool ends_value = depth_ == value_depth_;
    --depth_;
    if (!ends_value) return true;
    value_depth_ = 0;
    return depth_ == 2 ? give(array_kind_, fields_, ec) : true;
  }
  bool on_array_begin(json::error_code&) {
    ++depth_;
    if (depth_ == 2) array_kind_ = kind_named(kArrayKinds, member_);
    if (array_kind_ != Kind::None) is_old_form_ = true;
    return true;
  }
  bool on_array_end(std::size_t, json::error_code&) {
    if (depth_ == 2) array_kind_ = Kind::None;
    --depth_;
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key_.append(part, 0, kKeySizeBytesMax - std::min(key_.size(), kKeySizeBytesMax));
    return true;
  }
  bool on_key(json::string_view part, std::size_t size, json::error_code& ec) {
    on_key_part(part, size, ec);
    std::swap(depth_ == 1 ? member_ : field_, key_);
    key_.clear();
    is_first_part_ = true;
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code& ec) {
    if (depth_ == 1) return add_member_text(part, ec);
    if (depth_ != value_depth_) return true;
    if (field_ == "content") return add_content(part, ec);
    std::string* text = fields_.text_named(field_);
    return text == nullptr || add_text(*text, part, ec);
  }
  bool on_string(json::string_view part, std::size_t size, json::error_code& ec) {
    const bool fine = on_string_part(part, size, ec);
    is_first_part_ = true;
    if (fine && depth_ == 1 && member_ == "key") {
      kind_ = kind_named(kLineKinds, kind_text_);
      has_kind_ = true;
      if (kind_ == Kind::None) return refuse("an unknown operation \"" + kind_text_ + "\"", ec);
    }
    return fine;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view text, json::error_code& ec) {
    if (number >= 0) return on_uint64(static_cast<std::uint64_t>(number), text, ec);
    return is_size() ? refuse("a negative size", ec) : true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) {
    if (is_size()) fields_.size_bytes = number;
    return true;
  }
  bool on_double(double, json::string_view, json::error_code& ec) {
    return is_size() ? refuse("a size that is no whole number", ec) : true;
  }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  bool is_size() const { return depth_ == value_depth_ && field_ == "size"; }

  bool stop(Error error, json::error_code& ec) {
    failure_ = std::move(error);
    ec = json::error::exception;
    return false;
  }
  bool refuse(std::string message, json::error_code& ec) {
    return stop(Error{ErrorKind::Invalid, std::move(message)}, ec);
  }
  bool give(Kind kind, Fields& fields, json::error_code& ec) {
    auto line = make_line(kind, fields);
    if (!line) return stop(std::move(line).error(), ec);
    auto taken = take_(*std::move(line));
    if (!taken) return stop(std::move(taken).error(), ec);
    return true;
  }
  bool add_text(std::string& text, json::string_view part, json::error_code& ec) {
    if (std::exchange(is_first_part_, false)) text.clear();
    if (text.size() + part.size() > kTextSizeBytesMax) {
      return stop(Error{ErrorKind::TooLarge, "a text over 64 KiB"}, ec);
    }
    text.append(part);
    return true;
  }
  bool add_content(json::string_view part, json::error_code& ec) {
    if (std::exchange(is_first_part_, false)) fields_.content.emplace();
    Bytes& content = *fields_.content;
    if (content.size() + part.size() > limits::kCommitLineSizeBytesMax) {
      return stop(Error{ErrorKind::TooLarge, "an inline file is over 25 MiB"}, ec);
    }
    const ByteView bytes = as_bytes(part);
    content.insert(content.end(), bytes.begin(), bytes.end());
    return true;
  }
  bool add_member_text(json::string_view part, json::error_code& ec) {
    if (member_ == "key") return add_text(kind_text_, part, ec);
    if (member_ != "summary" && member_ != "description" && member_ != "parentCommit") return true;
    if (member_ == "summary") is_old_form_ = true;
    return add_text(*header_.text_named(member_), part, ec);
  }

  CommitParser::Take take_;
  std::optional<Error> failure_;
  int depth_ = 0;
  int value_depth_ = 0;  // depth of the operation's object; 0: not in one
  std::string key_;  // being read
  std::string member_;  // latest key of the document
  std::string field_;  // latest key below it
  bool is_first_part_ = true;
  Kind kind_ = Kind::None;
  Kind array_kind_ = Kind::None;
  std::string kind_text_;
  bool has_kind_ = false;
  bool has_value_ = false;
  bool is_old_form_ = false;
  Fields fields_;
  Fields header_;  // of the older form
};

json::parse_options options() {
  json::parse_options options;
  options.max_depth = limits::kJsonDepthMax;
  return options;
}

bool is_space(std::byte byte) {
  const char c = static_cast<char>(byte);
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

class CommitParser::Impl {
 public:
  explicit Impl(Take take) : parser_(options(), std::move(take)) {}

  Result<void> feed(ByteView bytes) {
    while (!bytes.empty()) {
      if (!in_document_) {
        const auto start = std::ranges::find_if_not(bytes, is_space);
        bytes = bytes.subspan(static_cast<std::size_t>(start - bytes.begin()));
        if (bytes.empty()) return {};
        ++document_count_;
        if (bytes.front() != std::byte{'{'}) return not_json("an object is expected");
        in_document_ = true;
      }
      json::error_code ec;
      const std::string_view text = as_text(bytes);
      const std::size_t size = parser_.write_some(true, text.data(), text.size(), ec);
      if (const auto& failure = parser_.handler().failure()) {
        Error error = *failure;
        return tl::unexpected(std::move(error).during(here()));
      }
      if (ec) return not_json(ec.message());
      bytes = bytes.subspan(size);
      if (parser_.done()) {
        in_document_ = false;
        parser_.reset();
      }
    }
    return {};
  }

  Result<void> finish() {
    if (in_document_) return not_json("it is cut short");
    return {};
  }

 private:
  std::string here() const { return "line " + std::to_string(document_count_); }
  tl::unexpected<Error> not_json(std::string_view why) const {
    return fail(ErrorKind::Invalid, here() + " is not JSON: " + std::string(why));
  }

  json::basic_parser<Events> parser_;
  bool in_document_ = false;
  std::uint64_t document_count_ = 0;
};

CommitParser::CommitParser(Take take) : impl_(std::make_unique<Impl>(std::move(take))) {}
CommitParser::~CommitParser() = default;

Result<void> CommitParser::feed(ByteView bytes) { return impl_->feed(bytes); }
Result<void> CommitParser::finish() { return impl_->finish(); }

}  // namespace granary::api::hf
