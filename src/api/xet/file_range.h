// The range of a file that a reconstruction is asked for.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "service/xet_downloads.h"

namespace granary::api::xet {

/// Reads a Range header, "bytes=a-b" or "bytes=a-"; the whole file without one. It names bytes of
/// the file, not of the reply, so that what is not understood is refused, not passed over. Numbers
/// beyond 64 bits lie past the end of any file.
/// Errors: Invalid for any other form: several ranges, or one counted from the end.
Result<service::FileSpan> parse_file_range(std::optional<std::string_view> header);

/// Reads an X-Range-Dirty header, "bytes=a-b,c-d…": ranges of a file that are to be written anew.
/// Errors: Invalid for any other form, without a header, for ranges that do not ascend or that
/// overlap, and for more than 1000.
Result<std::vector<chunk::ByteSpan>> parse_dirty_ranges(std::optional<std::string_view> header);

}  // namespace granary::api::xet
