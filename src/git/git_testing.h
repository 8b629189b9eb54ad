// Runs the real git, which tests compare with. For tests only.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace granary::git::testing {

/// A repository in a folder of its own, gone with this object.
class RealGit {
 public:
  RealGit() {
    std::string pattern = std::filesystem::temp_directory_path() / "granary-git-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    run("init -q");
  }
  ~RealGit() { std::filesystem::remove_all(folder_); }
  RealGit(const RealGit&) = delete;

  void write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories(std::filesystem::path(folder_ + "/" + name).parent_path());
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
  }

  /// Standard output of `git <arguments>` run in the folder with `input`; a failure is "" there.
  std::string run(const std::string& arguments, std::string_view input = {}) const {
    write(".git/input", input);
    const std::string command = "cd " + folder_ +
                                " && env GIT_CONFIG_NOSYSTEM=1 HOME=/nonexistent git " + arguments +
                                " < .git/input 2> .git/error";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    GRANARY_ASSERT(pipe != nullptr);
    std::string output;
    char buffer[4096];
    while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe))
      output.append(buffer, size);
    ::pclose(pipe);
    return output;
  }

  /// The first line of `run`.
  std::string line(const std::string& arguments, std::string_view input = {}) const {
    const std::string output = run(arguments, input);
    return output.substr(0, output.find('\n'));
  }

 private:
  std::string folder_;
};

/// Words joined by NUL, as `-z` reads them, and apart again.
inline std::string join_nul(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += word + '\0';
  return text;
}
inline std::vector<std::string> split_nul(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    words.emplace_back(text.substr(0, text.find('\0')));
    text.remove_prefix(std::min(words.back().size() + 1, text.size()));
  }
  return words;
}

/// Up to `size_max` letters drawn from `alphabet`.
inline std::string random_text(std::mt19937_64& numbers, std::string_view alphabet,
                               std::size_t size_max) {
  std::string text(numbers() % (size_max + 1), ' ');
  for (char& letter : text) letter = alphabet[numbers() % alphabet.size()];
  return text;
}

}  // namespace granary::git::testing
