// The inspect subcommand: safetensors, GGUF and xorb files, told apart by their bytes.
#include "cli/inspect.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/env.h"
#include "base/text.h"
#include "cli/model_file.h"
#include "store/xorb_container.h"

namespace granary::cli {
namespace {

struct Values {
  std::vector<std::string> files;
  bool all_tensors = false;
};

std::string shape_text(const std::vector<std::uint64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

Result<std::string> describe_safetensors(File& file, std::uint64_t size, const Values& values) {
  TRY(const auto header, format::read_safetensors(header_source_of(file, size)));
  std::string text = fmt::format("safetensors: {} tensors, {} parameters\n", header.tensors.size(),
                                 header.parameter_count);
  for (const auto& [dtype, count] : header.parameters) {
    text += fmt::format("  {:<8} {}\n", dtype, count);
  }
  for (const auto& [key, value] : header.metadata) {
    text += fmt::format("  metadata {}: {}\n", key, value.substr(0, 200));
  }
  if (!values.all_tensors) return text;
  for (const auto& tensor : header.tensors) {
    text += fmt::format("  {} {} {} {}\n", tensor.name, tensor.dtype, shape_text(tensor.shape),
                        format_size(tensor.end_bytes - tensor.begin_bytes));
  }
  return text;
}

Result<std::string> describe_gguf(File& file, std::uint64_t size, const Values& values) {
  TRY(const auto found, format::read_gguf(header_source_of(file, size)));
  std::string text =
      fmt::format("GGUF version {}: {} tensors, {} parameters\n  architecture {}\n  file type {}\n",
                  found.version, found.tensors.size(), found.parameter_count, found.architecture,
                  found.file_type);
  if (!found.name.empty()) text += fmt::format("  name {}\n", found.name);
  if (found.context_length) text += fmt::format("  context length {}\n", *found.context_length);
  if (!found.chat_template.empty()) {
    text += fmt::format("  chat template of {} bytes (code: never run here)\n",
                        found.chat_template.size());
  }
  if (!values.all_tensors) return text;
  for (const auto& tensor : found.tensors) {
    text += fmt::format("  {} {} {} {}\n", tensor.name, tensor.type, shape_text(tensor.shape),
                        format_size(tensor.size_bytes));
  }
  return text;
}

Result<std::string> describe_xorb(File& file, std::uint64_t size) {
  if (size < store::kXorbTrailerSizeBytes) return fail(ErrorKind::Invalid, "too short for a xorb");
  Bytes end(store::kXorbTrailerSizeBytes);
  TRY(const std::size_t got, file.read_at(size - end.size(), end));
  if (got != end.size()) return fail(ErrorKind::Invalid, "cut short while it was read");
  TRY(const auto trailer, store::parse_xorb_trailer(end, size));
  return fmt::format("xorb at rest {}\n  {} chunks, {} blocks\n  {} of content in {}\n",
                     trailer.hash.to_string(), trailer.chunk_count, trailer.block_count,
                     format_size(trailer.size_bytes), format_size(size));
}

Result<std::string> describe(const std::string& path, const Values& values) {
  TRY(const auto file, real_env().files.open(path, OpenMode::Read));
  TRY(const std::uint64_t size, file->size_bytes());
  TRY(const Bytes start, header_source_of(*file, size).read_prefix(16));
  const format::WeightFormat format = format::weight_format_of(start);
  if (format == format::WeightFormat::Gguf) return describe_gguf(*file, size, values);
  if (auto xorb = describe_xorb(*file, size)) return xorb;
  if (format == format::WeightFormat::Safetensors) return describe_safetensors(*file, size, values);
  return fail(ErrorKind::Invalid, "neither safetensors, nor GGUF, nor a stored xorb");
}

int run(const Values& values) {
  int code = 0;
  for (const std::string& path : values.files) {
    auto text = describe(path, values);
    if (text) {
      fmt::print("{}: {}, {}", path, format_size(std::filesystem::file_size(path)), *text);
    } else {
      code = fail_with(path + ": " + text.error().message);
    }
  }
  return code;
}

}  // namespace

void add_inspect(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("inspect", "Say what a model file is and holds");
  const auto values = std::make_shared<Values>();
  command->add_option("files", values->files, "safetensors, GGUF, or objects of a data folder")
      ->required();
  command->add_flag("--tensors", values->all_tensors, "list every tensor");
  command->footer("Example:\n  granary inspect model.safetensors --tensors");
  command->callback([&program, values] { program.action = [values] { return run(*values); }; });
}

}  // namespace granary::cli
