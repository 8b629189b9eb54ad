// Escaping everywhere, and the facts that a page shows.
#include "api/web/page.h"

#include <gtest/gtest.h>

namespace granary::api::web {
namespace {

constexpr std::string_view kHostile = "\"><script>alert(1)</script>";

TEST(ListPage, EscapesWhatStrangersWrote) {
  ListView view{
      .kind_plural = "models", .search = std::string(kHostile), .repos = {}, .next_url = ""};
  view.repos.push_back({.name = std::string(kHostile),
                        .url = "/a/b",
                        .task = std::string(kHostile),
                        .library = std::string(kHostile),
                        .modified = "2026-11-24"});
  const std::string html = render_list(view);
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_NE(html.find("value=\"&quot;&gt;&lt;script&gt;"), std::string::npos);
}

TEST(RepoPage, ShowsFilesSizesAndLicence) {
  RepoView view;
  view.card = {.name = "lab/tiny", .url = "/lab/tiny", .is_gated = true};
  view.kind = "model";
  view.commit = "0123456789abcdef0123456789abcdef01234567";
  view.license = "mit";
  view.parameter_count = 22'700'000;
  view.total_bytes = 1536;
  view.files = {{.path = "a b.bin",
                 .url = "/lab/tiny/resolve/main/" + encode_path("a b.bin"),
                 .size_bytes = 1536,
                 .is_lfs = true}};
  const std::string html = render_repo(view);
  EXPECT_NE(html.find("href=\"/lab/tiny/resolve/main/a%20b.bin\""), std::string::npos) << html;
  EXPECT_NE(html.find("1.5 KiB"), std::string::npos);
  EXPECT_NE(html.find("22.7M parameters"), std::string::npos);
  EXPECT_NE(html.find("licence mit"), std::string::npos);
  EXPECT_NE(html.find(">gated<"), std::string::npos);
}

TEST(RepoPage, HidesFilesFromAReaderWithoutAccess) {
  RepoView view;
  view.files_hidden = true;
  view.files = {{.path = "secret.bin", .url = "/x", .size_bytes = 1}};
  EXPECT_EQ(render_repo(view).find("secret.bin"), std::string::npos);
}

TEST(EncodePath, KeepsSlashesAndEscapesTheRest) {
  EXPECT_EQ(encode_path("a/b c#d?%ü"), "a/b%20c%23d%3F%25%C3%BC");
}

}  // namespace
}  // namespace granary::api::web
