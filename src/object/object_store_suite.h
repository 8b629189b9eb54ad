// The tests that every ObjectStore must pass. An adapter's test instantiates them with a maker.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "object/object_store.h"

namespace granary::object {

/// A store with whatever it stands on.
class ObjectStoreFixture {
 public:
  virtual ~ObjectStoreFixture() = default;
  virtual ObjectStore& store() = 0;
};

struct ObjectStoreAdapter {
  std::string name;
  std::function<std::unique_ptr<ObjectStoreFixture>()> make;
};

inline ObjectName name_with(std::uint8_t first, std::uint32_t generation = 0) {
  ObjectName name{.hash = {}, .generation = generation};
  name.hash.bytes[7] = static_cast<std::byte>(first);
  name.hash.bytes[31] = std::byte{1};
  return name;
}

class ObjectStoreSuite : public ::testing::TestWithParam<ObjectStoreAdapter> {
 protected:
  ObjectStore& store() { return fixture_->store(); }

  void put(const ObjectName& name, std::string_view text) {
    auto writer = store().create(text.size()).value();
    ASSERT_TRUE(writer->write(as_bytes(text)));
    ASSERT_TRUE(writer->publish(name));
  }
  std::string get(const ObjectName& name) {
    auto reader = store().open(name);
    if (!reader) return "(" + std::string(name_of(reader.error().kind)) + ")";
    std::string text((*reader)->size_bytes(), '\0');
    EXPECT_TRUE((*reader)->read_at(0, std::as_writable_bytes(std::span(text))));
    return text;
  }
  std::vector<ObjectName> all() {
    std::set<ObjectName> names;
    EXPECT_TRUE(store().for_each([&](const ObjectName& name) -> Result<void> {
      EXPECT_TRUE(names.insert(name).second);
      return {};
    }));
    return {names.begin(), names.end()};
  }

 private:
  std::unique_ptr<ObjectStoreFixture> fixture_ = GetParam().make();
};

TEST_P(ObjectStoreSuite, GivesBackWhatWasPublishedAndNothingElse) {
  EXPECT_EQ(get(name_with(1)), "(NotFound)");
  put(name_with(1), "first");
  put(name_with(0xFF), "");
  EXPECT_EQ(get(name_with(1)), "first");
  EXPECT_EQ(get(name_with(0xFF)), "");
  EXPECT_EQ(get(name_with(2)), "(NotFound)");
  EXPECT_EQ(all(), (std::vector{name_with(1), name_with(0xFF)}));
  EXPECT_EQ(store().write_refusal(), "");
}

TEST_P(ObjectStoreSuite, PublishingAKnownNameSucceedsAndKeepsTheFirst) {
  put(name_with(1), "first");
  put(name_with(1), "other");
  EXPECT_EQ(get(name_with(1)), "first");
}

TEST_P(ObjectStoreSuite, GenerationsAreApart) {
  put(name_with(1, 0), "old");
  put(name_with(1, 1), "new");
  ASSERT_TRUE(store().remove(name_with(1, 0)));
  EXPECT_EQ(get(name_with(1, 0)), "(NotFound)");
  EXPECT_EQ(get(name_with(1, 1)), "new");
}

TEST_P(ObjectStoreSuite, AnUnpublishedObjectLeavesNothing) {
  {
    auto writer = store().create(0).value();
    ASSERT_TRUE(writer->write(as_bytes("gone")));
    ASSERT_TRUE(writer->seal());
  }
  EXPECT_TRUE(all().empty());
}

TEST_P(ObjectStoreSuite, WritesAppendAndReadsAreBounded) {
  auto writer = store().create(3).value();  // less than what comes
  ASSERT_TRUE(writer->write(as_bytes("abc")));
  ASSERT_TRUE(writer->write(as_bytes("")));
  ASSERT_TRUE(writer->write(as_bytes("defg")));
  ASSERT_TRUE(writer->seal());
  ASSERT_TRUE(writer->publish(name_with(1)));
  auto reader = store().open(name_with(1)).value();
  Bytes out(3);
  ASSERT_TRUE(reader->read_at(2, out));
  EXPECT_EQ(as_text(out), "cde");
  EXPECT_EQ(reader->read_at(5, out).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(reader->read_at(~std::uint64_t{0}, out).error().kind, ErrorKind::Corrupt);
}

TEST_P(ObjectStoreSuite, AnOpenObjectOutlivesItsRemoval) {
  put(name_with(1), "still here");
  auto reader = store().open(name_with(1)).value();
  ASSERT_TRUE(store().remove(name_with(1)));
  std::string text(10, '\0');
  ASSERT_TRUE(reader->read_at(0, std::as_writable_bytes(std::span(text))));
  EXPECT_EQ(text, "still here");
  EXPECT_EQ(store().remove(name_with(1)).error().kind, ErrorKind::NotFound);
}

TEST_P(ObjectStoreSuite, ThousandsOfSealedObjectsMayWaitForTheirNames) {
  constexpr int kCount = 300;
  std::vector<std::unique_ptr<ObjectWriter>> waiting;
  for (int i = 0; i < kCount; ++i) {
    waiting.push_back(store().create(8).value());
    ASSERT_TRUE(waiting.back()->write(as_bytes(std::to_string(i))));
    ASSERT_TRUE(waiting.back()->seal());
  }
  for (int i = 0; i < kCount; i += 2) {
    const auto generation = static_cast<std::uint32_t>(i);
    ASSERT_TRUE(waiting[static_cast<std::size_t>(i)]->publish(name_with(1, generation)));
  }
  waiting.clear();
  EXPECT_EQ(all().size(), kCount / 2);
  EXPECT_EQ(get(name_with(1, 298)), "298");
}

TEST_P(ObjectStoreSuite, ManyObjectsArePublishedTogetherEvenIfSomeAreKnownOrTwice) {
  put(name_with(1), "known");
  std::vector<std::unique_ptr<ObjectWriter>> writers;
  std::vector<Publication> together;
  for (const std::uint8_t first : std::vector<std::uint8_t>{1, 2, 3, 3}) {
    writers.push_back(store().create(0).value());
    ASSERT_TRUE(writers.back()->write(as_bytes(std::to_string(first))));
    together.push_back({writers.back().get(), name_with(first)});
  }
  ASSERT_TRUE(store().publish_all(together));
  EXPECT_EQ(get(name_with(1)), "known");
  EXPECT_EQ(get(name_with(2)), "2");
  EXPECT_EQ(get(name_with(3)), "3");
  ASSERT_TRUE(store().publish_all({}));
}

TEST_P(ObjectStoreSuite, VisitingStopsAtAnError) {
  put(name_with(1), "1");
  put(name_with(2), "2");
  int visits = 0;
  auto done = store().for_each([&](const ObjectName&) -> Result<void> {
    ++visits;
    return fail(ErrorKind::Unavailable, "enough");
  });
  EXPECT_EQ(done.error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(visits, 1);
}

}  // namespace granary::object
