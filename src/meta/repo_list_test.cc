// The listing part of the MetaStore suite: sorts, filters, rights, cursors.
#include <algorithm>
#include <set>

#include "meta/cursor.h"
#include "meta/meta_store_suite.h"

namespace granary::meta {
namespace {

constexpr RepoSort kSorts[] = {RepoSort::Modified, RepoSort::Created,  RepoSort::Downloads,
                               RepoSort::Likes,    RepoSort::Trending, RepoSort::Parameters,
                               RepoSort::Id};

/// Everything, seen by an administrator.
RepoQuery query_all() {
  RepoQuery query;
  query.viewer.sees_all = true;
  query.sort = RepoSort::Id;
  return query;
}

class ListSuite : public MetaStoreSuite {
 protected:
  std::vector<std::string> names(const RepoQuery& query) {
    std::vector<std::string> found;
    const auto page = repos().list_repos(query);
    EXPECT_TRUE(page.has_value()) << (page ? "" : page.error().message);
    if (!page) return found;
    for (const ListedRepo& each : page->repos) found.push_back(each.repo.name.full());
    return found;
  }

  Repo add_with(const std::string& space, const std::string& name, RepoSummary summary) {
    CommitBatch initial = make_commit({}, space + name);
    summary.head = initial.commit.oid;
    initial.summary = std::move(summary);
    auto made =
        repos().create_repo({.name = model(space, name), .sdk = {}, .initial = std::move(initial)});
    EXPECT_TRUE(made.has_value());
    return made ? *made : Repo{};
  }
};

RepoSummary summary_of(std::vector<std::string> tags, std::uint64_t parameters = 0) {
  RepoSummary summary;
  summary.tags = std::move(tags);
  summary.parameter_count = parameters;
  return summary;
}

TEST_P(ListSuite, StrangersSeePublicReposAndMembersTheirOwnToo) {
  const NamespaceId ada = add_user("ada");
  const NamespaceId bob = add_user("bob");
  add_repo("ada", "open");
  add_repo("ada", "hidden", Visibility::Private);
  add_repo("bob", "secret", Visibility::Private);
  RepoQuery query = query_all();
  EXPECT_EQ(names(query), (std::vector<std::string>{"ada/hidden", "ada/open", "bob/secret"}));
  query.viewer = {};
  EXPECT_EQ(names(query), (std::vector<std::string>{"ada/open"}));
  query.viewer.namespaces = {ada};
  EXPECT_EQ(names(query), (std::vector<std::string>{"ada/hidden", "ada/open"}));
  query.viewer.namespaces = {ada, bob};
  EXPECT_EQ(names(query).size(), 3u);
  query.kind = RepoKind::Dataset;
  EXPECT_TRUE(names(query).empty());
}

TEST_P(ListSuite, EveryWordMustOccurInTheNameInAnyCase) {
  add_user("Ada");
  add_repo("Ada", "Llama-7B");
  add_repo("Ada", "Mistral-7b");
  RepoQuery query = query_all();
  query.words = {"LLAMA"};
  EXPECT_EQ(names(query), (std::vector<std::string>{"Ada/Llama-7B"}));
  query.words = {"7B", "ada/"};
  EXPECT_EQ(names(query).size(), 2u);
  query.words = {"7B", "qwen"};
  EXPECT_TRUE(names(query).empty());
  query.words = {"%"};
  EXPECT_TRUE(names(query).empty()) << "no letter means anything but itself";
  query.words = {"' OR 1=1 --"};
  EXPECT_TRUE(names(query).empty());
  query.words = std::vector<std::string>(1000, "a");
  EXPECT_EQ(kind_of(repos().list_repos(query)), ErrorKind::Invalid);
}

TEST_P(ListSuite, FiltersNarrowTogether) {
  add_user("ada");
  add_user("bob");
  RepoSummary small = summary_of({"gguf", "license:mit"}, 1'000);
  small.pipeline_tag = "text-generation";
  RepoSummary large = summary_of({"safetensors", "license:mit"}, 70'000'000'000);
  large.library_name = "transformers";
  const Repo gated = add_with("ada", "small", small);
  add_with("bob", "large", large);
  add_with("bob", "unknown", summary_of({}));
  ASSERT_DONE(repos().update_settings(gated.id, {.visibility = {}, .gating = Gating::Automatic}));
  const auto found = [&](auto change) {
    RepoQuery query = query_all();
    change(query);
    return names(query);
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(found([](RepoQuery& q) { q.owner = "BOB"; }), (Names{"bob/large", "bob/unknown"}));
  EXPECT_EQ(found([](RepoQuery& q) { q.owner = "nobody"; }), Names{});
  EXPECT_EQ(found([](RepoQuery& q) { q.tags = {"license:mit"}; }),
            (Names{"ada/small", "bob/large"}));
  EXPECT_EQ(found([](RepoQuery& q) { q.tags = {"license:mit", "gguf"}; }), Names{"ada/small"});
  EXPECT_EQ(found([](RepoQuery& q) { q.tags = {"GGUF"}; }), Names{});
  EXPECT_EQ(found([](RepoQuery& q) { q.pipeline_tag = "text-generation"; }), Names{"ada/small"});
  EXPECT_EQ(found([](RepoQuery& q) { q.library_name = "transformers"; }), Names{"bob/large"});
  EXPECT_EQ(found([](RepoQuery& q) { q.gated = true; }), Names{"ada/small"});
  EXPECT_EQ(found([](RepoQuery& q) { q.gated = false; }), (Names{"bob/large", "bob/unknown"}));
  EXPECT_EQ(found([](RepoQuery& q) { q.parameters_min = 1'000; }),
            (Names{"ada/small", "bob/large"}));
  EXPECT_EQ(found([](RepoQuery& q) { q.parameters_max = 1'000; }), Names{"ada/small"})
      << "a count that is not known is no small count";
}

TEST_P(ListSuite, SortsDescendButForTheName) {
  const NamespaceId ada = add_user("ada");
  const Repo first = add_with("ada", "bb", summary_of({}, 5));
  clock.advance(std::chrono::hours(1));
  const Repo second = add_with("ada", "aa", summary_of({}, 3));
  const auto order = [&](RepoSort sort) {
    RepoQuery query = query_all();
    query.sort = sort;
    return names(query);
  };
  const std::vector<std::string> bb_first = {"ada/bb", "ada/aa"};
  const std::vector<std::string> aa_first = {"ada/aa", "ada/bb"};
  EXPECT_EQ(order(RepoSort::Created), aa_first);
  EXPECT_EQ(order(RepoSort::Modified), aa_first);
  EXPECT_EQ(order(RepoSort::Id), aa_first);
  EXPECT_EQ(order(RepoSort::Parameters), bb_first);
  EXPECT_EQ(order(RepoSort::Downloads), aa_first) << "between equals the later one";
  ASSERT_DONE(repos().add_downloads(first.id, 1));
  EXPECT_EQ(order(RepoSort::Downloads), bb_first);
  EXPECT_EQ(order(RepoSort::Trending), bb_first);
  ASSERT_DONE(repos().set_like(second.id, ada, true));
  EXPECT_EQ(order(RepoSort::Likes), aa_first);
  EXPECT_EQ(order(RepoSort::Trending), aa_first);
  ASSERT_DONE(repos().set_like(second.id, ada, false));
  EXPECT_EQ(order(RepoSort::Trending), bb_first);
}

TEST_P(ListSuite, PagesOfEverySortGiveEachRepoOnceThoughOthersAreAdded) {
  add_user("ada");
  for (int i = 0; i < 23; ++i) {
    add_with("ada", "r" + std::to_string(i), summary_of({"t"}, static_cast<std::uint64_t>(i % 3)));
    if (i % 4 == 0) clock.advance(std::chrono::seconds(1));
  }
  int extra = 0;
  for (const RepoSort sort : kSorts) {
    RepoQuery query = query_all();
    query.sort = sort;
    query.limit = 5;
    std::multiset<std::string> seen;
    do {
      ASSERT_TAKE(const RepoPage page, repos().list_repos(query));
      EXPECT_LE(page.repos.size(), 5u);
      for (const ListedRepo& each : page.repos) {
        EXPECT_EQ(each.summary.tags.size(), 1u);
        seen.insert(each.repo.name.name);
      }
      query.cursor = page.next_cursor;
      add_with("ada", "extra" + std::to_string(extra++), summary_of({"t"}));
    } while (!query.cursor.empty());
    for (int i = 0; i < 23; ++i) {
      EXPECT_EQ(seen.count("r" + std::to_string(i)), 1u) << static_cast<int>(sort) << " " << i;
    }
  }
}

TEST_P(ListSuite, TheLastPageHasNoCursorEvenWhenFull) {
  add_user("ada");
  for (const char* name : {"a", "b", "c", "d"}) add_repo("ada", name);
  RepoQuery query = query_all();
  query.limit = 2;
  ASSERT_TAKE(const RepoPage first, repos().list_repos(query));
  ASSERT_FALSE(first.next_cursor.empty());
  query.cursor = first.next_cursor;
  ASSERT_TAKE(const RepoPage second, repos().list_repos(query));
  EXPECT_EQ(second.repos.size(), 2u);
  EXPECT_TRUE(second.next_cursor.empty());
}

TEST_P(ListSuite, AHostileCursorIsInvalid) {
  add_user("ada");
  add_repo("ada", "a");
  const std::string good =
      format_cursor({.sort = RepoSort::Likes, .value = 1, .id = 1, .folded = {}});
  for (const RepoSort sort : kSorts) {
    RepoQuery query = query_all();
    query.sort = sort;
    for (const std::string& bad :
         {std::string("zz"), std::string("0"), std::string("00"), good.substr(0, 34), good + "00",
          std::string(100'000, '0'), std::string("01"), std::string("02") + good.substr(2),
          format_cursor({.sort = sort == RepoSort::Created ? RepoSort::Likes : RepoSort::Created,
                         .folded = {}})}) {
      query.cursor = bad;
      EXPECT_EQ(kind_of(repos().list_repos(query)), ErrorKind::Invalid) << bad.substr(0, 40);
    }
  }
  RepoQuery query = query_all();
  query.sort = RepoSort::Likes;
  query.cursor =
      format_cursor({.sort = RepoSort::Likes, .value = INT64_MIN, .id = INT64_MIN, .folded = {}});
  EXPECT_TRUE(names(query).empty());
}

TEST_P(ListSuite, APageOfLongCardsEndsEarly) {
  add_user("ada");
  RepoSummary heavy = summary_of({});
  heavy.card_json = std::string(1'000'000, ' ');
  for (int i = 0; i < 12; ++i) add_with("ada", "r" + std::to_string(i), heavy);
  RepoQuery query = query_all();
  ASSERT_TAKE(const RepoPage page, repos().list_repos(query));
  EXPECT_LT(page.repos.size(), 12u);
  ASSERT_FALSE(page.next_cursor.empty());
  query.cursor = page.next_cursor;
  EXPECT_EQ(page.repos.size() + names(query).size(), 12u);
}

TEST_P(ListSuite, TagsOfPublicReposAreCountedMostUsedFirst) {
  add_user("ada");
  add_with("ada", "a", summary_of({"x", "y", "y"}));
  add_with("ada", "b", summary_of({"x"}));
  const Repo hidden = add_with("ada", "c", summary_of({"y", "secret"}));
  ASSERT_DONE(
      repos().update_settings(hidden.id, {.visibility = Visibility::Private, .gating = {}}));
  ASSERT_TAKE(const auto counts, repos().count_tags(RepoKind::Model));
  ASSERT_EQ(counts.size(), 2u);
  EXPECT_EQ(counts[0].tag, "x");
  EXPECT_EQ(counts[0].count, 2u);
  EXPECT_EQ(counts[1].tag, "y");
  EXPECT_EQ(counts[1].count, 1u);
}

INSTANTIATE_TEST_SUITE_P(All, ListSuite, testing::ValuesIn(adapters()), name_of_adapter);

}  // namespace
}  // namespace granary::meta
