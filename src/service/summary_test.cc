// Tests of summaries: what is read from which files, and that bad files never fail one.
#include "service/summary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace granary::service {
namespace {

using meta::RepoKind;
using Files = std::map<std::string, std::string>;

meta::RepoSummary summarise_texts(const Files& files, RepoKind kind = RepoKind::Model) {
  std::vector<SnapshotFile> snapshot;
  for (const auto& [path, text] : files) {
    SnapshotFile file;
    file.path = path;
    file.oid.bytes[0] = static_cast<std::byte>(snapshot.size() + 1);
    file.size_bytes = text.size();
    snapshot.push_back(file);
  }
  return summarise(kind, GitOid{}, snapshot,
                   [&](const SnapshotFile& file, std::uint64_t size_bytes_max) -> Result<Bytes> {
                     const std::string text = files.at(file.path).substr(0, size_bytes_max);
                     const auto bytes = as_bytes(text);
                     return Bytes(bytes.begin(), bytes.end());
                   });
}

bool has_tag(const meta::RepoSummary& summary, std::string_view tag) {
  return std::ranges::find(summary.tags, tag) != summary.tags.end();
}

/// A safetensors file of one tensor of zeros.
std::string safetensors(const std::string& dtype, std::size_t element_count,
                        std::size_t element_size_bytes) {
  const std::size_t size = element_count * element_size_bytes;
  const std::string header = R"({"w":{"dtype":")" + dtype + R"(","shape":[)" +
                             std::to_string(element_count) + R"(],"data_offsets":[0,)" +
                             std::to_string(size) + "]}}";
  Bytes start;
  put_u64(start, header.size());
  return std::string(as_text(start)) + header + std::string(size, '\0');
}

TEST(Summary, ACardGivesTagsAndItsMetadata) {
  const auto summary = summarise_texts(
      {{"README.md",
        "---\nlicense: mit\npipeline_tag: text-generation\ntags: [x]\n---\n# Title\n\n"
        "A small model.\n\nMore."}});
  EXPECT_TRUE(has_tag(summary, "license:mit"));
  EXPECT_TRUE(has_tag(summary, "x"));
  EXPECT_EQ(summary.pipeline_tag, "text-generation");
  EXPECT_NE(summary.card_json.find("\"license\":\"mit\""), std::string::npos);
  EXPECT_EQ(summary.description, "A small model.");
}

TEST(Summary, AMalformedCardLeavesTheRestStanding) {
  const auto summary = summarise_texts({{"README.md", "---\nlicense: [mit\n---\ntext"},
                                        {"model.safetensors", safetensors("F32", 4, 4)}});
  EXPECT_EQ(summary.card_json, "");
  EXPECT_EQ(summary.parameter_count, 4U);
  EXPECT_TRUE(has_tag(summary, "safetensors"));
}

TEST(Summary, ParametersAreCountedByDtype) {
  const auto summary = summarise_texts({{"model.safetensors", safetensors("BF16", 10, 2)}});
  EXPECT_EQ(summary.safetensors_json, R"({"parameters":{"BF16":10},"total":10})");
  EXPECT_EQ(summary.parameter_count, 10U);
}

TEST(Summary, ShardsAreAddedUpAndAMissingOneGivesNoCount) {
  const std::string index = R"({"metadata":{},"weight_map":{"a":"m-1.safetensors",)"
                            R"("b":"m-2.safetensors"}})";
  Files files{{"model.safetensors.index.json", index},
              {"m-1.safetensors", safetensors("BF16", 10, 2)},
              {"m-2.safetensors", safetensors("F32", 5, 4)}};
  EXPECT_EQ(summarise_texts(files).safetensors_json,
            R"({"parameters":{"BF16":10,"F32":5},"total":15})");
  files.erase("m-2.safetensors");
  EXPECT_EQ(summarise_texts(files).safetensors_json, "");
  EXPECT_EQ(summarise_texts(files).parameter_count, 0U);
}

TEST(Summary, BrokenWeightsAreLeftOut) {
  for (const std::string& text :
       {std::string(), std::string("short"), std::string("\xff\xff\xff\xff\xff\xff\xff\xff", 8),
        safetensors("F32", 4, 4).substr(0, 20), safetensors("NONE", 4, 4)}) {
    const auto summary = summarise_texts({{"model.safetensors", text}, {"model.gguf", text}});
    EXPECT_EQ(summary.safetensors_json, "");
    EXPECT_EQ(summary.gguf_json, "");
  }
}

TEST(Summary, AConfigNamesTheArchitectureAndTheLibrary) {
  const auto summary = summarise_texts(
      {{"config.json", R"({"architectures":["Qwen3ForCausalLM"],"model_type":"qwen3"})"}});
  EXPECT_NE(summary.config_json.find("Qwen3ForCausalLM"), std::string::npos);
  EXPECT_EQ(summary.library_name, "transformers");
  EXPECT_EQ(summary.pipeline_tag, "text-generation");
  EXPECT_TRUE(has_tag(summary, "qwen3"));
}

TEST(Summary, UsedStorageCountsEqualFilesOnce) {
  std::vector<SnapshotFile> files(3);
  files[0].size_bytes = files[1].size_bytes = 10;
  files[2].size_bytes = 5;
  files[2].oid.bytes[0] = std::byte{1};
  const auto summary = summarise(RepoKind::Dataset, GitOid{}, files,
                                 [](const SnapshotFile&, std::uint64_t) -> Result<Bytes> {
                                   return fail(ErrorKind::Corrupt, "unreadable");
                                 });
  EXPECT_EQ(summary.used_storage_bytes, 15U);
}

TEST(Summary, ADescriptionIsCutBetweenCharacters) {
  std::string text = "a";
  for (int i = 0; i < 400; ++i) text += "\xc3\xa9";
  const auto summary = summarise_texts({{"README.md", text}});
  EXPECT_EQ(summary.description.size(), 299U);
}

}  // namespace
}  // namespace granary::service
