// Uploads in parts: sizes, order, repetition, restart, power cuts, expiry.
#include "store/uploads.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "store/store_testing.h"

namespace granary::store {
namespace {

constexpr std::uint64_t kPartSize = 300'000;

class UploadsTest : public StoreTest {
 protected:
  UploadsTest() {
    GRANARY_ASSERT(files().make_directory("data/uploads").has_value());
    GRANARY_ASSERT(files().sync_directory("data").has_value());
    user_ = facts_->accounts()
                .create_namespace({.name = "ada", .full_name = {}, .email = {}, .owner = {}})
                ->id;
    restart_all();
  }
  void restart_all() {
    uploads_.reset();
    restart();
    uploads_ = open_uploads(world_.env(), content(), *objects_, *store_, "data/uploads").value();
  }
  UploadPlan plan() const {
    return {.repo = {1},
            .user = user_,
            .sha256 = sha256_of(bytes_),
            .size_bytes = bytes_.size(),
            .part_size_bytes = kPartSize};
  }
  ByteView part(std::uint32_t number) const {
    const std::size_t start = (number - 1) * kPartSize;
    return ByteView(bytes_).subspan(start, std::min(kPartSize, bytes_.size() - start));
  }
  Result<meta::UploadPart> send(const std::string& id, std::uint32_t number, ByteView bytes) {
    TRY(auto writer, uploads_->start_part(id, number, bytes.size(), {}));
    TRY_DONE(writer->write(bytes.first(bytes.size() / 3)));
    TRY_DONE(writer->write(bytes.subspan(bytes.size() / 3)));
    return writer->finish();
  }
  void expect_whole(const std::string& id) {
    auto taken = uploads_->complete(id, {});
    ASSERT_TRUE(taken) << taken.error().message;
    ASSERT_TRUE(content().record(*taken));
    Bytes out(bytes_.size());
    ASSERT_TRUE(store_->open(sha256_of(bytes_)).value()->read_exactly(0, out));
    EXPECT_EQ(out, bytes_);
    ASSERT_TRUE(uploads_->remove(id));
    EXPECT_TRUE(files().list("data/uploads")->empty());
  }

