#include "fixture.hpp"

#include <limits>

namespace stentor::store {
namespace {

constexpr auto after = range::direction::after;
constexpr auto before = range::direction::before;

/// A lobby with ten operations: 1 the owner, 2-4 messages, 5-8 members, 9-10 messages.
struct HistoryTest : StoreTest {
  HistoryTest() {
    append(lobby, {post(ada, "m2"), post(eve, "m3"), post(ada, "m4")});
    for (auto name : {"bob", "cem", "dan", "fay"})
      committed(add(ada, person(name)));
    append(lobby, {post(eve, "m9"), post(ada, "m10")});
  }
};

TEST_F(HistoryTest, RoomsAreResolvedByIdAndByKey) {
  EXPECT_EQ(*past->resolve(lobby), lobby);
  EXPECT_EQ(*past->resolve(std::string("lobby")), lobby);
  EXPECT_EQ(past->resolve(room_id{999}).error().code, errc::not_found);
  EXPECT_EQ(past->resolve(room_id{ada->id.value}).error().code, errc::not_found);
  EXPECT_EQ(past->resolve(room_id{~0ull}).error().code, errc::not_found);
  EXPECT_EQ(past->resolve(std::string("attic")).error().code, errc::not_found);
  EXPECT_EQ(past->resolve(std::string("' OR 1=1 --")).error().code, errc::not_found);
}

TEST_F(HistoryTest, ARoomThatIsNotThereIsNotLoaded) {
  EXPECT_EQ(past->load_room(room_id{999}).error().code, errc::not_found);
}

TEST_F(HistoryTest, ALoadedRoomHasItsPositionAndItsMembers) {
  auto image = past->load_room(lobby);
  ASSERT_TRUE(image);
  EXPECT_EQ((*image)->info, (room_info{lobby, "lobby", "The lobby", "", room_kind::channel, room_visibility::open, 10, now}));
  EXPECT_EQ((*image)->members.size(), 5u);
}

TEST_F(HistoryTest, EventsReadAsTheyWereTold) {
  auto origin = message(read(lobby, {after, 1, 1}).events.at(0)).id;
  now += std::chrono::milliseconds(7);
  auto told = committed(reply(eve, origin, "yes", "c1"));
  auto events = read(lobby, {after, told->seq - 1}).events;
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]->room, lobby);
  EXPECT_EQ(events[0]->seq, told->seq);
  EXPECT_EQ(events[0]->at, now);
  EXPECT_EQ(message(events[0]).id, message(told).id);
  EXPECT_EQ(*message(events[0]).author, *eve);
  EXPECT_EQ(message(events[0]).content, "yes");
  EXPECT_EQ(message(events[0]).client_message_id, "c1");
  EXPECT_EQ(message(events[0]).reply_to, origin);
}

TEST_F(HistoryTest, MessagesOfAPageShareTheirAuthors) {
  auto events = messages(lobby).events;
  EXPECT_EQ(message(events[0]).author, message(events[2]).author);
  EXPECT_EQ(*message(events[0]).author, *ada);
  EXPECT_EQ(*message(events[1]).author, *eve);
}

struct range_case {
  range asked;
  std::vector<seqno> expected;
  bool has_more;
};

TEST_F(HistoryTest, RangesOfOperations) {
  constexpr auto end = std::numeric_limits<seqno>::max();
  for (const auto& [asked, expected, has_more] : std::vector<range_case>{
         {{after, 0, 100}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, false},
         {{after, 0, 3}, {1, 2, 3}, true},
         {{after, 3, 3}, {4, 5, 6}, true},
         {{after, 7, 3}, {8, 9, 10}, false},
         {{after, 8, 3}, {9, 10}, false},
         {{after, 10, 3}, {}, false},
         {{after, end, 3}, {}, false},
         {{after, 0, 0}, {}, true},
         {{before, end, 100}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, false},
         {{before, end, 3}, {8, 9, 10}, true},
         {{before, 8, 3}, {5, 6, 7}, true},
         {{before, 4, 3}, {1, 2, 3}, false},
         {{before, 3, 3}, {1, 2}, false},
         {{before, 1, 3}, {}, false},
         {{before, 0, 3}, {}, false},
         {{before, 9, std::numeric_limits<size_t>::max()}, {1, 2, 3, 4, 5, 6, 7, 8}, false},
       }) {
    auto found = read(lobby, asked);
    SCOPED_TRACE(testing::Message() << (asked.where == after ? "after " : "before ") << asked.from << " limit " << asked.limit);
    EXPECT_EQ(seqs(found.events), expected);
    EXPECT_EQ(found.has_more, has_more);
  }
}

