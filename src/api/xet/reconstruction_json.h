// Reconstructions as JSON, in both versions of the protocol and for one file or many.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/digest.h"
#include "service/xet_downloads.h"

namespace granary::api::xet {

enum class ReconstructionVersion : std::uint8_t { V1, V2 };

/// Where the bytes of fetches are: at base/xorbs/HASH?pass=PASS. No two fetches have one URL, since
/// clients know them by it.
struct FetchUrls {
  std::string base;  // without a slash at its end
};

std::string reconstruction_json(const service::Reconstruction& answer,
                                ReconstructionVersion version, const FetchUrls& urls);

struct NamedReconstruction {
  FileHash hash;
  service::Reconstruction answer;
};
/// In the form of version 1, with the files' fetches together by xorb.
std::string batch_reconstruction_json(std::span<const NamedReconstruction> files,
                                      const FetchUrls& urls);

}  // namespace granary::api::xet
