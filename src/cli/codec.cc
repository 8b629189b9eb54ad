// The codec subcommand: every block of a file coded, decoded and compared, tensor by tensor.
#include "cli/codec.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/env.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/model_file.h"
#include "codec/block.h"
#include "codec/delta.h"
#include "codec/elements.h"

namespace granary::cli {
namespace {

struct Values {
  std::vector<std::string> files;
  std::string base;
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
  std::map<std::string, std::uint64_t, std::less<>> blocks;  // by the name of their coding

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
  for (const auto& [name_of_codec, count] : cost.blocks) {
    codecs += (codecs.empty() ? "" : ", ") + name_of_codec;
  }
  const double ratio = static_cast<double>(cost.size_bytes) /
                       static_cast<double>(std::max<std::uint64_t>(1, cost.coded_size_bytes));
  return fmt::format("{:<48} {:<8} {:>10} {:>7.3f}x {:>7.2f} {:>7.2f}  {}\n", name, type,
                     format_size(cost.size_bytes), ratio,
                     gigabytes_per_second(cost.size_bytes, cost.encode),
                     gigabytes_per_second(cost.size_bytes, cost.decode), codecs);
}

// The tensors, and what lies before them. Any other file is one part.
Result<std::vector<Part>> parts_of(File& file, std::uint64_t size) {
  const format::HeaderSource source = header_source_of(file, size);
  TRY(const Bytes start, source.read_prefix(16));
  if (format::weight_format_of(start) == format::WeightFormat::Other) {
    return std::vector<Part>{{"(file)", "", 0, size}};
  }
  TRY(const format::WeightHeader header, format::read_weight_header(source));
  std::vector<Part> parts{{"(header)", "", 0, header.data_offset_bytes}};
  for (const format::WeightTensor& tensor : header.tensors) {
    parts.push_back({tensor.name, tensor.type, tensor.offset_bytes, tensor.size_bytes});
  }
  return parts;
}

/// A file whose tensors others were tuned from.
struct Base {
  std::unique_ptr<File> file;
  std::map<std::string, Part, std::less<>> parts;
};

Result<Base> open_base(const std::string& path) {
  Base base;
  TRY(base.file, real_env().files.open(path, OpenMode::Read));
  TRY(const std::uint64_t size, base.file->size_bytes());
  TRY(auto parts, parts_of(*base.file, size));
  for (Part& part : parts) base.parts.emplace(part.name, std::move(part));
  return base;
}

Result<void> read_whole(File& file, std::uint64_t offset_bytes, std::span<std::byte> out) {
  TRY(const std::size_t got, file.read_at(offset_bytes, out));
  if (got == out.size()) return {};
  return fail(ErrorKind::Invalid, "cut short while it was read");
}

/// Codes blocks in memory that is made once.
class Coder {
 public:
  explicit Coder(const codec::Kernels& kernels) : kernels_(kernels) {}

  /// `base` may be null. Its tensor of that name, type and size is what the part is compared with.
  Result<Cost> code(File& file, const Part& part, const Base* base) {
    const Part* from = nullptr;
    const auto type = codec::find_float_type(part.type);
    if (base != nullptr && type) {
      const auto found = base->parts.find(part.name);
      if (found != base->parts.end() && found->second.type == part.type &&
          found->second.size_bytes == part.size_bytes) {
        from = &found->second;
      }
    }
    Cost cost;
    for (std::uint64_t at = 0; at < part.size_bytes; at += block_.size()) {
      block_.resize(static_cast<std::size_t>(
          std::min<std::uint64_t>(limits::kBlockSizeBytes, part.size_bytes - at)));
      TRY_DONE(read_whole(file, part.offset_bytes + at, block_));
      TRY(Cost best, code_alone(part, at));
      if (from != nullptr) {
        base_block_.resize(block_.size());
        TRY_DONE(read_whole(*base->file, from->offset_bytes + at, base_block_));
        TRY(const Cost delta, code_delta(*type));
        if (delta.coded_size_bytes < best.coded_size_bytes) best = delta;
      }
      cost.add(best);
    }
    return cost;
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// As the store does with a file whose header it knows.
  Result<Cost> code_alone(const Part& part, std::uint64_t offset_bytes) {
    const codec::Elements elements = codec::elements_of(part.type);
    const std::uint64_t into = offset_bytes % elements.size_bytes;
    const codec::ElementHint hint{.type = elements.type,
                                  .phase = (elements.size_bytes - into) % elements.size_bytes,
                                  .quant = elements.quant};
    const auto start = Clock::now();
    const codec::CodedBlock coded = codec::encode_block(kernels_, block_, hint, *scratch_);
    const auto end = Clock::now();
    coded_.assign(coded.bytes.begin(), coded.bytes.end());
    return decoded(std::string(name_of(coded.codec)), end - start, [&] {
      return codec::decode_block(kernels_, coded.codec, coded_, decoded_, *scratch_);
    });
  }

  Result<Cost> code_delta(codec::FloatType type) {
    const auto start = Clock::now();
    const std::size_t size =
        codec::encode_delta(kernels_, block_, base_block_, {.type = type, .phase = 0}, *scratch_);
    const auto end = Clock::now();
    const auto coded = scratch_->coded().first(size);
    coded_.assign(coded.begin(), coded.end());
    return decoded("delta", end - start, [&] {
      return codec::decode_delta(kernels_, coded_, base_block_, decoded_, *scratch_);
    });
  }

  template <class Decode>
  Result<Cost> decoded(const std::string& name, std::chrono::nanoseconds encode, Decode decode) {
    decoded_.resize(block_.size());
    const auto start = Clock::now();
    TRY_DONE(decode());
    const auto end = Clock::now();
    if (decoded_ != block_) {
      return fail(ErrorKind::Corrupt, "a block does not come back as it was: please report this");
    }
    return Cost{.size_bytes = block_.size(),
                .coded_size_bytes = coded_.size(),
                .encode = encode,
                .decode = end - start,
                .blocks = {{name, 1}}};
  }

  const codec::Kernels& kernels_;
  std::unique_ptr<codec::Scratch> scratch_ = std::make_unique<codec::Scratch>();
  Bytes block_;
  Bytes base_block_;
  Bytes coded_;
  Bytes decoded_;
};

Result<void> show(const std::string& path, const Values& values, const Base* base, Coder& coder) {
  TRY(const auto file, real_env().files.open(path, OpenMode::Read));
  TRY(const std::uint64_t size, file->size_bytes());
  TRY(const auto parts, parts_of(*file, size));
  fmt::print("{}\n{:<48} {:<8} {:>10} {:>8} {:>7} {:>7}  codec\n", path, "", "type", "size",
             "ratio", "encode", "decode");
  Cost all;
  std::map<std::string, Cost> by_type;
  for (const Part& part : parts) {
    if (part.size_bytes == 0) continue;
    TRY(const Cost cost, coder.code(*file, part, base));
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
  std::optional<Base> base;
  if (!values.base.empty()) {
    auto opened = open_base(values.base);
    if (!opened) return fail_with(values.base + ": " + opened.error().message);
    base = *std::move(opened);
  }
  Coder coder(*kernels);
  int code = 0;
  for (const std::string& path : values.files) {
    if (auto shown = show(path, values, base ? &*base : nullptr, coder); !shown) {
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
  command->add_option(
      "--base", values->base,
      "also as differences to this file's tensors, as the store does with a base model");
  command->footer(
      "Examples:\n  granary codec model.safetensors --summary\n"
      "  granary codec tuned.safetensors --base model.safetensors");
  command->callback([&program, values] { program.action = [values] { return run(*values); }; });
}

}  // namespace granary::cli
