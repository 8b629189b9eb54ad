// Deciding what is to be sent, and taking it in.
#include "service/uploads.h"

#include <algorithm>
#include <utility>

#include "service/claims.h"
#include "service/upload_scope.h"
#include "store/store.h"
#include "store/uploads.h"

namespace granary::service {
namespace {

// A download's link need not live longer than it takes to follow it.
constexpr std::chrono::hours kFetchTime{1};

tl::unexpected<Error> wrong_size(std::uint64_t expected) {
  return fail(ErrorKind::Invalid,
              "the size is not the " + std::to_string(expected) + " bytes that were announced");
}

/// A whole file, by way of the store's ingest, granted to its repo in the end.
class FileIntake final : public Intake {
 public:
  struct Target {
    meta::ContentStore& content;
    Clock& clock;
    meta::RepoId repo;
    std::optional<WantedFile> expected;
  };
  FileIntake(Target target, std::unique_ptr<store::Ingest> ingest)
      : target_(std::move(target)), ingest_(std::move(ingest)) {}

  Result<void> write(ByteView bytes) override {
    size_bytes_ += bytes.size();
    if (target_.expected && size_bytes_ > target_.expected->size_bytes) {
      return wrong_size(target_.expected->size_bytes);
    }
    return ingest_->write(bytes);
  }

  Result<Received> finish() override {
    store::Ingest::Expected expected;
    if (target_.expected) {
      expected.sha256 = target_.expected->sha256;
      expected.size_bytes = target_.expected->size_bytes;
    }
    TRY(auto content, ingest_->finish(expected));
    Received received{.sha256 = content.file->sha256,
                      .size_bytes = content.file->size_bytes,
                      .etag = content.file->sha256.to_string()};
    TRY_DONE(grant(std::move(content)));
    return received;
  }

 private:
  Result<void> grant(meta::NewContent content) {
    content.grant = meta::RepoFile{.repo = target_.repo,
                                   .sha256 = content.file->sha256,
                                   .size_bytes = content.file->size_bytes,
                                   .path = {},
                                   .ref = {},
                                   .pushed = target_.clock.wall_now()};
    auto recorded = target_.content.record(content);
    if (!recorded && recorded.error().kind == ErrorKind::Conflict) {
      // What the file was deduplicated against is being collected; sent again, it is stored anew.
      return fail(ErrorKind::Unavailable, "the file could not be kept; send it again");
    }
    return recorded;
  }

  Target target_;
  std::unique_ptr<store::Ingest> ingest_;
  std::uint64_t size_bytes_ = 0;
};

class PartIntake final : public Intake {
 public:
  explicit PartIntake(std::unique_ptr<store::PartWriter> writer) : writer_(std::move(writer)) {}
  Result<void> write(ByteView bytes) override { return writer_->write(bytes); }
  Result<Received> finish() override {
    TRY(const auto part, writer_->finish());
    return Received{.sha256 = {}, .size_bytes = part.size_bytes, .etag = part.etag};
  }

