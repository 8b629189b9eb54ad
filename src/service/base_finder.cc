// From a xorb to the files that need it, and to files that are like these or said to be what they
// were made of: never to those that fewer people may read.
#include "service/base_finder.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <ranges>
#include <set>
#include <string>

#include "base/limits.h"
#include "format/tensor_names.h"
#include "service/base_models.h"

namespace granary::service {
namespace {

// A search is a hint's: what has more than these is not looked through to its end.
constexpr std::size_t kGrantsMax = 256;
constexpr std::size_t kFilesTriedMax = 16;
constexpr std::size_t kRelatedReposMax = 16;
constexpr std::size_t kFilesOfRepoMax = 1000;
constexpr std::size_t kTensorsOfRepoMax = 250'000;
constexpr std::size_t kReposKeptMax = 2;

using Stretches = std::vector<store::StoredStretch>;

bool is_open(const meta::Repo& repo) {
  return repo.visibility == meta::Visibility::Public && repo.gating == meta::Gating::None;
}

bool may_be_weights(const meta::RepoFile& file) {
  return file.path.ends_with(".safetensors") || file.path.ends_with(".gguf");
}

bool has(const std::vector<meta::Repo>& repos, meta::RepoId id) {
  return std::ranges::find(repos, id, &meta::Repo::id) != repos.end();
}

Stretches in_parent_order(const Stretches& whole, const format::WeightTensor& base,
                          std::uint64_t head_count) {
  if (head_count == 0 || base.shape.empty()) return whole;
  const std::uint64_t row_count = base.shape.front();
  Stretches rows;
  for (std::uint64_t row = 0; row < row_count; ++row) {
    const std::uint64_t size = base.size_bytes / row_count;
    const auto parent = format::parent_row(row, row_count, head_count);
    for (const auto& part : store::cut(whole, parent * size, size)) rows.push_back(part);
  }
  return rows;
}

}  // namespace

/// One search for the bases of one xorb.
class BaseFinder::Search {
 public:
  Search(BaseFinder& finder, const meta::Xorb& xorb)
      : finder_(finder), facts_(finder.facts_), xorb_(xorb) {}

  Result<store::Relations> run();
  Result<bool> may_keep(std::span<const meta::XorbId> bases);

 private:
  /// A run of the xorb, and the tensor that it is of.
  struct Place {
    store::TensorRun run;
    const WeightFile* file;
    const format::WeightTensor* tensor;
  };
  struct Candidate {
    std::shared_ptr<const WeightFile> file;
    bool is_declared = false;
  };

  Result<void> read_holders();
  Result<void> read_files();
  std::vector<Place> places() const;
  void add_places(const WeightFile& file, std::vector<Place>& places) const;
  Result<void> read_related_repos();
  bool may_depend_on(const meta::Repo& repo) const;
  Result<bool> may_depend_on(meta::XorbId xorb, const Sha256* file);
  Result<void> add_bases_named_by(const meta::Repo& repo);
  Result<void> read_candidates(const std::vector<Place>& places);
  Result<void> add_like(const WeightFile& file);
  Result<void> add_candidates(const meta::Repo& repo, bool is_declared);
  Result<void> relate(Place& place);
  Result<void> relate_to(const Candidate& candidate, Place& place);
  Result<Stretches> stretches_of(const Candidate& candidate, const TensorMatch& match);
  Result<std::optional<XorbHash>> usable(meta::XorbId id);

