// Tests of cards: where the metadata ends, the fields, and the checks before an upload.
#include "format/card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "format/licenses.h"

namespace granary::format {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::vector<std::string> errors_of(std::string_view metadata, CardKind kind = CardKind::Model) {
  return validate_card("---\n" + std::string(metadata) + "\n---\ntext", kind).errors;
}

TEST(Card, TellsTheFieldsAndKeepsTheRestAsJson) {
  const auto card = parse_card(
      "---\nlicense: apache-2.0\nlanguage:\n- en\n- no\ntags: [a, b]\nbase_model: ns/x\n"
      "base_model_relation: quantized\npipeline_tag: text-generation\nlibrary_name: transformers\n"
      "datasets: [d/one]\ndate: 2024-01-31\nextra: {k: 1}\n---\n# Title\nbody\n");
  ASSERT_TRUE(card) << card.error().message;
  EXPECT_TRUE(card->has_metadata);
  EXPECT_THAT(card->licenses, ElementsAre("apache-2.0"));
  EXPECT_THAT(card->languages, ElementsAre("en", "no"));
  EXPECT_THAT(card->tags, ElementsAre("a", "b"));
  EXPECT_THAT(card->base_models, ElementsAre("ns/x"));
  EXPECT_THAT(card->datasets, ElementsAre("d/one"));
  EXPECT_EQ(card->base_model_relation, "quantized");
  EXPECT_EQ(card->pipeline_tag, "text-generation");
  EXPECT_EQ(card->library_name, "transformers");
  EXPECT_EQ(card->body, "# Title\nbody\n");
  EXPECT_THAT(card->metadata_json, HasSubstr(R"("date":"2024-01-31","extra":{"k":1})"));
}

TEST(Card, MetadataStandsBetweenTwoFences) {
  const auto license_of = [](std::string_view readme) {
    const auto card = parse_card(readme);
    return card && !card->licenses.empty() ? card->licenses[0] : "";
  };
  for (const char* readme : {"---\nlicense: mit\n---\n", "---\nlicense: mit\n---",
                             "\n\n ---\nlicense: mit\n--- \t\nx", "---\r\nlicense: mit\r\n---\r\nx",
                             "---\rlicense: mit\r---\rx", "\xEF\xBB\xBF---\nlicense: mit\n---\n"})
    EXPECT_EQ(license_of(readme), "mit") << readme;
  for (const char* readme :
       {"", "text", "text\n---\nlicense: mit\n---\n", "---\nlicense: mit\n",
        "--- \nlicense: mit\n---\n", "----\nlicense: mit\n---\n", "---\n---\n", "---\n\n---\n"}) {
    const auto card = parse_card(readme);
    ASSERT_TRUE(card) << readme;
    EXPECT_FALSE(card->has_metadata) << readme;
    EXPECT_EQ(card->metadata_json, "") << readme;
  }
}

TEST(Card, OddTypesLeaveFieldsEmpty) {
  const auto card = parse_card("---\nlicense: 5\ntags: {a: b}\nlanguage: [en, 3]\nsdk: []\n---\n");
  ASSERT_TRUE(card);
  EXPECT_THAT(card->licenses, IsEmpty());
  EXPECT_THAT(card->tags, IsEmpty());
  EXPECT_THAT(card->languages, ElementsAre("en"));
  EXPECT_EQ(card->sdk, "");
}

TEST(Card, MalformedMetadataIsInvalid) {
  for (const char* readme :
       {"---\na: [\n---\n", "---\n- a\n---\n", "---\ntext\n---\n", "---\na: 1\n...\nb: 2\n---\n"})
    EXPECT_EQ(parse_card(readme).error().kind, ErrorKind::Invalid) << readme;
}

TEST(Card, OnlyItsFirstMegabyteIsRead) {
  const auto card = parse_card("---\nlicense: mit\n---\n" + std::string(3 << 20, 'x'));
  ASSERT_TRUE(card);
  EXPECT_LT(card->body.size(), limits::kCardSizeBytesMax);
}

TEST(CardReport, MissingMetadataIsAWarningInTheClientsWords) {
  for (const char* readme : {"", "# Title", "---\n---\n", "---\n# nothing\n---\n"}) {
    const auto report = validate_card(readme, CardKind::Model);
    EXPECT_THAT(report.errors, IsEmpty());
    EXPECT_THAT(report.warnings, ElementsAre("empty or missing yaml metadata in repo card"));
  }
}

TEST(CardReport, AnUnknownLicenseIsAnErrorThatListsAll) {
  EXPECT_THAT(errors_of("license: my-own"), ElementsAre(StartsWith("\"license\" must be one of")));
  EXPECT_THAT(errors_of("license: [mit, x]"),
              ElementsAre(StartsWith("\"license[1]\" must be one of")));
  EXPECT_THAT(errors_of("license: 5"), ElementsAre(HasSubstr("apache-2.0")));
  EXPECT_THAT(errors_of("license: other\nlicense_name: my-own"), IsEmpty());
  EXPECT_TRUE(is_known_license("llama3.1"));
  EXPECT_FALSE(is_known_license("MIT"));
}

TEST(CardReport, ModelIndexMustHaveItsShape) {
  EXPECT_THAT(errors_of("model-index: foo"), ElementsAre("\"model-index\" must be an array"));
  EXPECT_THAT(errors_of("model-index:\n- name: x\n  results:\n  - task: {type: t}\n"
                        "    dataset: {type: d, name: D}\n    metrics:\n    - {type: m, value: 1}"),
              IsEmpty());
  EXPECT_THAT(errors_of("model-index:\n- results: []"),
              ElementsAre("\"model-index[0].name\" is required"));
  EXPECT_THAT(errors_of("model-index:\n- name: x"),
              ElementsAre("\"model-index[0].results\" is required"));
  EXPECT_THAT(
      errors_of("model-index:\n- name: x\n  results:\n  - task: {}\n    dataset: {type: d}\n"),
      ElementsAre("\"model-index[0].results[0].task.type\" is required",
                  "\"model-index[0].results[0].dataset.name\" is required",
                  "\"model-index[0].results[0].metrics\" is required"));
  EXPECT_THAT(errors_of("model-index: [x]"),
              ElementsAre("\"model-index[0]\" must be of type object"));
}

TEST(CardReport, LanguagesAreCodes) {
  EXPECT_THAT(errors_of("language: [en, deu, code, multilingual]"), IsEmpty());
  EXPECT_THAT(errors_of("language: english"), ElementsAre(HasSubstr("\"english\" is not valid")));
  EXPECT_THAT(errors_of("language: [en, en-US]"), ElementsAre(StartsWith("\"language[1]\"")));
}

TEST(CardReport, ListsAndIdsAreChecked) {
  EXPECT_THAT(errors_of("tags: x"), ElementsAre("\"tags\" must be an array"));
  EXPECT_THAT(errors_of("tags: [x, 1]"), ElementsAre("\"tags[1]\" must be a string"));
  EXPECT_THAT(errors_of("base_model: ns/name"), IsEmpty());
  EXPECT_THAT(errors_of("base_model: /home/me/model"), ElementsAre(HasSubstr("not a repo's id")));
  EXPECT_THAT(errors_of("base_model: [a/b, a/b/c]"), ElementsAre(StartsWith("\"base_model[1]\"")));
  EXPECT_THAT(errors_of("base_model: https://x/y"), ElementsAre(HasSubstr("not a repo's id")));
  EXPECT_THAT(errors_of("base_model: /home/me", CardKind::Dataset), IsEmpty());
}

TEST(CardReport, AnUnknownTaskIsOnlyAWarning) {
  const auto report = validate_card("---\npipeline_tag: magic\n---\n", CardKind::Model);
  EXPECT_THAT(report.errors, IsEmpty());
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("\"magic\" is not in the official list")));
}

TEST(CardReport, SpacesHaveAnSdkAndColours) {
  EXPECT_THAT(errors_of("sdk: gradio\ncolorFrom: red", CardKind::Space), IsEmpty());
  EXPECT_THAT(errors_of("sdk: cobol", CardKind::Space),
              ElementsAre(StartsWith("\"sdk\" must be one of")));
  EXPECT_THAT(errors_of("colorTo: mauve", CardKind::Space),
              ElementsAre(StartsWith("\"colorTo\" must be one of")));
}

TEST(CardReport, MalformedYamlIsAnError) {
  EXPECT_THAT(errors_of("a: [1"),
              ElementsAre(StartsWith("Invalid YAML metadata in the card: line")));
  EXPECT_THAT(errors_of("- x"), ElementsAre(HasSubstr("not a mapping")));
}

}  // namespace
}  // namespace granary::format
