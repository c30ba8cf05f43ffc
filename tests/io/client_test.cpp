#include "io_test.hpp"

#include <fmt/format.h>

namespace stentor::io {
namespace {

using ClientTest = IoTest;

const texts closed = {"(close)"};

TEST_F(ClientTest, AConnectIsAnsweredWithTheSocketsId) {
  auto& client = greeted();
  auto answer = say(client, "40");
  ASSERT_EQ(answer.size(), 1u);
  EXPECT_EQ(answer[0], R"(40{"sid":")" + root.guest()->id() + R"("})");
  EXPECT_EQ(root.guest()->id().size(), 20u);
  EXPECT_TRUE(root.guest()->connected());
  EXPECT_TRUE(root.auths[0].is_null());
}

TEST_F(ClientTest, TheNamespaceSeesWhatTheConnectCarries) {
  auto& client = greeted();
  say(client, R"(40{"token":"t","z":1,"a":2})");
  EXPECT_EQ(root.auths.at(0).dump(), R"({"token":"t","z":1,"a":2})");
}

TEST_F(ClientTest, AConnectionHasASocketInEachNamespaceThatItJoins) {
  auto& client = greeted();
  auto answer = say(client, "40", R"(40/admin,{"a":1})");
  ASSERT_EQ(answer.size(), 2u);
  EXPECT_EQ(answer[1], R"(40/admin,{"sid":")" + admin.guest()->id() + R"("})");
  EXPECT_NE(admin.guest()->id(), root.guest()->id());
  say(client, R"(42["to root"])", R"(42/admin,["to admin"])");
  EXPECT_EQ(root.log, texts{"to root []"});
  EXPECT_EQ(admin.log, texts{"to admin []"});
}

TEST_F(ClientTest, AnUnknownNamespaceIsRefusedAndTheConnectionStays) {
  auto& client = greeted();
  EXPECT_EQ(say(client, "40/nowhere"), texts{R"(44/nowhere,{"message":"Invalid namespace"})"});
  EXPECT_EQ(say(client, "40/admin?x=1,"), texts{R"(44/admin?x=1,{"message":"Invalid namespace"})"});
  EXPECT_EQ(say(client, "40").size(), 1u);
  EXPECT_TRUE(root.guest()->connected());
}

TEST_F(ClientTest, ARefusalCarriesItsReasonAndDataAndMayBeTriedAgain) {
  root.lets_in = false;
  auto& client = greeted();
  EXPECT_EQ(say(client, "40"), texts{});
  root.guest()->refuse("not you", json{{"code", "forbidden"}});
  EXPECT_EQ(hear(client), texts{R"(44{"message":"not you","data":{"code":"forbidden"}})"});
  EXPECT_EQ(root.guest(), nullptr) << "a refused guest is held by nobody";

  say(client, "40");
  root.guest(1)->refuse("still not you");
  EXPECT_EQ(hear(client), texts{R"(44{"message":"still not you"})"});

  root.lets_in = true;
  EXPECT_TRUE(say(client, "40").at(0).starts_with(R"(40{"sid":")"));
}

TEST_F(ClientTest, WhatComesBeforeItsConnectClosesTheConnection) {
  for (auto packet : {R"(42["hello"])", R"(421["hello"])", "431[]", "41", "42"})
    EXPECT_EQ(say(greeted(), packet), closed) << packet;
  EXPECT_EQ(say(member(), R"(42/admin,["hello"])"), closed) << "joined is another namespace";
  EXPECT_EQ(root.log, texts{"gone: forced close"});
}

TEST_F(ClientTest, WhatComesBeforeTheNamespaceConsentsClosesTheConnection) {
  root.lets_in = false;
  auto& client = greeted();
  EXPECT_EQ(say(client, "40", R"(42["hello"])"), closed);
  EXPECT_TRUE(root.log.empty());
  EXPECT_EQ(root.guest(), nullptr) << "whoever decides finds nobody there";
}

TEST_F(ClientTest, ASecondConnectClosesTheConnection) {
  EXPECT_EQ(say(member(), "40"), closed);
  EXPECT_EQ(root.log, texts{"gone: forced close"});
  root.lets_in = false;
  EXPECT_EQ(say(greeted(), "40", "40"), closed) << "while the first one waits for consent, too";
}

TEST_F(ClientTest, EventsReachTheirSocketWithAllTheirArguments) {
  auto& client = member();
  say(client, R"(42["hello"])", R"(42["say",1,{"z":[true,null],"a":"é"},"x"])", R"(427["ask","what"])");
  EXPECT_EQ(root.log, (texts{"hello []", R"(say [1,{"z":[true,null],"a":"é"},"x"])", R"(ask ["what"] 7)"}));
}

TEST_F(ClientTest, EventsWithoutANameAreIgnored) {
  auto& client = member();
  EXPECT_EQ(say(client, "42", R"(42["hello"])"), texts{});
  EXPECT_EQ(root.log, texts{"hello []"});
}

TEST_F(ClientTest, ANumberMayNameAnEvent) {
  say(member(), R"(42[7,"what"])");
  EXPECT_EQ(root.log, texts{R"(7 ["what"])"});
}

TEST_F(ClientTest, AnAcknowledgementGoesBackUnderItsNumber) {
  root.on_event = admin.on_event = [](socket& who, const std::string&, ack_id ack) {
    if (ack)
      who.acknowledge(*ack, std::vector<json>{{{"ok", true}}, 1});
  };
  auto& client = member();
  say(client, "40/admin,");
  EXPECT_EQ(say(client, R"(420["a"])", R"(42["b"])", R"(42999999999999999["c"])", R"(42/admin,5["d"])"),
            (texts{R"(430[{"ok":true},1])", R"(43999999999999999[{"ok":true},1])", R"(43/admin,5[{"ok":true},1])"}));
}

TEST_F(ClientTest, AnEmitIsAnEventOfTheSocketsNamespace) {
  auto& client = member();
  say(client, "40/admin,");
  root.guest()->emit("news", std::vector<json>{{{"a", 1}}, "b"});
  admin.guest()->emit("news", {});
  EXPECT_EQ(hear(client), (texts{R"(42["news",{"a":1},"b"])", R"(42/admin,["news"])"}));
}

TEST_F(ClientTest, AnAcknowledgementThatNobodyAskedForIsIgnored) {
  auto& client = member();
  EXPECT_EQ(say(client, "431[1]", "43[]", R"(42["hello"])"), texts{});
  EXPECT_EQ(root.log, texts{"hello []"});
}

TEST_F(ClientTest, ADisconnectLeavesTheNamespaceAndKeepsTheConnection) {
  auto& client = member();
  say(client, "40/admin,");
  auto first = root.guest()->id();
  EXPECT_EQ(say(client, "41"), texts{}) << "no goodbye is sent back";
  EXPECT_EQ(root.log, texts{"gone: client namespace disconnect"});
  EXPECT_EQ(root.guest(), nullptr);

  say(client, R"(42/admin,["still here"])");
  EXPECT_EQ(admin.log, texts{"still here []"});
  EXPECT_EQ(say(client, "40").size(), 1u) << "it may come back";
  EXPECT_NE(root.guest(1)->id(), first);
  say(client, R"(42["again"])");
  EXPECT_EQ(root.log.back(), "again []");
}

TEST_F(ClientTest, WhatComesBehindADisconnectClosesTheConnection) {
  EXPECT_EQ(say(member(), "41", R"(42["hello"])"), closed);
  EXPECT_EQ(root.log, texts{"gone: client namespace disconnect"});
}

TEST_F(ClientTest, TheServerMayTakeASocketOutOfItsNamespace) {
  auto& client = member();
  root.guest()->disconnect();
  EXPECT_EQ(hear(client), texts{"41"});
  EXPECT_EQ(root.log, texts{"gone: server namespace disconnect"});
  EXPECT_EQ(root.guest(), nullptr);
  EXPECT_EQ(say(client, "40").size(), 1u);
}

TEST_F(ClientTest, ASocketMayLeaveInAnswerToAnEvent) {
  root.on_event = [](socket& who, const std::string& event, ack_id) {
    who.disconnect();
    EXPECT_EQ(event, "kick me") << "what the handler was given is still there";
    EXPECT_FALSE(who.connected());
  };
  auto& client = member();
  EXPECT_EQ(say(client, R"(42["kick me"])"), texts{"41"});
  EXPECT_EQ(root.log, (texts{"kick me []", "gone: server namespace disconnect"}));
}

TEST_F(ClientTest, AConnectionMayBeClosedInAnswerToAnEvent) {
  root.on_event = [](socket& who, const std::string& event, ack_id) {
    who.link().close(close_reason::forced_close);
    EXPECT_EQ(event, "hang up");
    EXPECT_FALSE(who.connected());
  };
  auto& client = member();
  EXPECT_EQ(say(client, R"(42["hang up"])", R"(42["more"])"), closed);
  EXPECT_EQ(root.log, (texts{"hang up []", "gone: forced close"}));
}

TEST_F(ClientTest, APacketThatCannotBeReadClosesTheConnection) {
  for (auto packet : {"4", "47", "4x", "42[", "42{}", "42[]", R"(42["connect"])", R"(42[null])", "40[]", "40x", R"(41{})", "43{}",
                      R"(45-["b"])", R"(4511-["b"])", R"(44{"message":"x"})"})
    EXPECT_EQ(say(member(), packet), closed) << packet;
  for (const auto& line : root.log)
    EXPECT_EQ(line, "gone: forced close");
}

TEST_F(ClientTest, APacketBeyondTheLimitsOfJsonClosesTheConnection) {
  config.limits.json_depth_max = 4; // read by servers that are made from here on
  auto strict = server{net};
  struct floor final : application {
    explicit floor(server& s) : sockets(s) {}
    std::unique_ptr<connection_handler> on_open(connection& client) override { return sockets.open(client); }
    void on_request(http_request, http_reply) override {}
    void on_deliver(const deliver&) override {}
    server& sockets;
  } top{strict};
  strict.serve("/", root);
  net.serve(top, {&net});
  auto& client = member();
  EXPECT_EQ(say(client, R"(42["deep",[[[1]]]])"), texts{});
  EXPECT_EQ(say(client, R"(42["deep",[[[[1]]]]])"), closed);
  EXPECT_EQ(root.log, (texts{"deep [[[[1]]]]", "gone: forced close"}));
  net.serve(*this, {&net});
}

TEST_F(ClientTest, ABinaryFrameClosesTheConnection) {
  auto& client = member();
  EXPECT_EQ(say_binary(client, "\x01\x02"), closed);
  EXPECT_EQ(root.log, texts{"gone: forced close"});
}

TEST_F(ClientTest, EverySocketIsToldOnceWhenItsConnectionEnds) {
  auto& client = member();
  say(client, "40/admin,");
  hang_up(client);
  EXPECT_EQ(root.log, texts{"gone: transport close"});
  EXPECT_EQ(admin.log, texts{"gone: transport close"});
  EXPECT_EQ(root.guest(), nullptr);
}

TEST_F(ClientTest, WhatOneSocketsEndThrowsSparesTheOthers) {
  root.throws_at_the_end = true;
  auto& client = member();
  say(client, "40/admin,");
  client.hang_up();
  settle();
  EXPECT_EQ(admin.log, texts{"gone: transport close"});
  EXPECT_EQ(sockets.find("/")->size(), 0u);
  EXPECT_EQ(sockets.find("/admin")->size(), 0u);
}

TEST_F(ClientTest, WhatIsThrownInsteadOfAnAcknowledgementLeavesNobodyBehind) {
  auto& client = member();
  root.guest()->enter("lobby");
  root.guest()->emit_with_ack("question", {}, std::chrono::hours{1}, [](const auto&) { throw std::runtime_error("as asked"); });
  client.hang_up();
  settle();
  EXPECT_EQ(sockets.find("/")->size(), 0u);
  EXPECT_EQ(sockets.find("/")->rooms().size(), 0u);
}

TEST_F(ClientTest, AConnectionHasNotAnyNumberOfNamespaces) {
  scripted_namespace parent;
  sockets.serve([](const std::string& name, const json&) { return name.starts_with("/room-"); }, parent);
  auto& client = greeted();
  for (auto i = 0; i < 64; ++i)
    ASSERT_TRUE(say(client, fmt::format("40/room-{},", i)).at(0).starts_with("40/room-"));
  EXPECT_EQ(say(client, "40/room-64,"), texts{R"(44/room-64,{"message":"Too many namespaces"})"});
  EXPECT_EQ(sockets.find("/room-64"), nullptr);
  say(client, "41/room-0,");
  EXPECT_TRUE(say(client, "40/room-64,").at(0).starts_with("40/room-64,"));
  client.hang_up();
  settle();
}

TEST_F(ClientTest, AGuestWhoHangsUpBeforeTheNamespaceConsentsIsForgotten) {
  root.lets_in = false;
  auto& client = greeted();
  say(client, "40");
  EXPECT_NE(root.guest(), nullptr);
  hang_up(client);
  EXPECT_EQ(root.guest(), nullptr);
  EXPECT_TRUE(root.log.empty()) << "who never came does not go";
}

} // namespace
} // namespace stentor::io
