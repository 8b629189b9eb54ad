// Cards as the page shows them: no script, no other element of the author's, no other scheme.
#include "api/web/markdown.h"
#include "base/result.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view readme(reinterpret_cast<const char*>(data), size);
  const std::string html = api::web::render_markdown(api::web::without_front_matter(readme));
  for (const char* hostile :
       {"<script", "<img", "<iframe", "<style", "href=\"javascript:", "href=\"data:", "href=\"//"})
    GRANARY_ASSERT(html.find(hostile) == std::string::npos);
  return 0;
}
