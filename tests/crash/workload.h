// What a client does in one step, and what the oracle then knows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/sim_disk.h"
#include "oracle.h"

namespace granary::crash {

enum class Step : std::uint8_t {
  UploadSmall,
  UploadLarge,
  UploadAgain,
  UploadEdited,
  UploadByXet,
  SendPart,
  Recode,
  Commit,
  MakeBranch,
  DeleteBranch,
  Revoke,
  Restart,
  PowerCut
};
inline constexpr std::size_t kStepCount = 13;
inline constexpr std::size_t kUploadStepCount = 6;
inline constexpr std::size_t kSmallSizeMax = 3'000;
std::string_view name_of(Step step);

/// What an upload sends.
struct Payload {
  explicit Payload(SharedBytes bytes_);
  Payload(SharedBytes bytes_, const Sha256& sha256_) : bytes(std::move(bytes_)), sha256(sha256_) {}
  SharedBytes bytes;
  Sha256 sha256;
};

/// Does steps against a world, and keeps the oracle: before each call what may be, after it what
/// must be. `acknowledged` is called right after a success, before anything else happens.
class Client {
 public:
  Client(World& world, Oracle& oracle, SimNumbers& numbers)
      : world_(world), oracle_(oracle), numbers_(numbers) {}

  /// Restart and PowerCut are not the client's. Errors: what the store said; the oracle then holds
  /// that the step may have happened.
  Result<void> run(Step step);
  Result<void> upload(const Payload& payload);
  /// Of more than `over` bytes, up to `size_max`.
  SharedBytes make_bytes(std::size_t over, std::size_t size_max);
  /// A file that was begun and never acknowledged, if there is one.
  std::optional<Payload> unfinished() const;

 private:
  SharedBytes make_large();
  Payload any_sent();
  Result<void> upload_by_xet();
  Result<store::ClaimedTerm> send_xorb(const SharedBytes& bytes);
  Result<void> send_part();
  Result<void> recode();
  Result<void> complete(const meta::Upload& upload, const SharedBytes& bytes);
  Result<void> commit();
  Result<void> move_branch(bool to_exist);
  Result<void> revoke();
  meta::RepoFile grant_of(const Sha256& sha256, const Bytes& bytes) const;

  World& world_;
  Oracle& oracle_;
  SimNumbers& numbers_;
};

/// Makes the user and the repo, or finds them.
Result<void> set_up(World& world, Oracle& oracle);

/// A disk with nothing but the data folder.
std::unique_ptr<SimFileSystem> make_blank_disk(Clock& clock);
/// A disk on which Granary was initialised, with one user and one repo, and stopped.
std::unique_ptr<SimFileSystem> make_first_disk(Clock& clock, Oracle& oracle);

}  // namespace granary::crash
