// XetHub: a TestHub with the shortest way to send and fetch files by Xet. For tests only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk_hash.h"
#include "service/hub_testing.h"

namespace granary::service::testing {

/// A xorb and its chunks, as an uploader has them.
struct MadeXorb {
  XorbHash hash;
  std::vector<std::string> bytes;
  std::vector<chunk::Chunk> chunks;
};

class XetHub : public TestHub {
 public:
  XetTicket ticket(std::string_view user, const std::string& repo, XetUse use = XetUse::Write);
  /// `count` chunks of a few hundred bytes that `seed` makes.
  static MadeXorb make_xorb(unsigned seed, std::size_t count);
  Result<void> send(const XetTicket& ticket, const MadeXorb& xorb);

  /// A term of the claim: chunks [start, end) of a xorb, with what the uploader knows of them.
  static TermClaim term(const MadeXorb& xorb, std::uint32_t start, std::uint32_t end);
  struct Run {
    const MadeXorb* xorb;
    std::uint32_t start, end;
  };
  struct MadeFile {
    XetFileClaim claim;
    std::string bytes;
  };
  static MadeFile make_file(const std::vector<Run>& runs);
  Result<void> put_together(const XetTicket& ticket, const XetFileClaim& file) {
    return xet->uploads.register_files(ticket, {&file, 1}, {}, {});
  }

  /// The bytes of a span as a client gets them: terms out of fetched runs. Fails the test where an
  /// answer breaks a rule that clients rely on.
  std::optional<std::string> fetch(const XetTicket& ticket, const FileHash& file,
                                   const FileSpan& span);

 private:
  std::string bytes_of(const XorbFetch& fetch);
};

}  // namespace granary::service::testing
