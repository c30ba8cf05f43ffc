#include "actors/directory_actor.hpp"

#include "actors/host.hpp"
#include "support/scripted.hpp"

#include <map>

namespace stentor {
namespace {

constexpr auto lobby = room_id{7};
constexpr auto attic = room_id{8};

struct DirectoryActorTest : ActorTest {
  scripted_reader reader;
  std::map<room_id, scripted_room> rooms; ///< what was started, by id; a room that was started afresh goes on in its place
  std::vector<room_id> started;
  std::vector<room_actor> living;

  reader_actor history = mortal(reader.spawn(system));
  directory_actor directory;

  DirectoryActorTest() {
    auto start = [this](caf::local_actor&, const store::room_image_ptr& image) {
      started.push_back(image->info.id);
      living.push_back(mortal(rooms[image->info.id].spawn(system)));
      return living.back();
    };
    directory = mortal(spawn<directory_host>(system, reader_pool{{history}}, room_starter{start}));
    settle();
  }
  ~DirectoryActorTest() override { living.clear(); }

  reply<found_room> find(room_ref room) {
    auto answer = ask(directory, find_room{std::move(room)});
    settle();
    return answer;
  }
  reply<drained> end() {
    auto answer = ask(directory, drain{});
    settle();
    return answer;
  }
  void load(room_id room, std::string key = "") {
    auto image = store::room_image{{.id = room,
                                    .key = std::move(key),
                                    .name = "a room",
                                    .topic = {},
                                    .kind = room_kind::group,
                                    .visibility = {},
                                    .last_seq = 3,
                                    .created_at = {}},
                                   {}};
    reader.loads.answer(std::make_shared<const store::room_image>(image));
    settle();
  }
  void load(failure why) {
    reader.loads.answer(std::move(why));
    settle();
  }
  void resolve(result<room_id> room) {
    reader.resolves.answer(std::move(room));
    settle();
  }
  /// A room that lives.
  room_actor open(room_id room) {
    auto answer = find(room);
    load(room);
    return answer.value().actor;
  }
};

TEST_F(DirectoryActorTest, StartsARoomOutOfItsImage) {
  auto answer = find(lobby);
  ASSERT_EQ(reader.loads.waiting(), 1u);
  EXPECT_EQ(reader.loads.seen[0].room, lobby);
  EXPECT_TRUE(answer.pending());
  load(lobby, "lobby");
  EXPECT_EQ(answer.value().room.id, lobby);
  EXPECT_EQ(answer.value().room.key, "lobby");
  EXPECT_EQ(answer.value().room.kind, room_kind::group);
  EXPECT_EQ(answer.value().actor, living.at(0));
  EXPECT_EQ(started, std::vector{lobby});
}

TEST_F(DirectoryActorTest, ARoomHasOneActorHoweverManyAskAtOnce) {
  auto one = ask(directory, find_room{lobby}), two = ask(directory, find_room{lobby}), by_key = ask(directory, find_room{"lobby"});
  settle();
  resolve(lobby);
  EXPECT_EQ(reader.loads.seen.size(), 1u) << "who asks while it loads waits for it";
  load(lobby);
  auto late = find(lobby);
  EXPECT_EQ(started, std::vector{lobby});
  for (const auto& answer : {one, two, by_key, late})
    EXPECT_EQ(answer.value().actor, living.at(0));
}

TEST_F(DirectoryActorTest, WhoWaitsForARoomIsCounted) {
  auto waiting = [] { return metrics::total(metrics::metric::rooms_loading); };
  auto before = waiting();
  find(lobby), find(lobby), find("attic"), find("nowhere");
  EXPECT_EQ(waiting(), before + 4);
  resolve(attic);
  EXPECT_EQ(waiting(), before + 4) << "found, and to be loaded";
  resolve(errc::not_found);
  load(lobby);
  EXPECT_EQ(waiting(), before + 1);
  load(failure{errc::unavailable});
  EXPECT_EQ(waiting(), before);
}

TEST_F(DirectoryActorTest, RoomsAreApart) {
  auto one = find(lobby), two = find(attic);
  load(lobby);
  EXPECT_TRUE(two.pending());
  load(attic);
  EXPECT_NE(one.value().actor, two.value().actor);
  EXPECT_EQ(two.value().room.id, attic);
}

TEST_F(DirectoryActorTest, AnUnknownIdIsNotFoundAndStartsNoActor) {
  auto before = alive();
  auto one = find(lobby), two = find(lobby);
  load(failure{errc::not_found, "Room not found"});
  EXPECT_EQ(one.error(), (failure{errc::not_found, "Room not found"}));
  EXPECT_EQ(two.code(), errc::not_found);
  EXPECT_TRUE(started.empty());
  EXPECT_EQ(alive(), before);
}

TEST_F(DirectoryActorTest, AnUnknownKeyIsNotFoundAndLoadsNothing) {
  auto answer = find("nowhere");
  ASSERT_EQ(reader.resolves.waiting(), 1u);
  EXPECT_EQ(std::get<std::string>(reader.resolves.seen[0].room), "nowhere");
  resolve(failure{errc::not_found, "Room not found"});
  EXPECT_EQ(answer.code(), errc::not_found);
  EXPECT_TRUE(reader.loads.seen.empty());
}

TEST_F(DirectoryActorTest, ARoomThatIsFoundByKeyIsTheOneThatLives) {
  auto lives = open(lobby);
  auto answer = find("lobby");
  resolve(lobby);
  EXPECT_EQ(answer.value().actor, lives);
  EXPECT_EQ(reader.loads.seen.size(), 1u);
}

TEST_F(DirectoryActorTest, AFailedLoadIsPassedOnAndTriedAfreshByTheNext) {
  auto one = find(lobby), two = find(lobby);
  load(failure{errc::unavailable, "The store is locked, try again"});
  EXPECT_EQ(one.error(), (failure{errc::unavailable, "The store is locked, try again"}));
  EXPECT_EQ(two.code(), errc::unavailable);
  auto later = find(lobby);
  load(lobby);
  EXPECT_EQ(later.value().actor, living.at(0));
}

TEST_F(DirectoryActorTest, AFailedLookUpOfAKeyIsPassedOn) {
  auto answer = find("lobby");
  resolve(errc::unavailable);
  EXPECT_EQ(answer.code(), errc::unavailable);
}

TEST_F(DirectoryActorTest, WithoutAReaderRoomsAreUnavailable) {
  kill(history);
  settle();
  EXPECT_EQ(find(lobby).code(), errc::unavailable);
  EXPECT_EQ(find(attic).code(), errc::unavailable);
  EXPECT_EQ(find("lobby").code(), errc::unavailable);
}

TEST_F(DirectoryActorTest, ARoomThatDiedIsStartedAfreshWhenItIsAskedFor) {
  auto first = open(lobby), neighbour = open(attic);
  kill(first);
  settle();
  EXPECT_EQ(started.size(), 2u) << "not before";
  auto answer = find(lobby);
  load(lobby);
  EXPECT_NE(answer.value().actor, first);
  EXPECT_EQ(answer.value().actor, living.at(2));
  EXPECT_EQ(find(attic).value().actor, neighbour);
}

// -- rooms that nobody needs --------------------------------------------------

struct RestingRoomTest : DirectoryActorTest {
  room_actor first = open(lobby);

