// Writers of model files, well formed or not. For tests only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace granary::format::testing {

/// A safetensors file: length, `json`, and `data_size_bytes` of zeros.
inline Bytes safetensors_file(std::string_view json, std::size_t data_size_bytes) {
  Bytes file;
  put_u64(file, json.size());
  put_bytes(file, as_bytes(json));
  file.resize(file.size() + data_size_bytes);
  return file;
}

/// Builds a GGUF file part by part; what it is told is written, right or wrong.
class GgufWriter {
 public:
  std::uint32_t version = 3;
  std::uint64_t alignment_bytes = 32;
  std::size_t data_size_bytes = 0;
  std::uint64_t key_count_offset = 0;     // added to the true count
  std::uint64_t tensor_count_offset = 0;  // likewise

  GgufWriter& key(std::string_view name, std::uint32_t type, const Bytes& value) {
    put_string(keys_, name);
    put_u32(keys_, type);
    put_bytes(keys_, value);
    ++key_count_;
    return *this;
  }
  GgufWriter& text(std::string_view name, std::string_view value) {
    return key(name, 8, made([&](Bytes& out) { put_string(out, value); }));
  }
  GgufWriter& number(std::string_view name, std::uint32_t value) {
    return key(name, 4, made([&](Bytes& out) { put_u32(out, value); }));
  }
  GgufWriter& texts(std::string_view name, const std::vector<std::string>& values) {
    return key(name, 9, made([&](Bytes& out) {
                 put_u32(out, 8);
                 put_u64(out, values.size());
                 for (const auto& value : values) put_string(out, value);
               }));
  }
  GgufWriter& tensor(std::string_view name, const std::vector<std::uint64_t>& shape,
                     std::uint32_t type, std::uint64_t offset_bytes) {
    put_string(tensors_, name);
    put_u32(tensors_, static_cast<std::uint32_t>(shape.size()));
    for (std::uint64_t extent : shape) put_u64(tensors_, extent);
    put_u32(tensors_, type);
    put_u64(tensors_, offset_bytes);
    ++tensor_count_;
    return *this;
  }
  Bytes file() const {
    Bytes out;
    put_bytes(out, as_bytes("GGUF"));
    put_u32(out, version);
    put_u64(out, tensor_count_ + tensor_count_offset);
    put_u64(out, key_count_ + key_count_offset);
    put_bytes(out, keys_);
    put_bytes(out, tensors_);
    out.resize((out.size() + alignment_bytes - 1) / alignment_bytes * alignment_bytes +
               data_size_bytes);
    return out;
  }

  static void put_string(Bytes& out, std::string_view text) {
    put_u64(out, text.size());
    put_bytes(out, as_bytes(text));
  }
  static Bytes made(const std::function<void(Bytes&)>& put) {
    Bytes out;
    put(out);
    return out;
  }

 private:
  Bytes keys_;
  Bytes tensors_;
  std::uint64_t key_count_ = 0;
  std::uint64_t tensor_count_ = 0;
};

}  // namespace granary::format::testing
