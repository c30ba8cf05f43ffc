#include "socket_test.hpp"

namespace stentor {
namespace {

using namespace std::chrono_literals;

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

} // namespace
} // namespace stentor
