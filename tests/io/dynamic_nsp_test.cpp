// Namespaces on demand.

#include "io_test.hpp"

#include <gmock/gmock.h>

namespace stentor::io {
namespace {

using testing::StartsWith;
using testing::UnorderedElementsAre;

struct DynamicTest : IoTest {
  scripted_namespace parent;
  DynamicTest() {
    sockets.serve([](const std::string& name, const json& auth) { return name.starts_with("/room-") && auth != "not me"; }, parent);
  }
};

TEST_F(DynamicTest, OneIsThereWhenSomebodyComesAndAsLongAsSomebodyIsInIt) {
  EXPECT_EQ(sockets.find("/room-1"), nullptr);
  auto& ada = greeted();
  auto& ben = greeted();
  EXPECT_THAT(say(ada, "40/room-1,").at(0), StartsWith(R"(40/room-1,{"sid":)"));
  say(ben, "40/room-1,", "40/room-2,");
  ASSERT_NE(sockets.find("/room-1"), nullptr);
  EXPECT_EQ(sockets.find("/room-1")->size(), 2u);
  EXPECT_EQ(sockets.find("/room-2")->size(), 1u);
  EXPECT_EQ(&sockets.find("/room-1")->handler(), &parent);
  say(ada, "41/room-1,");
  EXPECT_NE(sockets.find("/room-1"), nullptr);
  hang_up(ben);
  EXPECT_EQ(sockets.find("/room-1"), nullptr);
  EXPECT_EQ(sockets.find("/room-2"), nullptr);
  EXPECT_THAT(say(ada, "40/room-1,").at(0), StartsWith(R"(40/room-1,{"sid":)")) << "it may be made again";
}

TEST_F(DynamicTest, NamesThatDoNotMatchAreNotThere) {
  EXPECT_EQ(say(greeted(), "40/hall,"), texts{R"(44/hall,{"message":"Invalid namespace"})"});
  EXPECT_THAT(say(greeted(), "40/admin,").at(0), StartsWith("40/admin,"));
  EXPECT_EQ(admin.guests.size(), 1u) << "what is served by name is asked first";
  EXPECT_EQ(parent.guests.size(), 0u);
}

TEST_F(DynamicTest, TheMatcherSeesWhatTheConnectCarries) {
  json seen;
  sockets.serve(
    [&](const std::string&, const json& auth) {
      seen = auth;
      return false;
    },
    parent);
  say(greeted(), R"(40/hall,{"token":"t"})");
  EXPECT_EQ(seen.dump(), R"({"token":"t"})");
}

TEST_F(DynamicTest, AGuestThatAwaitsConsentKeepsItAndARefusedOneDoesNot) {
  parent.lets_in = false;
  auto& client = greeted();
  say(client, "40/room-1,");
  EXPECT_NE(sockets.find("/room-1"), nullptr);
  EXPECT_EQ(sockets.find("/room-1")->size(), 0u) << "it is not in yet";
  parent.guest()->refuse("full");
  EXPECT_EQ(hear(client), texts{R"(44/room-1,{"message":"full"})"});
  EXPECT_EQ(sockets.find("/room-1"), nullptr);

  say(client, "40/room-1,");
  hang_up(client);
  EXPECT_EQ(sockets.find("/room-1"), nullptr) << "nor one who hangs up";
}

TEST_F(DynamicTest, TheyAreFoundByTheirHandler) {
  auto& client = member();
  say(client, "40/room-1,", "40/room-2,");
  texts names;
  sockets.each_place(parent, [&](nsp& one) { names.push_back(one.name()); });
  EXPECT_THAT(names, UnorderedElementsAre("/room-1", "/room-2"));
  names.clear();
  sockets.each_place(root, [&](nsp& one) { names.push_back(one.name()); });
  EXPECT_EQ(names, texts{"/"});
}

TEST_F(DynamicTest, TheyMayAllEndWhileTheyAreVisited) {
  say(greeted(), "40/room-1,", "40/room-2,");
  auto visited = 0;
  sockets.each_place(parent, [&](nsp&) {
    ++visited;
    for (size_t i = 0; i < 2; ++i)
      if (auto guest = parent.guest(i))
        guest->disconnect();
  });
  EXPECT_EQ(visited, 2);
  EXPECT_EQ(sockets.find("/room-1"), nullptr);
  EXPECT_EQ(sockets.find("/room-2"), nullptr);
}

} // namespace
} // namespace stentor::io
