// Tests of the services behind Xet: what is put together comes back, and no hash is a right.
#include <gtest/gtest.h>

#include <random>

#include "base/hasher.h"
#include "base/limits.h"
#include "service/xet_testing.h"

namespace granary::service::testing {
namespace {

class XetTest : public ::testing::Test {
 protected:
  struct Hub : XetHub {
    Hub() {
      add_repo("alice/m");
      add_repo("bob/b", meta::Visibility::Private);
    }
  };
  Hub hub;
  const XetTicket alice = hub.ticket("alice", "alice/m");
  const XetTicket bob = hub.ticket("bob", "bob/b");
  const MadeXorb first = XetHub::make_xorb(1, 40);
  const MadeXorb second = XetHub::make_xorb(2, 3);
};

TEST_F(XetTest, AFileOfManyRunsComesBackForEverySpan) {
  ASSERT_TRUE(hub.send(alice, first));
  ASSERT_TRUE(hub.send(alice, second));
  const auto file = XetHub::make_file({{&first, 10, 20},
                                       {&second, 0, 3},
                                       {&first, 15, 30},
                                       {&first, 0, 2},
                                       {&second, 1, 2},
                                       {&first, 30, 31}});
  const auto done = hub.put_together(alice, file.claim);
  ASSERT_TRUE(done) << done.error().message;
  const std::uint64_t size = file.bytes.size();
  std::mt19937 numbers(3);
  for (int round = 0; round < 300; ++round) {
    const std::uint64_t a = numbers() % size;
    const std::uint64_t b = a + numbers() % (round % 3 == 0 ? 5 : size);
    const auto bytes = hub.fetch(alice, file.claim.hash, {a, b});
    ASSERT_TRUE(bytes);
    const std::string_view wanted = std::string_view(file.bytes).substr(a, b - a + 1);
    EXPECT_EQ(std::string_view(*bytes).substr(0, wanted.size()), wanted) << a << "-" << b;
    // Only what is left of the last chunk may come behind it.
    EXPECT_LT(bytes->size() - wanted.size(), 700U);
  }
  EXPECT_EQ(hub.fetch(alice, file.claim.hash, {}), file.bytes);
}

TEST_F(XetTest, ASpanPastTheEndHasNothing) {
  ASSERT_TRUE(hub.send(alice, first));
  const auto file = XetHub::make_file({{&first, 0, 40}});
  ASSERT_TRUE(hub.put_together(alice, file.claim));
  const auto at_end =
      hub.xet->downloads.reconstruct(alice, file.claim.hash, {.first_byte = file.bytes.size()});
  ASSERT_TRUE(at_end);
  EXPECT_FALSE(*at_end);
}

TEST_F(XetTest, TheEmptyFileHasAReconstructionWithoutTerms) {
  XetFileClaim empty;
  empty.sha256 = sha256_of({});
  ASSERT_TRUE(hub.put_together(alice, empty));
  const auto whole = hub.xet->downloads.reconstruct(alice, empty.hash, {});
  ASSERT_TRUE(whole && *whole);
  EXPECT_TRUE((*whole)->terms.empty());
  const auto past = hub.xet->downloads.reconstruct(alice, empty.hash, {.first_byte = 1});
  ASSERT_TRUE(past);
  EXPECT_FALSE(*past);
}

TEST_F(XetTest, AFileIsOfTheRepoThatPutItTogetherOnly) {
  ASSERT_TRUE(hub.send(bob, first));
  const auto file = XetHub::make_file({{&first, 0, 40}});
  ASSERT_TRUE(hub.put_together(bob, file.claim));
  const auto foreign = hub.xet->downloads.reconstruct(alice, file.claim.hash, {});
  const auto nowhere = hub.xet->downloads.reconstruct(alice, FileHash{sha256_of({}).bytes}, {});
  ASSERT_FALSE(foreign);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(foreign.error().kind, ErrorKind::NotFound);
  EXPECT_EQ(foreign.error().message, nowhere.error().message);
}

TEST_F(XetTest, AForeignXorbLooksLikeOneThatIsNowhere) {
  ASSERT_TRUE(hub.send(bob, first));
  EXPECT_EQ(hub.xet->uploads.has_xorb(bob, first.hash).value(), true);
  EXPECT_EQ(hub.xet->uploads.has_xorb(alice, first.hash).value(), false);
  const auto file = XetHub::make_file({{&first, 0, 40}});
  const auto elsewhere = hub.put_together(alice, file.claim);
  const auto nowhere = hub.put_together(alice, XetHub::make_file({{&second, 0, 3}}).claim);
  ASSERT_FALSE(elsewhere);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(elsewhere.error().kind, nowhere.error().kind);
  EXPECT_EQ(elsewhere.error().message.size(), nowhere.error().message.size());
  // Sent by alice too, it is hers to name.
  ASSERT_TRUE(hub.send(alice, first));
  EXPECT_TRUE(hub.put_together(alice, file.claim));
}

TEST_F(XetTest, TheBytesOfAKnownFileAreReadAgainIfOnlyOthersHaveIt) {
  ASSERT_TRUE(hub.send(bob, first));
  const auto file = XetHub::make_file({{&first, 0, 40}});
  ASSERT_TRUE(hub.put_together(bob, file.claim));
  const auto bytes_read = [&](const XetTicket& ticket) {
    std::uint64_t read = 0;
    const auto count = [&](std::uint64_t done, std::uint64_t) {
      read = done;
      return true;
    };
    EXPECT_TRUE(hub.xet->uploads.register_files(ticket, {&file.claim, 1}, {}, count));
    return read;
  };
  EXPECT_EQ(bytes_read(bob), 0u);
  ASSERT_TRUE(hub.send(alice, first));
  EXPECT_EQ(bytes_read(alice), file.bytes.size());
  EXPECT_EQ(bytes_read(alice), 0u) << "now it is hers";
}

TEST_F(XetTest, WhatTheShardSaysIsCheckedAgainstTheBytes) {
  ASSERT_TRUE(hub.send(alice, first));
  const auto refused = [&](auto change) {
    auto file = XetHub::make_file({{&first, 3, 9}});
    change(file.claim);
    const auto done = hub.put_together(alice, file.claim);
    EXPECT_FALSE(hub.xet->downloads.reconstruct(alice, file.claim.hash, {}));
    return !done && done.error().kind == ErrorKind::Invalid;
  };
  EXPECT_TRUE(refused([](XetFileClaim& claim) { claim.sha256->bytes[0] ^= std::byte{1}; }));
  EXPECT_TRUE(refused([](XetFileClaim& claim) { claim.hash.bytes[0] ^= std::byte{1}; }));
  EXPECT_TRUE(refused([](XetFileClaim& c) { c.terms[0].range_hash.bytes[0] ^= std::byte{1}; }));
  EXPECT_TRUE(refused([](XetFileClaim& claim) { ++claim.terms[0].unpacked_size_bytes; }));
  EXPECT_TRUE(refused([](XetFileClaim& claim) { claim.terms[0].chunk_end = 41; }));
  EXPECT_TRUE(refused([](XetFileClaim& claim) { claim.terms[0].chunk_end = 0xffff'ffff; }));
  EXPECT_TRUE(refused([](XetFileClaim& claim) { claim.terms[0].chunk_start = 9; }));
}

TEST_F(XetTest, OneBadFileOfAShardKeepsTheOthersOut) {
  ASSERT_TRUE(hub.send(alice, first));
  const auto good = XetHub::make_file({{&first, 0, 5}});
  auto bad = XetHub::make_file({{&first, 5, 9}});
  bad.claim.sha256->bytes[5] ^= std::byte{1};
  const std::array claims{good.claim, bad.claim};
  EXPECT_FALSE(hub.xet->uploads.register_files(alice, claims, {}, {}));
  EXPECT_FALSE(hub.facts->content().find_file(*good.claim.sha256));
}

TEST_F(XetTest, AShardThatListsOtherChunksThanTheXorbHasIsRefused) {
  ASSERT_TRUE(hub.send(alice, second));
  XorbClaim claim{.hash = second.hash, .chunks = {}};
  for (const auto& chunk : second.chunks) {
    claim.chunks.push_back({chunk.hash, static_cast<std::uint32_t>(chunk.size_bytes)});
  }
  EXPECT_TRUE(hub.xet->uploads.register_files(alice, {}, {&claim, 1}, {}));
  ++claim.chunks[1].size_bytes;
  EXPECT_FALSE(hub.xet->uploads.register_files(alice, {}, {&claim, 1}, {}));
  claim.chunks.pop_back();
  EXPECT_FALSE(hub.xet->uploads.register_files(alice, {}, {&claim, 1}, {}));
}

TEST_F(XetTest, AXorbUnderAnotherNameIsNotStored) {
  MadeXorb lying = first;
  lying.hash = second.hash;
  const auto sent = hub.send(alice, lying);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, ErrorKind::Invalid);
  EXPECT_FALSE(hub.xet->uploads.has_xorb(alice, second.hash).value());
}

TEST_F(XetTest, TheFirstChunkOfAStoredFileLeadsToItsXorb) {
  hub.add_repo("alice/hidden", meta::Visibility::Private);
  const XetTicket hidden = hub.ticket("alice", "alice/hidden");
  ASSERT_TRUE(hub.send(hidden, first));
  const auto file = XetHub::make_file({{&first, 7, 30}});
  ASSERT_TRUE(hub.put_together(hidden, file.claim));
  const ChunkHash chunk = first.chunks[7].hash;
  const auto answer = hub.xet->dedupe.find(alice, chunk, "");
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->xorbs.size(), 1U);
  EXPECT_EQ(answer->xorbs[0].hash, first.hash);
  ASSERT_EQ(answer->xorbs[0].chunks.size(), first.chunks.size());
  EXPECT_EQ(answer->xorbs[0].chunks[7].keyed_hash, chunk::keyed_chunk_hash(answer->key, chunk));
  const auto again = hub.xet->dedupe.find(alice, chunk, "");
  EXPECT_NE(answer->key, again->key);
  // Bob's answer is that of a chunk which is nowhere.
  const auto foreign = hub.xet->dedupe.find(bob, chunk, "");
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().kind, ErrorKind::NotFound);
}

TEST_F(XetTest, WhereOneXorbOfAFileIsTheOthersAreToldToo) {
  ASSERT_TRUE(hub.send(alice, first));
  ASSERT_TRUE(hub.send(alice, second));
  const auto file = XetHub::make_file({{&first, 0, 40}, {&second, 0, 3}});
  ASSERT_TRUE(hub.put_together(alice, file.claim));
  hub.add_repo("alice/other");
  const XetTicket other = hub.ticket("alice", "alice/other");
  const auto answer = hub.xet->dedupe.find(other, first.chunks[0].hash, "session");
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->xorbs.size(), 2U);
  EXPECT_EQ(answer->xorbs[0].hash, first.hash);
  EXPECT_EQ(answer->xorbs[1].hash, second.hash);
  const auto again = hub.xet->dedupe.find(other, first.chunks[0].hash, "session");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->xorbs.size(), 1U) << "told once";
}

