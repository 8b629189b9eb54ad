// Tests of the safetensors reader: what it tells, and every way in which a header can lie.
#include "format/safetensors.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "format/format_testing.h"

namespace granary::format {
namespace {

using testing::safetensors_file;

Result<SafetensorsHeader> parse(std::string_view json, std::size_t data_size_bytes) {
  const Bytes file = safetensors_file(json, data_size_bytes);
  return parse_safetensors(file, file.size());
}

ErrorKind fault(std::string_view json, std::size_t data_size_bytes) {
  const auto header = parse(json, data_size_bytes);
  EXPECT_FALSE(header) << json;
  return header ? ErrorKind::Internal : header.error().kind;
}

TEST(Safetensors, TellsTensorsParametersAndMetadata) {
  const auto header = parse(R"({"__metadata__":{"format":"pt","note":"\u00e9\n"},)"
                            R"("b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]},)"
                            R"("a":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},)"
                            R"("scalar":{"dtype":"U8","shape":[],"data_offsets":[20,21]}}   )",
                            21);
  ASSERT_TRUE(header) << header.error().message;
  ASSERT_EQ(header->tensors.size(), 3U);
  EXPECT_EQ(header->tensors[0].name, "a");
  EXPECT_EQ(header->tensors[0].shape, (std::vector<std::uint64_t>{2, 3}));
  EXPECT_EQ(header->tensors[0].element_count, 6U);
  EXPECT_EQ(header->tensors[2].element_count, 1U);
  EXPECT_EQ(header->parameters,
            (std::map<std::string, std::uint64_t>{{"BF16", 6}, {"F32", 2}, {"U8", 1}}));
  EXPECT_EQ(header->parameter_count, 9U);
  EXPECT_EQ(header->metadata.at("note"), "\u00e9\n");
  EXPECT_TRUE(header->json.ends_with("}}"));
  EXPECT_EQ(safetensors_info_json(std::vector{*header, *header}),
            R"({"parameters":{"BF16":12,"F32":4,"U8":2},"total":18})");
}

TEST(Safetensors, NeedsNoMoreThanItsHeader) {
  const Bytes file =
      safetensors_file(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 4);
  const auto size = safetensors_prefix_size_bytes(ByteView(file).first(8));
  ASSERT_TRUE(size);
  EXPECT_EQ(*size, file.size() - 4);
  EXPECT_TRUE(parse_safetensors(ByteView(file).first(*size), file.size()));
  EXPECT_FALSE(parse_safetensors(ByteView(file).first(*size - 1), file.size()));
  EXPECT_FALSE(parse_safetensors(file, file.size() - 1));
  EXPECT_FALSE(parse_safetensors(file, file.size() + 1));
}

TEST(Safetensors, CutShortAnywhereIsInvalid) {
  const Bytes file =
      safetensors_file(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 4);
  for (std::size_t size = 0; size < file.size(); ++size)
    EXPECT_FALSE(parse_safetensors(ByteView(file).first(size), size)) << size;
}

TEST(Safetensors, HugeLengthsAreRefusedBeforeAnythingIsRead) {
  for (std::uint64_t length : {limits::kSafetensorsHeaderSizeBytesMax + 1, std::uint64_t{1} << 63,
                               ~std::uint64_t{0}, ~std::uint64_t{0} - 7}) {
    Bytes start;
    put_u64(start, length);
    EXPECT_EQ(safetensors_prefix_size_bytes(start).error().kind, ErrorKind::TooLarge);
    EXPECT_FALSE(parse_safetensors(start, ~std::uint64_t{0}));
  }
}

TEST(Safetensors, EmptyTensorsMayShareAnOffset) {
  EXPECT_TRUE(parse(R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},)"
                    R"("b":{"dtype":"F32","shape":[4,0],"data_offsets":[0,0]},)"
                    R"("c":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                    R"("d":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}})",
                    4));
  EXPECT_TRUE(parse("{}", 0));
}

TEST(Safetensors, SubByteTypesMustFillTheirBytes) {
  EXPECT_TRUE(parse(R"({"a":{"dtype":"F4","shape":[4],"data_offsets":[0,2]}})", 2));
  EXPECT_TRUE(parse(R"({"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]}})", 3));
  EXPECT_EQ(fault(R"({"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}})", 2),
            ErrorKind::Invalid);
}

// Trail of Bits 2023: polyglots live in what the reference did not check.
TEST(Safetensors, HolesOverlapsAndTrailingBytesAreInvalid) {
  const std::string a = R"("a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]})";
  EXPECT_EQ(fault("{" + a + "}", 5), ErrorKind::Invalid);
  EXPECT_EQ(fault("{" + a + "}", 3), ErrorKind::Invalid);
  EXPECT_EQ(fault("{}", 1), ErrorKind::Invalid);
  for (const char* range : {"[5,9]", "[3,7]", "[0,4]", "[4,9]", "[8,4]", "[4]", "[4,8,8]", "[]"})
    fault("{" + a + R"(,"b":{"dtype":"U8","shape":[4],"data_offsets":)" + range + "}}", 8);
  EXPECT_EQ(fault(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}})", 5),
            ErrorKind::Invalid);
}

