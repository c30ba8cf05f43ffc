#include "actors/presence_actor.hpp"

#include "actors/host.hpp"
#include "support/scripted.hpp"

#include <gmock/gmock.h>

namespace stentor {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto ada = user_id{1}, bob = user_id{2}, eve = user_id{3};
constexpr auto phone = connection_id{0, 1, 0}, desk = connection_id{1, 1, 0}, away = connection_id{1, 2, 0};

struct told final : broadcast {
  explicit told(status_change x) : what(x) {}
  spoken_event say(variant_id) const override { return {}; }
  status_change what;
};

/// Ada and Bob share a room, Eve knows nobody.
struct PresenceActorTest : ActorTest {
  scripted_reader reader;
  scripted_network threads[2];
  steady_time now = steady_time{} + 1h;
  presence_actor presence;

  PresenceActorTest() {
    auto networks =
      std::make_shared<const std::vector<network_actor>>(std::vector{mortal(threads[0].spawn(system)), mortal(threads[1].spawn(system))});
    auto announce = [](const status_change& what) -> broadcast_ptr { return std::make_shared<const told>(what); };
    presence = mortal(spawn<presence_host>(system, reader_pool{{mortal(reader.spawn(system))}}, network_list{networks},
                                           status_announcer{announce}, presence_policy{.grace = 5s, .tick = 100ms, .room_members_max = 7},
                                           steady_clock_fn{[this] { return now; }}));
    reader.acquaintances.always = [](const find_acquaintances& what) -> result<user_lists> {
      EXPECT_EQ(what.room_members_max, 7u);
      auto lists = user_lists{};
      for (auto who : what.of)
        lists.of.push_back(who == ada ? user_list{{bob}} : who == bob ? user_list{{ada}} : user_list{});
      return lists;
    };
    settle();
  }

  void comes(user_id who, device_id device, connection_id where) { tell(presence, online{who, device, where}); }
  void goes(user_id who, device_id device) { tell(presence, offline{who, device}); }
  void pass(std::chrono::milliseconds time) {
    settle();
    now += time;
    scheduler.advance_time(time);
    settle();
  }
  /// What connections of a thread were told, and forgets it.
  std::vector<status_change> news(size_t thread) {
    std::vector<status_change> all;
    for (const auto& letter : std::exchange(threads[thread].personal, {}))
      all.push_back(static_cast<const told&>(*letter.what).what);
    return all;
  }
};

TEST_F(PresenceActorTest, TellsThoseWhoShareARoomOnAllTheirDevices) {
  comes(bob, 1, phone), comes(bob, 2, desk), comes(eve, 3, away);
  pass(100ms);
  comes(ada, 4, away);
  pass(100ms);
  EXPECT_THAT(news(0), ElementsAre(status_change{ada, true}));
  ASSERT_THAT(threads[1].personal, SizeIs(1));
  EXPECT_THAT(threads[1].personal[0].whom, ElementsAre(desk)) << "neither eve nor ada herself";
}

TEST_F(PresenceActorTest, ManyChangesAreOneQuestion) {
  for (uint64_t i = 1; i <= 200; ++i)
    comes(user_id{i}, i, phone);
  pass(100ms);
  EXPECT_EQ(reader.acquaintances.seen.size(), 1u);
  EXPECT_THAT(reader.acquaintances.seen[0].of, SizeIs(64));
  for (auto i = 0; i < 5; ++i)
    pass(100ms);
  EXPECT_EQ(reader.acquaintances.seen.size(), 4u);
}

TEST_F(PresenceActorTest, ChangesOfOneUserKeepTheirOrderHoweverSlowTheReader) {
  comes(bob, 1, phone);
  pass(100ms);
  reader.acquaintances.always = nullptr;
  comes(ada, 2, desk);
  pass(100ms);
  goes(ada, 2);
  pass(10s);
  EXPECT_EQ(reader.acquaintances.waiting(), 1u) << "one question at a time";
  reader.acquaintances.answer(user_lists{{user_list{{bob}}}});
  pass(100ms);
  reader.acquaintances.answer(user_lists{{user_list{{bob}}}});
  settle();
  EXPECT_THAT(news(0), ElementsAre(status_change{ada, true}, status_change{ada, false}));
}

TEST_F(PresenceActorTest, AReconnectWithinTheGraceIsNoNews) {
  comes(bob, 1, phone), comes(ada, 2, desk);
  pass(100ms);
  news(0);
  goes(ada, 2);
  pass(4s);
  comes(ada, 3, desk);
  pass(10s);
  EXPECT_THAT(news(0), IsEmpty());
}

TEST_F(PresenceActorTest, AFailedQuestionStopsNothing) {
  comes(bob, 1, phone);
  pass(100ms);
  reader.acquaintances.always = [](const find_acquaintances&) { return result<user_lists>{errc::unavailable}; };
  comes(ada, 2, desk);
  pass(100ms);
  reader.acquaintances.always = [](const find_acquaintances&) { return result<user_lists>{user_lists{{user_list{{bob}}}}}; };
  goes(ada, 2);
  pass(5s);
  pass(100ms);
  EXPECT_THAT(news(0), ElementsAre(status_change{ada, false}));
}

TEST_F(PresenceActorTest, AnswersForWhomOneKnowsOnly) {
  comes(ada, 1, phone), comes(eve, 2, desk);
  reader.known.always = [](const find_known& what) -> result<user_list> {
    EXPECT_EQ(what.asker, bob);
    return user_list{{ada}};
  };
  auto answer = ask(presence, ask_status{bob, {eve, ada, bob}});
  settle();
  EXPECT_THAT(answer.value().is_online, ElementsAre(false, true, false));
}

TEST_F(PresenceActorTest, NamesTheMembersOfARoomWhoAreOnlineOnce) {
  comes(ada, 1, phone), comes(ada, 2, desk), comes(eve, 3, away);
  reader.members.always = [](const find_members&) -> result<user_list> { return user_list{{ada, bob}}; };
  auto answer = ask(presence, ask_online{ada, room_id{7}});
  settle();
  EXPECT_THAT(answer.value().who, ElementsAre(ada));
}

TEST_F(PresenceActorTest, OfRoomsThatOneIsNotInNobodyIsOnline) {
  reader.members.always = [](const find_members&) -> result<user_list> { return errc::not_found; };
  reader.members.always = [](const find_members&) -> result<user_list> { return errc::unavailable; };
  auto unknown = ask(presence, ask_online{eve, room_id{7}});
  settle();
  EXPECT_EQ(unknown.code(), errc::unavailable);
  reader.members.always = [](const find_members&) -> result<user_list> { return errc::not_found; };
  auto nobody = ask(presence, ask_online{eve, room_id{7}});
  settle();
  EXPECT_THAT(nobody.value().who, IsEmpty());
}

} // namespace
} // namespace stentor
