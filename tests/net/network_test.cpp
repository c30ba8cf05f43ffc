#include "echo_server.hpp"

namespace stentor {
namespace {

using websocket::text;

// -- many clients -------------------------------------------------------------

TEST(Network, AStormOfClientsIsServed) {
  echo_server server;
  std::vector<raw_client> clients;
  for (auto i = 0; i < 200; ++i) {
    clients.push_back(server.client());
    clients.back().send(upgrade_request() + text(fmt::format("4{}", i)));
  }
  for (auto i = 0u; i < clients.size(); ++i) {
    EXPECT_EQ(clients[i].read_answer().status, 101u);
    EXPECT_TRUE(clients[i].hear().starts_with("text 0{"));
    EXPECT_EQ(clients[i].hear(), fmt::format("text 4{}", i));
  }
  clients.front().say("4all:hello");
  for (auto& one : clients)
    EXPECT_EQ(one.hear(), "text 4hello");
}

TEST(Network, ManyMayComeAndGo) {
  echo_server server;
  auto stays = server.websocket();
  auto before = open_descriptors();
  for (auto i = 0; i < 200; ++i) {
    auto guest = server.websocket();
    EXPECT_EQ(guest.answer_to("4all:" + std::to_string(i)), "text 4" + std::to_string(i));
    EXPECT_EQ(stays.hear(), "text 4" + std::to_string(i));
    if (i % 3 == 0)
      guest.reset();
    else if (i % 3 == 1)
      guest.send(websocket::closing(1000));
  }
  EXPECT_TRUE(server.log.await_handlers(1));
  EXPECT_TRUE(server.await_descriptors(before));
}

TEST(Network, TheThreadsTakeClientsInTurnAndServeThemAlike) {
  echo_server server{[](settings& s) { s.network.threads = 3; }};
  std::vector<raw_client> clients;
  for (auto i = 0; i < 9; ++i)
    clients.push_back(server.websocket());
  for (auto& one : clients)
    EXPECT_EQ(one.answer_to("4hello"), "text 4hello");
  clients[0].say("4all:neighbours");
  for (auto i : {0, 3, 6})
    EXPECT_EQ(clients[i].hear(), "text 4neighbours") << "they share a thread";
}

// -- what is sent -------------------------------------------------------------

TEST(Network, WhatGoesToAllAndWhatGoesToOneArriveInOneOrder) {
  echo_server server;
  auto ada = server.websocket();
  auto bob = server.websocket();
  std::string bytes;
  for (auto i = 0; i < 300; ++i)
    bytes += text(fmt::format("4{}{}", i % 3 ? "all:" : "", i));
  ada.send(bytes);
  for (auto i = 0; i < 300; ++i)
    ASSERT_EQ(ada.hear(), fmt::format("text 4{}", i));
  for (auto i = 0; i < 300; ++i)
    if (i % 3) {
      ASSERT_EQ(bob.hear(), fmt::format("text 4{}", i));
    }
}

TEST(Network, NewsOfActorsReachTheApplication) {
  echo_server server;
  auto client = server.websocket();
  server.deliver_news({"one", "two"});
  EXPECT_EQ(client.hear(), "text 4one");
  EXPECT_EQ(client.hear(), "text 4two");
}

TEST(Network, ABurstIsDelivered) {
  // More than a flush sends in one turn, to more clients than it serves in one.
  echo_server server;
  std::vector<raw_client> clients;
  for (auto i = 0; i < 300; ++i)
    clients.push_back(server.websocket());
  const auto filler = std::string(1000, 'x');
  server.on_thread([&](auto& app) {
    for (auto i = 0; i < 20; ++i)
      app.tell_all(fmt::format("{} {}", i, filler));
  });
  for (auto& one : clients)
    for (auto i = 0; i < 20; ++i)
      ASSERT_EQ(one.hear(), fmt::format("text 4{} {}", i, filler));
}

} // namespace
} // namespace stentor
