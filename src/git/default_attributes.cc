// The .gitattributes that a new repo starts with.
#include "git/default_attributes.h"

#include <array>
#include <span>
#include <string_view>

namespace granary::git {
namespace {

constexpr std::array<std::string_view, 36> kPatterns = {
    "*.7z",      "*.arrow",       "*.bin",
    "*.bz2",     "*.ckpt",        "*.ftz",
    "*.gguf",    "*.gz",          "*.h5",
    "*.joblib",  "*.lfs.*",       "*.mlmodel",
    "*.model",   "*.msgpack",     "*.npy",
    "*.npz",     "*.onnx",        "*.ot",
    "*.parquet", "*.pb",          "*.pickle",
    "*.pkl",     "*.pt",          "*.pth",
    "*.rar",     "*.safetensors", "saved_model/**/*",
    "*.tar.*",   "*.tar",         "*.tflite",
    "*.tgz",     "*.wasm",        "*.xz",
    "*.zip",     "*.zst",         "*tfevents*"};

constexpr std::array<std::string_view, 19> kDatasetPatterns = {
    "*.lz4", "*.mds", "*.pcm", "*.sam",  "*.raw", "*.aac",  "*.flac", "*.mp3", "*.ogg", "*.wav",
    "*.bmp", "*.gif", "*.png", "*.tiff", "*.jpg", "*.jpeg", "*.webp", "*.mp4", "*.webm"};

void add(std::string& text, std::span<const std::string_view> patterns) {
  for (std::string_view pattern : patterns)
    text += std::string(pattern) + " filter=lfs diff=lfs merge=lfs -text\n";
}

}  // namespace

std::string default_attributes(AttributesFor repo) {
  std::string text;
  add(text, kPatterns);
  if (repo == AttributesFor::Dataset) add(text, kDatasetPatterns);
  return text;
}

}  // namespace granary::git
