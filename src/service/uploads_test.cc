// Tests of uploads: passes lead to bytes that are hashed, and no hash is a right to anything.
#include "service/uploads.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "base/hasher.h"
#include "service/publish_testing.h"

namespace granary::service::testing {
namespace {

class Sending : public ::testing::Test {
 protected:
  Sending() { hub.add_repo("alice/m"); }

  static WantedFile wanted(std::string_view content) {
    return {sha256_of(as_bytes(content)), content.size()};
  }
  UploadAnswer offer(const Caller& who, std::string_view repo, const WantedFile& file,
                     Parts parts = Parts::Refused) {
    const auto answers = hub.uploads->offer(who, repo_name(repo), std::span(&file, 1), parts);
    EXPECT_TRUE(answers) << answers.error().message;
    return answers ? answers->front() : UploadAnswer{};
  }
  Result<Received> put(const std::string& pass, std::string_view content) {
    TRY(auto intake, hub.uploads->start(pass, content.size()));
    TRY_DONE(intake->write(as_bytes(content)));
    return intake->finish();
  }
  Result<std::string> put_part(const std::string& pass, std::string_view content) {
    TRY(auto intake, hub.uploads->start_part(pass, content.size()));
    TRY_DONE(intake->write(as_bytes(content)));
    TRY(const auto received, intake->finish());
    return received.etag;
  }
  bool holds(std::string_view repo, const Sha256& file) {
    return hub.facts->content().find_grant(hub.repo(repo).id, file).has_value();
  }
  static std::string_view part_of(std::string_view content, std::size_t index) {
    return content.substr(index * PublishHub::kPartSizeBytes, PublishHub::kPartSizeBytes);
  }