  BaseFinder& finder_;
  meta::MetaStore& facts_;
  const meta::Xorb& xorb_;
  std::vector<meta::RepoFile> grants_;  // of all files that need the xorb
  std::vector<std::shared_ptr<const WeightFile>> weights_;  // some of those files
  std::vector<meta::Repo> holders_;  // whose files need the xorb
  std::vector<meta::Repo> related_;  // models that these were made of
  std::vector<Candidate> candidates_;
  std::map<meta::XorbId, std::optional<XorbHash>> usable_;
  std::map<const format::WeightTensor*, std::shared_ptr<const Stretches>> found_;  // by base
};

BaseFinder::BaseFinder(meta::MetaStore& facts, store::Store& store)
    : facts_(facts),
      files_(facts.content(), store),
      sketches_(facts.sketches(), store),
      repos_(kReposKeptMax) {}

Result<store::Relations> BaseFinder::find(const meta::Xorb& xorb) {
  return Search(*this, xorb).run();
}

Result<bool> BaseFinder::may_keep(const meta::Xorb& xorb, std::span<const meta::XorbId> bases) {
  return Search(*this, xorb).may_keep(bases);
}

// The oldest file first.
Result<std::shared_ptr<const BaseFinder::WeightFileList>> BaseFinder::weights_of(
    meta::RepoId repo) {
  const std::pair key(repo, facts_.repo_generation(repo));
  if (auto known = repos_.find(key)) return known;
  TRY(const auto grants, facts_.content().list_grants(repo, 0, kFilesOfRepoMax));
  WeightFileList list;
  std::size_t tensor_count = 0;
  for (const meta::RepoFile& file : std::views::reverse(grants)) {
    if (!may_be_weights(file)) continue;
    TRY(auto weights, files_.load(file.sha256));
    if (!weights) continue;
    tensor_count += weights->header.tensors.size();
    if (tensor_count > kTensorsOfRepoMax) break;
    list.push_back(std::move(weights));
  }
  return repos_.add(key, std::make_shared<const WeightFileList>(std::move(list)));
}

Result<store::Relations> BaseFinder::Search::run() {
  TRY_DONE(read_holders());
  TRY_DONE(read_files());
  if (weights_.empty()) return store::Relations();
  std::vector<Place> found = places();
  TRY(const bool is_base, facts_.codings().is_base(xorb_.id));
  if (!is_base) {
    TRY_DONE(read_related_repos());
    TRY_DONE(read_candidates(found));
    for (Place& place : found) TRY_DONE(relate(place));
  }
  store::Relations relations;
  for (Place& place : found) relations.push_back(std::move(place.run));
  return relations;
}

Result<bool> BaseFinder::Search::may_keep(std::span<const meta::XorbId> bases) {
  TRY_DONE(read_holders());
  for (const meta::XorbId base : bases) {
    TRY(const bool may, may_depend_on(base, nullptr));
    if (!may) return false;
  }
  return true;
}

Result<void> BaseFinder::Search::read_holders() {
  TRY(grants_, facts_.codings().list_holders(xorb_.id, kGrantsMax));
  for (const meta::RepoFile& grant : grants_) {
    if (has(holders_, grant.repo)) continue;
    const auto repo = facts_.repos().read_repo(grant.repo);
    if (repo) holders_.push_back(*repo);
  }
  return {};
}

Result<void> BaseFinder::Search::read_files() {
  const Sha256* last = nullptr;
  for (const meta::RepoFile& grant : grants_) {
    if (last != nullptr && *last == grant.sha256) continue;
    last = &grant.sha256;
    TRY(auto file, finder_.files_.load(grant.sha256));
    if (!file) continue;
    TRY_DONE(finder_.sketches_.add(*file));
    weights_.push_back(std::move(file));
    if (weights_.size() == kFilesTriedMax) break;
  }
  return {};
}

// Most files repeat a part of what the xorb was stored for: the one that needs most of it counts,
// and others for what it leaves.
std::vector<BaseFinder::Search::Place> BaseFinder::Search::places() const {
  const auto covered_bytes = [](const std::vector<Place>& places) {
    std::uint64_t sum = 0;
    for (const Place& place : places) sum += place.run.end_bytes - place.run.begin_bytes;
    return sum;
  };
  std::vector<std::vector<Place>> by_file(weights_.size());
  for (std::size_t index = 0; index < weights_.size(); ++index) {
    add_places(*weights_[index], by_file[index]);
  }
  std::ranges::sort(by_file, std::greater(), covered_bytes);
  std::map<std::uint32_t, Place> found;  // by where they begin
  for (std::vector<Place>& places : by_file) {
    for (Place& place : places) {
      const auto after = found.lower_bound(place.run.begin_bytes);
      const bool free_after =
          after == found.end() || after->second.run.begin_bytes >= place.run.end_bytes;
      const bool free_before =
          after == found.begin() || std::prev(after)->second.run.end_bytes <= place.run.begin_bytes;
      if (free_after && free_before) found.emplace(place.run.begin_bytes, std::move(place));
    }
  }
  std::vector<Place> list;
  for (auto& [begin, place] : found) list.push_back(std::move(place));
  return list;
}

void BaseFinder::Search::add_places(const WeightFile& file, std::vector<Place>& places) const {
  const auto& tensors = file.header.tensors;
  std::uint64_t at = 0;
  for (const meta::Term& term : file.stored.recipe) {
    const std::uint64_t end = at + term.size_bytes;
    auto tensor = std::ranges::upper_bound(tensors, at, {}, [](const format::WeightTensor& each) {
      return each.offset_bytes + each.size_bytes;
    });
    for (; term.xorb == xorb_.id && tensor != tensors.end() && tensor->offset_bytes < end;
         ++tensor) {
      const std::uint64_t begin = std::max(at, tensor->offset_bytes);
      const std::uint64_t stop = std::min(end, tensor->offset_bytes + tensor->size_bytes);
      if (begin >= stop) continue;
      places.push_back(
          {.run = {.begin_bytes = term.offset_bytes + static_cast<std::uint32_t>(begin - at),
                   .end_bytes = term.offset_bytes + static_cast<std::uint32_t>(stop - at),
                   .tensor_offset_bytes = begin - tensor->offset_bytes,
                   .elements = codec::elements_of(tensor->type),
                   .relation = {},
                   .base = {}},
           .file = &file,
           .tensor = &*tensor});
    }
    at = end;
  }
}

Result<void> BaseFinder::Search::read_related_repos() {
  for (const meta::Repo& holder : holders_) TRY_DONE(add_bases_named_by(holder));
  // The bases of bases stand in for bases that are coded by them.
  for (std::size_t index = 0; index < related_.size(); ++index) {
    const meta::Repo repo = related_[index];
    TRY_DONE(add_bases_named_by(repo));
  }
  return {};
}

// Whoever may read one of the holders may read what it depends on.
bool BaseFinder::Search::may_depend_on(const meta::Repo& repo) const {
  if (is_open(repo)) return true;
  if (grants_.size() == kGrantsMax) return false;  // there may be more holders
  return std::ranges::all_of(holders_, [&](const meta::Repo& holder) {
    return holder.id == repo.id || (!is_open(holder) && holder.owner == repo.owner);
  });
}

// By way of any repo that holds the file, or any file that needs the xorb.
Result<bool> BaseFinder::Search::may_depend_on(meta::XorbId xorb, const Sha256* file) {
  TRY(const auto grants, facts_.codings().list_holders(xorb, kGrantsMax));
  for (const meta::RepoFile& grant : grants) {
    if (file != nullptr && grant.sha256 != *file) continue;
    const auto repo = facts_.repos().read_repo(grant.repo);
    if (repo && may_depend_on(*repo)) return true;
  }
  return false;
}

Result<void> BaseFinder::Search::add_bases_named_by(const meta::Repo& repo) {
  TRY(const meta::RepoSummary summary, facts_.repos().read_summary(repo.id));
  for (const meta::RepoName& name : declared_base_models(summary)) {
    if (related_.size() >= kRelatedReposMax) break;
    const auto found = facts_.repos().find_repo(name);
    if (!found || !may_depend_on(found->repo)) continue;
    if (has(related_, found->repo.id) || has(holders_, found->repo.id)) continue;
    related_.push_back(found->repo);
  }
  return {};
}

// What is like the file first, then declared bases, then what lies beside the file.
Result<void> BaseFinder::Search::read_candidates(const std::vector<Place>& places) {
  std::set<const WeightFile*> needing;
  for (const Place& place : places) needing.insert(place.file);
  for (const WeightFile* file : needing) TRY_DONE(add_like(*file));
  for (const meta::Repo& repo : related_) TRY_DONE(add_candidates(repo, true));
  for (const meta::Repo& repo : holders_) {
    if (may_depend_on(repo)) TRY_DONE(add_candidates(repo, false));
  }
  return {};
}

Result<void> BaseFinder::Search::add_like(const WeightFile& file) {
  const auto may_use = [this](const Sha256& sha256) -> Result<bool> {
    TRY(const auto stored, facts_.content().find_file(sha256));
    if (stored.recipe.empty()) return false;
    return may_depend_on(stored.recipe.front().xorb, &sha256);
  };
  TRY(const auto like, finder_.sketches_.find_like(file, may_use));
  for (const Sha256& sha256 : like) {
    TRY(auto weights, finder_.files_.load(sha256));
    if (weights) candidates_.push_back({std::move(weights), false});
  }
  return {};
}

Result<void> BaseFinder::Search::add_candidates(const meta::Repo& repo, bool is_declared) {
  TRY(const auto weights, finder_.weights_of(repo.id));
  for (const auto& file : *weights) candidates_.push_back({file, is_declared});
  return {};
}

Result<void> BaseFinder::Search::relate(Place& place) {
  for (const Candidate& candidate : candidates_) {
    TRY_DONE(relate_to(candidate, place));
    if (place.run.base != nullptr) return {};
  }
  return {};
}

Result<void> BaseFinder::Search::relate_to(const Candidate& candidate, Place& place) {
  if (candidate.file->stored.sha256 == place.file->stored.sha256) return {};
  const auto match = match_tensor(*place.file, *place.tensor, *candidate.file);
  if (!match) return {};
  auto& found = found_[match->base];
  if (!found) {
    TRY(auto stretches, stretches_of(candidate, *match));
    found = std::make_shared<const Stretches>(std::move(stretches));
  }
  if (found->empty()) return {};
  std::visit([&](const auto& relation) { place.run.relation = relation; }, match->relation);
  place.run.base = found;
  return {};
}

// Empty unless every byte of the tensor may serve as base.
Result<Stretches> BaseFinder::Search::stretches_of(const Candidate& candidate,
                                                   const TensorMatch& match) {
  const std::uint64_t begin = match.base->offset_bytes;
  const std::uint64_t end = begin + match.base->size_bytes;
  // Where neither says which was made of which, the later depends on the earlier.
  const bool earlier_only =
      !candidate.is_declared && std::holds_alternative<store::TunedFrom>(match.relation);
  Stretches stretches;
  std::uint64_t at = 0;
  for (const meta::Term& term : candidate.file->stored.recipe) {
    const std::uint64_t from = std::max(at, begin);
    const std::uint64_t to = std::min(at + term.size_bytes, end);
    if (from < to) {
      if (earlier_only && term.xorb > xorb_.id) return Stretches();
      TRY(const auto hash, usable(term.xorb));
      if (!hash) return Stretches();
      stretches.push_back(
          {.xorb = term.xorb,
           .hash = *hash,
           .offset_bytes = term.offset_bytes + static_cast<std::uint32_t>(from - at),
           .size_bytes = static_cast<std::uint32_t>(to - from)});
    }
    at += term.size_bytes;
  }
  return in_parent_order(stretches, *match.base, match.head_count);
}

// Blocks are decoded from at most one other: what needs a base is none.
Result<std::optional<XorbHash>> BaseFinder::Search::usable(meta::XorbId id) {
  if (const auto known = usable_.find(id); known != usable_.end()) return known->second;
  std::optional<XorbHash> hash;
  if (id != xorb_.id) {
    TRY(const auto bases, facts_.codings().bases_of(id));
    TRY(const meta::Xorb base, facts_.content().read_xorb(id));
    if (bases.empty() && base.state == meta::XorbState::Live) hash = base.hash;
  }
  return usable_.emplace(id, hash).first->second;
}

}  // namespace granary::service
