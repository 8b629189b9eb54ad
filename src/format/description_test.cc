// Tests of what is derived from a repo's files: library, task, tags.
#include "format/description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"

namespace granary::format {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::Not;

RepoFiles model(std::vector<std::string> paths, std::string_view readme = "") {
  RepoFiles files;
  files.paths = std::move(paths);
  files.card = parse_card(readme).value();
  return files;
}

void configure(RepoFiles& files, std::string_view config) {
  files.config = parse_model_config(config, "").value();
}

TEST(Description, OfAPlainTransformersModel) {
  RepoFiles files = model({"config.json", "model.safetensors"},
                          "---\nlicense: apache-2.0\nlanguage: en\nbase_model: ns/x\n---\n"
                          "See https://arxiv.org/abs/2401.01234v2.");
  configure(files, R"({"architectures":["Qwen3ForCausalLM"],"model_type":"qwen3"})");
  const Description description = describe(files);
  EXPECT_EQ(description.library_name, "transformers");
  EXPECT_EQ(description.pipeline_tag, "text-generation");
  EXPECT_EQ(description.transformers_info_json,
            R"({"auto_model":"AutoModelForCausalLM","pipeline_tag":"text-generation",)"
            R"("processor":"AutoTokenizer"})");
  EXPECT_THAT(description.tags,
              ElementsAre("transformers", "safetensors", "qwen3", "text-generation", "en",
                          "base_model:ns/x", "base_model:finetune:ns/x", "arxiv:2401.01234",
                          "license:apache-2.0", "region:us"));
}

TEST(Description, TheRelationToTheBaseIsInferredUnlessItIsSaid) {
  const std::string card = "---\nbase_model: ns/x\n---\n";
  EXPECT_THAT(describe(model({"a.gguf"}, card)).tags,
              IsSupersetOf({"gguf", "base_model:quantized:ns/x"}));
  EXPECT_THAT(
      describe(model({"a.gguf"}, "---\nbase_model: ns/x\nbase_model_relation: merge\n---\n")).tags,
      Contains("base_model:merge:ns/x"));
  EXPECT_THAT(describe(model({}, "---\nbase_model: [a/b, c/d]\n---\n")).tags,
              IsSupersetOf({"base_model:merge:a/b", "base_model:merge:c/d"}));
  RepoFiles adapter = model({"adapter_config.json"});
  adapter.adapter = AdapterConfig{"ns/base", "LORA"};
  EXPECT_EQ(describe(adapter).library_name, "peft");
  EXPECT_THAT(describe(adapter).tags, Contains("base_model:adapter:ns/base"));
}

TEST(Description, AnAdaptersLocalPathIsNotABaseModel) {
  RepoFiles adapter = model({});
  for (const char* path : {"/home/me/base", "./base", "C:\\base", "a/b/c", ""}) {
    adapter.adapter = AdapterConfig{path, "LORA"};
    EXPECT_TRUE(describe(adapter).base_models.empty()) << path;
  }
}

TEST(Description, TheCardsWordGoesFirst) {
  RepoFiles files =
      model({"modules.json"}, "---\nlibrary_name: timm\npipeline_tag: depth-estimation\n---\n");
  configure(files, R"({"architectures":["BertForMaskedLM"]})");
  EXPECT_EQ(describe(files).library_name, "timm");
  EXPECT_EQ(describe(files).pipeline_tag, "depth-estimation");
  EXPECT_EQ(describe(files).transformers_info_json, "");
}

TEST(Description, NothingIsGuessedWhereTheClassDoesNotSay) {
  for (const char* config :
       {R"({"architectures":["MyModel"]})",
        R"({"architectures":["NewForConditionalGeneration"],"model_type":"new"})",
        R"({"architectures":["AForCausalLM","BForCausalLM"]})",
        R"({"architectures":["AForCausalLM"],"auto_map":{"AutoModel":"x.Y"}})"}) {
    RepoFiles files = model({});
    configure(files, config);
    EXPECT_EQ(describe(files).transformers_info_json, "") << config;
    EXPECT_EQ(describe(files).pipeline_tag, "") << config;
  }
  RepoFiles custom = model({});
  configure(custom, R"({"auto_map":{"AutoModel":"x.Y"}})");
  EXPECT_THAT(describe(custom).tags, Contains("custom_code"));
}

TEST(Description, ConditionalGenerationDependsOnTheModelType) {
  const auto pipeline = [](const char* type) {
    RepoFiles files = model({});
    configure(files,
              std::string(R"({"architectures":["XForConditionalGeneration"],"model_type":")") +
                  type + "\"}");
    return describe(files).pipeline_tag;
  };
  EXPECT_EQ(pipeline("t5"), "text2text-generation");
  EXPECT_EQ(pipeline("whisper"), "automatic-speech-recognition");
  EXPECT_EQ(pipeline("qwen2_5_vl"), "image-text-to-text");
}

TEST(Description, OfSentenceTransformersAndDiffusers) {
  RepoFiles sentences = model({"modules.json", "model.safetensors"});
  configure(sentences, R"({"architectures":["BertModel"],"model_type":"bert"})");
  EXPECT_EQ(describe(sentences).library_name, "sentence-transformers");
  EXPECT_EQ(describe(sentences).pipeline_tag, "sentence-similarity");
  RepoFiles diffusers = model({"model_index.json"});
  diffusers.diffusers_class = "FluxPipeline";
  EXPECT_EQ(describe(diffusers).library_name, "diffusers");
  EXPECT_THAT(describe(diffusers).tags, Contains("diffusers:FluxPipeline"));
}

TEST(Description, OfDatasetsAndSpaces) {
  RepoFiles dataset = model({"a.parquet"},
                            "---\nlanguage: [en, de]\ntask_categories: [x]\n"
                            "size_categories: [n<1K]\nlicense: [mit, cc]\ntags: [t]\n---\n");
  dataset.kind = CardKind::Dataset;
  EXPECT_THAT(describe(dataset).tags,
              ElementsAre("task_categories:x", "language:en", "language:de", "size_categories:n<1K",
                          "t", "license:mit", "license:cc", "region:us"));
  EXPECT_EQ(describe(dataset).library_name, "");
  RepoFiles space = model({}, "---\nsdk: gradio\nmodels: [a/b]\ndatasets: [c/d]\n---\n");
  space.kind = CardKind::Space;
  EXPECT_THAT(describe(space).tags, ElementsAre("gradio", "model:a/b", "dataset:c/d", "region:us"));
}

TEST(Description, TagsAreBounded) {
  std::string readme = "---\ntags: [" + std::string(300, 'x');
  for (int i = 0; i < 5000; ++i) readme += ", t" + std::to_string(i % 2000);
  const auto tags = describe(model({}, readme + "]\n---\n")).tags;
  EXPECT_EQ(tags.size(), limits::kTagCountMax);
  EXPECT_THAT(tags, Not(Contains(std::string(300, 'x'))));
}

TEST(ArxivIds, AreFoundInLinksOnceEach) {
  EXPECT_THAT(arxiv_ids("https://arxiv.org/abs/2401.01234 [x](http://arxiv.org/pdf/1706.03762.pdf) "
                        "arxiv.org/abs/2401.01234v3 arxiv.org/abs/cs/0112017 arxiv.org/abs/240.1 "
                        "arxiv.org/abs/2401.123456 arxiv.org/abs/"),
              ElementsAre("2401.01234", "1706.03762"));
}

}  // namespace
}  // namespace granary::format