  PublishHub hub;
  const Caller alice = hub.caller_named("alice");
};

TEST_F(Sending, BytesThatWereAskedForBecomeTheRepos) {
  const auto file = wanted("weights");
  const auto answer = offer(alice, "alice/m", file);
  EXPECT_FALSE(answer.is_present);
  const auto received = put(answer.send_pass, "weights");
  ASSERT_TRUE(received) << received.error().message;
  EXPECT_EQ(received->etag, file.sha256.to_string());
  EXPECT_TRUE(holds("alice/m", file.sha256));
  EXPECT_TRUE(hub.uploads->verify(answer.verify_pass, file));
  EXPECT_TRUE(offer(alice, "alice/m", file).is_present);
}

TEST_F(Sending, TheSameBytesMayBeSentAgain) {
  const auto answer = offer(alice, "alice/m", wanted("weights"));
  ASSERT_TRUE(put(answer.send_pass, "weights"));
  ASSERT_TRUE(put(answer.send_pass, "weights"));
}

TEST_F(Sending, AnEmptyFileIsAFileToo) {
  const auto answer = offer(alice, "alice/m", wanted(""));
  ASSERT_TRUE(put(answer.send_pass, ""));
  EXPECT_TRUE(holds("alice/m", sha256_of({})));
}

TEST_F(Sending, OtherBytesThanAnnouncedAreRefusedAndNotKept) {
  const auto file = wanted("weights");
  const auto answer = offer(alice, "alice/m", file);
  EXPECT_EQ(error_kind(put(answer.send_pass, "WEIGHTS")), ErrorKind::Invalid);
  EXPECT_EQ(error_kind(put(answer.send_pass, "weight")), ErrorKind::Invalid);
  EXPECT_EQ(error_kind(put(answer.send_pass, "weights!")), ErrorKind::Invalid);
  auto intake = hub.uploads->start(answer.send_pass, std::nullopt);
  ASSERT_TRUE(intake);
  EXPECT_EQ(error_kind((*intake)->write(as_bytes("weights!"))), ErrorKind::Invalid);
  auto cut = hub.uploads->start(answer.send_pass, std::nullopt);
  ASSERT_TRUE(cut);
  ASSERT_TRUE((*cut)->write(as_bytes("weig")));
  EXPECT_EQ(error_kind((*cut)->finish()), ErrorKind::Invalid);
  EXPECT_FALSE(holds("alice/m", file.sha256));
  EXPECT_EQ(error_kind(hub.uploads->verify(answer.verify_pass, file)), ErrorKind::NotFound);
}

TEST_F(Sending, APassIsForOneUseAndOneDay) {
  const auto answer = offer(alice, "alice/m", wanted("weights"));
  EXPECT_EQ(error_kind(put(answer.verify_pass, "weights")), ErrorKind::Denied);
  EXPECT_EQ(error_kind(put("", "weights")), ErrorKind::Denied);
  hub.clock.advance(std::chrono::hours(25));
  EXPECT_EQ(error_kind(put(answer.send_pass, "weights")), ErrorKind::Denied);
}

TEST_F(Sending, APassOutlivesNoRepo) {
  const auto answer = offer(alice, "alice/m", wanted("weights"));
  ASSERT_TRUE(hub.repos.remove(alice, repo_name("alice/m")));
  EXPECT_EQ(error_kind(put(answer.send_pass, "weights")), ErrorKind::RepoNotFound);
}

TEST_F(Sending, WhoMayNotWriteGetsNoPass) {
  const auto file = wanted("weights");
  const auto asked = hub.uploads->offer(hub.caller_named("bob"), repo_name("alice/m"),
                                        std::span(&file, 1), Parts::Refused);
  EXPECT_EQ(error_kind(asked), ErrorKind::Denied);
}

TEST_F(Sending, ASizeThatContradictsAKnownFileIsRefused) {
  auto file = wanted("weights");
  hub.send(alice, "alice/m", "weights");
  file.size_bytes = 8;
  const auto answer = offer(alice, "alice/m", file);
  ASSERT_TRUE(answer.refusal.has_value());
  EXPECT_EQ(answer.refusal->kind, ErrorKind::Invalid);
}

TEST_F(Sending, AFileTooLargeForAnythingIsRefused) {
  auto file = wanted("x");
  file.size_bytes = limits::kFileSizeBytesMax + 1;
  EXPECT_EQ(offer(alice, "alice/m", file).refusal->kind, ErrorKind::TooLarge);
}

// Possession.

class Possession : public Sending {
 protected:
  Possession() {
    hub.add_repo("alice/secret", meta::Visibility::Private);
    hub.send(alice, "alice/secret", kSecret);
    hub.add_repo_of(bob, "bob/m");
  }
  static constexpr std::string_view kSecret = "what only alice has";
  const Caller bob = hub.caller_named("bob");
};

TEST_F(Possession, AForeignFileIsNeverAlreadyThere) {
  const auto elsewhere = offer(bob, "bob/m", wanted(kSecret));
  const auto nowhere = offer(bob, "bob/m", wanted("what nobody has now"));
  EXPECT_FALSE(elsewhere.is_present);
  EXPECT_FALSE(elsewhere.refusal.has_value());
  EXPECT_EQ(elsewhere.send_pass.size(), nowhere.send_pass.size());
  EXPECT_FALSE(holds("bob/m", sha256_of(as_bytes(kSecret))));
}

TEST_F(Possession, AForeignFileOfAnotherSizeIsNotGivenAwayByARefusal) {
  auto file = wanted(kSecret);
  file.size_bytes = 1;
  EXPECT_FALSE(offer(bob, "bob/m", file).refusal.has_value());
}

TEST_F(Possession, WhoSendsTheBytesHasThemAndThoseAloneCount) {
  const auto answer = offer(bob, "bob/m", wanted(kSecret));
  EXPECT_EQ(error_kind(put(answer.send_pass, "guess of nineteen b")), ErrorKind::Invalid);
  EXPECT_FALSE(holds("bob/m", sha256_of(as_bytes(kSecret))));
  ASSERT_TRUE(put(answer.send_pass, kSecret));
  EXPECT_TRUE(holds("bob/m", sha256_of(as_bytes(kSecret))));
}

TEST_F(Possession, AForeignFileCannotBeFetched) {
  const auto file = wanted(kSecret);
  const auto links = hub.uploads->links(bob, repo_name("bob/m"), std::span(&file, 1));
  ASSERT_TRUE(links);
  EXPECT_EQ(links->front().refusal->kind, ErrorKind::NotFound);
  EXPECT_EQ(error_kind(hub.uploads->links(bob, repo_name("alice/secret"), std::span(&file, 1))),
            ErrorKind::RepoNotFound);
}

TEST_F(Possession, APublicFileMayBeTakenUnlessItIsGated) {
  hub.send(alice, "alice/m", "public weights");
  ASSERT_TRUE(hub.repos.update_settings(alice, repo_name("alice/m"),
                                        {.visibility = {}, .gating = meta::Gating::Manual}));
  EXPECT_FALSE(offer(bob, "bob/m", wanted("public weights")).is_present);
  ASSERT_TRUE(hub.repos.update_settings(alice, repo_name("alice/m"),
                                        {.visibility = {}, .gating = meta::Gating::None}));
  EXPECT_TRUE(offer(bob, "bob/m", wanted("public weights")).is_present);
  EXPECT_TRUE(holds("bob/m", sha256_of(as_bytes("public weights"))));
}

TEST_F(Possession, AnOwnPrivateFileIsThereForAllOfOnesRepos) {
  EXPECT_TRUE(offer(alice, "alice/m", wanted(kSecret)).is_present);
}

// Fetching.

TEST_F(Sending, ALinkGivesTheBytesWhileTheRepoHoldsThem) {
  const auto file = wanted("weights");
  hub.send(alice, "alice/m", "weights");
  const auto links = hub.uploads->links(Caller{}, repo_name("alice/m"), std::span(&file, 1));
  ASSERT_TRUE(links);
  const auto open = hub.uploads->open(links->front().pass);
  ASSERT_TRUE(open) << open.error().message;
  EXPECT_EQ(open->size_bytes(), 7u);
  ASSERT_TRUE(hub.lfs_files.remove(alice, repo_name("alice/m"), std::span(&file.sha256, 1),
                                   PastCommits::Kept));
  EXPECT_EQ(error_kind(hub.uploads->open(links->front().pass)), ErrorKind::NotFound);
}

// Parts.

/// Alice sends files of which bob, who hides his, has all or the most.
class SendingWhatOthersHide : public Sending {
 protected:
  SendingWhatOthersHide() {
    hub.add_repo("bob/hidden", meta::Visibility::Private);
    hub.send(bob, "bob/hidden", weights);
  }
  std::set<meta::XorbId> xorbs_of(const Sha256& file) {
    std::set<meta::XorbId> xorbs;
    const auto stored = hub.facts->content().find_file(file);
    EXPECT_TRUE(stored);
    for (const meta::Term& term : stored->recipe) xorbs.insert(term.xorb);
    return xorbs;
  }
  std::size_t xorb_count() { return hub.facts->content().list_xorbs({}, 100)->size(); }

