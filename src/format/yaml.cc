// YAML of model cards, turned into JSON through yaml-cpp's events.
//
// Its own tree would grow without a bound when aliases nest.
#include "format/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <istream>
#include <map>
#include <optional>
#include <streambuf>
#include <vector>

#include "base/limits.h"
#include "format/utf8.h"

namespace granary::format {
namespace {

namespace json = boost::json;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (std::string_view word : words)
    if (word == text) return true;
  return false;
}

// Digits in `base`, all of `text`.
std::optional<json::value> parse_integer(std::string_view text, int base) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number, base);
  if (text.empty() || at != end || error != std::errc()) return std::nullopt;
  return json::value(number);
}

bool is_float(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text.find_first_of("0123456789") != text.npos &&
         text.find_first_not_of("0123456789.eE+-") == text.npos &&
         (text[0] == '.' || (text[0] >= '0' && text[0] <= '9'));
}

std::optional<json::value> parse_float(std::string_view text) {
  if (!is_float(text)) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (at != end || error != std::errc()) return std::nullopt;
  return json::value(number);
}

// A plain scalar by YAML 1.2's core schema.
json::value resolve(std::string_view text) {
  if (text.empty() || is_one_of(text, {"~", "null", "Null", "NULL"})) return nullptr;
  if (is_one_of(text, {"true", "True", "TRUE"})) return true;
  if (is_one_of(text, {"false", "False", "FALSE"})) return false;
  if (is_one_of(text, {".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "-.inf", "-.Inf"}))
    return nullptr;
  if (text.starts_with("0x"))
    if (const auto number = parse_integer(text.substr(2), 16)) return *number;
  if (text.starts_with("0o"))
    if (const auto number = parse_integer(text.substr(2), 8)) return *number;
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  if (!digits.starts_with('-') || digits.size() == text.size())
    if (const auto number = parse_integer(digits, 10)) return *number;
  if (const auto number = parse_float(text)) return *number;
  return json::value(text);
}

// What a value takes, roughly: enough to bound what aliases can make of a small text.
std::size_t size_of(const json::value& value) {
  std::size_t size_bytes = sizeof value;
  if (value.is_string()) size_bytes += value.get_string().size();
  if (value.is_array())
    for (const json::value& item : value.get_array()) size_bytes += size_of(item);
  if (value.is_object())
    for (const auto& pair : value.get_object())
      size_bytes += pair.key().size() + sizeof pair + size_of(pair.value());
  return size_bytes;
}

std::size_t depth_of(const json::value& value) {
  std::size_t below = 0;
  if (value.is_array())
    for (const json::value& item : value.get_array()) below = std::max(below, depth_of(item));
  if (value.is_object())
    for (const auto& pair : value.get_object()) below = std::max(below, depth_of(pair.value()));
  return 1 + below;
}

// Builds the value from the events. After the first fault it ignores what comes.
class Builder : public YAML::EventHandler {
 public:
  Result<json::value> take() {
    if (fault_) return tl::unexpected(*std::move(fault_));
    return std::move(root_);
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark&, const std::string&) override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t anchor) override { add(nullptr, anchor); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (fault_) return;
    const auto at = anchors_.find(anchor);
    if (at == anchors_.end()) return stop(mark, "an alias inside its own value");
    if (frames_.size() + at->second.depth > kDepthMax) return stop(mark, "too many levels");
    if (!spend(at->second.size_bytes)) return;
    add(json::value(at->second.value), 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    if (fault_) return;
    constexpr std::string_view kCore = "tag:yaml.org,2002:";
    const bool is_core = std::string_view(tag).starts_with(kCore);
    const std::string_view kind = is_core ? std::string_view(tag).substr(kCore.size()) : "";
    if (tag == "!" || kind == "str") return add(json::value(text), anchor);
    const bool is_plain = tag == "?" || tag.empty();
    if (!is_plain && !is_one_of(kind, {"int", "float", "bool", "null", "timestamp"}))
      return stop(mark, "the unknown tag " + tag);
    add(is_expecting_key() ? json::value(text) : resolve(text), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, "seq", json::array(), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, "map", json::object(), anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  static constexpr std::size_t kDepthMax = limits::kJsonDepthMax;

  struct Frame {
    json::value container;
    std::optional<std::string> key;  // of a map whose value comes next
    YAML::anchor_t anchor = 0;
  };
  struct Anchored {
    json::value value;
    std::size_t size_bytes = 0;
    std::size_t depth = 0;
  };

  bool is_expecting_key() const {
    return !frames_.empty() && frames_.back().container.is_object() && !frames_.back().key;
  }

  void stop(ErrorKind kind, std::string fault) { fault_ = Error{kind, std::move(fault)}; }
  void stop(const YAML::Mark& mark, const std::string& fault) {
    stop(ErrorKind::Invalid, "line " + std::to_string(mark.line + 1) + ": " + fault);
  }

  void open(const YAML::Mark& mark, const std::string& tag, std::string_view kind,
            json::value container, YAML::anchor_t anchor) {
    if (fault_) return;
    if (tag != "?" && tag != "!" && !tag.empty() && tag != "tag:yaml.org,2002:" + std::string(kind))
      return stop(mark, "the unknown tag " + tag);
    if (is_expecting_key()) return stop(mark, "a key that is not a scalar");
    if (frames_.size() == kDepthMax) return stop(mark, "too many levels");
    frames_.push_back({std::move(container), std::nullopt, anchor});
  }

  void close() {
    if (fault_) return;
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    add(std::move(frame.container), frame.anchor);
  }

  // Says before a copy is made whether it may be.
  bool spend(std::size_t size_bytes) {
    copied_size_bytes_ += size_bytes;
    if (copied_size_bytes_ <= limits::kCardValuesSizeBytesMax) return true;
    stop(ErrorKind::TooLarge, "aliases that multiply");
    return false;
  }

  void add(json::value value, YAML::anchor_t anchor) {
    if (fault_) return;
    if (anchor != 0) {
      const std::size_t size_bytes = size_of(value);
      if (!spend(size_bytes)) return;
      anchors_[anchor] = {value, size_bytes, depth_of(value)};
    }
    if (frames_.empty())
      root_ = std::move(value);
    else if (frames_.back().container.is_array())
      frames_.back().container.get_array().push_back(std::move(value));
    else
      add_to_map(frames_.back(), std::move(value));
  }

  void add_to_map(Frame& map, json::value value) {
    if (!map.key) {
      if (value.is_null()) value = json::value("");
      if (!value.is_string()) return stop(ErrorKind::Invalid, "a key that is not a scalar");
      map.key = std::string(std::string_view(value.get_string()));
      return;
    }
    const bool is_new = map.container.get_object().emplace(*map.key, std::move(value)).second;
    if (!is_new) return stop(ErrorKind::Invalid, "the key \"" + *map.key + "\" twice");
    map.key.reset();
  }

  json::value root_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t copied_size_bytes_ = 0;
  std::optional<Error> fault_;
};

// A stream over text that stays where it is.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* const start = const_cast<char*>(text.data());  // only ever read
    setg(start, start, start + text.size());
  }
};

}  // namespace

Result<boost::json::value> yaml_to_json(std::string_view text) {
  if (!is_utf8(text)) return fail(ErrorKind::Invalid, "text not in UTF-8");
  if (text.find('\0') != text.npos) return fail(ErrorKind::Invalid, "a NUL byte");
  ViewBuffer buffer(text);
  std::istream stream(&buffer);
  Builder builder;
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    Builder another;
    if (parser.HandleNextDocument(another))
      return fail(ErrorKind::Invalid, "text after the document");
  } catch (const YAML::Exception& error) {
    return fail(ErrorKind::Invalid,
                "line " + std::to_string(error.mark.line + 1) + ": " + error.msg);
  }
  return builder.take();
}

}  // namespace granary::format
