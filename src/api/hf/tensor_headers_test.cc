// Tests of safetensors-metadata.
#include <gtest/gtest.h>

#include "api/hf/file_routes_testing.h"
#include "base/bytes.h"

namespace granary::api::hf {
namespace {

using testing::FileHub;

class TensorHeaders : public FileHub {
 protected:
  static std::string shard(const std::string& header, std::size_t data_size_bytes = 16) {
    Bytes bytes;
    put_u64(bytes, header.size());
    return std::string(as_text(bytes)) + header + std::string(data_size_bytes, '\0');
  }
  void commit_index(const std::string& index, const std::string& folder = "") {
    hub.commit_file(repo, folder + "model.safetensors.index.json", index);
  }

  const std::string url = "/api/models/alice/m/safetensors-metadata/model.safetensors.index.json";
};

TEST_F(TensorHeaders, AllShardsAreGivenInOneAnswer) {
  commit_index(
      R"({"metadata":{"total_size":8},)"
      R"("weight_map":{"a":"m-1.safetensors","b":"m-2.safetensors","c":"m-1.safetensors"}})");
  const std::string header = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  hub.commit_lfs_file(repo, "m-1.safetensors", shard(header));
  hub.commit_lfs_file(repo, "m-2.safetensors", shard(R"({"__metadata__":{"format":"pt"}})"));
  const auto response = get(url);
  ASSERT_EQ(response.status, 200) << response.body;
  const auto body = json_of(response);
  EXPECT_EQ(body.at("index").at("metadata").at("total_size").to_number<int>(), 8);
  EXPECT_FALSE(body.at("index").as_object().contains("weight_map"));
  ASSERT_EQ(body.at("headers").as_object().size(), 2U);
  EXPECT_EQ(body.at("headers").at("m-1.safetensors").at("a").at("dtype").as_string(), "F32");
}

TEST_F(TensorHeaders, ShardsLieBesideTheirIndex) {
  commit_index(R"({"weight_map":{"a":"m.safetensors"}})", "sub/");
  hub.commit_lfs_file(repo, "sub/m.safetensors", shard("{}"));
  const auto response =
      get("/api/models/alice/m/safetensors-metadata/sub/model.safetensors.index.json");
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.body, R"({"index":{},"headers":{"m.safetensors":{}}})");
}

TEST_F(TensorHeaders, WhatIsMissingIsEntryNotFound) {
  expect_error(get(url), 404, "EntryNotFound");
  commit_index(R"({"weight_map":{"a":"nope.safetensors"}})");
  expect_error(get(url), 404, "EntryNotFound");
  commit_index(R"({"weight_map":{"a":"../m/x"}})");
  expect_error(get(url), 404, "EntryNotFound");
}

TEST_F(TensorHeaders, HostileFilesAreRefused) {
  for (const std::string index :
       {"", "[]", "{}", R"({"weight_map":[]})", R"({"weight_map":{"a":1}})"}) {
    commit_index(index.empty() ? "x" : index);
    EXPECT_EQ(get(url).status, 400) << index;
  }
  commit_index(R"({"weight_map":{"a":"w"}})");
  Bytes huge;
  put_u64(huge, ~std::uint64_t{0});
  for (const std::string& bad :
       {std::string("short"), std::string(as_text(huge)) + "{}", shard("[]"), shard("{"),
        shard("{}").substr(0, 9), std::string(100, '\xff')}) {
    hub.commit_lfs_file(repo, "w", bad);
    EXPECT_EQ(get(url).status, 400) << bad;
  }
}

TEST_F(TensorHeaders, AGatedRepoGivesNoHeaders) {
  commit_index(R"({"weight_map":{}})");
  set_gating(meta::Gating::Manual);
  expect_error(get(url, as("bob")), 403, "GatedRepo");
  EXPECT_EQ(get(url, as("alice")).status, 200);
}

}  // namespace
}  // namespace granary::api::hf
