// What has broken other servers of this kind, by the number of the advisory, over both transports where there are two. Behind each, the
// server serves the next client at once, and no descriptor is left open.

#include "poller.hpp"

#include <gmock/gmock.h>

#include <array>
#include <unordered_set>

namespace stentor {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using std::chrono::steady_clock;
using testing::AnyOf;
using testing::StartsWith;
using websocket::frame;
using websocket::text;

struct cve : testing::Test {
  void TearDown() override {
    auto start = steady_clock::now();
    EXPECT_EQ(server.echo("alive"), "text 4alive");
    auto polls = poller{server};
    EXPECT_EQ(polls.post(payload("4alive", "1")).body, "ok");
    EXPECT_LT(steady_clock::now() - start, 1s) << "the next client is served at once";
    EXPECT_TRUE(server.await_descriptors(descriptors));
  }
  static std::string get(std::string_view query, std::string_view lines = {}) {
    return fmt::format("GET /socket.io/?{} HTTP/1.1\r\nHost: a\r\n{}\r\n", query, lines);
  }
  static std::string upgrade(std::string_view lines) {
    return upgrade_request("EIO=4&transport=websocket", upgrade_lines() + std::string{lines});
  }

  echo_server server{with_eio3};
  const size_t descriptors = open_descriptors();
};

/// What `work` takes.
template <class Work>
steady_clock::duration time_of(Work work) {
  auto start = steady_clock::now();
  work();
  return steady_clock::now() - start;
}

// -- session ids --------------------------------------------------------------

TEST_F(cve, CVE_2017_16031_SessionIdsAreRandomAndDoNotRepeat) {
  std::unordered_set<std::string> all;
  std::array<std::unordered_set<char>, 20> letters;
  for (auto i = 0; i < 1'000'000; ++i) {
    auto sid = engineio::make_sid();
    for (size_t at = 0; at < sid.size(); ++at)
      letters[at].insert(sid[at]);
    ASSERT_TRUE(all.insert(std::move(sid)).second) << i;
  }
  for (const auto& there : letters)
    EXPECT_EQ(there.size(), 64u) << "120 random bits";
}

TEST_F(cve, CVE_2026_59724_SessionIdsThatObjectsInheritAreUnknown) {
  for (const auto& sid : {"__proto__"s, "constructor"s, "toString"s, "hasOwnProperty"s, "unknown"s, "%00"s, std::string(4096, 'A')}) {
    EXPECT_EQ(server.client().ask(get("EIO=4&transport=polling&sid=" + sid)).body, unknown_sid) << sid.substr(0, 20);
    EXPECT_EQ(server.client().ask(upgrade_request("EIO=4&transport=websocket&sid=" + sid)).body, "Session ID unknown") << sid.substr(0, 20);
  }
}

TEST_F(cve, CVE_2023_31125_TransportsThatObjectsInheritAreUnknown) {
  for (auto transport : {"__proto__", "constructor", "toString", "websocket%00", "webtransport"}) {
    EXPECT_EQ(server.client().ask(get(fmt::format("EIO=4&transport={}", transport))).body, unknown_transport) << transport;
    EXPECT_EQ(server.client().ask(upgrade_request(fmt::format("EIO=4&transport={}", transport))).body, "Transport unknown") << transport;
  }
}

TEST_F(cve, CVE_2026_102599_ARequestOfAnotherRevisionThanItsSessionsIsRefused) {
  for (auto mine : {"EIO=3", "EIO=4"})
    for (auto other : {"EIO=3", "EIO=4", "x=y"}) {
      auto session = poller{server, mine};
      auto is_same = (mine == "EIO=4"s) == (other == "EIO=4"s);
      auto socket = server.client();
      auto answer = socket.ask(upgrade_request(fmt::format("{}&transport=websocket&sid={}", other, session.sid)));
      EXPECT_EQ(answer.status, is_same ? 101u : 400u) << mine << ", then " << other;
      for (auto packet : {"2", "3", "2probe"})
        socket.try_send(text(packet));
      if (!is_same) {
        EXPECT_EQ(answer.body, "Bad request");
        EXPECT_EQ(server.client().ask(get(fmt::format("{}&transport=polling&sid={}", other, session.sid))).body, bad_request);
      }
    }
}

TEST_F(cve, EngineIo_336e05b4_RepeatedOpenPacketsAreNothing) {
  auto socket = server.websocket();
  socket.send(websocket::times(10'000, text("0{\"sid\":\"mine\"}")) + text("4hello"));
  EXPECT_EQ(socket.hear(), "text 4hello") << "and no heartbeat for each";
  auto polls = poller{server};
  std::string body = "4hello";
  for (auto i = 0; i < 9'999; ++i)
    body += "\x1e"
            "0";
  EXPECT_EQ(polls.post(body).body, "ok");
  EXPECT_EQ(polls.get(), "4hello");
  polls.post("1");
}

// -- pages of other origins ---------------------------------------------------

TEST_F(cve, CVE_2020_28481_NoPageMayReadUnlessItIsListed) {
  auto from = [](std::string_view origin) { return fmt::format("Origin: {}\r\n", origin); };
  EXPECT_EQ(server.client().ask(get("EIO=4&transport=polling", from("http://a"))).head.find("Access-Control"), std::string::npos);
  echo_server open{[](settings& s) {
    s.security.check_origin = false;
    s.cors.origins = {"*"};
  }};
  auto answer = open.client().ask(get("EIO=4&transport=polling", from("https://evil.example")));
  EXPECT_TRUE(answer.has("Access-Control-Allow-Origin: *"));
  EXPECT_EQ(answer.head.find("Access-Control-Allow-Credentials"), std::string::npos) << "never both";
}

struct cve_of_origins : cve {
  void refuses(std::string_view origin) {
    auto line = fmt::format("Origin: {}\r\n", origin);
    auto polls = server.client().ask(get("EIO=4&transport=polling", line));
    EXPECT_EQ(polls.status, 403u) << origin;
    EXPECT_EQ(polls.body, forbidden) << origin;
    auto socket = server.client().ask(upgrade(line));
    EXPECT_EQ(socket.status, 400u) << origin;
    EXPECT_EQ(socket.body, "Forbidden") << origin;
  }
};

TEST_F(cve_of_origins, CVE_2019_13611_APageOfAnotherSiteMayNotConnect) {
  refuses("https://evil.example");
}

TEST_F(cve_of_origins, GHSA_f53g_frr2_jhpf_ASiblingOfTheHostMayNotConnect) {
  for (auto origin : {"https://b.a.example", "https://evil.a", "https://workspace.a.example"})
    refuses(origin);
}

TEST_F(cve_of_origins, CVE_2022_42975_AnOriginThatEndsOrBeginsLikeTheHostMayNotConnect) {
  for (auto origin : {"https://evila.example", "https://a.example.evil.org", "https://example", "https://evil.example/a.example", "null"})
    refuses(origin);
}

// -- polling ------------------------------------------------------------------

TEST_F(cve, CVE_2020_36048_APostOfTinyPacketsIsBounded) {
  auto times = [](size_t count, std::string_view what) {
    std::string all;
    for (size_t i = 0; i < count; ++i)
      all += what;
    return all;
  };
  struct {
    const char* query;
    std::string body;
  } rows[] = {
    {"EIO=4", times(499'999, "4\x1e")},
    {"EIO=4", times(999'999, "\x1e")},
    {"EIO=3", times(249'999, "2:4¼").substr(0, 999'995)},
    {"EIO=3", times(333'333, "1:4")},
    {"EIO=3", times(499'998, "0:") + "1:7"},
    {"EIO=3&j=0", "d=" + times(333'330, "1:4")},
    {"EIO=4&j=0", "d=" + times(499'990, "4\x1e")},
  };
  for (const auto& row : rows) {
    auto client = poller{server, row.query};
    EXPECT_LT(time_of([&] { EXPECT_EQ(client.post(row.body).status, 200u) << row.query; }), 1s) << row.query;
    EXPECT_EQ(server.log.next_close(), "parse error") << row.query;
  }
  EXPECT_EQ(poller{server}.post(std::string(1'000'001, '4')).status, 413u);
}

TEST_F(cve, CVE_2026_59725_APostOfBytesInRevision4IsAnsweredAndLeaksNothing) {
  for (auto i = 0; i < 300; ++i) {
    auto client = poller{server};
    ASSERT_EQ(client.ask("POST", "\1\2\3", "Content-Type: application/octet-stream\r\n").status, 400u);
    ASSERT_EQ(server.log.next_close(), "transport error");
  }
}

TEST_F(cve, Socketioxide_b61d5220_CutOffBytesOfRevision3AreRefusedAtOnce) {
  for (const auto& body : {"\1\5\xff\4\1\2"s, "\1"s, "\0\1"s, "\0\xff"s, "\1\5\xff"s}) {
    auto client = poller{server, "EIO=3"};
    EXPECT_LT(time_of([&] { EXPECT_EQ(client.ask("POST", body, "Content-Type: application/octet-stream\r\n").body, "ok"); }), 1s);
    EXPECT_EQ(server.log.next_close(), "parse error");
  }
}

TEST_F(cve, Socketioxide_29dc67c1_ALengthOfMoreThanNineDigitsIsRefusedAtOnce) {
  for (const auto& digits : {std::string(10, '\1'), std::string(900'000, '\x09')}) {
    auto client = poller{server, "EIO=3"};
    auto body = '\0' + digits +
                "\xff"
                "4";
    EXPECT_LT(time_of([&] { EXPECT_EQ(client.ask("POST", body, "Content-Type: application/octet-stream\r\n").body, "ok"); }), 1s);
    EXPECT_EQ(server.log.next_close(), "parse error");
  }
  for (const auto& body : {"9999999999:4"s, std::string(900'000, '9') + ":4"}) {
    auto client = poller{server, "EIO=3"};
    EXPECT_EQ(client.post(body).body, "ok");
    EXPECT_EQ(server.log.next_close(), "parse error");
  }
}

// -- the upgrade --------------------------------------------------------------

TEST_F(cve, CVE_2022_21676_AnUpgradeWithABodyIsRefused) {
  auto session = poller{server};
  for (const auto& query : {"EIO=4&transport=websocket"s, "EIO=4&transport=websocket&sid=" + session.sid}) {
    auto declared = server.client();
    EXPECT_EQ(declared.ask(upgrade_request(query, upgrade_lines() + "Content-Length: 4\r\n") + "test").status, 400u);
    auto bare = server.client();
    bare.send(upgrade_request(query) + "test"); // a frame with reserved bits
    EXPECT_EQ(bare.read_answer().status, 101u);
    bare.read_to_end();
  }
}

TEST_F(cve, CVE_2022_41940_ARefusedUpgradeThatIsResetHurtsNobody) {
  auto session = poller{server};
  for (auto i = 0; i < 50; ++i)
    for (const auto& request : {
           upgrade_request("EIO=4&transport=polling"),
           upgrade_request("EIO=4&transport=nope"),
           upgrade_request("EIO=4&transport=websocket&sid=unknown"),
           upgrade_request("EIO=4&transport=polling&sid=" + session.sid),
           upgrade_request("EIO=4&transport=websocket", "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"),
           "GET /elsewhere HTTP/1.1\r\nHost: a\r\n" + upgrade_lines() + "\r\n",
         }) {
      auto client = server.client();
      client.send(request);
      client.reset();
    }
}

TEST_F(cve, GHSA_5v72_xg48_5rpm_ExtensionsThatObjectsInheritAreIgnored) {
  for (auto extension : {"constructor", "__proto__", "permessage-deflate; constructor", "permessage-deflate; __proto__=1"}) {
    auto answer = server.client().ask(upgrade(fmt::format("Sec-WebSocket-Extensions: {}\r\n", extension)));
    EXPECT_EQ(answer.status, 101u);
    EXPECT_EQ(answer.head.find("Extensions"), std::string::npos) << extension;
  }
}

TEST_F(cve, CVE_2020_7662_AListOfExtensionsTakesLinearTime) {
  for (const auto& list :
       {"permessage-deflate; x=\"" + std::string(15'000, '\\'), "a; b=\"" + std::string(15'000, '"'), std::string(15'000, ';')})
    EXPECT_LT(
      time_of([&] { EXPECT_THAT(server.client().ask(upgrade("Sec-WebSocket-Extensions: " + list + "\r\n")).status, AnyOf(101u, 400u)); }),
      1s);
}

TEST_F(cve, CVE_2021_32640_AListOfProtocolsTakesLinearTime) {
  for (const auto& list : {"a" + std::string(15'000, ' ') + ", b", std::string(15'000, ','), "a," + std::string(15'000, '\t') + "b"})
    EXPECT_LT(time_of([&] { EXPECT_EQ(server.client().ask(upgrade("Sec-WebSocket-Protocol: " + list + "\r\n")).status, 101u); }), 1s);
}

TEST_F(cve, CVE_2024_37890_AnUpgradeWithMoreHeadersThanTheLimitIsRefused) {
  std::string lines;
  for (auto i = 0; i < 2'000; ++i)
    lines += fmt::format("x{}: y\r\n", i);
  EXPECT_EQ(server.client().ask(upgrade_request("EIO=4&transport=websocket", lines + upgrade_lines())).status, 431u);
  EXPECT_EQ(server.client().ask(upgrade_request("EIO=4&transport=websocket", lines.substr(0, 8'000) + ": y\r\n" + upgrade_lines())).status,
            101u);
}

TEST_F(cve, CVE_2023_43669_AHandshakeWithoutAnEndIsRefusedAtTheLimit) {
  auto client = server.client();
  client.send(upgrade("x: ").substr(0, upgrade("x: ").size() - 2));
  for (auto i = 0; i < 100 && client.try_send(std::string(1'000, 'x')); ++i)
    ;
  EXPECT_EQ(client.read_answer().status, 431u);
}

// -- frames -------------------------------------------------------------------

TEST_F(cve, CVE_2016_10518_APongIsExactlyItsPing) {
  auto client = server.websocket();
  for (const auto& payload : {""s, "7"s, "\0\xff"s, std::string(125, 'x')}) {
    client.send(websocket::ping(payload));
    EXPECT_EQ(client.hear(), "pong " + payload);
  }
}

TEST_F(cve, CVE_2026_45736_CloseFramesCarryNothingThatWasNotPutThere) {
  struct {
    std::string bytes;
    const char* heard;
  } rows[] = {
    {text("7"), "close"}, {frame(0xc1, "4"), "close 1002"}, {text("4\xff"), "close 1007"}, {websocket::closing(1000, "bye"), "close"}};
  for (const auto& row : rows) {
    auto client = server.websocket();
    client.send(row.bytes);
    EXPECT_EQ(client.hear(), row.heard);
  }
}

/// The header alone, which is enough.
std::string declared(std::string_view length) {
  return "\x82\xff"s + std::string{length} + "mask";
}

TEST_F(cve, CVE_2016_10542_AMessageOverTheLimitIsRefusedAtItsHeader) {
  auto client = server.websocket();
  client.send(declared("\0\0\0\0\0\x0f\x42\x41"s));
  EXPECT_EQ(client.hear(), "close 1009");
  EXPECT_EQ(poller{server}.post(std::string(1'000'001, '4')).status, 413u);
}

TEST_F(cve, CVE_2021_21419_NothingIsAllocatedForALengthThatIsOnlySaid) {
  for (const auto& length : {"\0\0\0\x40\0\0\0\0"s, "\0\0\1\0\0\0\0\0"s}) {
    auto client = server.websocket();
    client.send(declared(length));
    EXPECT_EQ(client.hear(), "close 1009");
  }
  auto client = server.client();
  EXPECT_EQ(client.ask("POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n").status, 413u);
}

TEST_F(cve, CVE_2020_13935_ALengthWithItsTopBitSetEndsTheStream) {
  auto client = server.websocket();
  client.send(declared("\xff\xff\xff\xff\xff\xff\xff\xff"s));
  EXPECT_EQ(client.hear(), "close 1002");
}

TEST_F(cve, CVE_2020_27813_LengthsDoNotOverflow) {
  auto client = server.websocket();
  client.send(websocket::first_part("4") + "\x80\xff\x7f\xff\xff\xff\xff\xff\xff\xff"s + "mask");
  EXPECT_EQ(client.hear(), "close 1009");
}

TEST_F(cve, CVE_2026_48779_FragmentsOfAMessageAreCounted) {
  auto client = server.websocket();
  client.try_send(websocket::first_part("4") + websocket::times(100'000, websocket::next_part("")));
  EXPECT_EQ(client.hear(), "close 1008");
}

TEST_F(cve, CVE_2026_62389_FragmentsOfOneByteAreCounted) {
  auto client = server.websocket();
  client.try_send(websocket::first_part("4") + websocket::times(100'000, websocket::next_part("x")));
  EXPECT_EQ(client.hear(), "close 1008");
}

/// Compression is never agreed on, so its bit is an error: bombs have no way in.
struct cve_of_compression : cve {
  void refuses_a_compressed(std::string_view payload) {
    auto client = server.client();
    EXPECT_THAT(client.open(upgrade("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")), StartsWith("text 0{"));
    client.try_send(frame(0xc2, payload)); // its header is enough
    EXPECT_EQ(client.hear(), "close 1002");
  }
};

TEST_F(cve_of_compression, CVE_2016_10544_ABombOfCompressedDataIsNotInflated) {
  refuses_a_compressed(std::string(900'000, '\0'));
}

TEST_F(cve_of_compression, CVE_2018_1000518_ACompressedMessageIsRefused) {
  refuses_a_compressed("\xaa\x00\x00\x00");
}

TEST_F(cve_of_compression, Beast_2879_ACompressedFrameOfHugeDeclaredLengthIsRefused) {
  auto client = server.client();
  client.open(upgrade("Sec-WebSocket-Extensions: permessage-deflate\r\n"));
  client.send("\xc2\xff\0\0\0\x40\0\0\0\0"s + "mask" + std::string(12'000, '\xaa'));
  EXPECT_THAT(client.hear(), AnyOf("close 1002", "close 1009"));
}

TEST_F(cve, Ws_8_22_AFloodOfPingsThatReadsNothingIsDroppedAtItsBudget) {
  echo_server tight{[](settings& s) {
    with_eio3(s);
    s.network.outbox_bytes_max = 65'536;
    s.network.socket_buffer_bytes = 16'384;
  }};
  auto flooder = raw_client{tight.port(), 4'096};
  flooder.send(upgrade_request());
  auto pings = websocket::times(100, websocket::ping(std::string(125, 'x')));
  for (auto i = 0; i < 2'000 && flooder.try_send(pings); ++i)
    ;
  EXPECT_EQ(tight.log.next_close(), "transport close");
  EXPECT_EQ(tight.echo("alive"), "text 4alive");
}

} // namespace
} // namespace stentor
