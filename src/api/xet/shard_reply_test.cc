// The lines that answer a shard: one JSON object each, whatever the message says.
#include "api/xet/shard_reply.h"

#include <gtest/gtest.h>

namespace granary::api::xet {
namespace {

TEST(ShardReply, TheLinesAreThoseOfTheProtocol) {
  EXPECT_EQ(validating_line(0, 18'446'744'073'709'551'615ULL),
            "{\"type\":\"validating\",\"verified\":0,\"total\":18446744073709551615}\n");
  EXPECT_EQ(result_line(), "{\"type\":\"result\",\"result\":1}\n");
  EXPECT_EQ(error_line("the file differs", false),
            "{\"type\":\"error\",\"message\":\"the file differs\",\"retryable\":false}\n");
  EXPECT_EQ(error_line("busy", true),
            "{\"type\":\"error\",\"message\":\"busy\",\"retryable\":true}\n");
}

TEST(ShardReply, AMessageStaysInItsLine) {
  EXPECT_EQ(error_line("a \"b\"\n\\", false),
            "{\"type\":\"error\",\"message\":\"a \\\"b\\\"\\n\\\\\",\"retryable\":false}\n");
}

}  // namespace
}  // namespace granary::api::xet
