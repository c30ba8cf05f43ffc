#include "io_test.hpp"

namespace stentor::io {
namespace {

struct RoomIndexTest : IoTest {
  room_index index;
  /// Sockets to be put into rooms; nobody but the test knows of them.
  std::deque<socket> made;

  socket& someone() {
    if (made.empty())
      member();
    return made.emplace_back(sockets.find("/"), root.guest()->link(), socketio::wire_format{}, "id");
  }
  /// Who is in a room, by variant; their order says nothing.
  std::map<variant_id, std::set<socket*>> in(const room_key& room) {
    std::map<variant_id, std::set<socket*>> all;
    if (auto* members = index.find(room))
      for (const auto& [as, who] : *members) {
        all[as.variant] = {who.begin(), who.end()};
        EXPECT_EQ(all[as.variant].size(), who.size()) << "somebody is there twice";
        EXPECT_FALSE(who.empty()) << "a variant that nobody wants";
      }
    return all;
  }
  using people = std::map<variant_id, std::set<socket*>>;
};

TEST_F(RoomIndexTest, KnowsWhoIsWhereByVariant) {
  auto &ada = someone(), &bob = someone(), &eve = someone();
  index.enter("lobby", form{0, {}, false}, ada), index.enter("lobby", form{0, {}, false}, bob),
    index.enter("lobby", form{1, {}, false}, eve), index.enter("attic", form{0, {}, false}, ada);
  EXPECT_EQ(in("lobby"), (people{{0, {&ada, &bob}}, {1, {&eve}}}));
  EXPECT_EQ(in("attic"), (people{{0, {&ada}}}));
  EXPECT_EQ(index.size(), 2u);
}

TEST_F(RoomIndexTest, ARoomWhereNobodyIsIsNone) {
  auto& ada = someone();
  EXPECT_EQ(index.find("lobby"), nullptr);
  index.enter("lobby", form{0, {}, false}, ada);
  index.leave("lobby", form{0, {}, false}, ada);
  EXPECT_EQ(index.find("lobby"), nullptr);
  EXPECT_EQ(index.size(), 0u);
}

TEST_F(RoomIndexTest, EnteringTwiceIsEnteringOnce) {
  auto& ada = someone();
  index.enter("lobby", form{0, {}, false}, ada), index.enter("lobby", form{0, {}, false}, ada);
  EXPECT_EQ(in("lobby"), (people{{0, {&ada}}}));
  index.leave("lobby", form{0, {}, false}, ada);
  EXPECT_EQ(index.size(), 0u);
}

TEST_F(RoomIndexTest, LeavingTakesOnePersonOutOfOneVariantOfOneRoom) {
  auto &ada = someone(), &bob = someone(), &eve = someone();
  for (auto* who : {&ada, &bob, &eve})
    index.enter("lobby", form{0, {}, false}, *who);
  index.enter("lobby", form{1, {}, false}, ada), index.enter("attic", form{0, {}, false}, ada);
  index.leave("lobby", form{0, {}, false}, ada);
  EXPECT_EQ(in("lobby"), (people{{0, {&bob, &eve}}, {1, {&ada}}}));
  EXPECT_EQ(in("attic"), (people{{0, {&ada}}}));
  index.leave("lobby", form{0, {}, false}, eve), index.leave("lobby", form{0, {}, false}, bob);
  EXPECT_EQ(in("lobby"), (people{{1, {&ada}}}));
}

TEST_F(RoomIndexTest, LeavingWhereOneIsNotIsNothing) {
  auto &ada = someone(), &bob = someone();
  index.enter("lobby", form{0, {}, false}, ada);
  index.leave("lobby", form{0, {}, false}, bob), index.leave("lobby", form{1, {}, false}, ada),
    index.leave("attic", form{0, {}, false}, ada);
  EXPECT_EQ(in("lobby"), (people{{0, {&ada}}}));
}

} // namespace
} // namespace stentor::io
