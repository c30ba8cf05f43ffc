#include "actors/registry_actor.hpp"

#include "actors/host.hpp"
#include "actors/session_actor.hpp"
#include "support/scripted.hpp"

#include <gmock/gmock.h>

namespace stentor {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto ada = user_id{1}, bob = user_id{2};
constexpr auto phone = connection_id{0, 1, 0}, desk = connection_id{1, 1, 0};

/// Registry and sessions together, on two network threads.
struct RegistryActorTest : ActorTest {
  scripted_network threads[2];
  scripted_presence presence;
  steady_time now = steady_time{} + 1h;
  size_t sessions = 0;
  registry_actor registry;

  RegistryActorTest() {
    auto networks =
      std::make_shared<const std::vector<network_actor>>(std::vector{mortal(threads[0].spawn(system)), mortal(threads[1].spawn(system))});
    auto start = [this, networks, watcher = mortal(presence.spawn(system))](caf::local_actor&, user_id who) {
      ++sessions;
      return mortal(spawn<session_host>(system, who, network_list{networks}, watcher));
    };
    auto limits = rate_limits::of({.requests = 1, .connects = 600});
    registry = mortal(spawn<registry_host>(system, session_starter{start}, limits, steady_clock_fn{[this] { return now; }}));
    settle();
  }

  static identity_ptr person(user_id who, std::string token = "t") {
    return std::make_shared<const identity>(
      identity{std::make_shared<const user>(user{who, "somebody", {}, {}}), "authenticated", std::move(token), {}});
  }
  reply<attached> come(user_id who, connection_id where, std::string token = "t", std::string address = "192.0.2.1") {
    auto answer = ask(registry, attach{person(who, std::move(token)), where, std::move(address)});
    settle();
    return answer;
  }
  template <class Message>
  void say(Message what) {
    tell(registry, std::move(what));
    settle();
  }
};

TEST_F(RegistryActorTest, DevicesOfAUserShareOneSessionAndOneSetOfRates) {
  auto first = come(ada, phone), second = come(ada, desk), other = come(bob, phone);
  EXPECT_EQ(sessions, 2u);
  EXPECT_NE(first.value().device, second.value().device);
  EXPECT_EQ(first.value().cells, second.value().cells);
  EXPECT_NE(first.value().cells, other.value().cells);
  EXPECT_THAT(presence.came, SizeIs(3));
}

TEST_F(RegistryActorTest, ASessionEndsWithItsLastDeviceAndRatesDoNot) {
  auto first = come(ada, phone), second = come(ada, desk);
  say(detach{ada, first.value().device});
  say(detach{ada, second.value().device});
  EXPECT_THAT(presence.went, SizeIs(2));
  auto again = come(ada, phone);
  EXPECT_EQ(sessions, 2u);
  EXPECT_EQ(again.value().cells, first.value().cells);
}

TEST_F(RegistryActorTest, RevokingClosesTheSocketsOfThatTokenOnly) {
  come(ada, phone, "old"), come(ada, desk, "new"), come(bob, phone, "old");
  say(expel{ada, "old"});
  ASSERT_THAT(threads[0].farewells, SizeIs(1));
  EXPECT_THAT(threads[0].farewells[0].whom, ElementsAre(phone));
  EXPECT_THAT(threads[1].farewells, IsEmpty());
}

TEST_F(RegistryActorTest, BlockingClosesAllOfAUsersSockets) {
  come(ada, phone, "old"), come(ada, desk, "new");
  say(expel{ada, {}});
  EXPECT_THAT(threads[0].farewells, SizeIs(1));
  EXPECT_THAT(threads[1].farewells, SizeIs(1));
}

TEST_F(RegistryActorTest, ATokenThatWasRevokedOnTheWayIsRefused) {
  say(expel{ada, "old"});
  EXPECT_EQ(come(ada, phone, "old").code(), errc::invalid_token);
  EXPECT_EQ(come(ada, phone, "old").error().detail, "revoked");
  EXPECT_TRUE(come(ada, phone, "new").value().device);
  EXPECT_TRUE(come(bob, phone, "old").value().device);
  now += 2min; // the store has known for long
  EXPECT_TRUE(come(ada, phone, "old").value().device);
}

TEST_F(RegistryActorTest, WhoIsPardonedMayComeAtOnceButNotWithATokenThatWasRevoked) {
  say(expel{ada, {}}), say(expel{ada, "old"}), say(expel{bob, {}});
  EXPECT_EQ(come(ada, phone, "new").code(), errc::invalid_token);
  say(pardon{ada});
  EXPECT_TRUE(come(ada, phone, "new").value().device);
  EXPECT_EQ(come(ada, phone, "old").code(), errc::invalid_token);
  EXPECT_EQ(come(bob, phone, "new").code(), errc::invalid_token);
}

TEST_F(RegistryActorTest, ADeviceThatWasRenewedBelongsToItsNewToken) {
  auto device = come(ada, phone, "old").value().device;
  auto done = ask(registry, renew{person(ada, "new"), device});
  settle();
  done.value();
  say(expel{ada, "old"});
  EXPECT_THAT(threads[0].farewells, IsEmpty());
  say(expel{ada, "new"});
  EXPECT_THAT(threads[0].farewells, SizeIs(1));
  auto refused = ask(registry, renew{person(ada, "old"), device});
  settle();
  EXPECT_EQ(refused.code(), errc::invalid_token);
}

TEST_F(RegistryActorTest, AnAddressMayConnectSoOften) {
  for (auto i = 0; i < 100; ++i)
    come(ada, phone).value();
  EXPECT_EQ(come(ada, phone).code(), errc::rate_limited);
  EXPECT_GT(come(ada, phone).error().retry_after, 0ms);
  EXPECT_TRUE(come(ada, phone, "t", "192.0.2.2").value().device);
  now += 1s;
  EXPECT_TRUE(come(ada, phone).value().device);
}

TEST_F(RegistryActorTest, GuestsAreCountedByTheirAddressAndHaveNoSession) {
  auto nobody = std::make_shared<const identity>(identity{nullptr, "public", {}, {}});
  auto one = ask(registry, attach{nobody, phone, "192.0.2.1"}), two = ask(registry, attach{nobody, desk, "192.0.2.1"}),
       other = ask(registry, attach{nobody, desk, "192.0.2.2"});
  settle();
  EXPECT_EQ(one.value().cells, two.value().cells);
  EXPECT_NE(one.value().cells, other.value().cells);
  EXPECT_EQ(sessions, 0u);
}

TEST_F(RegistryActorTest, CountsWhatIsDoneOutsideOfSockets) {
  auto count = [this](user_id who) {
    auto answer = ask(registry, count_action{who});
    settle();
    return answer;
  };
  count(ada).value();
  EXPECT_EQ(count(ada).code(), errc::rate_limited);
  count(bob).value();
  now += 1min;
  count(ada).value();
}

TEST_F(RegistryActorTest, ADrainEndsAllSessionsAndLetsNobodyIn) {
  come(ada, phone);
  auto before = alive();
  auto done = ask(registry, drain{});
  settle();
  done.value();
  EXPECT_EQ(alive(), before - 1);
  EXPECT_EQ(come(bob, phone).code(), errc::shutting_down);
}

} // namespace
} // namespace stentor
