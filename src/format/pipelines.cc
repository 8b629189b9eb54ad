// The tasks that a model may have, and which a model's class name implies.
#include "format/pipelines.h"

#include <algorithm>
#include <array>

namespace granary::format {
namespace {

// Source: the big hub's list of tasks.
constexpr auto kPipelines = std::to_array<std::string_view>({
    "text-classification",
    "token-classification",
    "table-question-answering",
    "question-answering",
    "zero-shot-classification",
    "translation",
    "summarization",
    "feature-extraction",
    "text-generation",
    "text2text-generation",
    "fill-mask",
    "sentence-similarity",
    "text-to-speech",
    "text-to-audio",
    "automatic-speech-recognition",
    "audio-to-audio",
    "audio-classification",
    "audio-text-to-text",
    "voice-activity-detection",
    "depth-estimation",
    "image-classification",
    "object-detection",
    "image-segmentation",
    "text-to-image",
    "image-to-text",
    "image-to-image",
    "image-to-video",
    "unconditional-image-generation",
    "video-classification",
    "reinforcement-learning",
    "robotics",
    "tabular-classification",
    "tabular-regression",
    "tabular-to-text",
    "table-to-text",
    "multiple-choice",
    "text-ranking",
    "text-retrieval",
    "time-series-forecasting",
    "text-to-video",
    "image-text-to-text",
    "image-text-to-image",
    "image-text-to-video",
    "visual-question-answering",
    "document-question-answering",
    "zero-shot-image-classification",
    "graph-ml",
    "mask-generation",
    "zero-shot-object-detection",
    "text-to-3d",
    "image-to-3d",
    "image-feature-extraction",
    "video-text-to-text",
    "keypoint-detection",
    "visual-document-retrieval",
    "any-to-any",
    "video-to-video",
    "other",
});

struct Suffix {
  std::string_view end_of_name;
  ClassUse use;
};

// Endings whose meaning does not depend on the model. ForConditionalGeneration is not one of them:
// it is text to text, speech to text or image and text to text.
constexpr auto kSuffixes = std::to_array<Suffix>({
    {"ForCausalLM", {"AutoModelForCausalLM", "text-generation", "AutoTokenizer"}},
    {"LMHeadModel", {"AutoModelForCausalLM", "text-generation", "AutoTokenizer"}},
    {"ForMaskedLM", {"AutoModelForMaskedLM", "fill-mask", "AutoTokenizer"}},
    {"ForSequenceClassification",
     {"AutoModelForSequenceClassification", "text-classification", "AutoTokenizer"}},
    {"ForTokenClassification",
     {"AutoModelForTokenClassification", "token-classification", "AutoTokenizer"}},
    {"ForQuestionAnswering",
     {"AutoModelForQuestionAnswering", "question-answering", "AutoTokenizer"}},
    {"ForMultipleChoice", {"AutoModelForMultipleChoice", "multiple-choice", "AutoTokenizer"}},
    {"ForImageClassification",
     {"AutoModelForImageClassification", "image-classification", "AutoImageProcessor"}},
    {"ForObjectDetection",
     {"AutoModelForObjectDetection", "object-detection", "AutoImageProcessor"}},
    {"ForDepthEstimation",
     {"AutoModelForDepthEstimation", "depth-estimation", "AutoImageProcessor"}},
    {"ForCTC", {"AutoModelForCTC", "automatic-speech-recognition", "AutoProcessor"}},
});

struct Conditional {
  std::string_view model_type;
  ClassUse use;
};

constexpr ClassUse kTextToText = {"AutoModelForSeq2SeqLM", "text2text-generation", "AutoTokenizer"};
constexpr ClassUse kImageText = {"AutoModelForImageTextToText", "image-text-to-text",
                                 "AutoProcessor"};
constexpr ClassUse kSpeechToText = {"AutoModelForSpeechSeq2Seq", "automatic-speech-recognition",
                                    "AutoProcessor"};

// ForConditionalGeneration, by model type.
constexpr auto kConditionals = std::to_array<Conditional>({
    {"t5", kTextToText},         {"mt5", kTextToText},       {"umt5", kTextToText},
    {"longt5", kTextToText},     {"bart", kTextToText},      {"mbart", kTextToText},
    {"pegasus", kTextToText},    {"led", kTextToText},       {"m2m_100", kTextToText},
    {"blenderbot", kTextToText}, {"whisper", kSpeechToText}, {"speech_to_text", kSpeechToText},
    {"llava", kImageText},       {"llava_next", kImageText}, {"qwen2_vl", kImageText},
    {"qwen2_5_vl", kImageText},  {"qwen3_vl", kImageText},   {"gemma3", kImageText},
    {"mistral3", kImageText},    {"paligemma", kImageText},  {"idefics3", kImageText},
    {"smolvlm", kImageText},     {"mllama", kImageText},     {"llama4", kImageText},
});

}  // namespace

bool is_known_pipeline(std::string_view tag) {
  return std::ranges::find(kPipelines, tag) != kPipelines.end();
}

std::string known_pipelines() {
  std::string list;
  for (std::string_view tag : kPipelines) list += (list.empty() ? "" : ", ") + std::string(tag);
  return list;
}

ClassUse use_of_class(std::string_view architecture, std::string_view model_type) {
  for (const Suffix& suffix : kSuffixes)
    if (architecture.ends_with(suffix.end_of_name)) return suffix.use;
  if (!architecture.ends_with("ForConditionalGeneration")) return {};
  for (const Conditional& row : kConditionals)
    if (row.model_type == model_type) return row.use;
  return {};
}

}  // namespace granary::format
