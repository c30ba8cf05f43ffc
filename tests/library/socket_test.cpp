#include "base/log.hpp"
#include "library_test.hpp"

#include <spdlog/sinks/ostream_sink.h>

#include <sstream>
#include <thread>

namespace stentor {
namespace {

using namespace std::chrono_literals;
using testing::StartsWith;

struct SocketTest : LibraryTest {
  mailbox<socket> sockets;

  /// A client whose socket is prepared by `prepare`.
  peer member_with(std::function<void(socket&)> prepare) {
    io->root().on_connection([this, prepare](socket client) {
      answer_fences(client);
      prepare(client);
      sockets.put(client);
    });
    io->listen();
    return member();
  }
  std::string noted(const event_args& args) { return json(args).dump(); }
};

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

TEST_F(SocketTest, OnAnyHearsEverythingFirst) {
  auto client = member_with([this](socket& s) {
    s.on("a", [this] { log.put("a"); });
    s.on_any([this](const json& event, const event_args& args, const ack& reply) {
      log.put("any " + (event.is_string() ? event.get<std::string>() : event.dump()) + noted(args) + (reply ? "?" : ""));
    });
  });
  for (auto packet : {R"(42["a",1])", R"(42["b",{"x":2}])", R"(427["c"])", R"(42[8,9])"})
    client.say(packet);
  for (auto want : {"any a[1]", "a", R"(any b[{"x":2}])", "any c[]?", "any 8[9]"})
    EXPECT_EQ(log.take(), want);
}

TEST_F(SocketTest, WhatHearsEverythingRemembersWhatItIs) {
  auto client = member_with([this](socket& s) {
    s.on_any([this, n = 0](const json&, const event_args&, const ack&) mutable { log.put("in " + std::to_string(++n)); });
    s.on_any_outgoing([this, n = 0](const std::string&, const event_args&) mutable { log.put("out " + std::to_string(++n)); });
  });
  client.say(R"(42["a"])", R"(42["a"])");
  for (auto want : {"in 1", "in 2"})
    EXPECT_EQ(log.take(), want);
  auto s = sockets.take();
  s.emit("a");
  s.emit("a");
  for (auto want : {"out 1", "out 2"})
    EXPECT_EQ(log.take(), want);
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

TEST_F(SocketTest, WhatIsAskedForAtItsEndIsAnswered) {
  auto client = member_with([this](socket& s) {
    s.on_disconnect([this, s](const std::string&) {
      s.emit_with_ack("question", 10s, [this](const answer& got) { log.put(got.error); });
      s.everyone().fetch_sockets([this](const auto& all) { log.put("found " + std::to_string(all.size())); });
      s.everyone().emit_with_ack("question", [this](const answers& all) { log.put("answers " + std::to_string(all.args.size())); });
    });
  });
  auto other = member();
  client.say("41");
  EXPECT_EQ(other.hear(), R"(420["question"])");
  other.say(R"(430["answer"])");
  EXPECT_THAT((texts{log.take(), log.take(), log.take()}),
              testing::UnorderedElementsAre("socket has been disconnected", "found 1", "answers 1"));
}

TEST_F(SocketTest, WhatIsAskedForAtTheEndOfTheServerIsAnswered) {
  auto client = member_with([this](socket& s) {
    s.on_disconnect([this, s](const std::string&) {
      s.emit_with_ack("question", 10s, [this](const answer& got) { log.put(got.error); });
      s.everyone().fetch_sockets([this](const auto& all) { log.put("found " + std::to_string(all.size())); });
      s.everyone().emit_with_ack("question", [this](const answers& all) { log.put("answers " + std::to_string(all.args.size())); });
    });
  });
  io->close();
  EXPECT_THAT((texts{log.take(), log.take(), log.take()}),
              testing::UnorderedElementsAre("socket has been disconnected", "found 0", "answers 0"));
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

TEST_F(SocketTest, OnAnyOutgoingHearsWhatItIsSent) {
  auto client = member_with([this](socket& s) {
    s.on_any_outgoing([this](const std::string& event, const event_args& args) { log.put(event + noted(args)); });
    s.emit("from its handler", 1);
  });
  sockets.take().emit("from elsewhere", 2);
  EXPECT_EQ(log.take(), "from its handler[1]");
  EXPECT_EQ(log.take(), "from elsewhere[2]");
  EXPECT_EQ(client.hear(), R"(42["from its handler",1])");
}

TEST_F(SocketTest, OnAnyOutgoingHearsAlsoWhatItIsSentWithOthers) {
  auto client = member_with([this](socket& s) {
    s.on_any_outgoing([this](const std::string& event, const event_args& args) { log.put(event + noted(args)); });
    s.join("room");
  });
  auto s = sockets.take();
  auto ignore = [](const auto&) {};
  s.emit_volatile("volatile", 1);
  s.emit_with_ack("asked", 10s, ignore, 2);
  io->root().emit("to all", 3);
  io->root().to("room").to(s.id()).volatile_().emit("to its room, once", 4);
  io->root().to("room").emit_with_ack("all asked", ignore, 5);
  io->root().to("elsewhere").emit("nothing");
  io->root().except("room").emit("nothing");
  io->of("/other").emit("nothing");
  s.broadcast().emit("nothing");
  io->root().emit("the end");
  for (auto want : {"volatile[1]", "asked[2]", "to all[3]", "to its room, once[4]", "all asked[5]", "the end[]"})
    EXPECT_EQ(log.take(), want);
}

TEST_F(SocketTest, WhoHasGoneOrWasNeverLetInOverhearsNothing) {
  io->of("/other").use([this](const socket& s, const next& go_on) {
    s.on_any_outgoing([this](const std::string& event, const event_args&) { log.put("guest " + event); });
    go_on(refusal{"no"});
  });
  auto client = member_with([this](socket& s) {
    s.on_any_outgoing([this](const std::string& event, const event_args&) { log.put(event); });
    s.on_disconnect([this](const std::string& why) { log.put(why); });
  });
  client.say("40/other,");
  EXPECT_EQ(client.hear(), R"(44/other,{"message":"no"})");
  client.say("41");
  EXPECT_EQ(log.take(), "client namespace disconnect");
  io->root().emit("news");
  io->of("/other").emit("news");
  client.enter();
  EXPECT_EQ(fence(client), at_fence);
  io->root().emit("the end");
  EXPECT_EQ(log.take(), "the end");
}

TEST_F(SocketTest, WhatHearsEverythingMayBePutFirstAndEnded) {
  auto client = member_with([this](const socket& s) {
    auto in = [this](std::string who) { return [this, who](const json&, const event_args&, const ack&) { log.put(who); }; };
    auto out = [this](std::string who) { return [this, who](const std::string&, const event_args&) { log.put(who); }; };
    s.on_any(in("in 2")).prepend_any(in("in 1")).on_any_outgoing(out("out 2")).prepend_any_outgoing(out("out 1"));
    s.on("tell", [s] { s.emit("told"); });
    s.on("off", [s] { s.off_any().off_any_outgoing().everyone().emit("told"); });
    s.on("on", [s, out] {
      s.on_any_outgoing(out("out again"));
      s.everyone().emit("told");
    });
  });
  client.say(R"(42["tell"])");
  for (auto want : {"in 1", "in 2", "out 1", "out 2"})
    EXPECT_EQ(log.take(), want);
  client.say(R"(42["off"])");
  for (auto want : {"in 1", "in 2"})
    EXPECT_EQ(log.take(), want);
  client.say(R"(42["tell"])", R"(42["on"])");
  EXPECT_EQ(log.take(), "out again");
}

/// Hears what is logged while it lives.
class log_ear {
public:
  std::string take() {
    auto all = heard_.str();
    heard_.str({});
    return all;
  }
  log_ear() : before_(std::exchange(log::logger().sinks(), {std::make_shared<spdlog::sinks::ostream_sink_mt>(heard_)})) {
    log::logger().set_level(spdlog::level::warn);
    log::logger().set_pattern("%l %v");
  }
  log_ear(const log_ear&) = delete;
  log_ear& operator=(const log_ear&) = delete;
  ~log_ear() {
    log::logger().set_level(spdlog::level::off);
    log::logger().sinks() = before_;
  }

private:
  std::ostringstream heard_;
  std::vector<spdlog::sink_ptr> before_;
};

TEST_F(SocketTest, ArgumentsThatDoNotFitAreLoggedOnceForEachEvent) {
  auto client = member_with([](const socket& s) { s.on("typed", [](int) {}).on("typed too", [](int) {}); });
  auto ear = log_ear{};
  for (auto i = 0; i < 3; ++i)
    client.say(R"(42["typed","text"])", R"(42["typed too"])");
  EXPECT_EQ(fence(client), at_fence);
  auto line = [](std::string_view event) {
    return fmt::format("warning the arguments of an event \"{}\" do not fit its handler: [^\n]*\n", event);
  };
  EXPECT_THAT(ear.take(), testing::MatchesRegex(line("typed") + line("typed too")));
}

TEST_F(SocketTest, AHundredEventsAreLoggedAtMost) {
  constexpr auto events = 120;
  auto client = member_with([](const socket& s) {
    for (auto i = 0; i < events; ++i)
      s.on(std::to_string(i), [](int) {});
  });
  auto ear = log_ear{};
  for (auto i = 0; i < events; ++i)
    client.say("42[\"" + std::to_string(i) + "\"]");
  EXPECT_EQ(fence(client), at_fence);
  auto said = ear.take();
  EXPECT_EQ(std::ranges::count(said, '\n'), 100);
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

// -- its end ------------------------------------------------------------------------

TEST_F(SocketTest, KnowsWhyItHasGone) {
  auto client = member_with([this](socket& s) { s.on_disconnect([this](const std::string& why) { log.put(why); }); });
  client.say("41");
  EXPECT_EQ(log.take(), "client namespace disconnect");
  client.enter();
  client.hang_up();
  EXPECT_EQ(log.take(), "transport close");
  auto other = member();
  other.say("4x");
  EXPECT_EQ(log.take(), "forced close");
}

TEST_F(SocketTest, AHandlerOfItsEndMayRegisterAnother) {
  auto client = member_with([this](socket& s) {
    for (auto i = 0; i < 3; ++i)
      s.on_disconnect([this, s](const std::string&) mutable {
        for (auto n = 0; n < 100; ++n)
          s.on_disconnect([this](const std::string&) { log.put("too late"); });
        log.put("gone");
      });
  });
  client.say("41");
  for (auto i = 0; i < 3; ++i)
    EXPECT_EQ(log.take(), "gone");
  io->close();
  EXPECT_TRUE(log.empty());
}

TEST_F(SocketTest, MayBeEndedInEachOfTheWays) {
  auto client = member_with([this](socket& s) { s.on_disconnect([this](const std::string& why) { log.put(why); }); });
  sockets.take().disconnect();
  EXPECT_EQ(client.hear(), "41");
  EXPECT_EQ(log.take(), "server namespace disconnect");
  client.enter();
  sockets.take().disconnect(disconnect_from::connection);
  EXPECT_EQ(client.hear(), "41");
  EXPECT_EQ(log.take(), "server namespace disconnect");
  auto other = member();
  sockets.take().disconnect(disconnect_from::transport);
  EXPECT_EQ(other.hear(), "close");
  EXPECT_EQ(log.take(), "forced close");
}

TEST_F(SocketTest, AllOfAConnectionEndWithIt) {
  io->of("/other").on_connection([this](socket s) { s.on_disconnect([this](const std::string& why) { log.put("other " + why); }); });
  auto client = member_with([](socket&) {});
  client.enter("/other");
  sockets.take().disconnect(disconnect_from::connection);
  auto goodbyes = texts{client.hear(), client.hear()};
  EXPECT_THAT(goodbyes, testing::UnorderedElementsAre("41", "41/other,"));
  EXPECT_EQ(log.take(), "other server namespace disconnect");
}

TEST_F(SocketTest, WhenItHasGoneNothingHappens) {
  auto client = member_with([this](socket& s) { s.on_disconnect([this](const std::string&) { log.put("gone"); }); });
  auto s = sockets.take();
  EXPECT_TRUE(s.connected());
  client.say("41");
  EXPECT_EQ(log.take(), "gone");
  EXPECT_FALSE(s.connected());
  s.emit("news");
  s.emit_volatile("news");
  s.disconnect();
  s.disconnect(disconnect_from::transport);
  client.enter();
  EXPECT_EQ(fence(client), at_fence);
  EXPECT_EQ(s.nsp(), "/");
}

TEST_F(SocketTest, EventsBeforeItsEndAreHandledBeforeItsEnd) {
  auto closed = gate{};
  auto client = member_with([&](socket& s) {
    s.on("a", [&](int n) {
      closed.wait();
      log.put(std::to_string(n));
    });
    s.on_disconnect([this](const std::string&) { log.put("gone"); });
  });
  client.say(R"(42["a",1])", R"(42["a",2])");
  client.say("41");
  client.enter(); // read behind them
  closed.open();
  for (auto want : {"1", "2", "gone"})
    EXPECT_EQ(log.take(), want);
}

/// A client, and what it says while the first event is being handled.
struct EndedSocketTest : SocketTest {
  gate door;

  peer member_at_the_door(std::function<void(socket&)> at_the_door = [](auto&) {}) {
    io->of("/other");
    auto client = member_with([this, at_the_door](socket& s) {
      s.on("a", [this, s, at_the_door]() mutable {
        log.put("a");
        door.wait();
        at_the_door(s);
      });
      s.on("b", [this] { log.put("b"); });
      s.on_disconnect([this](const std::string& why) { log.put(why); });
    });
    client.say(R"(42["a"])", R"(42["b"])");
    EXPECT_EQ(log.take(), "a");
    client.enter("/other"); // read behind them
    return client;
  }
};

TEST_F(EndedSocketTest, WhatComesBehindItsDisconnectIsNotHandled) {
  auto client = member_at_the_door([this](socket& s) {
    s.disconnect();
    log.put(s.connected() ? "connected" : "disconnected");
  });
  door.open();
  EXPECT_EQ(client.hear(), "41");
  EXPECT_EQ(log.take(), "disconnected");
  EXPECT_EQ(log.take(), "server namespace disconnect");
}

TEST_F(EndedSocketTest, NorBehindTheDisconnectOfMany) {
  auto client = member_at_the_door();
  io->root().disconnect_sockets();
  EXPECT_EQ(client.hear(), "41");
  door.open();
  EXPECT_EQ(log.take(), "server namespace disconnect");
}

TEST_F(EndedSocketTest, NorBehindTheEndOfItsConnection) {
  auto client = member_at_the_door();
  io->of("/other").disconnect_sockets(disconnect_from::connection);
  EXPECT_THAT((texts{client.hear(), client.hear()}), testing::UnorderedElementsAre("41", "41/other,"));
  door.open();
  EXPECT_EQ(log.take(), "server namespace disconnect");
}

TEST_F(EndedSocketTest, NorBehindTheEndOfItsTransport) {
  auto client = member_at_the_door();
  io->root().disconnect_sockets(disconnect_from::transport);
  EXPECT_EQ(client.hear(), "close");
  door.open();
  EXPECT_EQ(log.take(), "forced close");
}

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
