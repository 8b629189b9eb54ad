// Speed of tree edits and of rule matching. One core.
#include <benchmark/benchmark.h>

#include <map>
#include <string>

#include "git/attributes.h"
#include "git/default_attributes.h"
#include "git/object_id.h"
#include "git/tree_edit.h"

namespace granary::git {
namespace {

std::vector<TreeChange> puts(int count) {
  std::vector<TreeChange> changes;
  for (int i = 0; i < count; ++i)
    changes.push_back({TreeChange::Kind::Put,
                       "folder-" + std::to_string(i % 300) + "/file-" + std::to_string(i) + ".json",
                       FileMode::Regular, empty_tree_id()});
  return changes;
}

void put_100_000_files(benchmark::State& state) {
  const auto changes = puts(100'000);
  for (auto _ : state) benchmark::DoNotOptimize(edit_tree(empty_tree_id(), changes, {}));
}

void put_1_file_among_100_000(benchmark::State& state) {
  const auto start = edit_tree(empty_tree_id(), puts(100'000), {}).value();
  std::map<std::string, Bytes> trees;
  for (const auto& tree : start.new_trees) trees[tree.oid.to_string()] = tree.body;
  const TreeLoader load = [&](const GitOid& oid) -> Result<Bytes> {
    return trees.at(oid.to_string());
  };
  const std::vector<TreeChange> change = {
      {TreeChange::Kind::Put, "folder-7/new", FileMode::Regular, empty_tree_id()}};
  for (auto _ : state) benchmark::DoNotOptimize(edit_tree(start.root, change, load));
}

void match_default_attributes(benchmark::State& state) {
  const Attributes attributes(default_attributes(AttributesFor::Dataset));
  for (auto _ : state)
    benchmark::DoNotOptimize(attributes.is_lfs("data/train/part-00017-of-00042.jsonl"));
}

BENCHMARK(put_100_000_files)->Unit(benchmark::kMillisecond);
BENCHMARK(put_1_file_among_100_000)->Unit(benchmark::kMicrosecond);
BENCHMARK(match_default_attributes);

}  // namespace
}  // namespace granary::git

BENCHMARK_MAIN();
