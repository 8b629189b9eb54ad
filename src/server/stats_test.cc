// The text and the JSON of the sums.
#include "server/stats.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace granary::server {
namespace {

meta::Usage usage() {
  return {.file_count = 3,
          .file_size_bytes = 3 << 20,
          .unique_file_count = 2,
          .unique_size_bytes = 2 << 20,
          .xorb_count = 2,
          .xorb_size_bytes = 2 << 20,
          .stored_size_bytes = (1 << 20) + (600 << 10),
          .unseen_size_bytes = 0,
          .shares = {{.codec = 0, .size_bytes = 1 << 20, .coded_size_bytes = 1 << 20},
                     {.codec = 1, .size_bytes = 1 << 20, .coded_size_bytes = 512 << 10}}};
}

TEST(Stats, TheTextSaysWhatDedupeAndEachCodecSave) {
  EXPECT_EQ(stats_text(usage()),
            "3 files in repositories, 2 different ones, in 2 xorbs\n"
            "\n"
            "                  original      stored       saved  of original\n"
            "dedupe             3.0 MiB     2.0 MiB     1.0 MiB       66.7 %\n"
            "raw                1.0 MiB     1.0 MiB         0 B      100.0 %\n"
            "zstd               1.0 MiB   512.0 KiB   512.0 KiB       50.0 %\n"
            "tables                        88.0 KiB\n"
            "all                3.0 MiB     1.6 MiB     1.4 MiB       52.9 %\n");
}

TEST(Stats, AnEmptyStoreSavesNothing) {
  EXPECT_NE(stats_text({}).find("0 files"), std::string::npos);
  EXPECT_NE(stats_text({}).find("0.0 %"), std::string::npos);
}

TEST(Stats, TheJsonHasTheSameSums) {
  const auto json = boost::json::parse(stats_json(usage())).as_object();
  EXPECT_EQ(json.at("stored_size_bytes").to_number<std::uint64_t>(), usage().stored_size_bytes);
  const auto& shares = json.at("shares").as_array();
  ASSERT_EQ(shares.size(), 2u);
  EXPECT_EQ(shares[1].at("codec").as_string(), "zstd");
  EXPECT_EQ(shares[1].at("coded_size_bytes").to_number<int>(), 512 << 10);
}

}  // namespace
}  // namespace granary::server