TEST_F(XetTest, TheFirstQuestionOfASessionIsAnsweredWithTheReposOwnXorbs) {
  ASSERT_TRUE(hub.send(alice, first));
  const auto file = XetHub::make_file({{&first, 0, 40}});
  ASSERT_TRUE(hub.put_together(alice, file.claim));
  const ChunkHash unknown = second.chunks[0].hash;
  const auto hint = hub.xet->dedupe.find(alice, unknown, "session-1");
  ASSERT_TRUE(hint);
  ASSERT_EQ(hint->xorbs.size(), 1U);
  EXPECT_EQ(hint->xorbs[0].hash, first.hash);
  EXPECT_FALSE(hub.xet->dedupe.find(alice, unknown, "session-1")) << "told once";
  EXPECT_FALSE(hub.xet->dedupe.find(alice, unknown, "")) << "no session";
  EXPECT_FALSE(hub.xet->dedupe.find(bob, unknown, "session-1")) << "another's repo";
}

TEST_F(XetTest, ATicketEndsWithTheRightsOfItsUser) {
  const auto lab = hub.add_repo("lab/l");
  hub.add_member("lab", "bob", meta::OrgRole::Write);
  const XetTicket ticket = hub.ticket("bob", "lab/l");
  ASSERT_TRUE(hub.send(ticket, first));
  hub.add_member("lab", "bob", meta::OrgRole::Read);
  const auto refused = hub.send(ticket, second);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Denied);
}

TEST_F(XetTest, ATokenIsForWhoMayReadOrWrite) {
  const Caller stranger;
  const Caller bob_himself = hub.caller_named("bob");
  auto& tokens = hub.xet->tokens;
  EXPECT_TRUE(tokens.to_read(stranger, repo_name("alice/m"), "main"));
  EXPECT_EQ(error_kind(tokens.to_read(stranger, repo_name("bob/b"), "main")),
            ErrorKind::RepoNotFound);
  EXPECT_EQ(error_kind(tokens.to_read(stranger, repo_name("alice/m"), "nowhere")),
            ErrorKind::RevisionNotFound);
  EXPECT_EQ(error_kind(tokens.to_write(stranger, repo_name("alice/m"), "main")), ErrorKind::Denied);
  EXPECT_EQ(error_kind(tokens.to_write(bob_himself, repo_name("alice/m"), "main")),
            ErrorKind::Denied);
  EXPECT_TRUE(tokens.to_write(bob_himself, repo_name("bob/b"), "a-new-branch"));
}

}  // namespace
}  // namespace granary::service::testing
