// The codec subcommand: every block of a file coded, decoded and compared, tensor by tensor.
#include "cli/codec.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <vector>

#include "base/env.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/model_file.h"
#include "codec/block.h"

namespace granary::cli {
namespace {

struct Values {
  std::vector<std::string> files;
  std::string kernels;
  bool summary = false;
};

/// A run of a file's bytes that belong together.
struct Part {
  std::string name;
  std::string type;
  std::uint64_t offset_bytes = 0;
  std::uint64_t size_bytes = 0;
};

struct Cost {
  std::uint64_t size_bytes = 0;
  std::uint64_t coded_size_bytes = 0;
  std::chrono::nanoseconds encode{};
  std::chrono::nanoseconds decode{};
  std::map<codec::CodecId, std::uint64_t> blocks;

  void add(const Cost& other) {
    size_bytes += other.size_bytes;
    coded_size_bytes += other.coded_size_bytes;
    encode += other.encode;
    decode += other.decode;
    for (const auto& [codec, count] : other.blocks) blocks[codec] += count;
  }
};

double gigabytes_per_second(std::uint64_t size_bytes, std::chrono::nanoseconds time) {
  return time.count() == 0 ? 0
                           : static_cast<double>(size_bytes) / static_cast<double>(time.count());
}

std::string line(std::string_view name, std::string_view type, const Cost& cost) {
  std::string codecs;
  for (const auto& [codec, count] : cost.blocks) {
    codecs += (codecs.empty() ? "" : ", ") + std::string(name_of(codec));
  }
  const double ratio = static_cast<double>(cost.size_bytes) /
                       static_cast<double>(std::max<std::uint64_t>(1, cost.coded_size_bytes));
  return fmt::format("{:<48} {:<8} {:>10} {:>7.3f}x {:>7.2f} {:>7.2f}  {}\n", name, type,
                     format_size(cost.size_bytes), ratio,
                     gigabytes_per_second(cost.size_bytes, cost.encode),
                     gigabytes_per_second(cost.size_bytes, cost.decode), codecs);
}

// What the header calls data, and what lies before it. Any other file is one part.
Result<std::vector<Part>> parts_of(File& file, std::uint64_t size) {
  TRY(const ModelFormat format, model_format_of(file));
  std::vector<Part> parts;
  if (format == ModelFormat::Safetensors) {
    TRY(const auto header, read_safetensors_header(file, size));
    parts.push_back({"(header)", "", 0, header.data_offset_bytes});
    for (const auto& tensor : header.tensors) {
      parts.push_back({tensor.name, tensor.dtype, header.data_offset_bytes + tensor.begin_bytes,
                       tensor.end_bytes - tensor.begin_bytes});
    }
  } else if (format == ModelFormat::Gguf) {
    TRY(const auto header, read_gguf_header(file, size));
    parts.push_back({"(header)", "", 0, header.data_offset_bytes});
    for (const auto& tensor : header.tensors) {
      parts.push_back({tensor.name, tensor.type, header.data_offset_bytes + tensor.offset_bytes,
                       tensor.size_bytes});
    }
  } else {
    parts.push_back({"(file)", "", 0, size});
  }
  return parts;
}

/// Codes blocks in memory that is made once.
class Coder {
 public:
  explicit Coder(const codec::Kernels& kernels) : kernels_(kernels) {}

  Result<Cost> code(File& file, const Part& part) {
    Cost cost;
    for (std::uint64_t at = 0; at < part.size_bytes;) {
      const auto size = static_cast<std::size_t>(
          std::min<std::uint64_t>(limits::kBlockSizeBytes, part.size_bytes - at));
      const std::span<std::byte> block = std::span(block_).first(size);
      TRY(const std::size_t got, file.read_at(part.offset_bytes + at, block));
      if (got != size) return fail(ErrorKind::Invalid, "cut short while it was read");
      TRY_DONE(code_block(block, cost));
      at += size;
    }
    return cost;
  }

 private:
  Result<void> code_block(ByteView block, Cost& cost) {
    const auto start = std::chrono::steady_clock::now();
    const codec::CodedBlock coded = codec::encode_block(kernels_, block, {}, *scratch_);
    const auto middle = std::chrono::steady_clock::now();
    coded_.assign(coded.bytes.begin(), coded.bytes.end());
    const std::span<std::byte> decoded = std::span(decoded_).first(block.size());
    const auto before = std::chrono::steady_clock::now();
    TRY_DONE(codec::decode_block(kernels_, coded.codec, coded_, decoded, *scratch_));
    const auto after = std::chrono::steady_clock::now();
    if (!std::equal(block.begin(), block.end(), decoded.begin())) {
      return fail(ErrorKind::Corrupt, "a block does not come back as it was: please report this");
    }
    cost.add({.size_bytes = block.size(),
              .coded_size_bytes = coded_.size(),
              .encode = middle - start,
              .decode = after - before,
              .blocks = {{coded.codec, 1}}});
    return {};
  }

  const codec::Kernels& kernels_;
  std::unique_ptr<codec::Scratch> scratch_ = std::make_unique<codec::Scratch>();
  Bytes block_ = Bytes(limits::kBlockSizeBytes);
  Bytes coded_;
  Bytes decoded_ = Bytes(limits::kBlockSizeBytes);
};

Result<void> show(const std::string& path, const Values& values, Coder& coder) {
  TRY(const auto file, real_env().files.open(path, OpenMode::Read));
  TRY(const std::uint64_t size, file->size_bytes());
  TRY(const auto parts, parts_of(*file, size));
  fmt::print("{}\n{:<48} {:<8} {:>10} {:>8} {:>7} {:>7}  codec\n", path, "", "type", "size",
             "ratio", "encode", "decode");
  Cost all;
  std::map<std::string, Cost> by_type;
  for (const Part& part : parts) {
    if (part.size_bytes == 0) continue;
    TRY(const Cost cost, coder.code(*file, part));
    if (!values.summary) fmt::print("{}", line(part.name, part.type, cost));
    if (!part.type.empty()) by_type[part.type].add(cost);
    all.add(cost);
  }
  for (const auto& [type, cost] : by_type) fmt::print("{}", line("(all of a type)", type, cost));
  fmt::print("{}", line("(all)", "", all));
  return {};
}

int run(const Values& values) {
  const codec::Kernels* kernels =
      values.kernels.empty() ? &codec::best_kernels() : codec::find_kernels(values.kernels);
  if (kernels == nullptr) return fail_with("this CPU has no kernels '" + values.kernels + "'");
  fmt::print("kernels: {}; GB/s on one core\n", kernels->name);
  Coder coder(*kernels);
  int code = 0;
  for (const std::string& path : values.files) {
    if (auto shown = show(path, values, coder); !shown) {
      code = fail_with(path + ": " + shown.error().message);
    }
  }
  return code;
}

}  // namespace

void add_codec(CLI::App& app, Program& program) {
  CLI::App* command =
      app.add_subcommand("codec", "Show how small and how fast a file's blocks would be stored");
  const auto values = std::make_shared<Values>();
  command->add_option("files", values->files, "safetensors, GGUF, or any other file")->required();
  command->add_flag("--summary", values->summary, "one line for each type, none for each tensor");
  command->add_option("--kernels", values->kernels, "scalar, avx2, avx512, neon [the fastest]");
  command->footer("Example:\n  granary codec model.safetensors --summary");
  command->callback([&program, values] { program.action = [values] { return run(*values); }; });
}

}  // namespace granary::cli
