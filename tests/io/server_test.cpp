#include "base/metrics.hpp"
#include "io_test.hpp"

#include <regex>

namespace stentor::io {
namespace {

/// Counts how often it is said, by variant.
struct counted final : broadcast {
  explicit counted(std::string t) : text(std::move(t)) {}
  spoken_event say(variant_id variant) const override {
    ++said[variant];
    return {"news", {text, variant}};
  }
  std::string text;
  mutable std::map<variant_id, int> said;
};

std::string heard(const std::string& text, variant_id variant) {
  return R"(42["news",")" + text + R"(",)" + std::to_string(variant) + "]";
}

struct ServerTest : IoTest {
  const room_key lobby = "lobby";
  std::vector<wire*> clients;

  /// A client in the lobby, in one variant.
  wire& listener(variant_id variant) {
    clients.push_back(&member());
    newest()->enter(lobby, variant);
    return *clients.back();
  }
  std::shared_ptr<socket> newest() { return root.guests.back().lock(); }
  std::shared_ptr<const counted> tell(const room_key& room, std::string text) {
    auto what = std::make_shared<const counted>(std::move(text));
    caf::anon_send(net.handle(), deliver{room, {what}});
    settle();
    return what;
  }
};

TEST_F(ServerTest, EachVariantIsEncodedOnceHoweverManyMembersThereAre) {
  for (auto i = 0; i < 3; ++i)
    listener(0);
  for (auto i = 0; i < 2; ++i)
    listener(5);
  auto what = tell(lobby, "hello");
  EXPECT_EQ(what->said, (std::map<variant_id, int>{{0, 1}, {5, 1}}));
  for (size_t i = 0; i < clients.size(); ++i)
    EXPECT_EQ(clients[i]->hear(), texts{heard("hello", i < 3 ? 0 : 5)});
}

TEST_F(ServerTest, AVariantThatNobodyWantsIsNotEncoded) {
  auto& only = listener(5);
  auto what = tell(lobby, "hello");
  EXPECT_EQ(what->said, (std::map<variant_id, int>{{5, 1}}));
  EXPECT_EQ(only.hear().size(), 1u);
  EXPECT_TRUE(tell("another room", "hello")->said.empty());
  EXPECT_EQ(only.hear(), texts{});
}

TEST_F(ServerTest, SeveralThingsAreToldInTheirOrder) {
  auto& one = listener(0);
  auto& two = listener(1);
  auto a = std::make_shared<const counted>("a"), b = std::make_shared<const counted>("b"), c = std::make_shared<const counted>("c");
  caf::anon_send(net.handle(), deliver{lobby, {a, b, c}});
  settle();
  EXPECT_EQ(one.hear(), (texts{heard("a", 0), heard("b", 0), heard("c", 0)}));
  EXPECT_EQ(two.hear(), (texts{heard("a", 1), heard("b", 1), heard("c", 1)}));
  EXPECT_EQ(b->said, (std::map<variant_id, int>{{0, 1}, {1, 1}}));
}

TEST_F(ServerTest, TheMetricCountsWhoIsReached) {
  auto reached = [] {
    auto all = metrics::text();
    auto sum = std::smatch{};
    return std::regex_search(all, sum, std::regex{"stentor_broadcast_recipients_sum ([0-9]+)"}) ? std::stoi(sum[1]) : 0;
  };
  listener(0), listener(5), member();
  auto before = reached();
  tell(lobby, "hello");
  EXPECT_EQ(reached(), before + 2);
  auto news = std::make_shared<const spoken>("news");
  auto& root_nsp = *sockets.find("/");
  root_nsp.tell({.rooms = {newest()->id()}}, news);
  EXPECT_EQ(reached(), before + 3) << "an id is a room";
  root_nsp.tell({.except = {lobby}}, news);
  EXPECT_EQ(reached(), before + 4);
  settle();
}

TEST_F(ServerTest, ToldNothingNobodyHearsAnything) {
  auto& one = listener(0);
  caf::anon_send(net.handle(), deliver{lobby, {}});
  EXPECT_EQ(hear(one), texts{});
}

TEST_F(ServerTest, WhatIsToldAndWhatIsSentKeepTheirOrder) {
  auto& client = listener(0);
  auto who = newest();
  who->emit("before", std::vector<json>{1});
  sockets.tell({lobby, {std::make_shared<const counted>("between")}});
  who->emit("after", std::vector<json>{2});
  EXPECT_EQ(hear(client), (texts{R"(42["before",1])", heard("between", 0), R"(42["after",2])"}));
}

TEST_F(ServerTest, ASocketHearsARoomOncePerVariant) {
  auto& client = listener(0);
  newest()->enter(lobby, 0);
  tell(lobby, "one");
  EXPECT_EQ(client.hear(), texts{heard("one", 0)}) << "entering twice is entering once";
  newest()->enter(lobby, 1);
  tell(lobby, "two");
  EXPECT_EQ(client.hear(), (texts{heard("two", 0), heard("two", 1)}));
  newest()->leave(lobby, 0);
  tell(lobby, "three");
  EXPECT_EQ(client.hear(), texts{heard("three", 1)}) << "leaving ends one variant only";
}

TEST_F(ServerTest, WhoHasLeftHearsNothingAndTheOthersDo) {
  auto& gone = listener(0);
  auto leaver = newest();
  auto& stays = listener(0);
  leaver->leave(lobby, 0);
  leaver->leave(lobby, 0);
  leaver->leave("never entered", 0);
  tell(lobby, "hello");
  EXPECT_EQ(gone.hear(), texts{});
  EXPECT_EQ(stays.hear(), texts{heard("hello", 0)});
}

TEST_F(ServerTest, WhoDisconnectsLeavesEveryRoomInEveryVariant) {
  auto& client = listener(0);
  newest()->enter(lobby, 1);
  newest()->enter("attic", 0);
  EXPECT_EQ(sockets.find("/")->rooms().size(), 2u);
  say(client, "41");
  EXPECT_EQ(sockets.find("/")->rooms().size(), 0u);
  EXPECT_TRUE(tell(lobby, "hello")->said.empty());
  EXPECT_EQ(client.hear(), texts{});
}

TEST_F(ServerTest, WhoHangsUpLeavesEveryRoom) {
  auto& client = listener(0);
  auto& stays = listener(0);
  hang_up(client);
  EXPECT_EQ(tell(lobby, "hello")->said, (std::map<variant_id, int>{{0, 1}}));
  EXPECT_EQ(stays.hear(), texts{heard("hello", 0)});
  hang_up(stays);
  EXPECT_EQ(sockets.find("/")->rooms().size(), 0u);
}

TEST_F(ServerTest, KnowsItsNamespacesByTheirExactNames) {
  EXPECT_EQ(&sockets.find("/")->handler(), &root);
  EXPECT_EQ(&sockets.find("/admin")->handler(), &admin);
  for (auto nsp : {"", "admin", "/Admin", "/admin/", "/admi"})
    EXPECT_EQ(sockets.find(nsp), nullptr) << nsp;
}

} // namespace
} // namespace stentor::io
