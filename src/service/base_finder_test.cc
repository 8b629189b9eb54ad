// Bases are found where they are declared, lie beside or look alike, and never where fewer people
// may read.
#include "service/base_finder.h"

#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/log.h"
#include "base/sim_env.h"
#include "format/format_testing.h"
#include "service/publish_testing.h"
#include "service/recoder.h"

namespace granary::service::testing {
namespace {

constexpr std::size_t kRows = 512;
constexpr std::size_t kColumns = 1024;

using Weights = std::vector<std::uint16_t>;  // BF16

Weights weights_of(std::uint64_t seed, std::size_t rows = kRows) {
  SimNumbers numbers(seed);
  Weights weights(rows * kColumns);
  for (std::uint16_t& weight : weights) {
    const std::uint64_t number = numbers.next();
    const auto exponent = static_cast<std::uint64_t>(120 - std::countr_zero(number | 0x100));
    weight = static_cast<std::uint16_t>((number >> 48 & 0x807F) | exponent << 7);
  }
  return weights;
}

Weights tuned(Weights weights) {
  for (std::size_t at = 0; at < weights.size(); at += 40) weights[at] ^= 1;
  return weights;
}

std::string safetensors_of(const Weights& weights, std::string_view note,
                           const std::string& name = "model.layers.0.self_attn.q_proj.weight") {
  const std::size_t size = weights.size() * 2;
  std::string json = R"({"__metadata__":{"note":")" + std::string(note) + R"("},")" + name +
                     R"(":{"dtype":"BF16","shape":[)" + std::to_string(weights.size() / kColumns) +
                     R"(,1024],"data_offsets":[0,)" + std::to_string(size) + "]}}";
  Bytes file;
  put_u64(file, json.size());
  put_bytes(file, as_bytes(json));
  for (const std::uint16_t weight : weights) put_u16(file, weight);
  return std::string(as_text(file));
}

/// The same numbers as FP32, in a file of the other format.
std::string gguf_of(const Weights& weights, std::string_view name) {
  Bytes file = format::testing::GgufWriter()
                   .text("general.architecture", "llama")
                   .tensor(name, {kColumns, weights.size() / kColumns}, 0, 0)
                   .file();
  for (const std::uint16_t weight : weights) {
    put_u32(file, static_cast<std::uint32_t>(weight) << 16);
  }
  return std::string(as_text(file));
}

class BasesTest : public ::testing::Test {
 protected:
  BasesTest() { log::start(log::Level::Off, log::Format::Text); }

  void publish(std::string_view repo, const std::string& weights, std::string_view card = "") {
    hub.clock.advance(std::chrono::seconds(1));
    const Caller caller = repo.starts_with("bob/") ? bob : alice;
    const Sha256 sha256 = hub.send(caller, repo, weights);
    PublishHub::Operations operations{AddLfsFile{"model.safetensors", sha256, {}}};
    if (!card.empty()) operations.push_back(add("README.md", card));
    ASSERT_TRUE(hub.commit(caller, repo, std::move(operations)));
  }
  /// alice's base and a tune of it, recoded.
  void publish_of_private_base(const std::string& tune, meta::Visibility visibility) {
    hub.add_repo("alice/base", meta::Visibility::Private);
    hub.add_repo(tune, visibility);
    publish("alice/base", safetensors_of(base_, ""));
    publish(tune, safetensors_of(tuned(base_), "x"), kCard);
    recode_all();
  }
  void recode_all() {
    ASSERT_TRUE(recoder.look_again());
    while (recoder.step({}).value()) {
    }
  }
  /// What of all original bytes is coded by a base.
  std::uint64_t based_size_bytes() {
    std::uint64_t size_bytes = 0;
    const meta::Usage usage = hub.facts->codings().read_usage({}).value();
    for (const auto& share : usage.shares)
      if (share.codec >= 8) size_bytes += share.size_bytes;
    return size_bytes;
  }

