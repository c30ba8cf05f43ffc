#include "socket_test.hpp"

#include <thread>

namespace stentor {
namespace {

using namespace std::chrono_literals;

// -- in -------------------------------------------------------------------------

TEST_F(SocketTest, EventsThatComeWithTheConnectMeetTheHandlersOfTheConnection) {
  io->root().on_connection([this](socket client) { client.on("hello", [this](std::string name) { log.put("hello " + name); }); });
  io->listen();
  for (auto i = 0; i < 20; ++i) {
    auto client = connect();
    client.say("40", R"(42["hello","ada"])");
    EXPECT_EQ(log.take(), "hello ada");
  }
}

TEST_F(SocketTest, AHandlerIsCalledForEachOfItsEventsInOrder) {
  auto client = member_with([this](socket& s) {
    s.on("a", [this](int n) { log.put("a" + std::to_string(n)); });
    s.on("b", [this](int n) { log.put("b" + std::to_string(n)); });
    s.on("a", [this](int) { log.put("second"); });
  });
  for (auto packet : {R"(42["a",1])", R"(42["b",2])", R"(42["c",3])", R"(42["a",4])"})
    client.say(packet);
  for (auto want : {"a1", "second", "b2", "a4", "second"})
    EXPECT_EQ(log.take(), want);
  EXPECT_EQ(fence(client), at_fence);
  EXPECT_TRUE(log.empty());
}

TEST_F(SocketTest, OnceIsOnce) {
  auto client = member_with([this](socket& s) {
    s.once("a", [this](int n) { log.put("once " + std::to_string(n)); });
    s.on("a", [this](int n) { log.put("always " + std::to_string(n)); });
  });
  client.say(R"(42["a",1])", R"(42["a",2])");
  for (auto want : {"once 1", "always 1", "always 2"})
    EXPECT_EQ(log.take(), want);
}

TEST_F(SocketTest, OffEndsAllThatListenToThatEvent) {
  auto client = member_with([this](socket& s) {
    s.on("a", [this] { log.put("a"); }).on("a", [this] { log.put("a"); }).on("b", [this] { log.put("b"); });
    s.on("stop", [s] { s.off("a").off("never heard of"); });
  });
  client.say(R"(42["stop"])", R"(42["a"])");
  client.say(R"(42["b"])");
  EXPECT_EQ(log.take(), "b");
}

TEST_F(SocketTest, AHandlerMayReplaceItself) {
  auto client = member_with([this](socket& s) {
    s.on("a", [this, s] {
      log.put("first");
      s.off("a");
      s.on("a", [this] { log.put("second"); });
    });
  });
  client.say(R"(42["a"])", R"(42["a"])");
  EXPECT_EQ(log.take(), "first");
  EXPECT_EQ(log.take(), "second");
}

TEST_F(SocketTest, AConstHandleDoesWhatAnyDoes) {
  auto client = member_with([this](const socket& s) {
    s.on("move", [this, s](const std::string& room) {
      s.join(room);
      s.join({room + "'", "c"});
      s.leave("c");
      s.set_data(room);
      s.on("later", [this, s] { log.put(s.data().get<std::string>() + " " + std::to_string(s.rooms().size())); });
      s.off("move");
    });
    s.once("once", [this] { log.put("once"); });
  });
  client.say(R"(42["move","a"])", R"(42["move","b"])");
  client.say(R"(42["later"])", R"(42["once"])");
  EXPECT_EQ(log.take(), "a 3");
  EXPECT_EQ(log.take(), "once");
}

TEST_F(SocketTest, WhatIsPostedRunsAmongItsHandlers) {
  auto door = gate{};
  auto client = member_with([&](const socket& s) {
    s.on("look up", [&, s] {
      std::thread{[this, s] {
        s.post([this, s] {
          s.join("found");
          s.set_data("Ada");
          log.put("posted");
        });
        log.put("asked");
      }}.join();
      door.wait();
      log.put("handled");
    });
    s.on("tell", [this, s] { log.put(s.data().get<std::string>() + " " + s.rooms().back()); });
  });
  client.say(R"(42["look up"])");
  EXPECT_EQ(log.take(), "asked");
  client.say(R"(42["tell"])");
  door.open();
  for (auto want : {"handled", "posted", "Ada found"})
    EXPECT_EQ(log.take(), want);
}

TEST_F(SocketTest, WhatDoesNotFitAHandlerIsHandedToTheOthers) {
  auto client = member_with([this](socket& s) {
    s.on("a", [this](int) { log.put("number"); });
    s.on("a", [this](std::string) { log.put("text"); });
    s.on_any([this](const json&, const event_args&, const ack&) { log.put("any"); });
  });
  client.say(R"(42["a","x"])");
  EXPECT_EQ(log.take(), "any");
  EXPECT_EQ(log.take(), "text");
  EXPECT_EQ(fence(client), at_fence);
}

TEST_F(SocketTest, OneThatThrowsKeepsTheOthersFromNothing) {
  auto client = member_with([this](socket& s) {
    s.on_any([](const json&, const event_args&, const ack&) { throw std::runtime_error("a fault"); });
    s.on_any([this](const json&, const event_args&, const ack&) { log.put("any"); });
    s.on("a", [] { throw std::runtime_error("a fault"); });
    s.on("a", [this] { log.put("a"); });
    s.on_any_outgoing([](const std::string&, const event_args&) { throw std::runtime_error("a fault"); });
    s.on_any_outgoing([this](const std::string& event, const event_args&) { log.put(event); });
  });
  client.say(R"(42["a"])");
  EXPECT_EQ(log.take(), "any");
  EXPECT_EQ(log.take(), "a");
  sockets.take().emit("news");
  EXPECT_EQ(log.take(), "news");
}

TEST_F(SocketTest, BytesComeInAndGoOut) {
  auto client = member_with([](socket& s) { s.on("flip", [s](binary what) { s.emit("flipped", binary{{what.at(1), what.at(0)}}, 1); }); });
  client.say(R"(451-["flip",{"_placeholder":true,"num":0}])");
  client.say_binary("ab");
  EXPECT_EQ(client.hear(), R"(451-["flipped",{"_placeholder":true,"num":0},1])");
  EXPECT_EQ(client.hear(), "binary ba");
}

// -- acknowledgements -------------------------------------------------------------

TEST_F(SocketTest, AnAckAnswersOnceFromAnyThread) {
  auto acks = mailbox<ack>{};
  auto client = member_with([&](socket& s) { s.on("ask", [&](const ack& reply) { acks.put(reply); }); });
  client.say(R"(421["ask"])", R"(422["ask"])");
  auto first = acks.take(), second = acks.take();
  std::thread{[&] { second("two", json{{"n", 2}}); }}.join();
  second("again");
  first();
  first.values({1, 2});
  EXPECT_EQ(client.hear(), R"(432["two",{"n":2}])");
  EXPECT_EQ(client.hear(), "431[]");
  EXPECT_EQ(fence(client), at_fence) << "what is said again goes nowhere";
}

TEST_F(SocketTest, AnAckOfSomebodyWhoHasGoneGoesNowhere) {
  auto acks = mailbox<ack>{};
  auto client = member_with([&](socket& s) {
    s.on("ask", [&](const ack& reply) { acks.put(reply); });
    s.on_disconnect([this](const std::string& why) { log.put(why); });
  });
  client.say(R"(421["ask"])");
  auto reply = acks.take();
  client.say("41");
  EXPECT_EQ(log.take(), "client namespace disconnect");
  reply("too late");
  client.enter();
  EXPECT_EQ(fence(client), at_fence);
}

TEST_F(SocketTest, AClientsAnswerComesBack) {
  auto client = member_with([](socket&) {});
  auto s = sockets.take();
  s.emit_with_ack(
    "question", 10s, [this](const answer& got) { log.put(got ? noted(got.args) : got.error); }, "why?", 7);
  EXPECT_EQ(client.hear(), R"(420["question","why?",7])");
  client.say(R"(430["because",{"x":1}])");
  EXPECT_EQ(log.take(), R"(["because",{"x":1}])");
}

TEST_F(SocketTest, OneThatDoesNotComeInTimeDoesNotCome) {
  auto client = member_with([](socket&) {});
  auto s = sockets.take();
  s.emit_with_ack("question", 1ms, [this](const answer& got) { log.put(got.error); });
  EXPECT_EQ(log.take(), "operation has timed out");
  EXPECT_EQ(client.hear(), R"(420["question"])");
  client.say(R"(430["late"])");
  EXPECT_EQ(fence(client), at_fence);
  EXPECT_TRUE(log.empty());
}

TEST_F(SocketTest, OneMayBeWaitedForWithoutEnd) {
  auto client = member_with([](socket&) {});
  auto s = sockets.take();
  auto note = [this](const answer& got) { log.put(got ? noted(got.args) : got.error); };
  s.emit_with_ack("question", std::chrono::milliseconds::max(), note);
  s.emit_with_ack("question", std::chrono::milliseconds::min(), note);
  EXPECT_EQ(client.hear(), R"(420["question"])");
  EXPECT_EQ(client.hear(), R"(421["question"])");
  EXPECT_EQ(log.take(), "operation has timed out");
  client.say(R"(430["because"])");
  EXPECT_EQ(log.take(), R"(["because"])");
}

TEST_F(SocketTest, OneThatWentDoesNotEither) {
  auto client = member_with([](socket&) {});
  auto s = sockets.take();
  auto note = [this](const answer& got) { log.put(got.error); };
  s.emit_with_ack("question", 10s, note);
  EXPECT_EQ(client.hear(), R"(420["question"])");
  client.say("41");
  EXPECT_EQ(log.take(), "socket has been disconnected");
}

TEST_F(SocketTest, OneThatHadGoneBeforeIsNotAsked) {
  auto client = member_with([this](socket& s) { s.on_disconnect([this](const std::string&) { log.put("gone"); }); });
  auto s = sockets.take();
  client.say("41");
  EXPECT_EQ(log.take(), "gone");
  s.emit_with_ack("question", 10s, [this](const answer& got) { log.put(got.error); });
  EXPECT_EQ(log.take(), "socket has been disconnected");
}

// -- out --------------------------------------------------------------------------

TEST_F(SocketTest, EmitsArriveInTheirOrder) {
  auto client = member_with([](socket&) {});
  auto s = sockets.take();
  for (auto i = 0; i < 100; ++i)
    s.emit("n", i, "x", json{{"b", 1}, {"a", nullptr}}, 1.5, true);
  for (auto i = 0; i < 100; ++i)
    EXPECT_EQ(client.hear(), R"(42["n",)" + std::to_string(i) + R"(,"x",{"b":1,"a":null},1.5,true])");
}

TEST_F(SocketTest, NamesThatSocketIoReservesAreRefused) {
  auto client = member_with([](socket&) {});
  auto s = sockets.take();
  for (auto name : {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}) {
    EXPECT_THROW(s.emit(name), std::invalid_argument) << name;
    EXPECT_THROW(s.emit_volatile(name), std::invalid_argument) << name;
    EXPECT_THROW(s.emit_with_ack(name, 1s, [](auto&) {}), std::invalid_argument) << name;
    EXPECT_THROW(io->root().emit(name), std::invalid_argument) << name;
    EXPECT_THROW(s.on(name, [] {}), std::invalid_argument) << name;
    EXPECT_THROW(s.once(name, [] {}), std::invalid_argument) << name;
    EXPECT_THROW(s.to("room").emit_with_ack(name, [](auto&) {}), std::invalid_argument) << name;
    EXPECT_THROW(io->root().server_side_emit(name), std::invalid_argument) << name;
  }
  EXPECT_EQ(fence(client), at_fence);
}

TEST_F(SocketTest, MoreBinaryValuesThanClientsTakeAreRefused) {
  auto client = member_with([](socket&) {});
  auto s = sockets.take();
  auto many = std::vector<json>(11, json::binary({1}));
  EXPECT_THROW(s.emit_values("file", many), std::invalid_argument);
  EXPECT_THROW(s.emit("file", json{{"deep", many}}), std::invalid_argument);
  EXPECT_THROW(io->root().all().emit_values("file", many), std::invalid_argument);
}

TEST_F(SocketTest, AnAckWithMoreBinaryValuesThanClientsTakeIsRefusedWhereItIsSaid) {
  auto client = member_with([this](socket& s) {
    s.on("ask", [this](const ack& reply) {
      try {
        reply.values(std::vector<json>(11, json::binary({1})));
      } catch (const std::invalid_argument&) {
        log.put("refused");
        reply("something else");
      }
    });
  });
  client.say(R"(421["ask"])");
  EXPECT_EQ(client.hear(), R"(431["something else"])");
  EXPECT_EQ(log.take(), "refused");
}

TEST_F(SocketTest, RefusesNamesThatClientsDoNotTake) {
  auto client = member_with([](socket&) {});
  auto s = sockets.take();
  for (auto name : {"connect", "disconnect", "newListener", "\xff"})
    EXPECT_THROW(s.emit(name), std::invalid_argument) << name;
}

TEST_F(SocketTest, VolatileEventsReachWhoeverListens) {
  auto client = member_with([](socket&) {});
  sockets.take().emit_volatile("now", 1);
  EXPECT_EQ(client.hear(), R"(42["now",1])");
}

// -- what it is -----------------------------------------------------------------------

TEST_F(SocketTest, HasAnIdANameAndTheHandshakeOfItsConnect) {
  auto client = member_with([](socket&) {});
  auto s = sockets.take();
  EXPECT_EQ(s.id(), client.id());
  EXPECT_EQ(s.nsp(), "/");
  EXPECT_FALSE(s.recovered());
  EXPECT_EQ(s.rooms(), texts{client.id()});
  EXPECT_TRUE(s.data().is_null());
  EXPECT_EQ(s.handshake().query.at("transport"), "websocket");
  EXPECT_TRUE(s.handshake().auth.is_null());
  EXPECT_EQ(s, socket{s});
}

} // namespace
} // namespace stentor
