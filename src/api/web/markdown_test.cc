// What a hostile card may not do, and what an ordinary one looks like.
#include "api/web/markdown.h"

#include <gtest/gtest.h>

namespace granary::api::web {
namespace {

TEST(Markdown, RendersTablesAndEmphasis) {
  const std::string html = render_markdown("# Title\n\n|a|b|\n|-|-|\n|1|**2**|\n");
  EXPECT_NE(html.find("<h1>Title</h1>"), std::string::npos);
  EXPECT_NE(html.find("<strong>2</strong>"), std::string::npos);
  EXPECT_NE(html.find("<table>"), std::string::npos);
}

TEST(Markdown, NothingThatRunsOrLoadsGetsThrough) {
  for (const char* hostile :
       {"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))", "![x](https://tracker.example/p.png)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](vbscript:x)", "<iframe src=//x></iframe>",
        "<a href=\"javascript:alert(1)\">x</a>", "<svg/onload=alert(1)>", "[x](//evil.example)",
        "![a![b](javascript:x)](javascript:y)", "<style>*{display:none}</style>"}) {
    const std::string html = render_markdown(hostile);
    for (const char* bad : {"<script", "onerror", "javascript:", "<img", "<iframe", "data:text",
                            "vbscript", "<svg", "<style", "href=\"//"}) {
      EXPECT_EQ(html.find(bad), std::string::npos) << hostile << " gave " << html;
    }
  }
}

TEST(Markdown, AnImageBecomesALinkToIt) {
  const std::string html = render_markdown("![chart](https://x.example/c.png)");
  EXPECT_NE(html.find("<a href=\"https://x.example/c.png\">chart</a>"), std::string::npos) << html;
}

TEST(FrontMatter, IsCutOffOnlyWhenItIsWhole) {
  EXPECT_EQ(without_front_matter("---\nlicense: mit\n---\n# A\n"), "# A\n");
  EXPECT_EQ(without_front_matter("---\nlicense: mit\n"), "---\nlicense: mit\n");
  EXPECT_EQ(without_front_matter("# A\n"), "# A\n");
  EXPECT_EQ(without_front_matter("---\nx\n---"), "");
}

}  // namespace
}  // namespace granary::api::web
