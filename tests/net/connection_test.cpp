#include "echo_server.hpp"

namespace stentor {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using std::chrono::steady_clock;
using websocket::frame;
using websocket::text;

/// Settings under which nothing ends by itself while a test waits.
void unhurried(settings& s) {
  s.network.close_timeout_ms = 600'000;
}

struct connection_over_a_websocket : testing::Test {
  echo_server server{unhurried};
  raw_client client = server.websocket();

  /// What the client hears behind those bytes, up to the end of the stream.
  std::vector<std::string> heard(std::string_view bytes) {
    client.send(bytes);
    std::vector<std::string> lines;
    do
      lines.push_back(client.hear());
    while (lines.back() != "end");
    return lines;
  }
};

// -- messages -----------------------------------------------------------------

TEST_F(connection_over_a_websocket, HandsOnTextAndBinaryMessages) {
  EXPECT_EQ(client.answer_to("4hello"), "text 4hello");
  client.send(frame(0x82, "\x00\xff"s));
  EXPECT_EQ(client.hear(), "binary \x00\xff"s);
  EXPECT_EQ(client.answer_to("4"), "text 4");
}

TEST_F(connection_over_a_websocket, HandsOnMessagesOfEverySize) {
  for (size_t size : {1u, 124u, 125u, 126u, 127u, 65'534u, 65'535u, 65'536u, 65'537u, 300'000u, 999'999u}) {
    client.say("4" + std::string(size, 'x'));
    EXPECT_TRUE(client.hear() == "text 4" + std::string(size, 'x')) << size;
  }
}

TEST_F(connection_over_a_websocket, HandsOnAMessageHoweverItIsCut) {
  // The pong shows that the server has read the first piece.
  const auto message = text("4" + std::string(200, 'x'));
  for (size_t cut = 0; cut <= message.size(); ++cut) {
    client.send(websocket::ping("cut") + message.substr(0, cut));
    ASSERT_EQ(client.hear(), "pong cut");
    if (cut < message.size())
      client.send(message.substr(cut));
    ASSERT_EQ(client.hear(), "text 4" + std::string(200, 'x')) << cut;
  }
}

TEST_F(connection_over_a_websocket, PutsFragmentsTogether) {
  client.send(websocket::first_part("4one") + websocket::ping("between") + websocket::last_part(", two"));
  EXPECT_EQ(client.hear(), "pong between");
  EXPECT_EQ(client.hear(), "text 4one, two");
}

TEST_F(connection_over_a_websocket, AnswersInOrder) {
  std::string bytes;
  for (auto i = 0; i < 1000; ++i)
    bytes += text(fmt::format("4{}", i));
  client.send(bytes);
  for (auto i = 0; i < 1000; ++i)
    ASSERT_EQ(client.hear(), fmt::format("text 4{}", i));
}

TEST_F(connection_over_a_websocket, APingIsAnsweredWithItsBytes) {
  for (const auto& payload : {""s, "are you there"s, "\x00\xff\xfe"s, std::string(125, '\xfe')}) {
    client.send(websocket::ping(payload));
    EXPECT_EQ(client.hear(), "pong " + payload);
  }
}

TEST_F(connection_over_a_websocket, APongIsIgnored) {
  client.send(frame(0x8a, "unasked"));
  EXPECT_EQ(client.answer_to("4hello"), "text 4hello");
}

TEST_F(connection_over_a_websocket, PacketsThatMeanNothingHereAreIgnored) {
  for (auto packet : {"0", "0{\"sid\":\"mine\"}", "5", "6", "3", "3probe"})
    client.say(packet);
  EXPECT_EQ(client.answer_to("4hello"), "text 4hello");
}

TEST_F(connection_over_a_websocket, IsWritableWhileNothingIsLeftOfAnEarlierTick) {
  std::string found;
  server.on_thread([&](auto& app) { found = app.writable_around("hello"); });
  EXPECT_EQ(found, "yes, yes");
  EXPECT_EQ(client.hear(), "text 4hello");
}

// -- what ends it -------------------------------------------------------------

TEST_F(connection_over_a_websocket, AnUnknownPacketEndsItWithACloseFrameWithoutACode) {
  for (auto packet : {"", "7", "x", "-1", " 4", "\xc3\xa9"}) {
    EXPECT_EQ(client.answer_to(packet), "close") << packet;
    EXPECT_EQ(server.log.next_close(), "parse error") << packet;
    client = server.websocket();
  }
}

TEST_F(connection_over_a_websocket, AHeartbeatInTheWrongDirectionEndsIt) {
  for (auto packet : {"2", "2probe"}) {
    EXPECT_EQ(client.answer_to(packet), "close");
    EXPECT_EQ(server.log.next_close(), "transport error");
    client = server.websocket();
  }
}

TEST_F(connection_over_a_websocket, AnEngineIoCloseEndsIt) {
  client.say("1");
  client.read_to_end();
  EXPECT_EQ(server.log.next_close(), "transport close");
}

TEST_F(connection_over_a_websocket, WhatBreaksTheRulesOfWebsocketsEndsItWithTheirCode) {
  const auto big = websocket::header(websocket::opcode::text, 1'000'001);
  struct {
    const char* what;
    std::string wire;
    std::string heard;
  } rows[] = {
    {"a message that is not UTF-8", text("4\xff"), "close 1007"},
    {"a surrogate", text("4\xed\xa0\x80"), "close 1007"},
    {"no mask", "\x81\x02"s + "4x", "close 1002"},
    {"RSV1, as compression sets it", frame(0xc1, "4x"), "close 1002"},
    {"RSV2", frame(0xa1, "4x"), "close 1002"},
    {"a reserved opcode", frame(0x83, "4x"), "close 1002"},
    {"a continuation of nothing", websocket::last_part("4x"), "close 1002"},
    {"a ping of 126 bytes", websocket::ping(std::string(126, 'x')), "close 1002"},
    {"a ping in fragments", frame(0x09, "x"), "close 1002"},
    {"a close frame of one byte", frame(0x88, "x"), "close 1002"},
    {"a close code that may not be sent", websocket::closing(1005), "close 1002"},
    {"a close reason that is not UTF-8", websocket::closing(1000, "\xff"), "close 1007"},
    {"a length of 2^63", "\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00"s + "mask", "close 1002"},
    {"a length of 2^63 - 1", "\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff"s + "mask", "close 1009"},
    {"a length of 2^38", "\x82\xff\x00\x00\x00\x40\x00\x00\x00\x00"s + "mask", "close 1009"},
    {"one byte too many", "\x81\xff\x00\x00\x00\x00\x00\x0f\x42\x41"s + "mask", "close 1009"},
    {"one byte too many in fragments", websocket::first_part(std::string(600'000, 'x')) + frame(0x80, std::string(400'001, 'x')),
     "close 1009"},
    {"too many fragments", websocket::first_part("4") + websocket::times(16'384, websocket::next_part("")), "close 1008"},
  };
  for (const auto& row : rows) {
    client.try_send(row.wire);
    EXPECT_EQ(client.hear(), row.heard) << row.what;
    EXPECT_EQ(server.log.next_close(), "transport error") << row.what;
    client = server.websocket();
  }
  EXPECT_EQ(server.echo("alive"), "text 4alive");
}

TEST_F(connection_over_a_websocket, AnErrorIsTheLastThingHeard) {
  // The peer need not answer the close frame: the stream cannot be read any more.
  EXPECT_EQ(heard(text("4before") + "\x81\x02"s + "4x" + text("4behind")), (std::vector<std::string>{"text 4before", "close 1002", "end"}));
}

TEST_F(connection_over_a_websocket, AMessageOfTheLargestSizeIsFine) {
  client.say("4" + std::string(999'999, 'x'));
  EXPECT_TRUE(client.hear() == "text 4" + std::string(999'999, 'x'));
}

TEST_F(connection_over_a_websocket, ThePeersCloseIsAnsweredAndEndsTheStream) {
  for (const auto& goodbye : {frame(0x88), websocket::closing(1000), websocket::closing(1001, "going away"), websocket::closing(4999)}) {
    EXPECT_EQ(heard(text("4last words") + goodbye + text("4ghost")), (std::vector<std::string>{"text 4last words", "close", "end"}));
    EXPECT_EQ(server.log.next_close(), "transport close");
    client = server.websocket();
  }
}

TEST_F(connection_over_a_websocket, AHangUpIsATransportClose) {
  client.hang_up();
  EXPECT_EQ(server.log.next_close(), "transport close");
}

TEST_F(connection_over_a_websocket, AHangUpInTheMiddleOfAMessageIsATransportClose) {
  client.send(text("4half").substr(0, 7));
  client.hang_up();
  EXPECT_EQ(server.log.next_close(), "transport close");
  EXPECT_TRUE(server.log.await_handlers(0));
}

TEST_F(connection_over_a_websocket, AResetIsATransportError) {
  client.reset();
  EXPECT_EQ(server.log.next_close(), "transport error");
}

// -- closing it ---------------------------------------------------------------

TEST_F(connection_over_a_websocket, WhatWasSentBeforeAGoodbyeArrivesBeforeItAndNothingBehindIt) {
  client.send(text("4one") + text("4two") + text("4close") + text("4three"));
  EXPECT_EQ(client.hear(), "text 4one");
  EXPECT_EQ(client.hear(), "text 4two");
  EXPECT_EQ(client.hear(), "close");
  EXPECT_EQ(server.log.next_close(), "forced close");
  server.on_thread([](auto& app) { app.tell_all("ghost"); });
  EXPECT_EQ(heard(text("4four") + frame(0x88)), std::vector<std::string>{"end"});
}

TEST_F(connection_over_a_websocket, AnAnsweredGoodbyeEndsTheStreamAtOnce) {
  EXPECT_EQ(client.answer_to("4close"), "close");
  client.send(frame(0x88));
  EXPECT_TRUE(client.at_end());
  EXPECT_TRUE(server.log.await_handlers(0));
}

TEST_F(connection_over_a_websocket, AHangUpInsteadOfAnAnswerEndsItToo) {
  EXPECT_EQ(client.answer_to("4close"), "close");
  client.hang_up();
  EXPECT_TRUE(server.log.await_handlers(0));
}

TEST_F(connection_over_a_websocket, PingsAreNotAnsweredBehindAGoodbye) {
  EXPECT_EQ(client.answer_to("4close"), "close");
  EXPECT_EQ(heard(websocket::ping("still there?") + frame(0x88)), std::vector<std::string>{"end"});
}

TEST_F(connection_over_a_websocket, MayBeDroppedWithoutAGoodbye) {
  EXPECT_EQ(heard(text("4end")), std::vector<std::string>{"end"});
  EXPECT_EQ(server.log.next_close(), "forced close");
}

// -- time ---------------------------------------------------------------------

/// Bounds for what has no upper bound on a busy machine.
constexpr auto late = 3s;

TEST(ConnectionTime, APeerThatDoesNotAnswerTheGoodbyeIsDroppedAtItsTimeout) {
  echo_server server{[](settings& s) { s.network.close_timeout_ms = 100; }};
  auto before = open_descriptors();
  for (const auto& last_words : {text("4close"), "\x81\x02"s + "4x", text("7")}) {
    auto client = server.websocket();
    auto start = steady_clock::now();
    client.send(last_words);
    EXPECT_TRUE(client.hear().starts_with("close"));
    client.try_send(text("4I do not answer goodbyes"));
    EXPECT_TRUE(client.at_end());
    EXPECT_LT(steady_clock::now() - start, late);
    EXPECT_TRUE(server.log.await_handlers(0));
    EXPECT_EQ(open_descriptors(), before + 1) << "that of the client";
  }
}

TEST(ConnectionTime, APeerThatDoesNotAnswerTheGoodbyeHasItsTimeout) {
  echo_server server{[](settings& s) { s.network.close_timeout_ms = 100; }};
  auto client = server.websocket();
  auto start = steady_clock::now();
  EXPECT_EQ(client.answer_to("4close"), "close");
  EXPECT_TRUE(client.at_end());
  EXPECT_GE(steady_clock::now() - start, 100ms);
}

TEST(ConnectionTime, APeerThatSaysGoodbyeAndKeepsTcpOpenIsFreed) {
  echo_server server{unhurried};
  auto before = open_descriptors();
  auto client = server.websocket();
  client.send(websocket::closing(1000));
  EXPECT_EQ(client.hear(), "close");
  EXPECT_TRUE(client.at_end());
  EXPECT_TRUE(server.log.await_handlers(0));
  EXPECT_EQ(open_descriptors(), before + 1) << "that of the client";
}

struct connection_with_a_heartbeat : testing::Test {
  echo_server server{with_quick_pings};
};

TEST_F(connection_with_a_heartbeat, APeerThatDoesNotAnswerIsClosedAfterIntervalAndTimeout) {
  auto client = server.client();
  auto start = steady_clock::now();
  client.open();
  EXPECT_EQ(client.hear(), "text 2");
  EXPECT_GE(steady_clock::now() - start, 50ms);
  EXPECT_EQ(client.hear(), "close");
  EXPECT_GE(steady_clock::now() - start, 100ms);
  EXPECT_LT(steady_clock::now() - start, late);
  EXPECT_EQ(server.log.next_close(), "ping timeout");
}

TEST_F(connection_with_a_heartbeat, APeerThatAnswersStays) {
  auto client = server.client();
  auto start = steady_clock::now();
  client.open();
  for (auto i = 1; i <= 5; ++i) {
    ASSERT_EQ(client.hear(), "text 2");
    ASSERT_GE(steady_clock::now() - start, i * 50ms);
    client.say("3");
  }
  EXPECT_EQ(client.answer_to("4still here"), "text 4still here");
}

TEST_F(connection_with_a_heartbeat, OtherPacketsAreNoAnswer) {
  auto client = server.websocket();
  EXPECT_EQ(client.hear(), "text 2");
  std::string last;
  while (last != "close" && last != "end") {
    client.try_send(text("4busy"));
    last = client.hear();
    ASSERT_TRUE(last == "text 4busy" || last == "close") << last;
  }
  EXPECT_EQ(server.log.next_close(), "ping timeout");
}

TEST(ConnectionTime, APeerThatJoinsNothingIsClosed) {
  echo_server server{[](settings& s) { s.socketio.connect_timeout_ms = 50; }};
  auto client = server.client();
  auto start = steady_clock::now();
  client.open();
  EXPECT_EQ(client.answer_to("4busy"), "text 4busy");
  EXPECT_EQ(client.hear(), "close");
  EXPECT_GE(steady_clock::now() - start, 50ms);
  EXPECT_LT(steady_clock::now() - start, late);
  EXPECT_EQ(server.log.next_close(), "forced close");
}

TEST(ConnectionTime, APeerThatHasJoinedStays) {
  echo_server server{[](settings& s) {
    s.socketio.connect_timeout_ms = 100;
    s.socketio.ping_interval_ms = 200;
  }};
  auto client = server.client();
  client.send(upgrade_request() + text("4keep"));
  EXPECT_EQ(client.read_answer().status, 101u);
  client.hear();
  EXPECT_EQ(client.hear(), "text 2") << "the ping comes behind the timeout";
}

} // namespace
} // namespace stentor