TEST(Safetensors, OverflowsAreInvalid) {
  for (const char* shape :
       {"[18446744073709551615,18446744073709551615]", "[4294967296,4294967296]",
        "[9223372036854775808,2]", "[2305843009213693952]", "[18446744073709551616]", "[1e3]",
        "[4.0]", "[-4]", "[\"4\"]", "[null]", "[[4]]", "4", "null"})
    fault(std::string(R"({"a":{"dtype":"F64","shape":)") + shape + R"(,"data_offsets":[0,0]}})", 0);
  fault(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,18446744073709551616]}})", 0);
  fault(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[-1,-1]}})", 0);
}

// A reader that keeps the last of two keys shows one tensor where a loader may use the other.
TEST(Safetensors, KeysThatRepeatAreInvalid) {
  const std::string a = R"("a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]})";
  fault("{" + a + "," + a + "}", 4);
  fault(R"({"a":{"dtype":"U8","dtype":"I8","shape":[4],"data_offsets":[0,4]}})", 4);
  fault(R"({"a":{"dtype":"U8","shape":[4],"shape":[4],"data_offsets":[0,4]}})", 4);
  fault(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"data_offsets":[0,4]}})", 4);
  fault(R"({"__metadata__":{"x":"1","x":"2"}})", 0);
  fault(R"({"__metadata__":{},"__metadata__":{}})", 0);
  fault(R"({"\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
        R"("a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
        0);
}

TEST(Safetensors, OtherShapesOfJsonAreInvalid) {
  for (const char* json : {"",
                           " {}",
                           "[]",
                           "null",
                           "{",
                           "{}x",
                           "{} {}",
                           "{}\n",
                           "{}\t",
                           "{},",
                           "{\"a\":1}",
                           "{\"a\":[]}",
                           "{\"a\":{}}",
                           "{\"a\":null}",
                           R"({"a":{"dtype":"U8","shape":[0]}})",
                           R"({"a":{"dtype":"U8","data_offsets":[0,0]}})",
                           R"({"a":{"shape":[0],"data_offsets":[0,0]}})",
                           R"({"a":{"dtype":"X9","shape":[0],"data_offsets":[0,0]}})",
                           R"({"a":{"dtype":"u8","shape":[0],"data_offsets":[0,0]}})",
                           R"({"a":{"dtype":8,"shape":[0],"data_offsets":[0,0]}})",
                           R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"extra":1}})",
                           R"({"__metadata__":{"x":1}})",
                           R"({"__metadata__":{"x":{}}})",
                           R"({"__metadata__":"x"})",
                           R"({"__metadata__":[]})",
                           "{\"a\xFF\":{}}",
                           "{/**/}",
                           "{\"a\":{\"dtype\":\"U8\",}}"})
    EXPECT_EQ(fault(json, 0), ErrorKind::Invalid) << json;
}

TEST(Safetensors, DeepAndWideHeadersAreRefused) {
  fault("{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}", 0);
  std::string many = R"({"a":{"dtype":"U8","shape":[)";
  for (int i = 0; i < 65; ++i) many += i == 0 ? "1" : ",1";
  fault(many + R"(],"data_offsets":[0,1]}})", 1);
}

TEST(SafetensorsIndex, TellsTheFilesOfAModel) {
  const auto index = parse_safetensors_index(
      R"({"metadata":{"total_size":8},"weight_map":{"b":"model-2.safetensors",)"
      R"("a":"model-1.safetensors","c":"model-1.safetensors"}})");
  ASSERT_TRUE(index);
  EXPECT_EQ(index->files, (std::vector<std::string>{"model-1.safetensors", "model-2.safetensors"}));
  EXPECT_EQ(index->weight_map[0],
            (std::pair<std::string, std::string>("a", "model-1.safetensors")));
  EXPECT_EQ(index->metadata_json, R"({"total_size":8})");
}

TEST(SafetensorsIndex, ThatLeavesItsFolderIsInvalid) {
  for (const char* file : {"../x", "/x", "a/b", "a\\\\b", "", ".hidden"})
    EXPECT_FALSE(parse_safetensors_index(std::string(R"({"weight_map":{"a":")") + file + "\"}}"))
        << file;
  for (const char* json : {"", "[]", "{}", R"({"weight_map":[]})", R"({"weight_map":{"a":1}})"})
    EXPECT_FALSE(parse_safetensors_index(json)) << json;
}

}  // namespace
}  // namespace granary::format
