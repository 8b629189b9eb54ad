// The JSON of a safetensors header, read event by event by Boost.JSON's basic_parser.
#include "format/safetensors_json.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <limits>

#include "base/limits.h"

namespace granary::format {
namespace {

namespace json = boost::json;

// Where the parser stands. A tensor is {"dtype": …, "shape": […], "data_offsets": [b, e]}.
enum class At {
  Start,
  Header,
  Metadata,
  Tensor,
  Dtype,
  Shape,
  ShapeList,
  Offsets,
  OffsetsList,
  End
};

// The events of Boost.JSON's parser; each gives false, with an error set, to stop it.
class Handler {
 public:
  static constexpr std::size_t max_object_size = limits::kTensorCountMax + 1;
  static constexpr std::size_t max_array_size = limits::kTensorRankMax;
  static constexpr std::size_t max_key_size = limits::kSafetensorsHeaderSizeBytesMax;
  static constexpr std::size_t max_string_size = limits::kSafetensorsHeaderSizeBytesMax;

  explicit Handler(SafetensorsHeader& header) : header_(header) {}

  const char* fault() const { return fault_; }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code& error);
  bool on_object_end(std::size_t, json::error_code& error);
  bool on_array_begin(json::error_code& error);
  bool on_array_end(std::size_t, json::error_code& error);
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) { return add(part); }
  bool on_key(json::string_view part, std::size_t, json::error_code& error);
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) { return add(part); }
  bool on_string(json::string_view part, std::size_t, json::error_code& error);
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code& error);
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code& error);
  bool on_double(double, json::string_view, json::error_code& error) { return stop(error, kOdd); }
  bool on_bool(bool, json::error_code& error) { return stop(error, kOdd); }
  bool on_null(json::error_code& error) { return stop(error, kOdd); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  static constexpr const char* kOdd = "a value of another type than the format has";
  static constexpr const char* kRepeated = "a key that repeats";

  bool add(json::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  std::string take(json::string_view part) {
    add(part);
    return std::exchange(text_, {});
  }
  bool stop(json::error_code& error, const char* fault) {
    fault_ = fault;
    error = json::error::syntax;
    return false;
  }
  bool on_tensor_key(std::string_view key, json::error_code& error);

  SafetensorsHeader& header_;
  At at_ = At::Start;
  std::string text_;          // of a key or string that comes in parts
  std::string metadata_key_;
  bool has_metadata_ = false;
  bool has_dtype_ = false;
  bool has_shape_ = false;
  bool has_offsets_ = false;
  std::size_t offset_count_ = 0;
  bool is_key_tensor_ = false;  // the key just read names a tensor, not "__metadata__"
  const char* fault_ = nullptr;
};

bool Handler::on_object_begin(json::error_code& error) {
  if (at_ == At::Start) {
    at_ = At::Header;
    return true;
  }
  if (at_ != At::Header) return stop(error, kOdd);
  at_ = is_key_tensor_ ? At::Tensor : At::Metadata;
  return true;
}

bool Handler::on_object_end(std::size_t, json::error_code& error) {
  if (at_ == At::Tensor && !(has_dtype_ && has_shape_ && has_offsets_))
    return stop(error, "a tensor that lacks dtype, shape or data_offsets");
  at_ = at_ == At::Header ? At::End : At::Header;
  return true;
}

bool Handler::on_key(json::string_view part, std::size_t, json::error_code& error) {
  std::string key = take(part);
  if (at_ == At::Tensor) return on_tensor_key(key, error);
  if (at_ == At::Metadata) {
    metadata_key_ = std::move(key);
    return true;
  }
  is_key_tensor_ = key != "__metadata__";
  if (!is_key_tensor_) {
    if (std::exchange(has_metadata_, true)) return stop(error, kRepeated);
    return true;
  }
  if (header_.tensors.size() == limits::kTensorCountMax) return stop(error, "too many tensors");
  header_.tensors.push_back({});
  header_.tensors.back().name = std::move(key);
  has_dtype_ = has_shape_ = has_offsets_ = false;
  return true;
}

bool Handler::on_tensor_key(std::string_view key, json::error_code& error) {
  struct Row {
    std::string_view key;
    At at;
    bool& has;
  };
  for (const Row& row : {Row{"dtype", At::Dtype, has_dtype_}, Row{"shape", At::Shape, has_shape_},
                         Row{"data_offsets", At::Offsets, has_offsets_}}) {
    if (row.key != key) continue;
    if (std::exchange(row.has, true)) return stop(error, kRepeated);
    at_ = row.at;
    return true;
  }
  return stop(error, "a tensor with an unknown key");
}

bool Handler::on_array_begin(json::error_code& error) {
  if (at_ == At::Shape)
    at_ = At::ShapeList;
  else if (at_ == At::Offsets)
    at_ = At::OffsetsList, offset_count_ = 0;
  else
    return stop(error, kOdd);
  return true;
}

bool Handler::on_array_end(std::size_t, json::error_code& error) {
  if (at_ == At::OffsetsList && offset_count_ != 2)
    return stop(error, "data_offsets that are not two");
  at_ = At::Tensor;
  return true;
}

bool Handler::on_string(json::string_view part, std::size_t, json::error_code& error) {
  std::string text = take(part);
  if (at_ == At::Dtype) {
    header_.tensors.back().dtype = std::move(text);
    at_ = At::Tensor;
    return true;
  }
  if (at_ != At::Metadata) return stop(error, kOdd);
  const bool is_new = header_.metadata.try_emplace(metadata_key_, std::move(text)).second;
  return is_new || stop(error, kRepeated);
}

bool Handler::on_int64(std::int64_t number, json::string_view text, json::error_code& error) {
  if (number < 0) return stop(error, "a negative size");
  return on_uint64(static_cast<std::uint64_t>(number), text, error);
}

bool Handler::on_uint64(std::uint64_t number, json::string_view, json::error_code& error) {
  SafetensorsTensor* tensor = header_.tensors.empty() ? nullptr : &header_.tensors.back();
  if (at_ == At::ShapeList) {
    tensor->shape.push_back(number);
    return true;
  }
  if (at_ != At::OffsetsList || offset_count_ == 2) return stop(error, kOdd);
  (offset_count_++ == 0 ? tensor->begin_bytes : tensor->end_bytes) = number;
  return true;
}

bool has_repeated_name(const std::vector<SafetensorsTensor>& tensors) {
  std::vector<std::string_view> names;
  for (const SafetensorsTensor& tensor : tensors) names.push_back(tensor.name);
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) != names.end();
}

}  // namespace

Result<void> parse_safetensors_json(std::string_view text, SafetensorsHeader& header) {
  json::parse_options options;
  options.max_depth = 3;
  json::basic_parser<Handler> parser(options, header);
  json::error_code error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  const char* fault = parser.handler().fault();
  if (fault != nullptr) return fail(ErrorKind::Invalid, fault);
  if (error) return fail(ErrorKind::Invalid, "a header that is not JSON: " + error.message());
  if (used != text.size() || !text.ends_with('}'))
    return fail(ErrorKind::Invalid, "text after the header's JSON");
  if (has_repeated_name(header.tensors)) return fail(ErrorKind::Invalid, "a tensor name twice");
  return {};
}

}  // namespace granary::format