  PublishHub hub;
  const Caller alice = hub.caller_named("alice");
  const Caller bob = hub.caller_named("bob");
  Recoder recoder{*hub.facts, *hub.store};
  const Weights base_ = weights_of(1);
  static constexpr std::string_view kCard = "---\nbase_model: alice/base\n---\ntuned\n";
};

TEST_F(BasesTest, ADeclaredBaseIsUsed) {
  hub.add_repo("alice/base");
  hub.add_repo("bob/tuned");
  const std::string file = safetensors_of(tuned(base_), "longer than the base's header is");
  publish("alice/base", safetensors_of(base_, ""));
  publish("bob/tuned", file, kCard);
  recode_all();
  EXPECT_GT(based_size_bytes(), file.size() * 9 / 10);
  EXPECT_EQ(hub.files("bob/tuned").at("model.safetensors"), file);
  EXPECT_TRUE(hub.facts->check()->empty());
}

TEST_F(BasesTest, ABaseThatComesLaterIsUsedToo) {
  hub.add_repo("alice/base");
  hub.add_repo("bob/tuned");
  const std::string file = safetensors_of(tuned(base_), "x");
  publish("bob/tuned", file, kCard);
  recode_all();
  EXPECT_EQ(based_size_bytes(), 0u);
  publish("alice/base", safetensors_of(base_, ""));
  recode_all();
  EXPECT_GT(based_size_bytes(), file.size() * 9 / 10);
  EXPECT_EQ(hub.files("bob/tuned").at("model.safetensors"), file);
}

TEST_F(BasesTest, ACardThatComesLaterIsHeard) {
  hub.add_repo("alice/base");
  hub.add_repo("bob/tuned");
  const Weights small(base_.begin(), base_.begin() + 64 * kColumns);  // too small for a sketch
  publish("alice/base", safetensors_of(small, ""));
  publish("bob/tuned", safetensors_of(tuned(small), "x"));
  recode_all();
  EXPECT_EQ(based_size_bytes(), 0u);
  hub.clock.advance(std::chrono::seconds(1));
  ASSERT_TRUE(hub.commit(bob, "bob/tuned", {add("README.md", kCard)}));
  recode_all();
  EXPECT_GT(based_size_bytes(), 0u);
}

TEST_F(BasesTest, ALaterVersionDependsOnTheEarlierOne) {
  hub.add_repo("alice/base");
  publish("alice/base", safetensors_of(base_, ""));
  publish("alice/base", safetensors_of(tuned(base_), "second"));
  recode_all();
  const meta::Xorb first = hub.facts->codings().list_below(99, {}, 1)->at(0);
  EXPECT_TRUE(hub.facts->codings().is_base(first.id).value());
  EXPECT_TRUE(hub.facts->codings().bases_of(first.id)->empty());
  EXPECT_GT(based_size_bytes(), 0u);
}

TEST_F(BasesTest, APublicFileNeverDependsOnAPrivateOne) {
  publish_of_private_base("alice/tuned", meta::Visibility::Public);
  EXPECT_EQ(based_size_bytes(), 0u);
}

TEST_F(BasesTest, ABaseThatBecomesPrivateIsLeft) {
  hub.add_repo("alice/base");
  hub.add_repo("bob/tuned");
  const std::string file = safetensors_of(tuned(base_), "x");
  publish("alice/base", safetensors_of(base_, ""));
  publish("bob/tuned", file, kCard);
  recode_all();
  EXPECT_GT(based_size_bytes(), 0u);
  hub.clock.advance(std::chrono::seconds(1));
  ASSERT_TRUE(hub.facts->repos().update_settings(
      hub.repo("alice/base").id, {.visibility = meta::Visibility::Private, .gating = {}}));
  recode_all();
  EXPECT_EQ(based_size_bytes(), 0u);
  EXPECT_EQ(hub.files("bob/tuned").at("model.safetensors"), file);
  EXPECT_TRUE(hub.facts->check()->empty());
}

TEST_F(BasesTest, ABaseThatNothingDeclaresIsFoundAmongAllThatIsStored) {
  for (const char* repo : {"alice/base", "alice/other", "bob/tuned"}) hub.add_repo(repo);
  const std::string file = safetensors_of(tuned(base_), "x");
  publish("alice/other", safetensors_of(weights_of(2), ""));
  publish("alice/base", safetensors_of(base_, ""));
  recode_all();
  EXPECT_EQ(based_size_bytes(), 0u) << "they are not alike";
  publish("bob/tuned", file);
  recode_all();
  EXPECT_GT(based_size_bytes(), file.size() * 9 / 10);
  EXPECT_EQ(hub.files("bob/tuned").at("model.safetensors"), file);
  EXPECT_TRUE(hub.facts->check()->empty());
}

TEST_F(BasesTest, APrivateFileThatIsLikeAPublicOneIsNoBaseOfIt) {
  hub.add_repo("alice/base", meta::Visibility::Private);
  hub.add_repo("bob/tuned");
  publish("alice/base", safetensors_of(base_, ""));
  publish("bob/tuned", safetensors_of(tuned(base_), "x"));
  recode_all();
  EXPECT_EQ(based_size_bytes(), 0u);
}

TEST_F(BasesTest, ABaseThatNothingDeclaresIsLeftWhenItBecomesPrivate) {
  hub.add_repo("alice/base");
  hub.add_repo("bob/tuned");
  publish("alice/base", safetensors_of(base_, ""));
  publish("bob/tuned", safetensors_of(tuned(base_), "x"));
  recode_all();
  EXPECT_GT(based_size_bytes(), 0u);
  hub.clock.advance(std::chrono::seconds(1));
  ASSERT_TRUE(hub.facts->repos().update_settings(
      hub.repo("alice/base").id, {.visibility = meta::Visibility::Private, .gating = {}}));
  recode_all();
  EXPECT_EQ(based_size_bytes(), 0u);
}

TEST_F(BasesTest, WhatAFileWasConvertedFromIsFoundByItsNumbers) {
  hub.add_repo("alice/base");
  hub.add_repo("bob/gguf");
  const Weights weights = weights_of(3, 2 * kRows);
  publish("alice/base", safetensors_of(weights, "", "model.layers.0.mlp.down_proj.weight"));
  const std::string file = gguf_of(weights, "blk.0.ffn_down.weight");
  publish("bob/gguf", file);
  recode_all();
  EXPECT_GT(based_size_bytes(), file.size() * 9 / 10);
  EXPECT_EQ(hub.files("bob/gguf").at("model.safetensors"), file);
}

TEST_F(BasesTest, AnotherOwnersPrivateFileIsNoBaseOfAPrivateOne) {
  publish_of_private_base("bob/tuned", meta::Visibility::Private);
  EXPECT_EQ(based_size_bytes(), 0u);
}

TEST_F(BasesTest, AnOwnersPrivateFilesMayDependOnEachOther) {
  publish_of_private_base("alice/tuned", meta::Visibility::Private);
  EXPECT_GT(based_size_bytes(), 0u);
}

TEST_F(BasesTest, FilesThatRepeatAPartOfAnotherDoNotHideItsBase) {
  hub.add_repo("alice/base");
  hub.add_repo("bob/tuned");
  const Weights weights = tuned(base_);
  publish("alice/base", safetensors_of(base_, ""));
  publish("bob/tuned", safetensors_of(weights, "x"), kCard);
  recode_all();
  const std::uint64_t before = based_size_bytes();
  EXPECT_GT(before, base_.size());
  for (const char* repo : {"bob/half", "bob/other-half", "bob/third-half"}) {
    hub.add_repo(repo);
    const auto half = static_cast<std::ptrdiff_t>(weights.size() / 2);
    publish(repo, safetensors_of(Weights(weights.begin(), weights.begin() + half), repo));
    recode_all();
    EXPECT_GE(based_size_bytes(), before);
  }
}

TEST_F(BasesTest, TunesOfOneBaseAllDependOnIt) {
  hub.add_repo("alice/base");
  hub.add_repo("bob/one");
  hub.add_repo("bob/two");
  Weights second = base_;
  for (std::size_t at = 3; at < second.size(); at += 50) second[at] ^= 1;
  publish("alice/base", safetensors_of(base_, ""));
  publish("bob/one", safetensors_of(tuned(base_), "1"), kCard);
  publish("bob/two", safetensors_of(second, "2"), "---\nbase_model: bob/one\n---\nx\n");
  recode_all();
  EXPECT_GT(based_size_bytes(), 3 * base_.size()) << "the base of a base stands in for it";
  EXPECT_EQ(hub.files("bob/two").at("model.safetensors"), safetensors_of(second, "2"));
  EXPECT_TRUE(hub.facts->check()->empty());
}

}  // namespace
}  // namespace granary::service::testing