  meta::NamespaceId user_;
  std::unique_ptr<Uploads> uploads_;
  const Bytes bytes_ = random_bytes(1, 3 * kPartSize + 1234);
};

TEST_F(UploadsTest, PartsInAnyOrderMakeTheFile) {
  const auto upload = uploads_->start(plan()).value();
  EXPECT_EQ(part_count(upload), 4u);
  for (const std::uint32_t number : {4u, 2u, 1u, 3u}) {
    ASSERT_TRUE(send(upload.id, number, part(number)));
  }
  expect_whole(upload.id);
}

TEST_F(UploadsTest, ARestartInTheMiddleKeepsThePartsThatWereAcknowledged) {
  const auto upload = uploads_->start(plan()).value();
  ASSERT_TRUE(send(upload.id, 1, part(1)));
  ASSERT_TRUE(send(upload.id, 3, part(3)));
  restart_all();
  const auto resumed = uploads_->start(plan()).value();
  EXPECT_EQ(resumed.id, upload.id);
  EXPECT_EQ(content().list_parts(upload.id)->size(), 2u);
  ASSERT_TRUE(send(upload.id, 4, part(4)));
  ASSERT_TRUE(send(upload.id, 2, part(2)));
  expect_whole(upload.id);
}

TEST_F(UploadsTest, AnAcknowledgedPartSurvivesEveryPowerCut) {
  const auto upload = uploads_->start(plan()).value();
  ASSERT_TRUE(send(upload.id, 1, part(1)));
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    auto after = files().crash(seed);
    auto file = after->open("data/uploads/" + upload.id + "/1", OpenMode::Read);
    ASSERT_TRUE(file);
    Bytes out(kPartSize);
    EXPECT_EQ((*file)->read_at(0, out).value(), kPartSize);
    EXPECT_TRUE(std::equal(out.begin(), out.end(), bytes_.begin()));
  }
}

TEST_F(UploadsTest, APartSentAgainReplacesTheFirst) {
  const auto upload = uploads_->start(plan()).value();
  const auto wrong = send(upload.id, 2, random_bytes(2, kPartSize)).value();
  const auto right = send(upload.id, 2, part(2)).value();
  EXPECT_NE(wrong.etag, right.etag);
  EXPECT_EQ(send(upload.id, 2, part(2))->etag, right.etag);
  for (const std::uint32_t number : {1u, 3u, 4u}) {
    ASSERT_TRUE(send(upload.id, number, part(number)));
  }
  expect_whole(upload.id);
}

TEST_F(UploadsTest, AWrongPartTakenInEarlyCanStillBeReplaced) {
  const auto upload = uploads_->start(plan()).value();
  ASSERT_TRUE(send(upload.id, 1, random_bytes(2, kPartSize)));
  for (const std::uint32_t number : {2u, 3u, 4u}) {
    ASSERT_TRUE(send(upload.id, number, part(number)));
  }
  EXPECT_EQ(uploads_->complete(upload.id, {}).error().kind, ErrorKind::Invalid);
  ASSERT_TRUE(send(upload.id, 1, part(1)));
  expect_whole(upload.id);
}

TEST_F(UploadsTest, WrongSizesAndNumbersAreRefused) {
  const auto upload = uploads_->start(plan()).value();
  const auto kind = [&](std::uint32_t number, std::uint64_t size) {
    return uploads_->start_part(upload.id, number, size, {}).error().kind;
  };
  EXPECT_EQ(kind(0, kPartSize), ErrorKind::Invalid);
  EXPECT_EQ(kind(5, 1234), ErrorKind::Invalid);
  EXPECT_EQ(kind(1, kPartSize - 1), ErrorKind::Invalid);
  EXPECT_EQ(kind(4, kPartSize), ErrorKind::Invalid);
  EXPECT_EQ(uploads_->start_part("nothing", 1, kPartSize, {}).error().kind, ErrorKind::NotFound);

  auto writer = uploads_->start_part(upload.id, 4, {}, {}).value();
  ASSERT_TRUE(writer->write(part(4).first(1000)));
  EXPECT_EQ(writer->finish().error().kind, ErrorKind::Invalid);
  EXPECT_EQ(writer->write(part(1).first(1000)).error().kind, ErrorKind::Invalid);
  EXPECT_TRUE(content().list_parts(upload.id)->empty());
  EXPECT_EQ(uploads_->complete(upload.id, {}).error().message, "part 1 is missing");
}

TEST_F(UploadsTest, PlansThatMakeNoSenseAreRefused) {
  const auto kind = [&](std::uint64_t size, std::uint64_t part_size) {
    UploadPlan wanted = plan();
    wanted.size_bytes = size;
    wanted.part_size_bytes = part_size;
    return uploads_->start(wanted).error().kind;
  };
  EXPECT_EQ(kind(0, 1), ErrorKind::Invalid);
  EXPECT_EQ(kind(1, 0), ErrorKind::Invalid);
  EXPECT_EQ(kind(~std::uint64_t{0}, 1), ErrorKind::TooLarge);
  EXPECT_EQ(kind(10'001, 1), ErrorKind::TooLarge);
}

TEST_F(UploadsTest, AnUploadThatCannotFitIsRefusedAtItsStart) {
  files().set_capacity(3 * limits::kGiB);
  restart_all();
  UploadPlan wanted = plan();
  wanted.size_bytes = limits::kGiB;
  wanted.part_size_bytes = limits::kGiB;
  EXPECT_EQ(uploads_->start(wanted).error().kind, ErrorKind::NoSpace);
}

TEST_F(UploadsTest, AFailedSyncRefusesFurtherPartsUntilRestart) {
  const auto upload = uploads_->start(plan()).value();
  files().inject({.kind = SimFault::Kind::Io, .calls = {SimCall::Sync}});
  EXPECT_EQ(send(upload.id, 1, part(1)).error().kind, ErrorKind::Unavailable);
  EXPECT_NE(uploads_->write_refusal(), "");
  EXPECT_EQ(send(upload.id, 1, part(1)).error().kind, ErrorKind::Unavailable);
  EXPECT_TRUE(content().list_parts(upload.id)->empty());
  restart_all();
  EXPECT_TRUE(send(upload.id, 1, part(1)));
}

TEST_F(UploadsTest, OldUploadsExpireAndLeftoversGoAtTheNextStart) {
  const auto old = uploads_->start(plan()).value();
  ASSERT_TRUE(send(old.id, 1, part(1)));
  world_.clock().advance(limits::kUploadTime + std::chrono::hours(1));
  UploadPlan other = plan();
  other.repo = {7};
  const auto fresh = uploads_->start(other).value();
  EXPECT_EQ(uploads_->remove_expired().value(), 1u);
  EXPECT_EQ(files().list("data/uploads").value(), std::vector{fresh.id});

  ASSERT_TRUE(send(fresh.id, 1, part(1)));
  ASSERT_TRUE(content().remove_upload(fresh.id));  // as if the power had gone here
  restart_all();
  EXPECT_TRUE(files().list("data/uploads")->empty());
}

}  // namespace
}  // namespace granary::store
