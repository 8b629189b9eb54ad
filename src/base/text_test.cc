// Case, trimming, splitting, human sizes.
#include "base/text.h"

#include <gtest/gtest.h>

namespace granary {
namespace {

TEST(Text, CaseFoldsAsciiOnly) {
  EXPECT_EQ(to_lower("AbÄ"), "abÄ");
  EXPECT_TRUE(equals_ignoring_case("Content-Type", "content-type"));
  EXPECT_FALSE(equals_ignoring_case("ab", "abc"));
}

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
}

TEST(Text, SizesReadAsPeopleWriteThem) {
  EXPECT_EQ(format_size(512), "512 B");
  EXPECT_EQ(format_size(1536), "1.5 KiB");
  EXPECT_EQ(format_size(std::uint64_t{3} << 40), "3.0 TiB");
}

TEST(Text, HtmlEscapesWhatEndsTextOrAttributes) {
  EXPECT_EQ(escape_html("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
}

}  // namespace
}  // namespace granary
