// The answer to a shard, as lines of JSON: what has been checked, and how it ended.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace granary::api::xet {

/// The check goes on. Both in bytes.
std::string validating_line(std::uint64_t done_bytes, std::uint64_t total_bytes);

/// The last line, if all files are the repo's now.
std::string result_line();

/// The last line, if not. The message is all that the client's user is shown. `may_retry`: the same
/// shard may pass a while later; the client then sends it again by itself.
std::string error_line(std::string_view message, bool may_retry);

}  // namespace granary::api::xet
