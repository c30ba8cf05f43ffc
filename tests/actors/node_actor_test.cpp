#include "actors/node_actor.hpp"

#include "actors/directory_actor.hpp"
#include "actors/host.hpp"
#include "actors/persistence_actor.hpp"
#include "actors/reader_actor.hpp"
#include "actors/room_actor.hpp"
#include "support/scripted.hpp"
#include "support/temp_store.hpp"

namespace stentor {
namespace {

using namespace std::chrono_literals;

struct NodeActorTest : ActorTest {
  scripted_network near, far;
  scripted_directory directory;
  scripted_persistence disk;
  scripted_reader first_reader, second_reader;
  scripted_registry registry;
  scripted_presence presence;
  scripted_accounts accounts;
  scripted_hasher hasher;
  std::vector<std::string> ended;
  size_t hurries = 0;
  size_t alive_before = alive();

  network_actor near_network = mortal(near.spawn(system)), far_network = mortal(far.spawn(system));
  node_actor node;

  NodeActorTest() {
    auto parts = house{.networks = {near_network, far_network},
                       .directory = directory.spawn(system),
                       .registry = registry.spawn(system),
                       .presence = presence.spawn(system),
                       .accounts = accounts.spawn(system),
                       .hashers = {hasher.spawn(system)},
                       .persistence = disk.spawn(system),
                       .readers = {first_reader.spawn(system), second_reader.spawn(system)}};
    watch("directory", parts.directory), watch("persistence", parts.persistence), watch("reader", parts.readers[0]);
    watch("reader", parts.readers[1]), watch("registry", parts.registry), watch("presence", parts.presence);
    watch("accounts", parts.accounts), watch("hasher", parts.hashers[0]);
    node = mortal(spawn<node_host>(system, std::move(parts), drain_policy{.timeout = 4s, .grace = 200ms, .hurry = [this] { ++hurries; }}));
    settle();
  }

  void time_passes(std::chrono::milliseconds time) {
    scheduler.clock().advance_time(time);
    settle();
  }
  template <class Actor>
  void watch(std::string name, const Actor& whom) {
    caf::actor_cast<caf::abstract_actor*>(mortal(whom))->attach_functor([this, name] { ended.push_back(name); });
  }
  reply<drained> end() {
    auto answer = ask(node, drain{});
    settle();
    return answer;
  }
  void answer(inbox<drain, drained>& from) {
    from.answer(drained{});
    settle();
  }
};

TEST_F(NodeActorTest, DrainsTheNetworksThenTheRoomsThenEndsTheRest) {
  auto done = end();
  ASSERT_EQ(near.drains.waiting(), 1u);
  ASSERT_EQ(far.drains.waiting(), 1u);
  answer(near.drains);
  EXPECT_TRUE(registry.drains.seen.empty()) << "sessions before the last client is gone";
  answer(far.drains);
  ASSERT_EQ(registry.drains.waiting(), 1u);
  EXPECT_TRUE(directory.drains.seen.empty()) << "rooms before the sessions are gone";
  answer(registry.drains);
  ASSERT_EQ(directory.drains.waiting(), 1u);
  EXPECT_TRUE(ended.empty()) << "the writer before the rooms are drained";
  EXPECT_TRUE(done.pending());
  answer(directory.drains);
  EXPECT_FALSE(done.pending());
  EXPECT_EQ(ended.size(), 8u);
}

TEST_F(NodeActorTest, NothingOfTheHouseIsLeftSoThatTheActorSystemEnds) {
  end();
  answer(near.drains), answer(far.drains), answer(registry.drains), answer(directory.drains);
  EXPECT_EQ(alive() - alive_before, 2u) << "the networks, which their threads' owner releases";
}

TEST_F(NodeActorTest, WhatWaitsForTheStoreIsToHurryWhileClientsCanStillBeTold) {
  end();
  time_passes(2999ms);
  EXPECT_EQ(hurries, 0u);
  time_passes(1ms);
  EXPECT_EQ(hurries, 1u);
}

TEST_F(NodeActorTest, AStepThatDoesNotEndIsLeftBehind) {
  auto done = end();
  answer(near.drains);
  time_passes(4199ms);
  EXPECT_TRUE(registry.drains.seen.empty()) << "networks cut their clients themselves and have a grace to say so";
  time_passes(1ms);
  ASSERT_EQ(registry.drains.waiting(), 1u);
  time_passes(200ms);
  ASSERT_EQ(directory.drains.waiting(), 1u);
  EXPECT_TRUE(done.pending());
  time_passes(200ms);
  EXPECT_FALSE(done.pending()) << "4.6 s in all";
  EXPECT_EQ(ended.size(), 8u);
}

TEST_F(NodeActorTest, StepsShareTheTime) {
  auto done = end();
  time_passes(1s);
  answer(near.drains), answer(far.drains), answer(registry.drains);
  time_passes(2999ms);
  EXPECT_TRUE(done.pending());
  time_passes(1ms);
  EXPECT_FALSE(done.pending());
}

TEST_F(NodeActorTest, AnAnswerThatComesTooLateChangesNothing) {
  end();
  time_passes(4200ms);
  answer(near.drains), answer(far.drains);
  EXPECT_TRUE(directory.drains.seen.empty());
  answer(registry.drains);
  ASSERT_EQ(directory.drains.waiting(), 1u);
}

TEST_F(NodeActorTest, EveryoneWhoAsksForTheDrainIsAnswered) {
  auto one = end(), two = end();
  answer(near.drains), answer(far.drains), answer(registry.drains), answer(directory.drains);
  EXPECT_FALSE(one.pending());
  EXPECT_FALSE(two.pending());
}

TEST_F(NodeActorTest, ANetworkThatIsGoneHoldsUpNothing) {
  kill(near_network);
  auto done = end();
  answer(far.drains), answer(registry.drains), answer(directory.drains);
  EXPECT_FALSE(done.pending());
}

TEST_F(NodeActorTest, PartsThatFailHoldUpNothing) {
  auto done = end();
  answer(near.drains);
  far.drains.answer(errc::internal);
  settle();
  registry.drains.answer(errc::internal);
  settle();
  directory.drains.answer(errc::internal);
  settle();
  EXPECT_FALSE(done.pending());
  EXPECT_EQ(ended.size(), 8u);
}

/// The same with the real parts: what was in flight when the drain came is on disk and answered.
struct WholeHouseTest : ActorTest {
  temp_store store;
  size_t alive_before = alive();
  scripted_network net;
  network_actor network = mortal(net.spawn(system));
  persistence_actor persistence = mortal(spawn<persistence_host>(system, store.open()));
  reader_actor reader = mortal(spawn<reader_host>(system, store.open_to_read()));
  scripted_registry registry;
  scripted_presence presence;
  scripted_accounts accounts;
  directory_actor directory;
  node_actor node;