TEST_F(HistoryTest, RangesOfMessages) {
  constexpr auto end = std::numeric_limits<seqno>::max();
  for (const auto& [asked, expected, has_more] : std::vector<range_case>{
         {{after, 0, 100, true}, {2, 3, 4, 9, 10}, false},
         {{after, 0, 2, true}, {2, 3}, true},
         {{after, 3, 2, true}, {4, 9}, true},
         {{after, 4, 2, true}, {9, 10}, false},
         {{after, 6, 2, true}, {9, 10}, false},
         {{after, 9, 2, true}, {10}, false},
         {{after, 10, 2, true}, {}, false},
         {{after, end, 2, true}, {}, false},
         {{before, end, 100, true}, {2, 3, 4, 9, 10}, false},
         {{before, end, 2, true}, {9, 10}, true},
         {{before, 10, 2, true}, {4, 9}, true},
         {{before, 9, 2, true}, {3, 4}, true},
         {{before, 6, 2, true}, {3, 4}, true},
         {{before, 4, 2, true}, {2, 3}, false},
         {{before, 3, 2, true}, {2}, false},
         {{before, 2, 2, true}, {}, false},
         {{before, 0, 2, true}, {}, false},
       }) {
    auto found = read(lobby, asked);
    SCOPED_TRACE(testing::Message() << (asked.where == after ? "after " : "before ") << asked.from << " limit " << asked.limit);
    EXPECT_EQ(seqs(found.events), expected);
    EXPECT_EQ(found.has_more, has_more);
  }
}

TEST_F(HistoryTest, PagesOfOneRoomHaveNothingOfAnother) {
  auto attic = room_of(eve, "attic");
  committed(attic, post(eve, "dust"));
  EXPECT_EQ(read(lobby).events.size(), 10u);
  EXPECT_EQ(contents(messages(attic).events), std::vector<std::string>{"dust"});
  EXPECT_TRUE(read(room_id{999}).events.empty());
}

TEST_F(HistoryTest, RoomsOfSomeoneAreThoseOfAMemberWhoIsNotBanned) {
  auto attic = room_of(eve, "attic"), cellar = room_of(ada, "cellar"), yard = room_of(ada, "yard");
  committed(cellar, add(ada, eve, member_role::banned));
  committed(yard, add(ada, eve, member_role::muted));
  auto rooms = past->rooms_of(eve->id);
  ASSERT_TRUE(rooms);
  ASSERT_EQ(rooms->size(), 2u);
  EXPECT_EQ(rooms->at(0).room.id, attic);
  EXPECT_EQ(rooms->at(1).room.id, yard);
  EXPECT_EQ(rooms->at(1).room.last_seq, 2u);
  EXPECT_EQ(rooms->at(1).role, member_role::muted);
  EXPECT_TRUE(past->rooms_of(user_id{999})->empty());
}

TEST_F(HistoryTest, AReaderHoldsNoSnapshotBetweenItsReads) {
  read(lobby, {after, 0, 3});
  static_cast<void>(past->load_room(lobby));
  committed(post(ada, "new"));
  EXPECT_EQ((*past->load_room(lobby))->info.last_seq, 11u);
  EXPECT_EQ(query_number(*writer, "PRAGMA wal_checkpoint(TRUNCATE)"), 0) << "a checkpoint is blocked by an open read";
}

} // namespace
} // namespace stentor::store