 private:
  std::unique_ptr<store::PartWriter> writer_;
};

/// The usual size, or larger where a file would have too many parts.
std::uint64_t part_size_for(std::uint64_t file_size_bytes, std::uint64_t usual_size_bytes) {
  constexpr std::uint64_t kCount = limits::kMultipartPartCountMax;
  const std::uint64_t needed = (file_size_bytes + kCount - 1) / kCount;
  if (needed <= usual_size_bytes) return usual_size_bytes;
  return (needed + limits::kMiB - 1) / limits::kMiB * limits::kMiB;
}

}  // namespace

Uploads::Uploads(const Needs& needs, const UploadOptions& options, PassSigner signer)
    : needs_(needs), options_(options), signer_(std::move(signer)) {}

Result<std::unique_ptr<Uploads>> Uploads::create(const Needs& needs, const UploadOptions& options) {
  TRY(auto signer, PassSigner::create(needs.env, needs.facts.accounts()));
  return std::unique_ptr<Uploads>(new Uploads(needs, options, std::move(signer)));
}

Result<std::vector<UploadAnswer>> Uploads::offer(const Caller& caller, const meta::RepoName& name,
                                                 std::span<const WantedFile> files, Parts parts) {
  TRY(const auto visible, needs_.access.find_for_write(caller, name));
  const WallTime now = needs_.env.clock.wall_now();
  auto claim = claim_for(caller, visible.repo.id, now, {});
  for (const WantedFile& file : files) claim.files.push_back(file.sha256);
  TRY(const auto grants, needs_.facts.content().claim(claim));
  std::vector<UploadAnswer> answers;
  for (std::size_t i = 0; i < files.size(); ++i) {
    Pass basis;
    basis.repo = visible.repo.id;
    if (caller.user) basis.user = caller.user->id;
    basis.sha256 = files[i].sha256;
    basis.size_bytes = files[i].size_bytes;
    basis.expires = now + limits::kLeaseTime;
    answers.push_back(answer_for(basis, grants[i], parts));
  }
  return answers;
}

UploadAnswer Uploads::answer_for(const Pass& basis, const std::optional<meta::RepoFile>& grant,
                                 Parts parts) {
  UploadAnswer answer;
  if (grant && grant->size_bytes != basis.size_bytes) {
    answer.refusal = wrong_size(grant->size_bytes).value();
  } else if (basis.size_bytes > limits::kFileSizeBytesMax) {
    answer.refusal = Error{ErrorKind::TooLarge, "a file over 8 TiB"};
  } else if (grant) {
    answer.is_present = true;
  }
  if (grant || answer.refusal) return answer;

  Pass verify = basis;
  verify.use = PassUse::Verify;
  answer.verify_pass = signer_.sign(verify);
  if (parts == Parts::Allowed && basis.size_bytes > options_.part_threshold_bytes) {
    if (auto offered = offer_parts(basis, answer); !offered) answer.refusal = offered.error();
  } else {
    Pass send = basis;
    send.use = PassUse::Send;
    answer.send_pass = signer_.sign(send);
  }
  return answer;
}

Result<void> Uploads::offer_parts(const Pass& basis, UploadAnswer& answer) {
  TRY(const auto upload, needs_.parts.start({.repo = basis.repo,
                                             .user = basis.user,
                                             .sha256 = basis.sha256,
                                             .size_bytes = basis.size_bytes,
                                             .part_size_bytes = part_size_for(
                                                 basis.size_bytes, options_.part_size_bytes)}));
  answer.part_size_bytes = upload.part_size_bytes;
  answer.upload_id = upload.id;
  Pass pass = basis;
  pass.upload = upload.id;
  pass.use = PassUse::Complete;
  answer.send_pass = signer_.sign(pass);
  pass.use = PassUse::SendPart;
  for (std::uint32_t number = 1; number <= store::part_count(upload); ++number) {
    pass.part = number;
    answer.part_passes.push_back(signer_.sign(pass));
  }
  return {};
}

Result<std::vector<DownloadAnswer>> Uploads::links(const Caller& caller, const meta::RepoName& name,
                                                   std::span<const WantedFile> files) {
  TRY(const auto visible, needs_.access.find_for_content(caller, name));
  std::vector<DownloadAnswer> answers;
  for (const WantedFile& file : files) {
    DownloadAnswer& answer = answers.emplace_back();
    const auto grant = needs_.facts.content().find_grant(visible.repo.id, file.sha256);
    if (!grant) {
      if (grant.error().kind != ErrorKind::NotFound) return tl::unexpected(grant.error());
      answer.refusal = Error{ErrorKind::NotFound, "the repo does not hold this object"};
    } else if (grant->size_bytes != file.size_bytes) {
      answer.refusal = wrong_size(grant->size_bytes).value();
    } else {
      Pass pass;
      pass.use = PassUse::Fetch;
      pass.repo = visible.repo.id;
      if (caller.user) pass.user = caller.user->id;
      pass.sha256 = file.sha256;
      pass.size_bytes = file.size_bytes;
      pass.expires = needs_.env.clock.wall_now() + kFetchTime;
      answer.pass = signer_.sign(pass);
    }
  }
  return answers;
}

Result<std::unique_ptr<Intake>> Uploads::start(std::string_view pass,
                                               std::optional<std::uint64_t> size_bytes) {
  TRY(const auto allowed, signer_.check(pass, PassUse::Send));
  if (size_bytes.value_or(allowed.size_bytes) != allowed.size_bytes) {
    return wrong_size(allowed.size_bytes);
  }
  TRY(auto scope, scope_of(allowed));
  return start_file(std::move(scope), WantedFile{allowed.sha256, allowed.size_bytes},
                    allowed.size_bytes);
}

Result<std::unique_ptr<Intake>> Uploads::start_unannounced(
    const Caller& caller, const meta::RepoName& name, std::optional<std::uint64_t> size_bytes) {
  TRY(const auto visible, needs_.access.find_for_write(caller, name));
  TRY(auto scope,
      upload_scope(needs_.facts, needs_.access, caller, visible.repo.id, options_.reach));
  return start_file(std::move(scope), std::nullopt, size_bytes);
}

Result<meta::XorbScope> Uploads::scope_of(const Pass& pass) {
  const Uploader uploader{.user = pass.user, .repo = pass.repo};
  return upload_scope(needs_.facts, needs_.access, uploader, options_.reach);
}

Result<std::unique_ptr<Intake>> Uploads::start_file(meta::XorbScope scope,
                                                    std::optional<WantedFile> expected,
                                                    std::optional<std::uint64_t> size_bytes) {
  const meta::RepoId repo = scope.repo;
  store::IngestPlan plan{.size_bytes = size_bytes, .scope = std::move(scope)};
  TRY(auto ingest, needs_.store.start_ingest(std::move(plan)));
  return std::make_unique<FileIntake>(
      FileIntake::Target{needs_.facts.content(), needs_.env.clock, repo, std::move(expected)},
      std::move(ingest));
}

Result<std::unique_ptr<Intake>> Uploads::start_part(std::string_view pass,
                                                    std::optional<std::uint64_t> size_bytes) {
  TRY(const auto allowed, signer_.check(pass, PassUse::SendPart));
  TRY(const auto scope, scope_of(allowed));
  TRY(auto writer, needs_.parts.start_part(allowed.upload, allowed.part, size_bytes, scope));
  return std::make_unique<PartIntake>(std::move(writer));
}

Result<void> Uploads::complete(std::string_view pass, const Sha256& sha256,
                               std::span<const PartEtag> parts) {
  TRY(const auto allowed, signer_.check(pass, PassUse::Complete));
  if (sha256 != allowed.sha256) return fail(ErrorKind::Invalid, "the oid is another file's");
  if (needs_.facts.content().find_grant(allowed.repo, sha256)) {
    return needs_.parts.remove(allowed.upload);  // done before: the reply was lost
  }
  TRY_DONE(check_parts(allowed.upload, parts));
  TRY(const auto scope, scope_of(allowed));
  TRY(auto content, needs_.parts.complete(allowed.upload, scope));
  content.grant = meta::RepoFile{.repo = allowed.repo,
                                 .sha256 = sha256,
                                 .size_bytes = allowed.size_bytes,
                                 .path = {},
                                 .ref = {},
                                 .pushed = needs_.env.clock.wall_now()};
  const auto recorded = needs_.facts.content().record(content);
  if (!recorded && recorded.error().kind == ErrorKind::Conflict) {
    return fail(ErrorKind::Unavailable, "the file could not be kept; complete it again");
  }
  TRY_DONE(recorded);
  return needs_.parts.remove(allowed.upload);
}

Result<void> Uploads::check_parts(std::string_view upload, std::span<const PartEtag> parts) {
  TRY(const auto staged, needs_.facts.content().list_parts(upload));
  for (const PartEtag& part : parts) {
    const auto found = std::ranges::lower_bound(staged, part.number, {}, &meta::UploadPart::number);
    if (found == staged.end() || found->number != part.number || found->etag != part.etag) {
      return fail(ErrorKind::Invalid,
                  "part " + std::to_string(part.number) + " is missing or was sent anew");
    }
  }
  if (parts.size() < staged.size()) return fail(ErrorKind::Invalid, "parts are left out");
  return {};
}

Result<void> Uploads::verify(std::string_view pass, const WantedFile& file) {
  TRY(const auto allowed, signer_.check(pass, PassUse::Verify));
  if (file.sha256 != allowed.sha256) return fail(ErrorKind::Invalid, "the oid is another file's");
  TRY(const auto grant, needs_.facts.content().find_grant(allowed.repo, file.sha256));
  if (grant.size_bytes != file.size_bytes) return wrong_size(grant.size_bytes);
  return {};
}

Result<OpenFile> Uploads::open(std::string_view pass) {
  TRY(const auto allowed, signer_.check(pass, PassUse::Fetch));
  TRY_DONE(needs_.facts.content().find_grant(allowed.repo, allowed.sha256));
  TRY(auto reader, needs_.store.open(allowed.sha256));
  return OpenFile(allowed.sha256, std::move(reader));
}

OpenFile::OpenFile(const Sha256& sha256, std::unique_ptr<store::FileReader> reader)
    : sha256_(sha256), size_bytes_(reader->size_bytes()), reader_(std::move(reader)) {}
OpenFile::OpenFile(OpenFile&&) noexcept = default;
OpenFile::~OpenFile() = default;

std::unique_ptr<net::BodySource> OpenFile::body(ByteRange range, net::Pool& pool) {
  return make_file_body(std::move(reader_), range, pool);
}

}  // namespace granary::service