  void says_idle() {
    rooms[lobby].watches.answer(idle{});
    settle();
  }
  void says(rested what) {
    rooms[lobby].rests.answer(what);
    settle();
  }
};

TEST_F(RestingRoomTest, ARoomThatIsIdleAndNotAskedForIsLetGo) {
  says_idle();
  EXPECT_EQ(rooms[lobby].rests.waiting(), 0u) << "who has found it may be about to ask it something";
  says_idle();
  ASSERT_EQ(rooms[lobby].rests.waiting(), 1u);
  says({.has_ended = true});
  auto answer = find(lobby);
  EXPECT_EQ(reader.loads.waiting(), 1u);
  load(lobby);
  EXPECT_EQ(answer.value().actor, living.at(1));
}

TEST_F(RestingRoomTest, WhoAsksForARoomThatEndsWaitsForTheNextOne) {
  says_idle(), says_idle();
  auto crossing = find(lobby), by_key = ask(directory, find_room{"lobby"});
  settle();
  resolve(lobby);
  EXPECT_TRUE(crossing.pending());
  EXPECT_EQ(reader.loads.waiting(), 0u) << "two of one room would number the same messages";
  says({.has_ended = true});
  EXPECT_EQ(reader.loads.waiting(), 1u);
  load(lobby);
  EXPECT_EQ(crossing.value().actor, living.at(1));
  EXPECT_EQ(by_key.value().actor, living.at(1));
}

TEST_F(RestingRoomTest, ARoomThatDoesNotEndIsFoundAgain) {
  says_idle(), says_idle();
  auto crossing = find(lobby);
  says({.has_ended = false});
  EXPECT_EQ(crossing.value().actor, first);
  EXPECT_EQ(find(lobby).value().actor, first);
  EXPECT_EQ(reader.loads.seen.size(), 1u);
  says_idle(), says_idle();
  EXPECT_EQ(rooms[lobby].rests.waiting(), 1u) << "it is watched on";
}

TEST_F(RestingRoomTest, ARoomThatIsFoundBetweenStays) {
  for (auto i = 0; i < 3; ++i) {
    says_idle();
    find(lobby);
  }
  EXPECT_TRUE(rooms[lobby].rests.seen.empty());
}

TEST_F(RestingRoomTest, ARoomThatDiesWhenItIsToEndIsReplaced) {
  says_idle(), says_idle();
  auto crossing = find(lobby);
  kill(first);
  settle();
  load(lobby);
  EXPECT_EQ(crossing.value().actor, living.at(1));
}

TEST_F(RestingRoomTest, ADrainWaitsForARoomThatRestsAsForAnyOther) {
  says_idle(), says_idle();
  auto crossing = find(lobby);
  auto drained_all = end();
  EXPECT_TRUE(drained_all.pending());
  kill(first);
  settle();
  EXPECT_FALSE(drained_all.pending());
  load(lobby);
  EXPECT_EQ(crossing.code(), errc::shutting_down);
}

// -- the end ------------------------------------------------------------------

TEST_F(DirectoryActorTest, ADrainWithoutRoomsIsAnsweredAtOnce) {
  EXPECT_FALSE(end().pending());
}

TEST_F(DirectoryActorTest, ADrainIsAnsweredWhenEveryRoomHasDrainedAndThenTheyEnd) {
  open(lobby), open(attic);
  auto before = alive();
  auto drained_all = end();
  rooms[lobby].drains.answer(drained{});
  settle();
  EXPECT_TRUE(drained_all.pending());
  EXPECT_EQ(alive(), before) << "no room ends while another one drains";
  rooms[attic].drains.answer(drained{});
  settle();
  EXPECT_FALSE(drained_all.pending());
  EXPECT_EQ(alive(), before - 2);
}

TEST_F(DirectoryActorTest, ARoomThatIsDeadHoldsUpNoDrain) {
  kill(open(lobby));
  EXPECT_FALSE(end().pending());
}

TEST_F(DirectoryActorTest, ARoomThatDiesInTheDrainDoesNotHoldItUp) {
  auto first = open(lobby);
  open(attic);
  auto drained_all = end();
  kill(first);
  settle();
  EXPECT_TRUE(drained_all.pending());
  rooms[attic].drains.answer(drained{});
  settle();
  EXPECT_FALSE(drained_all.pending());
}

TEST_F(DirectoryActorTest, EveryoneWhoAsksForTheDrainIsAnswered) {
  open(lobby);
  auto one = end(), two = end();
  EXPECT_TRUE(two.pending());
  rooms[lobby].drains.answer(drained{});
  settle();
  EXPECT_EQ(rooms[lobby].drains.seen.size(), 1u) << "a room is asked once";
  EXPECT_FALSE(one.pending());
  EXPECT_FALSE(two.pending());
}

TEST_F(DirectoryActorTest, RoomsDoNotOutliveTheirDirectory) {
  open(lobby), open(attic);
  auto before = alive();
  caf::anon_send_exit(directory, caf::exit_reason::user_shutdown);
  settle();
  EXPECT_EQ(alive(), before - 3);
}

TEST_F(DirectoryActorTest, FindsNothingOnceItDrains) {
  open(lobby);
  end();
  EXPECT_EQ(find(lobby).code(), errc::shutting_down);
  EXPECT_EQ(find(attic).code(), errc::shutting_down);
  EXPECT_EQ(find("lobby").code(), errc::shutting_down);
}

TEST_F(DirectoryActorTest, ARoomThatLoadsWhenTheDrainComesIsNotStarted) {
  auto answer = find(lobby);
  auto drained_all = end();
  EXPECT_FALSE(drained_all.pending());
  load(lobby);
  EXPECT_EQ(answer.code(), errc::shutting_down);
  EXPECT_TRUE(started.empty());
}

TEST_F(DirectoryActorTest, AKeyThatIsLookedUpWhenTheDrainComesFindsNothing) {
  auto answer = find("lobby");
  end();
  resolve(lobby);
  if (reader.loads.waiting() > 0)
    load(lobby);
  EXPECT_EQ(answer.code(), errc::shutting_down);
  EXPECT_TRUE(started.empty());
}

} // namespace
} // namespace stentor
