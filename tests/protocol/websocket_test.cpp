#include "protocol/websocket.hpp"

#include "protocol/websocket_peer.hpp"

#include <gtest/gtest.h>

#include <random>
#include <utility>

namespace stentor::websocket {
namespace {

using namespace std::string_literals;

/// Checks that the stream says the same however it is cut.
void expect_heard(std::string_view wire, const heard& lines) {
  EXPECT_EQ(read(wire), lines) << "in one piece";
  EXPECT_EQ(read(wire, [] { return 1u; }), lines) << "byte by byte";
  for (size_t seed : {1, 2, 3}) {
    std::minstd_rand dice{seed};
    EXPECT_EQ(read(wire, [&] { return 1 + dice() % (20 * seed); }), lines) << "in random pieces, seed " << seed;
  }
  for (size_t cut = 1; cut < (wire.size() < 1000 ? wire.size() : 20); ++cut) {
    bool first = true;
    EXPECT_EQ(read(wire, [&] { return std::exchange(first, false) ? cut : wire.size(); }), lines) << "cut at " << cut;
  }
}

struct row {
  const char* what; ///< with the number of the Autobahn suite's case where there is one
  std::string wire;
  heard lines;
};

void expect_all(const std::vector<row>& rows) {
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    expect_heard(row.wire, row.lines);
  }
}

TEST(WebsocketReader, HandsOnMessagesOfEverySize) {
  for (size_t size : {0, 1, 7, 8, 9, 124, 125, 126, 127, 128, 1000, 65535, 65536, 65537}) {
    SCOPED_TRACE(size);
    std::string payload(size, '*'), blob(size, '\xfe');
    auto tail = ping("still in step");
    expect_heard(text(payload) + tail, {"text " + payload, "ping still in step"});
    expect_heard(frame(0x82, blob) + tail, {"binary " + blob, "ping still in step"});
  }
}

TEST(WebsocketReader, HandsOnEveryByteValueUnmasked) {
  std::string blob;
  for (int i = 0; i < 256; ++i)
    blob += static_cast<char>(i);
  expect_heard(frame(0x82, blob), {"binary " + blob});
}

TEST(WebsocketReader, HearsPingsAndPongs) {
  const std::string full(125, '\xfe');
  expect_all({
    {"2.1 empty ping", ping(""), {"ping "}},
    {"2.2 ping with text", ping("Hello, world!"), {"ping Hello, world!"}},
    {"2.3 ping with bytes that are no text", ping("\x00\xff\xfe\xfd\xfc\xfb\x00\xff"s), {"ping \x00\xff\xfe\xfd\xfc\xfb\x00\xff"s}},
    {"2.4 ping of 125 bytes", ping(full), {"ping " + full}},
    {"2.5 ping of 126 bytes", ping(full + "x"), {"error 1002"}},
    {"2.7 unasked pong", frame(0x8a), {"pong "}},
    {"2.8 unasked pong with payload", frame(0x8a, "unasked"), {"pong unasked"}},
    {"2.9 unasked pong, then ping", frame(0x8a, "unasked") + ping("asked"), {"pong unasked", "ping asked"}},
    {"2.10 ten pings", times(10, ping("x")), heard(10, "ping x")},
  });
}

TEST(WebsocketReader, RefusesReservedBits) {
  expect_all({
    {"3.1 RSV3", frame(0x91, "x"), {"error 1002"}},
    {"3.2 RSV2 behind a good frame", text("good") + frame(0xa1, "x") + ping(""), {"text good", "error 1002"}},
    {"3.3 RSV2 and RSV3", text("good") + frame(0xb1, "x"), {"text good", "error 1002"}},
    {"3.4 RSV1, as compression would set it", frame(0xc1, "x"), {"error 1002"}},
    {"3.5 RSV1 on a binary frame", frame(0xd2, "x"), {"error 1002"}},
    {"3.6 RSV1 on a ping", frame(0xe9, "x"), {"error 1002"}},
    {"3.7 all on a close frame", frame(0xf8), {"error 1002"}},
  });
}

TEST(WebsocketReader, RefusesReservedOpcodes) {
  for (uint8_t opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    SCOPED_TRACE(int{opcode});
    expect_heard(text("good") + frame(0x80 | opcode) + ping(""), {"text good", "error 1002"});
    expect_heard(frame(0x80 | opcode, "with payload"), {"error 1002"});
  }
}

TEST(WebsocketReader, PutsFragmentsTogether) {
  auto ping_inside = first_part("fragment1") + ping("ping payload") + last_part("fragment2");
  auto many = first_part("1") + next_part("2") + ping("a") + next_part("3") + next_part("4") + ping("b") + last_part("5");
  expect_all({
    {"5.1 ping in fragments", frame(0x09, "fragment1") + last_part("fragment2"), {"error 1002"}},
    {"5.2 pong in fragments", frame(0x0a, "fragment1") + last_part("fragment2"), {"error 1002"}},
    {"close in fragments", frame(0x08) + last_part(""), {"error 1002"}},
    {"5.3 text in two", first_part("fragment1") + last_part("fragment2"), {"text fragment1fragment2"}},
    {"binary in two", frame(0x02, "\xff") + last_part("\xfe"), {"binary \xff\xfe"}},
    {"5.6 ping in between", ping_inside, {"ping ping payload", "text fragment1fragment2"}},
    {"5.9 continuation of nothing", last_part("x") + text("y"), {"error 1002"}},
    {"5.12 open continuation of nothing", next_part("x") + text("y"), {"error 1002"}},
    {"5.15 continuation behind the end", first_part("1") + last_part("2") + next_part("3") + text("4"), {"text 12", "error 1002"}},
    {"5.18 second text in the middle", first_part("1") + text("2"), {"error 1002"}},
    {"second open text in the middle", first_part("1") + first_part("2"), {"error 1002"}},
    {"binary in the middle of text", first_part("1") + frame(0x82, "2"), {"error 1002"}},
    {"5.19 five fragments, pings in between", many, {"ping a", "ping b", "text 12345"}},
    {"6.1.2 three empty fragments", first_part("") + next_part("") + last_part(""), {"text "}},
    {"6.1.3 one of three has content", first_part("") + next_part("middle") + last_part(""), {"text middle"}},
    {"all of it in the last fragment", first_part("") + next_part("") + last_part("last"), {"text last"}},
    {"two messages in a row", many + many, {"ping a", "ping b", "text 12345", "ping a", "ping b", "text 12345"}},
    {"unfinished", first_part("1") + next_part("2"), {}},
  });
}

TEST(WebsocketReader, TakesWellFormedUtf8) {
  for (const auto& good :
       {"\0"s, "\x7f"s, "Hello-µ@ßöäüàá-UTF-8!!"s, "κόσμε"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s, "\xee\x80\x80"s,
        "\xef\xbf\xbd"s, "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s, times(30, "\xf0\x9f\x98\x80")}) {
    SCOPED_TRACE(good);
    expect_heard(text(good), {"text " + good});
    for (size_t cut = 0; cut <= good.size(); ++cut) // 6.2.3, 6.2.4: a character may be split over fragments
      EXPECT_EQ(read(first_part(good.substr(0, cut)) + last_part(good.substr(cut))), heard{"text " + good}) << cut;
  }
}

TEST(WebsocketReader, RefusesMalformedUtf8) {
  const std::pair<const char*, std::string> rows[] = {
    {"6.3 surrogate in the middle", "κόσμε\xed\xa0\x80 edited"},
    {"6.6 unfinished: first byte of two", "κ\xce"},
    {"6.6 unfinished: two bytes of three", "\xe1\xbd"},
    {"6.10 unfinished: three bytes of four", "x\xf0\x9f\x98"},
    {"6.8 five bytes", "\xf8\x88\x80\x80\x80"},
    {"6.8 six bytes", "\xfc\x84\x80\x80\x80\x80"},
    {"6.12 unexpected continuation", "\x80"},
    {"6.12 unexpected continuation at the end", "good\xbf"},
    {"6.13 lonely start bytes", "\xc2 \xc3 \xe0 \xf0 "},
    {"6.15 unfinished ones in a row", "\xc2\xe0\x80\xf0\x80\x80"},
    {"6.16 impossible byte fe", "\xfe"},
    {"6.16 impossible byte ff", "\xff"},
    {"6.17 overlong slash in two", "\xc0\xaf"},
    {"6.17 overlong slash in three", "\xe0\x80\xaf"},
    {"6.17 overlong slash in four", "\xf0\x80\x80\xaf"},
    {"6.18 longest overlong of two", "\xc1\xbf"},
    {"6.18 longest overlong of three", "\xe0\x9f\xbf"},
    {"6.18 longest overlong of four", "\xf0\x8f\xbf\xbf"},
    {"6.19 overlong NUL", "\xc0\x80"},
    {"6.20 single surrogate", "\xed\xa0\x80"},
    {"6.20 last single surrogate", "\xed\xbf\xbf"},
    {"6.21 paired surrogates", "\xed\xa0\xbd\xed\xb8\x80"},
    {"6.4 above U+10FFFF", "\xf4\x90\x80\x80"},
    {"bad behind a block that vectors would check", std::string(64, 'x') + "\xff"},
  };
  for (const auto& [what, bad] : rows) {
    SCOPED_TRACE(what);
    expect_heard(text(bad) + ping(""), {"error 1007"});
    for (size_t cut = 0; cut <= bad.size(); ++cut)
      EXPECT_EQ(read(first_part(bad.substr(0, cut)) + ping("") + last_part(bad.substr(cut))), (heard{"ping ", "error 1007"})) << cut;
    expect_heard(frame(0x82, bad), {"binary " + bad});
  }
}

TEST(WebsocketReader, HearsACloseFrameAndNothingBehindIt) {
  const std::string reason(123, '*');
  expect_all({
    {"7.1.1 message, then close", text("bye") + closing(1000), {"text bye", "close 1000"}},
    {"7.1.2 two closes", closing(1000) + closing(1000), {"close 1000"}},
    {"7.1.3 ping behind the close", closing(1000) + ping(""), {"close 1000"}},
    {"7.1.4 message behind the close", closing(1000) + text("late"), {"close 1000"}},
    {"7.1.5 close inside a message", first_part("frag") + closing(1000) + last_part("ment"), {"close 1000"}},
    {"7.1.6 close behind a long message", text(times(262'144, "*")) + closing(1000), {"text " + times(262'144, "*"), "close 1000"}},
    {"7.3.1 without a code", frame(0x88) + ping(""), {"close 0"}},
    {"7.3.2 one byte", frame(0x88, "a"), {"error 1002"}},
    {"7.3.3 code without a reason", closing(1000), {"close 1000"}},
    {"7.3.4 with a reason", closing(1000, "Hello World!"), {"close 1000"}},
    {"7.3.5 with the longest reason", closing(1000, reason), {"close 1000"}},
    {"7.3.6 with too long a reason", closing(1000, reason + "*"), {"error 1002"}},
    {"7.5.1 reason is no UTF-8", closing(1000, "\xce\xba\xed\xa0\x80"), {"error 1007"}},
    {"garbage behind the close", closing(1000) + "\xff\xff\xff", {"close 1000"}},
  });
}

TEST(WebsocketReader, KnowsWhichCloseCodesMayBeSent) {
  for (uint16_t good : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999})
    expect_heard(closing(good), {"close " + std::to_string(good)});
  for (uint16_t bad : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    SCOPED_TRACE(bad);
    expect_heard(closing(bad) + ping(""), {"error 1002"});
  }
}

TEST(WebsocketReader, HandsOnLongMessagesInLongAndShortFragments) {
  for (size_t size : {65'536, 262'144, 1'000'000}) {
    const auto payload = times(size, "*");
    EXPECT_EQ(read(text(payload)), heard{"text " + payload}) << "9.1 " << size;
    for (size_t fragment : {64, 1300, 65'536}) { // 9.3, 10.1.1
      auto wire = first_part("");
      for (size_t at = 0; at < size; at += fragment)
        wire += next_part(std::string_view{payload}.substr(at, fragment));
      EXPECT_EQ(read(wire + last_part(""), {.fragments_max = 20'000}), heard{"text " + payload}) << size << " in " << fragment;
    }
    for (size_t chop : {64, 1460, 4096}) // 9.5
      EXPECT_EQ(read(text(payload), [=] { return chop; }), heard{"text " + payload}) << size << " chopped into " << chop;
  }
}

TEST(WebsocketReader, RefusesFramesThatNoClientMaySend) {
  const auto mask = "\1\2\3\4"s;
  expect_all({
    {"unmasked", "\x81\x02hi"s, {"error 1002"}},
    {"unmasked, empty", "\x89\0"s, {"error 1002"}},
    {"16-bit length that 7 bits could say", "\x81\xfe\0\x7d"s + mask, {"error 1002"}},
    {"64-bit length that 16 bits could say", "\x81\xff\0\0\0\0\0\0\xff\xff"s + mask, {"error 1002"}},
    {"64-bit length that 7 bits could say", "\x81\xff\0\0\0\0\0\0\0\1"s + mask, {"error 1002"}},
    {"length 2^63", "\x82\xff\x80\0\0\0\0\0\0\0"s + mask, {"error 1002"}},
    {"length 2^64-1", "\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff"s + mask, {"error 1002"}},
    {"ping with a 16-bit length", "\x89\xfe\0\x7e"s + mask, {"error 1002"}},
    {"HTTP instead of frames", "GET / HTTP/1.1\r\n\r\n", {"error 1002"}},
  });
}

TEST(WebsocketReader, JudgesAFrameByItsFirstTwoBytes) {
  EXPECT_EQ(read("\xc1\x80"s), heard{"error 1002"});
  EXPECT_EQ(read("\x83\x80"s), heard{"error 1002"});
  EXPECT_EQ(read("\x81\x00"s), heard{"error 1002"});
}

TEST(WebsocketReader, RefusesTooLongAMessageByItsHeader) {
  const limits bounds{.message_bytes_max = 1000, .fragments_max = 100};
  const auto half = std::string(500, '*'), full = half + half;
  EXPECT_EQ(read(text(full), bounds), heard{"text " + full});
  EXPECT_EQ(read(text(full + "x").substr(0, 8), bounds), heard{"error 1009"});
  EXPECT_EQ(read(first_part(half) + last_part(half), bounds), heard{"text " + full});
  EXPECT_EQ(read(first_part(half) + ping(times(125, "p")) + last_part(half), bounds), (heard{"ping " + times(125, "p"), "text " + full}));
  EXPECT_EQ(read(first_part(half) + last_part(half + "x").substr(0, 8), bounds), heard{"error 1009"});
  EXPECT_EQ(read("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\1\2\3\4"s, bounds), heard{"error 1009"});
  EXPECT_EQ(read(first_part(half) + "\x80\xff\x7f\xff\xff\xff\xff\xff\xff\xff\1\2\3\4"s, bounds), heard{"error 1009"});
  EXPECT_EQ(read(times(3, text(full)), bounds), heard(3, "text " + full)) << "each message counts anew";
}

TEST(WebsocketReader, CountsFragments) {
  const limits bounds{.fragments_max = 3};
  EXPECT_EQ(read(first_part("1") + next_part("2") + last_part("3"), bounds), heard{"text 123"});
  EXPECT_EQ(read(first_part("1") + next_part("2") + next_part("3") + ping("") + last_part("4"), bounds), (heard{"ping ", "error 1008"}));
  EXPECT_EQ(read(times(5, first_part("a") + last_part("b")), bounds), heard(5, "text ab")) << "each message counts anew";
}

TEST(WebsocketReader, EndsAMillionEmptyFragmentsEarly) {
  EXPECT_EQ(read(first_part("") + times(1'000'000, next_part(""))), heard{"error 1008"});
}

TEST(WebsocketReader, HandsOnNothingOnceAHandlerStopsIt) {
  auto wire = text("before") + ping("stop") + text("after") + ping("again");
  reader subject{{}};
  scribe log;
  log.stops = &subject;
  subject.feed(wire.data(), wire.size(), log);
  auto late = text("late");
  subject.feed(late.data(), late.size(), log);
  EXPECT_EQ(log.lines, (heard{"text before", "ping stop"}));
}

TEST(WebsocketReader, LeavesWhatLiesBehindAPauseForTheNextFeed) {
  auto wire = text("one") + ping("") + first_part("tw") + last_part("o") + text("three").substr(0, 5);
  reader subject{{}};
  scribe log;
  log.pauses = &subject;
  auto taken = subject.feed(wire.data(), wire.size(), log);
  EXPECT_EQ(log.lines, heard{"text one"});
  EXPECT_EQ(taken, text("one").size());
  taken += subject.feed(wire.data() + taken, wire.size() - taken, log);
  EXPECT_EQ(log.lines, (heard{"text one", "ping ", "text two"}));
  taken += subject.feed(wire.data() + taken, wire.size() - taken, log);
  EXPECT_EQ(taken, wire.size());
  auto end = text("three").substr(5);
  EXPECT_EQ(subject.feed(end.data(), end.size(), log), end.size());
  EXPECT_EQ(log.lines.back(), "text three");
}

TEST(WebsocketWriter, WritesTheShortestHeader) {
  EXPECT_EQ(header(opcode::text, 0), "\x81\0"s);
  EXPECT_EQ(header(opcode::binary, 125), "\x82\x7d"s);
  EXPECT_EQ(header(opcode::text, 126), "\x81\x7e\0\x7e"s);
  EXPECT_EQ(header(opcode::text, 65'535), "\x81\x7e\xff\xff"s);
  EXPECT_EQ(header(opcode::text, 65'536), "\x81\x7f\0\0\0\0\0\1\0\0"s);
  EXPECT_EQ(header(opcode::pong, 5), "\x8a\5"s);
}

TEST(WebsocketWriter, AppendsAHeaderToWhatIsThere) {
  auto out = "x"s;
  append_header(out, opcode::ping, 1);
  EXPECT_EQ(out, "x\x89\1"s);
}

TEST(WebsocketWriter, WritesCloseFrames) {
  EXPECT_EQ(close_frame(), "\x88\0"s);
  EXPECT_EQ(close_frame(close_code::normal), "\x88\2\x03\xe8"s);
  EXPECT_EQ(close_frame(close_code::too_big), "\x88\2\x03\xf1"s);
}

TEST(WebsocketHandshake, AnswersTheKeyOfTheRfc) {
  auto accept = accept_key("dGhlIHNhbXBsZSBub25jZQ==");
  ASSERT_TRUE(accept);
  EXPECT_EQ(*accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebsocketHandshake, RefusesKeysThatAreNotSixteenBytes) {
  for (auto key : {"", "x", "====", "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZR==",
                   "dGhlIHNhbXBsZSBub25jZWU=", " dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==\n",
                   "dGhlIHNhbXBs!SBub25jZQ==", "_-hlIHNhbXBsZSBub25jZQ=="})
    EXPECT_FALSE(accept_key(key)) << key;
}

} // namespace
} // namespace stentor::websocket