  WholeHouseTest() {
    auto readers = reader_pool{{reader}};
    auto announce = announcer{.event = [](const room_label&, const event_ptr&) { return broadcast_ptr{}; },
                              .hint = [](const room_label&, const hint_ptr&) { return broadcast_ptr{}; }};
    auto start = [this, readers, announce](caf::local_actor&, store::room_image_ptr image) {
      return spawn<room_host>(system, std::move(image), persistence, readers, announce, room_policy{});
    };
    directory = mortal(spawn<directory_host>(system, readers, room_starter{start}));
    node = mortal(spawn<node_host>(system,
                                   house{.networks = {network},
                                         .directory = directory,
                                         .registry = mortal(registry.spawn(system)),
                                         .presence = mortal(presence.spawn(system)),
                                         .accounts = mortal(accounts.spawn(system)),
                                         .hashers = {},
                                         .persistence = persistence,
                                         .readers = {reader}},
                                   drain_policy{}));
    settle();
  }
};

TEST_F(WholeHouseTest, WhatIsInFlightAtTheDrainIsStoredAndAnswered) {
  auto made = ask(persistence, store::new_user{"ada", {}, {}, {}, {}});
  settle();
  auto ada = std::make_shared<const user>(made.value());
  auto lobby = ask(persistence, store::new_room{"lobby", "Lobby", {}, {}, {}, ada->id});
  settle();
  auto found = ask(directory, find_room{"lobby"});
  settle();

  auto one = ask(found.value().actor, submit{ada, post_message{"one", {}, {}}});
  auto two = ask(found.value().actor, submit{ada, post_message{"two", {}, {}}});
  net.drains.always = [](const drain&) { return drained{}; };
  registry.drains.always = [](const drain&) { return drained{}; };
  auto done = ask(node, drain{});
  settle();
  EXPECT_EQ(one.value().what->seq, 2u);
  EXPECT_EQ(two.value().what->seq, 3u);
  EXPECT_FALSE(done.pending());
  auto db = store.open_to_read();
  EXPECT_EQ((*store::history{*db}.load_room(lobby.value().id))->info.last_seq, 3u);
  EXPECT_EQ(alive() - alive_before, 1u) << "rooms, too, are gone; the network is its owner's to release";
}

TEST_F(WholeHouseTest, ARoomThatNobodyNeedsLeavesMemoryAndComesBackWithItsPast) {
  auto made = ask(persistence, store::new_user{"ada", {}, {}, {}, {}});
  settle();
  auto ada = std::make_shared<const user>(made.value());
  ask(persistence, store::new_room{"lobby", "Lobby", {}, {}, {}, ada->id});
  settle();
  auto say = [&](std::string text) {
    auto found = ask(directory, find_room{"lobby"});
    settle();
    auto said = ask(found.value().actor, submit{ada, post_message{std::move(text), {}, {}}});
    settle();
    return said.value().what->seq;
  };
  auto before = alive();
  EXPECT_EQ(say("one"), 2u);
  EXPECT_EQ(alive(), before + 1);
  for (auto minute = 0; minute < 5; ++minute) {
    scheduler.clock().advance_time(1min);
    settle();
  }
  EXPECT_EQ(alive(), before);
  EXPECT_EQ(say("two"), 3u);
  EXPECT_EQ(alive(), before + 1);
}

} // namespace
} // namespace stentor
