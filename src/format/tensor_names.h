// Which tensor of a checkpoint a tensor of a GGUF file was made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace granary::format {

enum class RowOrder : std::uint8_t {
  Same,
  /// The two halves of each head's rows are interleaved: see parent_row.
  Interleaved,
};

struct ParentTensor {
  /// By preference: a later one stands in where the checkpoint has no earlier one.
  std::vector<std::string> names;
  RowOrder rows = RowOrder::Same;
  /// How many heads share the rows. Set for RowOrder::Interleaved only.
  std::uint64_t head_count = 0;
};

/// What the file's header tells of the model's attention.
struct AttentionHeads {
  std::uint64_t head_count = 0;
  std::uint64_t head_count_kv = 0;
};

/// The names of a checkpoint in Hugging Face's layout for `gguf_name`, such as
/// "blk.3.attn_q.weight". Nothing for architectures and tensors that are not known, and for those
/// whose numbers were changed on the way (Gemma's norms). A hint, which the numbers must confirm.
/// `heads`: 0 where they are not known, which leaves out tensors that need them.
/// Source: docs/formats/gguf.md, "Parents".
std::optional<ParentTensor> find_parent_tensor(std::string_view architecture,
                                               std::string_view gguf_name,
                                               const AttentionHeads& heads);

/// The row of the checkpoint's tensor that is row `row` of GGUF's, of `row_count`, when rows are
/// interleaved: of each head, first and second halves take turns. Gives `row` itself if the rows do
/// not divide into heads of even size. row < row_count.
std::uint64_t parent_row(std::uint64_t row, std::uint64_t row_count, std::uint64_t head_count);

}  // namespace granary::format
