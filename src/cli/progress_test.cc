// What a progress line says.
#include "cli/progress.h"

#include <gtest/gtest.h>

namespace granary::cli {
namespace {

TEST(Progress, ShowsShareBytesRateAndTimeLeft) {
  const std::string line = render_progress("reading", 512 << 10, 1 << 20, 256 << 10, 100);
  EXPECT_NE(line.find(" 50%"), std::string::npos) << line;
  EXPECT_NE(line.find("512.0 KiB / 1.0 MiB"), std::string::npos) << line;
  EXPECT_NE(line.find("256.0 KiB/s"), std::string::npos) << line;
  EXPECT_NE(line.find("0:02 left"), std::string::npos) << line;
}

TEST(Progress, FitsANarrowTerminalAndAnUnknownTotal) {
  EXPECT_LE(render_progress("reading", 5, 10, 1, 20).size(), 20U);
  EXPECT_EQ(render_progress("hashing", 2048, 0, 0, 80), "hashing  2.0 KiB");
}

TEST(Progress, NeverPassesAHundredPercent) {
  EXPECT_NE(render_progress("reading", 20, 10, 1, 80).find("100%"), std::string::npos);
}

}  // namespace
}  // namespace granary::cli
