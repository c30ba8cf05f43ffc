// Whom a namespace tells and asks.

#include "nsp_test.hpp"

#include <gmock/gmock.h>

namespace stentor::io {
namespace {

using testing::UnorderedElementsAre;

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
    auto& client = packed();
    EXPECT_EQ(client.hear().size(), 1u);
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
  auto what = std::make_shared<const spoken>("file", std::vector<json>{bytes("ab"), 1});
  place().tell({.rooms = {"lobby"}}, what);
  settle();
  EXPECT_EQ(what->times, 2) << "encoded once in each form";
  for (auto* client : plain)
    EXPECT_EQ(client->hear(), (texts{R"(451-["file",{"_placeholder":true,"num":0},1])", "ab"}));
  for (auto* client : packed) {
    auto heard = unpacked(*client);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0].dump(), R"({"type":2,"data":["file",{"bytes":[97,98],"subtype":null},1],"nsp":"/"})");
  }
}

TEST_F(MixedTest, EachIsAnsweredInItsForm) {
  root.on_event = [](socket& who, const std::string&, ack_id ack) { who.acknowledge(*ack, std::vector<json>{"yes"}); };
  auto& client = packed_member();
  client.say_binary(socketio::msgpack::event_packet("/", "question", std::vector<json>{1}, 7));
  auto heard = unpacked(client);
  EXPECT_EQ(root.log, texts{"question [1] 7"});
  EXPECT_EQ(heard.at(0).dump(), R"({"id":7,"type":3,"data":["yes"],"nsp":"/"})");
}

TEST_F(MixedTest, BothAreAskedUnderOneId) {
  auto plain = somebody({"lobby"});
  auto& other = packed_member();
  texts answers;
  auto asked = place().ask({}, {"question", {}}, long_enough, [&](const auto& got) { answers.push_back(got->front().dump()); });
  EXPECT_EQ(asked, 2u);
  settle();
  EXPECT_EQ(plain.link->hear(), texts{R"(420["question"])"});
  EXPECT_EQ(unpacked(other).at(0).dump(), R"({"type":2,"data":["question"],"id":0,"nsp":"/"})");
  say(*plain.link, R"(430["plain"])");
  other.say_binary(socketio::msgpack::ack_packet("/", 0, std::vector<json>{"packed"}));
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

} // namespace
} // namespace stentor::io