  const Caller bob = hub.caller_named("bob");
  const std::string weights = noise(1, 3'000'000);
  const std::string tuned = weights + noise(2, 300'000);
};

TEST_F(SendingWhatOthersHide, TheRecipeDoesNotNameTheirXorbs) {
  const auto hidden = xorbs_of(wanted(weights).sha256);
  const auto own = xorbs_of(hub.send(alice, "alice/m", tuned));
  EXPECT_EQ(own.size(), 1u);
  EXPECT_NE(own, hidden);
  // What she sends next may be deduplicated against her own.
  const auto next = xorbs_of(hub.send(alice, "alice/m", tuned + "more"));
  EXPECT_TRUE(next.contains(*own.begin()));
}

TEST_F(SendingWhatOthersHide, TheSameFileIsKeptOnce) {
  const Sha256 file = hub.send(alice, "alice/m", weights);
  EXPECT_TRUE(holds("alice/m", file));
  EXPECT_EQ(xorb_count(), 1u);
}

TEST_F(SendingWhatOthersHide, PartsAreTakenInLikewise) {
  const auto file = wanted(tuned);
  const auto answer = offer(alice, "alice/m", file, Parts::Allowed);
  std::vector<PartEtag> etags;
  for (std::size_t index = 0; index < answer.part_passes.size(); ++index) {
    etags.push_back({static_cast<std::uint32_t>(index + 1),
                     put_part(answer.part_passes[index], part_of(tuned, index)).value()});
  }
  ASSERT_TRUE(hub.uploads->complete(answer.send_pass, file.sha256, etags));
  EXPECT_NE(xorbs_of(file.sha256), xorbs_of(wanted(weights).sha256));
  EXPECT_EQ(xorbs_of(file.sha256).size(), 1u);
}

TEST_F(SendingWhatOthersHide, WhatIsOpenToAllIsNotStoredAgain) {
  hub.add_repo("bob/open");
  hub.send(bob, "bob/open", weights);
  const auto own = xorbs_of(hub.send(alice, "alice/m", tuned));
  EXPECT_TRUE(own.contains(*xorbs_of(wanted(weights).sha256).begin()));
}

TEST_F(SendingWhatOthersHide, APassEndsWithTheRightToWrite) {
  hub.add_repo("lab/l");
  hub.add_member("lab", "bob", meta::OrgRole::Write);
  const auto pass = offer(hub.caller_named("bob"), "lab/l", wanted("new")).send_pass;
  hub.add_member("lab", "bob", meta::OrgRole::Read);
  EXPECT_EQ(error_kind(put(pass, "new")), ErrorKind::Denied);
}

class InParts : public Sending {
 protected:
  const std::string content = noise(9, 4 * PublishHub::kPartSizeBytes - 1);
  const WantedFile file = wanted(content);
};

TEST_F(InParts, LargeFilesAreSentInPartsOnlyByClientsThatCan) {
  const auto whole = offer(alice, "alice/m", file);
  EXPECT_TRUE(whole.part_passes.empty());
  const auto parts = offer(alice, "alice/m", file, Parts::Allowed);
  EXPECT_EQ(parts.part_size_bytes, PublishHub::kPartSizeBytes);
  EXPECT_EQ(parts.part_passes.size(), 4u);
  EXPECT_TRUE(offer(alice, "alice/m", wanted("small"), Parts::Allowed).part_passes.empty());
}

TEST_F(InParts, PartsInAnyOrderMakeTheFile) {
  const auto answer = offer(alice, "alice/m", file, Parts::Allowed);
  std::vector<PartEtag> etags(4);
  for (const std::size_t index : {2u, 0u, 3u, 1u}) {
    const auto etag = put_part(answer.part_passes[index], part_of(content, index));
    ASSERT_TRUE(etag) << etag.error().message;
    EXPECT_FALSE(etag->empty());
    etags[index] = {static_cast<std::uint32_t>(index + 1), *etag};
  }
  EXPECT_FALSE(holds("alice/m", file.sha256));
  const auto completed = hub.uploads->complete(answer.send_pass, file.sha256, etags);
  ASSERT_TRUE(completed) << completed.error().message;
  EXPECT_TRUE(holds("alice/m", file.sha256));
  EXPECT_TRUE(hub.uploads->verify(answer.verify_pass, file));
  EXPECT_TRUE(hub.uploads->complete(answer.send_pass, file.sha256, etags)) << "a lost reply";
}

TEST_F(InParts, AnInterruptedUploadIsTakenUpAgain) {
  const auto first = offer(alice, "alice/m", file, Parts::Allowed);
  std::vector<PartEtag> etags;
  etags.push_back({1, put_part(first.part_passes[0], part_of(content, 0)).value()});
  const auto again = offer(alice, "alice/m", file, Parts::Allowed);
  EXPECT_EQ(again.upload_id, first.upload_id);
  for (std::size_t index = 1; index < 4; ++index) {
    etags.push_back({static_cast<std::uint32_t>(index + 1),
                     put_part(again.part_passes[index], part_of(content, index)).value()});
  }
  EXPECT_TRUE(hub.uploads->complete(again.send_pass, file.sha256, etags));
}

TEST_F(InParts, APartThatIsMissingOrAnotherIsNamed) {
  const auto answer = offer(alice, "alice/m", file, Parts::Allowed);
  std::vector<PartEtag> etags;
  for (std::size_t index = 0; index < 3; ++index) {
    etags.push_back({static_cast<std::uint32_t>(index + 1),
                     put_part(answer.part_passes[index], part_of(content, index)).value()});
  }
  EXPECT_EQ(error_kind(hub.uploads->complete(answer.send_pass, file.sha256, etags)),
            ErrorKind::Invalid);
  etags.push_back({4, "0123"});
  const auto result = hub.uploads->complete(answer.send_pass, file.sha256, etags);
  EXPECT_EQ(error_kind(result), ErrorKind::Invalid);
  EXPECT_NE(result.error().message.find("part 4"), std::string::npos);
  EXPECT_FALSE(holds("alice/m", file.sha256));
}

TEST_F(InParts, PartsOfOtherBytesMakeNoFile) {
  const auto answer = offer(alice, "alice/m", file, Parts::Allowed);
  std::string other = content;
  other[150'000] = static_cast<char>(other[150'000] ^ 1);
  std::vector<PartEtag> etags;
  for (std::size_t index = 0; index < 4; ++index) {
    etags.push_back({static_cast<std::uint32_t>(index + 1),
                     put_part(answer.part_passes[index], part_of(other, index)).value()});
  }
  EXPECT_EQ(error_kind(hub.uploads->complete(answer.send_pass, file.sha256, etags)),
            ErrorKind::Invalid);
  EXPECT_FALSE(holds("alice/m", file.sha256));
  // The right part, sent again, mends it.
  etags[1].etag = put_part(answer.part_passes[1], part_of(content, 1)).value();
  EXPECT_TRUE(hub.uploads->complete(answer.send_pass, file.sha256, etags));
}

TEST_F(InParts, APartOfTheWrongSizeIsRefused) {
  const auto answer = offer(alice, "alice/m", file, Parts::Allowed);
  EXPECT_EQ(error_kind(put_part(answer.part_passes[0], "short")), ErrorKind::Invalid);
  EXPECT_EQ(error_kind(put_part(answer.part_passes[3], part_of(content, 0))), ErrorKind::Invalid);
}

TEST_F(InParts, AFileNeverHasMoreThanTenThousandParts) {
  auto huge = wanted("x");
  huge.size_bytes = 1ULL << 31;  // 21,475 parts of the test's part size
  const auto answer = offer(alice, "alice/m", huge, Parts::Allowed);
  ASSERT_FALSE(answer.refusal) << answer.refusal->message;
  EXPECT_LE(answer.part_passes.size(), 10'000u);
  EXPECT_EQ(answer.part_size_bytes % (1 << 20), 0u);
}

}  // namespace
}  // namespace granary::service::testing
