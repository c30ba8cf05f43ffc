#include "io_test.hpp"

#include "protocol/msgpack.hpp"
#include "protocol/socketio_msgpack.hpp"

#include <gmock/gmock.h>

namespace stentor::io {
namespace {

using testing::MatchesRegex;
using testing::StartsWith;
using testing::UnorderedElementsAre;

constexpr auto long_enough = std::chrono::hours{1};
const texts news = {R"(42["news"])"};
const texts silence = {};

struct NspTest : IoTest {
  struct member_of {
    wire* link;
    socket* who;
  };

  nsp& place() { return *sockets.find("/"); }
  member_of somebody(std::vector<room_key> rooms = {}) {
    auto& link = member();
    for (const auto& room : rooms)
      root.newest()->enter(room);
    return {&link, root.newest().get()};
  }
  void tell(const audience& whom) {
    place().tell(whom, std::make_shared<const spoken>("news"));
    settle();
  }
  void pass(std::chrono::milliseconds time) { net.timers().advance(std::chrono::steady_clock::now() + time); }
};

// -- who is meant -----------------------------------------------------------------

TEST_F(NspTest, NobodyInParticularMeansEveryoneOfTheNamespace) {
  auto ada = somebody({"lobby"}), ben = somebody();
  auto& elsewhere = greeted();
  say(elsewhere, "40/admin,");
  tell({});
  EXPECT_EQ(ada.link->hear(), news);
  EXPECT_EQ(ben.link->hear(), news);
  EXPECT_EQ(elsewhere.hear(), silence);
}

TEST_F(NspTest, WhoIsInSeveralOfTheRoomsHearsItOnce) {
  auto both = somebody({"lobby", "attic"}), one = somebody({"attic"}), none = somebody({"cellar"});
  tell({.rooms = {"lobby", "attic", "nowhere", "lobby"}});
  EXPECT_EQ(both.link->hear(), news);
  EXPECT_EQ(one.link->hear(), news);
  EXPECT_EQ(none.link->hear(), silence);
}

TEST_F(NspTest, EvenIfOthersOfOtherRoomsComeBetween) {
  auto ada = somebody({"lobby", "cellar"}), ben = somebody({"attic", "cellar", "lobby"});
  place().tell({.rooms = {"lobby", "attic", "cellar"}},
               std::vector<broadcast_ptr>{std::make_shared<const spoken>("one"), std::make_shared<const spoken>("two")});
  settle();
  EXPECT_EQ(ada.link->hear(), (texts{R"(42["one"])", R"(42["two"])"}));
  EXPECT_EQ(ben.link->hear(), (texts{R"(42["one"])", R"(42["two"])"}));
}

TEST_F(NspTest, TheIdOfASocketIsARoom) {
  auto ada = somebody({"lobby"}), ben = somebody();
  tell({.rooms = {ada.who->id()}});
  EXPECT_EQ(ada.link->hear(), news);
  EXPECT_EQ(ben.link->hear(), silence);
  tell({.rooms = {ada.who->id(), "lobby"}});
  EXPECT_EQ(ada.link->hear(), news) << "once, though it is meant twice";
  tell({.except = {ada.who->id()}});
  EXPECT_EQ(ada.link->hear(), silence);
  EXPECT_EQ(ben.link->hear(), news);
}

TEST_F(NspTest, WhoeverIsInARoomThatIsExceptedIsNotMeant) {
  auto ada = somebody({"lobby"}), ben = somebody({"lobby", "muted"}), eve = somebody({"muted"});
  tell({.rooms = {"lobby"}, .except = {"nowhere", "muted"}});
  EXPECT_EQ(ada.link->hear(), news);
  EXPECT_EQ(ben.link->hear(), silence);
  EXPECT_EQ(eve.link->hear(), silence);
  tell({.except = {"muted"}});
  EXPECT_EQ(ada.link->hear(), news);
  EXPECT_EQ(ben.link->hear(), silence);
}

TEST_F(NspTest, AConnectionMayBeExcepted) {
  auto ada = somebody({"lobby"}), ben = somebody({"lobby"});
  tell({.rooms = {"lobby"}, .except_connection = ada.who->origin()});
  EXPECT_EQ(ada.link->hear(), silence);
  EXPECT_EQ(ben.link->hear(), news);
  tell({.except_connection = ben.who->origin()});
  EXPECT_EQ(ada.link->hear(), news);
  EXPECT_EQ(ben.link->hear(), silence);
}

TEST_F(NspTest, NobodyMeantNothingIsSaid) {
  somebody({"lobby"});
  auto what = std::make_shared<const spoken>("news");
  place().tell({.rooms = {"nowhere"}}, what);
  place().tell({.rooms = {"lobby"}, .except = {"lobby"}}, what);
  place().tell({.rooms = {""}}, what);
  EXPECT_EQ(what->times, 0);
}

TEST_F(NspTest, WhoIsSlowMissesWhatIsDroppable) {
  auto slow = somebody({"lobby"}), fast = somebody({"lobby"});
  slow.who->emit("much", std::vector<json>{std::string(900'000, 'x')}); // more than a socket takes in
  settle();
  ASSERT_FALSE(slow.who->writable());
  tell({.rooms = {"lobby"}, .how = lane::volatile_});
  EXPECT_EQ(fast.link->hear(), news);
  tell({.rooms = {"lobby"}});
  EXPECT_EQ(fast.link->hear(), news);
  for (auto rest = 0; rest < 100 && !slow.who->writable(); ++rest) {
    slow.link->read();
    settle();
  }
  auto heard = slow.link->hear();
  ASSERT_EQ(heard.size(), 2u) << "the one that was kept, and not the other";
  EXPECT_EQ(heard[1], news[0]);
}

// -- the same for many --------------------------------------------------------------

struct MixedTest : NspTest {
  wire& packed_member() {
    auto& client = greeted();
    client.say_binary(socketio::msgpack::connect_packet("/", json::object()));
    EXPECT_EQ(hear(client).size(), 1u);
    root.newest()->enter("lobby");
    return client;
  }
};

TEST_F(MixedTest, ClientsOfBothParsersHearOneRoomEachInItsForm) {
  std::vector<wire*> plain, packed;
  for (auto i = 0; i < 3; ++i) {
    plain.push_back(somebody({"lobby"}).link);
    packed.push_back(&packed_member());
  }
  auto what = std::make_shared<const spoken>("file", std::vector<json>{json::binary({'a', 'b'}), 1});
  place().tell({.rooms = {"lobby"}}, what);
  settle();
  EXPECT_EQ(what->times, 2) << "encoded once in each form";
  for (auto* client : plain)
    EXPECT_EQ(client->hear(), (texts{R"(451-["file",{"_placeholder":true,"num":0},1])", "ab"}));
  for (auto* client : packed) {
    auto heard = client->hear();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(parse_msgpack(heard[0])->dump(), R"({"type":2,"data":["file",{"bytes":[97,98],"subtype":null},1],"nsp":"/"})");
  }
}

TEST_F(MixedTest, EachIsAnsweredInItsForm) {
  root.on_event = [](socket& who, const std::string&, ack_id ack) { who.acknowledge(*ack, std::vector<json>{"yes"}); };
  auto& client = packed_member();
  client.say_binary(socketio::msgpack::event_packet("/", "question", std::vector<json>{1}, 7));
  settle();
  EXPECT_EQ(root.log, texts{"question [1] 7"});
  EXPECT_EQ(parse_msgpack(client.hear().at(0))->dump(), R"({"id":7,"type":3,"data":["yes"],"nsp":"/"})");
}

TEST_F(MixedTest, BothAreAskedUnderOneId) {
  auto plain = somebody({"lobby"});
  auto& packed = packed_member();
  texts answers;
  auto asked = place().ask({}, {"question", {}}, long_enough, [&](const auto& got) { answers.push_back(got->front().dump()); });
  EXPECT_EQ(asked, 2u);
  settle();
  EXPECT_EQ(plain.link->hear(), texts{R"(420["question"])"});
  EXPECT_EQ(parse_msgpack(packed.hear().at(0))->dump(), R"({"type":2,"data":["question"],"id":0,"nsp":"/"})");
  say(*plain.link, R"(430["plain"])");
  packed.say_binary(socketio::msgpack::ack_packet("/", 0, std::vector<json>{"packed"}));
  settle();
  EXPECT_EQ(answers, (texts{R"("plain")", R"("packed")"}));
}

// -- asking many --------------------------------------------------------------------

struct AskTest : NspTest {
  texts answers;
  size_t ask(const audience& whom, std::chrono::milliseconds timeout = long_enough) {
    auto asked = place().ask(whom, {"question", {"why?"}}, timeout, [this](const auto& got) {
      answers.push_back(got ? json(json::array_t(got->begin(), got->end())).dump() : got.error().detail);
    });
    settle();
    return asked;
  }
};

TEST_F(AskTest, EachOfThemAnswersOnce) {
  auto ada = somebody({"lobby", "attic"}), ben = somebody({"lobby"}), eve = somebody();
  EXPECT_EQ(ask({.rooms = {"lobby", "attic"}}), 2u);
  EXPECT_EQ(ada.link->hear(), texts{R"(420["question","why?"])"});
  EXPECT_EQ(ben.link->hear(), texts{R"(420["question","why?"])"});
  EXPECT_EQ(eve.link->hear(), silence);
  say(*ben.link, R"(430["because"])", R"(430["again"])");
  say(*eve.link, R"(430["unasked"])");
  say(*ada.link, "430[]");
  EXPECT_EQ(answers, (texts{R"(["because"])", "[]"}));
}

TEST_F(AskTest, WhoDoesNotAnswerInTimeHasNot) {
  auto ada = somebody(), ben = somebody();
  ask({}, std::chrono::seconds{1});
  say(*ada.link, R"(430["yes"])");
  pass(std::chrono::seconds{30});
  pass(std::chrono::seconds{60});
  say(*ben.link, R"(430["late"])");
  EXPECT_EQ(answers, (texts{R"(["yes"])", "operation has timed out"}));
}

TEST_F(AskTest, WhoGoesDoesNotAnswer) {
  auto ada = somebody(), ben = somebody();
  ask({});
  ada.link->hang_up();
  say(*ben.link, "41");
  EXPECT_EQ(answers, (texts{"socket has been disconnected", "socket has been disconnected"}));
  pass(2 * long_enough);
  EXPECT_EQ(answers.size(), 2u);
}

TEST_F(AskTest, OfNobodyNothingIsAsked) {
  somebody();
  EXPECT_EQ(ask({.rooms = {"nowhere"}}), 0u);
  EXPECT_EQ(answers, silence);
}

TEST_F(AskTest, QuestionsAreNumberedThroughTheNamespace) {
  auto ada = somebody(), ben = somebody();
  ask({});
  ada.who->emit_with_ack("own", {}, long_enough, [](auto&&) {});
  ask({.rooms = {ben.who->id()}});
  EXPECT_EQ(ada.link->hear(), (texts{R"(420["question","why?"])", R"(421["own"])"}));
  EXPECT_EQ(ben.link->hear(), (texts{R"(420["question","why?"])", R"(422["question","why?"])"}));
}

// -- each of them -------------------------------------------------------------------

TEST_F(NspTest, EachIsMetOnce) {
  auto ada = somebody({"lobby", "attic"}), ben = somebody({"attic"});
  somebody({"cellar"});
  std::vector<socket*> met;
  place().each({.rooms = {"lobby", "attic", ada.who->id()}}, [&](socket& who) { met.push_back(&who); });
  EXPECT_THAT(met, UnorderedElementsAre(ada.who, ben.who));
  met.clear();
  place().each({.except = {"lobby"}}, [&](socket& who) { met.push_back(&who); });
  EXPECT_EQ(met.size(), 2u);
}

TEST_F(NspTest, TheyMayAllLeaveMeanwhile) {
  auto ada = somebody({"lobby"}), ben = somebody({"lobby"});
  place().each({}, [&](socket& who) {
    auto everyone = std::vector<std::shared_ptr<socket>>{root.guest(0), root.guest(1)};
    for (const auto& one : everyone)
      if (one)
        one->disconnect();
    EXPECT_FALSE(who.connected());
  });
  settle();
  EXPECT_EQ(ada.link->hear(), texts{"41"});
  EXPECT_EQ(ben.link->hear(), texts{"41"});
  EXPECT_EQ(place().size(), 0u);
  EXPECT_EQ(place().rooms().size(), 0u);
}

// -- namespaces on demand -------------------------------------------------------------

struct DynamicTest : NspTest {
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

// -- pause ----------------------------------------------------------------------------

struct PauseTest : NspTest {
  wire& in_both() {
    auto& client = member();
    say(client, "40/admin,");
    return client;
  }
};

TEST_F(PauseTest, AConnectionIsReadWhenNoneOfItsSocketsIsPaused) {
  auto& client = in_both();
  root.guest()->pause();
  root.guest()->pause();
  admin.guest()->pause();
  say(client, R"(42["one"])", R"(42/admin,["two"])");
  EXPECT_EQ(root.log, silence);
  root.guest()->resume();
  root.guest()->resume();
  settle();
  EXPECT_EQ(root.log, silence) << "twice is once, for both";
  admin.guest()->resume();
  settle();
  EXPECT_EQ(root.log, texts{"one []"});
  EXPECT_EQ(admin.log, texts{"two []"});
}

TEST_F(PauseTest, APausedSocketThatLeavesHoldsNobodyUp) {
  auto& client = in_both();
  root.guest()->pause();
  say(client, R"(42/admin,["hello"])");
  EXPECT_EQ(admin.log, silence);
  root.guest()->disconnect();
  settle();
  EXPECT_EQ(admin.log, texts{"hello []"});
}

TEST_F(PauseTest, NothingIsReadBehindTheEventThatPaused) {
  root.on_event = [](socket& who, const std::string&, ack_id) { who.pause(); };
  auto& client = member();
  say(client, R"(42["one"])", R"(42["two"])");
  EXPECT_EQ(root.log, texts{"one []"});
  root.guest()->resume();
  settle();
  EXPECT_EQ(root.log, (texts{"one []", "two []"}));
}

TEST_F(PauseTest, AClientIsNotToBlameForAPongThatIsNotRead) {
  config.socketio.ping_interval_ms = 10'000;
  config.socketio.ping_timeout_ms = 10'000;
  auto& client = member();
  root.guest()->pause();
  pass(std::chrono::seconds{15});
  EXPECT_EQ(hear(client), texts{"2"});
  client.say("3");
  for (auto i = 0; i < 5; ++i)
    pass(std::chrono::seconds{30 + 20 * i});
  EXPECT_EQ(hear(client), silence);
  root.guest()->resume();
  EXPECT_EQ(say(client, R"(42["hello"])"), silence);
  EXPECT_EQ(root.log, texts{"hello []"});
  pass(std::chrono::seconds{200});
  EXPECT_EQ(hear(client), texts{"2"}) << "it goes on";
  pass(std::chrono::seconds{300});
  EXPECT_EQ(hear(client), texts{"(close)"}) << "and ends who does not answer";
}

TEST_F(PauseTest, APausedOneIsStillTold) {
  auto& client = member();
  root.guest()->pause();
  tell({});
  EXPECT_EQ(client.hear(), news);
}

// -- clients of version 2 ---------------------------------------------------------------

struct OldClientTest : NspTest {};

TEST_F(OldClientTest, IsInTheMainNamespaceWithoutAsking) {
  auto& client = open_old("&token=abc");
  auto heard = client.hear();
  ASSERT_EQ(heard.size(), 2u);
  auto sid = json::parse(heard[0].substr(1)).at("sid").get<std::string>();
  EXPECT_EQ(heard[1], "40");
  EXPECT_EQ(root.guest()->id(), sid);
  EXPECT_EQ(root.auths.at(0).dump(), R"({"EIO":"3","transport":"websocket","token":"abc"})");
  say(client, R"(42["hello",1])");
  EXPECT_EQ(root.log, texts{"hello [1]"});
  tell({});
  EXPECT_EQ(client.hear(), news);
}

TEST_F(OldClientTest, MayBeRefusedThere) {
  root.lets_in = false;
  auto& client = open_old();
  EXPECT_EQ(client.hear().size(), 1u);
  root.guest()->refuse("not you", json{{"code", 1}});
  EXPECT_EQ(hear(client), texts{R"(44{"code":1})"});
}

TEST_F(OldClientTest, SaysWhoItIsBehindTheNameOfANamespace) {
  auto& client = open_old();
  client.hear();
  EXPECT_EQ(say(client, "40/admin?token=abc&x=1,"), texts{"40/admin,"});
  EXPECT_EQ(admin.auths.at(0).dump(), R"({"token":"abc","x":"1"})");
  EXPECT_EQ(admin.guest()->id(), "/admin#" + root.guest()->id());
  say(client, R"(42/admin,["hello"])");
  EXPECT_EQ(admin.log, texts{"hello []"});
  admin.guest()->emit("news", {});
  EXPECT_EQ(hear(client), texts{R"(42/admin,["news"])"});
  EXPECT_EQ(say(client, "41/admin?token=abc"), silence);
  EXPECT_EQ(admin.log.back(), "gone: client namespace disconnect");
}

TEST_F(OldClientTest, IsToldTheMessageOfARefusalOrItsData) {
  admin.lets_in = false;
  auto& client = open_old();
  client.hear();
  say(client, "40/admin");
  admin.guest(0)->refuse("not you");
  EXPECT_EQ(say(client, "40/admin"), texts{R"(44/admin,"not you")"});
  admin.guest(1)->refuse("not you", json{{"code", 7}});
  EXPECT_EQ(hear(client), texts{R"(44/admin,{"code":7})"});
  EXPECT_EQ(say(client, "40/nowhere"), texts{R"(44/nowhere,{"message":"Invalid namespace"})"});
}

TEST_F(OldClientTest, AQueryIsPartOfTheNameForOthers) {
  EXPECT_EQ(say(greeted(), "40/admin?token=abc,"), texts{R"(44/admin?token=abc,{"message":"Invalid namespace"})"});
}

TEST_F(OldClientTest, HasItsAnswersAndItsAttachments) {
  root.on_event = [](socket& who, const std::string&, ack_id ack) { who.acknowledge(*ack, std::vector<json>{json::binary({'c'})}); };
  auto& client = open_old();
  client.hear();
  say(client, R"(451-7["upload",{"_placeholder":true,"num":0}])");
  client.say_binary("\x04"
                    "ab");
  settle();
  EXPECT_EQ(root.log, texts{R"(upload [{"bytes":[97,98],"subtype":null}] 7)"});
  EXPECT_EQ(client.hear(), (texts{R"(461-7[{"_placeholder":true,"num":0}])", "\x04"
                                                                             "c"}));
}

TEST_F(OldClientTest, WhoTakesTextOnlyHearsAttachmentsOnceToo) {
  auto text_only = http_request{};
  text_only.query = "b64=1";
  std::pair<wire*, std::string> clients[] = {
    {&open_old("&b64=1"), "b4YWI="}, {&open_old("&b64=1"), "b4YWI="}, {&greeted(text_only), "bYWI="}, {&greeted(), "ab"}};
  say(*clients[2].first, "40"), say(*clients[3].first, "40");
  for (size_t i = 0; i < std::size(clients); ++i) {
    clients[i].first->hear();
    root.guest(i)->enter("lobby");
    root.guest(i)->enter("attic");
  }
  place().tell({.rooms = {"lobby", "attic"}}, std::make_shared<const spoken>("file", std::vector<json>{json::binary({'a', 'b'})}));
  settle();
  for (const auto& [client, attachment] : clients)
    EXPECT_EQ(client->hear(), (texts{R"(451-["file",{"_placeholder":true,"num":0}])", attachment}));
}

} // namespace
} // namespace stentor::io
