// `granary fsck`: the store's own check, with its findings as text.
#include <fmt/format.h>

#include "base/text.h"
#include "server/admin_work.h"
#include "server/instance.h"
#include "store/fsck.h"

namespace granary::server {

Result<std::string> check_store(AdminCall& call) {
  const bool reads_data = !call.has("quick");
  const store::FsckOptions options{
      .data = reads_data, .progress = [&call, reads_data](const store::FsckProgress& progress) {
        call.report({.phase = "checking",
                     .done = reads_data ? progress.bytes_read : progress.xorb_count,
                     .total = 0});
      }};
  TRY(const auto report, store::fsck(call.instance.facts(), call.instance.objects(), options));

  const std::string looked_at = fmt::format(
      "{} files, {} xorbs, {} objects{}{}", report.looked_at.file_count,
      report.looked_at.xorb_count, report.object_count,
      reads_data ? ", " + format_size(report.looked_at.bytes_read) + " read and hashed again" : "",
      report.orphan_count == 0
          ? ""
          : fmt::format(" ({} that nothing names yet or any more)", report.orphan_count));
  if (report.is_sound()) return "sound: " + looked_at;

  std::string text = fmt::format("{} findings in {}", report.finding_count, looked_at);
  for (const std::string& finding : report.findings) text += "\n  " + finding;
  return fail(ErrorKind::Corrupt, text);
}

}  // namespace granary::server
