// Tests of the GGUF reader. Each hostile case names the advisory whose class it belongs to.
#include "format/gguf.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "format/format_testing.h"

namespace granary::format {
namespace {

using testing::GgufWriter;

GgufWriter small() {
  GgufWriter writer;
  writer.text("general.architecture", "llama");
  return writer;
}

Result<GgufHeader> parse(const GgufWriter& writer) {
  const Bytes file = writer.file();
  return parse_gguf(file, file.size());
}

void expect_invalid(const GgufWriter& writer, std::string_view why) {
  const auto header = parse(writer);
  ASSERT_FALSE(header) << why;
  EXPECT_EQ(header.error().kind, ErrorKind::Invalid) << why;
}

Bytes u64_bytes(std::initializer_list<std::uint64_t> numbers) {
  return GgufWriter::made([&](Bytes& out) {
    for (std::uint64_t number : numbers) put_u64(out, number);
  });
}

GgufWriter whole() {
  GgufWriter writer;
  writer.text("general.architecture", "llama")
      .text("general.name", "Small")
      .number("general.file_type", 15)
      .number("llama.context_length", 4096)
      .number("llama.attention.head_count", 9)
      .text("quantize.imatrix.file", "x.dat")
      .text("tokenizer.chat_template", "{{ messages }}")
      .texts("tokenizer.ggml.tokens", {"<unk>", "<s>", "</s>"})
      .number("tokenizer.ggml.bos_token_id", 1)
      .number("tokenizer.ggml.eos_token_id", 2)
      .tensor("token_embd.weight", {256, 3}, 12, 0)    // Q4_K: 3 blocks of 144 bytes
      .tensor("output_norm.weight", {5}, 0, 448)       // F32, after padding to 32
      .tensor("scale", {}, 1, 480);                    // an F16 scalar
  writer.data_size_bytes = 482;
  return writer;
}

TEST(Gguf, TellsWhatTheModelIs) {
  for (std::uint32_t version : {2U, 3U}) {
    GgufWriter writer = whole();
    writer.version = version;
    const auto header = parse(writer);
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_EQ(header->architecture, "llama");
    EXPECT_EQ(header->name, "Small");
    EXPECT_EQ(header->file_type, "Q4_K_M");
    EXPECT_EQ(header->context_length, 4096U);
    EXPECT_EQ(header->head_count, 9U);
    EXPECT_EQ(header->head_count_kv, 0U);
    EXPECT_EQ(header->bos_token, "<s>");
    EXPECT_EQ(header->eos_token, "</s>");
    EXPECT_EQ(header->parameter_count, 774U);
    ASSERT_EQ(header->tensors.size(), 3U);
    EXPECT_EQ(header->tensors[0].type, "Q4_K");
    EXPECT_EQ(header->tensors[0].size_bytes, 432U);
    EXPECT_EQ(gguf_info_json(*header),
              R"({"total":774,"architecture":"llama","context_length":4096,)"
              R"("quantize_imatrix_file":"x.dat","chat_template":"{{ messages }}",)"
              R"("bos_token":"<s>","eos_token":"</s>"})");
  }
}

TEST(Gguf, AskedWithTooLittleSaysSo) {
  const Bytes file = whole().file();
  const std::size_t header_size = file.size() - 482;
  for (std::size_t size = 0; size < header_size - 32; ++size) {
    const auto header = parse_gguf(ByteView(file).first(size), file.size());
    ASSERT_FALSE(header) << size;
    EXPECT_EQ(header.error().kind, ErrorKind::TooLarge) << size;
  }
  EXPECT_TRUE(parse_gguf(ByteView(file).first(header_size), file.size()));
}

TEST(Gguf, CutShortAnywhereIsInvalid) {
  const Bytes file = whole().file();
  for (std::size_t size = 0; size < file.size(); ++size) {
    const auto header = parse_gguf(ByteView(file).first(size), size);
    ASSERT_FALSE(header) << size;
    EXPECT_EQ(header.error().kind, ErrorKind::Invalid) << size;
  }
}

TEST(Gguf, OtherFilesAndVersionsAreInvalid) {
  for (std::uint32_t version : {0U, 1U, 4U, 0x03000000U, 0x02000000U, 0xFFFFFFFFU}) {
    GgufWriter writer = small();
    writer.version = version;
    expect_invalid(writer, "version");
  }
  Bytes file = small().file();
  file[0] = std::byte{'g'};
  EXPECT_FALSE(parse_gguf(file, file.size()));
  expect_invalid(GgufWriter(), "no architecture");
}

// CVE-2024-21825, -21836, CVE-2025-53630: counts that are believed before they are checked.
TEST(Gguf, CountsThatCannotFitAreInvalid) {
  for (std::uint64_t offset :
       {std::uint64_t{1}, std::uint64_t{1000}, std::uint64_t{1} << 60, ~std::uint64_t{0} - 1}) {
    GgufWriter keys = small();
    keys.key_count_offset = offset;
    expect_invalid(keys, "key count");
    GgufWriter tensors = small();
    tensors.tensor_count_offset = offset;
    expect_invalid(tensors, "tensor count");
    Bytes file = small().file();
    EXPECT_NE(parse_gguf(file, ~std::uint64_t{0} >> 1).error().kind, ErrorKind::Internal);
  }
}

// CVE-2024-23605, CVE-2024-23496: the length of a string or an array plus something overflows.
TEST(Gguf, LengthsNearTheLimitAreInvalid) {
  for (std::uint64_t length : {~std::uint64_t{0}, ~std::uint64_t{0} - 8, std::uint64_t{1} << 63,
                               std::uint64_t{limits::kGgufStringSizeBytesMax} + 1}) {
    expect_invalid(small().key("x", 8, u64_bytes({length})), "string");
    for (std::uint32_t item_type : {0U, 4U, 8U, 10U, 12U})
      expect_invalid(small().key("x", 9, GgufWriter::made([&](Bytes& out) {
                                   put_u32(out, item_type);
                                   put_u64(out, length);
                                 })),
                     "array");
  }
}

// CVE-2024-21802: dimensions whose product, in elements or bytes, overflows.
TEST(Gguf, ShapesThatOverflowAreInvalid) {
  for (const std::vector<std::uint64_t>& shape :
       {std::vector<std::uint64_t>{1ULL << 32, 1ULL << 32},
        {~0ULL},
        {1ULL << 62, 4},
        {1ULL << 62},
        {1ULL << 16, 1ULL << 16, 1ULL << 16, 1ULL << 16}})
    expect_invalid(small().tensor("a", shape, 0, 0), "overflow");
}

// A dimension of zero once divided (SIGFPE).
TEST(Gguf, ZeroAndManyDimensionsAreInvalid) {
  expect_invalid(small().tensor("a", {0}, 0, 0), "zero");
  expect_invalid(small().tensor("a", {4, 0}, 0, 0), "zero");
  expect_invalid(small().tensor("a", {1, 1, 1, 1, 1}, 0, 0), "five dimensions");
  GgufWriter writer = small();
  writer.tensor("a", {}, 0, 0);
  Bytes file = writer.file();
  for (std::size_t i = 0; i + 4 <= file.size(); ++i) {  // a rank of 2^32 - 1 wherever it may be
    Bytes damaged = file;
    for (std::size_t k = 0; k < 4; ++k) damaged[i + k] = std::byte{0xFF};
    (void)parse_gguf(damaged, damaged.size());
  }
}

// CVE-2026-7482: a tensor that lies beyond the file, so that a copy reads what is not its own.
TEST(Gguf, TensorsOutsideTheFileOrOutOfPlaceAreInvalid) {
  GgufWriter good = small();
  good.tensor("a", {8}, 0, 0).tensor("b", {8}, 0, 32);
  good.data_size_bytes = 64;
  EXPECT_TRUE(parse(good));
  good.data_size_bytes = 63;
  expect_invalid(good, "cut");
  for (std::uint64_t offset : {0ULL, 31ULL, 33ULL, 64ULL, 1ULL << 63, ~0ULL}) {
    GgufWriter writer = small();
    writer.tensor("a", {8}, 0, 0).tensor("b", {8}, 0, offset);
    writer.data_size_bytes = 128;
    expect_invalid(writer, "offset");
  }
}

TEST(Gguf, UnknownTypesAndBrokenBlocksAreInvalid) {
  for (std::uint32_t type : {4U, 5U, 31U, 33U, 36U, 38U, 43U, 1000U, ~0U})
    expect_invalid(small().tensor("a", {256}, type, 0), "tensor type");
  expect_invalid(small().tensor("a", {255}, 12, 0), "block");
  expect_invalid(small().tensor("a", {}, 2, 0), "block of a scalar");
  expect_invalid(small().key("x", 13, Bytes(8)), "value type");
  expect_invalid(small().key("x", 7, Bytes(1, std::byte{2})), "bool");
  expect_invalid(small().key("x", 9, GgufWriter::made([](Bytes& out) {
                               put_u32(out, 9);
                               put_u64(out, 0);
                             })),
                 "array of arrays");
}

TEST(Gguf, KeysAndNamesMustBeUniqueAndPlain) {
  expect_invalid(small().number("x", 1).number("x", 2), "key twice");
  expect_invalid(small().number("", 1), "empty key");
  expect_invalid(small().number("a b", 1), "blank in key");
  expect_invalid(small().number("\xFF", 1), "key not UTF-8");
  expect_invalid(small().number(std::string(65'536, 'k'), 1), "long key");
  expect_invalid(small().text("x", "\xC0\xAF"), "text not UTF-8");
  GgufWriter writer = small();
  writer.tensor("a", {8}, 0, 0).tensor("a", {8}, 0, 32);
  writer.data_size_bytes = 64;
  expect_invalid(writer, "name twice");
  expect_invalid(small().tensor("", {8}, 0, 0), "no name");
  expect_invalid(small().tensor(std::string(64, 'n'), {8}, 0, 0), "long name");
}

// CVE of general.alignment: another type, zero, or no power of two.
TEST(Gguf, AlignmentIsCheckedByTypeAndValue) {
  for (std::uint32_t bytes : {0U, 3U, 33U, 131'072U, ~0U})
    expect_invalid(small().number("general.alignment", bytes), "alignment");
  expect_invalid(small().text("general.alignment", "32"), "alignment as text");
  expect_invalid(small().key("general.alignment", 10, u64_bytes({32})), "alignment as u64");
  GgufWriter writer = small();
  writer.number("general.alignment", 64).tensor("a", {1}, 0, 0).tensor("b", {1}, 0, 64);
  writer.alignment_bytes = 64;
  writer.data_size_bytes = 68;
  EXPECT_TRUE(parse(writer));
}

// CVE-2025-52566's class: an id of another sign or beyond the tokens.
TEST(Gguf, TokenIdsBeyondTheTokensNameNone) {
  const auto with_id = [](std::uint32_t type, const Bytes& id) {
    return small()
        .texts("tokenizer.ggml.tokens", {"a", "\xFF"})
        .key("tokenizer.ggml.bos_token_id", type, id);
  };
  const Bytes minus_one(4, std::byte{0xFF});
  for (const GgufWriter& writer :
       {with_id(5, minus_one), with_id(4, minus_one), with_id(10, u64_bytes({2})),
        with_id(10, u64_bytes({1})), with_id(6, minus_one)}) {
    const auto header = parse(writer);
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_EQ(header->bos_token, "");
  }
  EXPECT_EQ(parse(with_id(10, u64_bytes({0})))->bos_token, "a");
}

TEST(Gguf, OneFlippedBitNeverDoesHarm) {
  const Bytes file = whole().file();
  for (std::size_t bit = 0; bit < (file.size() - 482) * 8; ++bit) {
    Bytes damaged = file;
    damaged[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    const auto header = parse_gguf(damaged, damaged.size());
    if (!header) EXPECT_EQ(header.error().kind, ErrorKind::Invalid);
  }
}

}  // namespace
}  // namespace granary::format
