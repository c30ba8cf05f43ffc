#include "poller.hpp"

#include <gmock/gmock.h>

#include <set>

namespace stentor {
namespace {

using namespace std::string_literals;
using testing::MatchesRegex;
using websocket::text;

struct websocket_handshake : testing::Test {
  echo_server server;

  http_answer ask(std::string_view request) const { return server.client().ask(request); }

  /// What a refused handshake is answered with: its sentence, raw, and the end of the stream.
  std::string refusal(std::string_view request) const {
    auto client = server.client();
    auto answer = client.ask(request);
    EXPECT_EQ(answer.status, 400u);
    EXPECT_TRUE(answer.has("Content-Type: text/html"));
    EXPECT_TRUE(answer.has("Connection: close"));
    EXPECT_TRUE(client.at_end());
    return answer.body;
  }
};

TEST_F(websocket_handshake, IsAnsweredAsTheStandardSays) {
  EXPECT_EQ(ask(upgrade_request()).whole(), "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
}

TEST_F(websocket_handshake, TheFirstThingHeardIsTheOpenPacket) {
  EXPECT_THAT(server.client().open(), MatchesRegex(R"(text 0\{"sid":"[A-Za-z0-9_-]{20}","upgrades":\[\],"pingInterval":25000,)"
                                                   R"("pingTimeout":20000,"maxPayload":1000000\})"));
}

TEST_F(websocket_handshake, EverySessionHasAnIdOfItsOwn) {
  std::set<std::string> hellos;
  for (auto i = 0; i < 50; ++i)
    hellos.insert(server.client().open());
  EXPECT_EQ(hellos.size(), 50u);
}

TEST_F(websocket_handshake, WhatComesInTheSameSegmentBehindItIsHeard) {
  auto client = server.client();
  client.send(upgrade_request() + text("4early") + text("4bird"));
  EXPECT_EQ(client.read_answer().status, 101u);
  EXPECT_TRUE(client.hear().starts_with("text 0{"));
  EXPECT_EQ(client.hear(), "text 4early");
  EXPECT_EQ(client.hear(), "text 4bird");
}

TEST_F(websocket_handshake, AMessageMayBeginInTheSegmentOfTheRequest) {
  const auto message = text("4early");
  for (size_t cut = 0; cut < message.size(); ++cut) {
    auto client = server.client();
    client.send(upgrade_request() + websocket::ping("read so far") + message.substr(0, cut));
    EXPECT_EQ(client.read_answer().status, 101u);
    EXPECT_TRUE(client.hear().starts_with("text 0{"));
    EXPECT_EQ(client.hear(), "pong read so far");
    client.send(message.substr(cut));
    EXPECT_EQ(client.hear(), "text 4early");
  }
}

TEST_F(websocket_handshake, AnErrorInTheSameSegmentIsHeardBehindTheHello) {
  auto client = server.client();
  client.send(upgrade_request() + text("7"));
  EXPECT_EQ(client.read_answer().status, 101u);
  EXPECT_TRUE(client.hear().starts_with("text 0{"));
  EXPECT_EQ(client.hear(), "close");
}

TEST_F(websocket_handshake, TheCaseOfNamesAndTokensDoesNotMatter) {
  EXPECT_EQ(
    ask(upgrade_request("EIO=4&transport=websocket", "connection: keep-alive, UPGRADE\r\nUPGRADE: WebSocket\r\n"
                                                     "sec-websocket-version: 13\r\nSEC-WEBSOCKET-KEY: dGhlIHNhbXBsZSBub25jZQ==\r\n"))
      .status,
    101u);
}

TEST_F(websocket_handshake, ThePathIsComparedByItsBeginning) {
  EXPECT_EQ(ask("GET /socket.io/anything?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\n" + upgrade_lines() + "\r\n").status, 101u);
}

TEST_F(websocket_handshake, ElsewhereItIsRefused) {
  for (auto path : {"/", "/socket.io", "/socket.io2/", "/other/socket.io/"}) {
    auto answer = ask(fmt::format("GET {}?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\n{}\r\n", path, upgrade_lines()));
    EXPECT_EQ(answer.status, 400u) << path;
    EXPECT_TRUE(answer.has("Connection: close")) << path;
  }
}

TEST_F(websocket_handshake, UnknownTransportsAreRefused) {
  for (auto query : {"EIO=4", "EIO=4&transport=", "EIO=4&transport=nope", "EIO=4&transport=WebSocket", "EIO=4&transport=websocket%20",
                     "EIO=4&transport=websocket%00", "EIO=4&transport=__proto__", "EIO=4&transport=constructor", "EIO=4&transport=toString",
                     "transport=__proto__", "EIO=4&transport=nope&transport=websocket", "EIO=4&transport=nope&sid=unknown"})
    EXPECT_EQ(refusal(upgrade_request(query)), "Transport unknown") << query;
}

TEST_F(websocket_handshake, UnknownSessionsAreRefused) {
  for (const auto& sid :
       {"unknown"s, "__proto__"s, "constructor"s, "AAAAAAAAAAAAAAAAAAAA"s, "%00"s, "A%00"s, "%FF"s, "-"s, std::string(4096, 'A')})
    EXPECT_EQ(refusal(upgrade_request("EIO=4&transport=websocket&sid=" + sid)), "Session ID unknown") << sid;
}

TEST_F(websocket_handshake, OtherRevisionsAreRefused) {
  for (auto query : {"transport=websocket", "EIO=3&transport=websocket", "EIO=5&transport=websocket", "EIO=&transport=websocket",
                     "EIO=04&transport=websocket", "EIO=4.0&transport=websocket", "EIO=3&EIO=4&transport=websocket"})
    EXPECT_EQ(refusal(upgrade_request(query)), "Unsupported protocol version") << query;
}

TEST_F(websocket_handshake, OtherMethodsAreRefused) {
  for (auto method : {"POST", "PUT", "DELETE", "OPTIONS"})
    EXPECT_EQ(refusal(fmt::format("{} /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\n{}\r\n", method, upgrade_lines())),
              "Bad handshake method")
      << method;
}

TEST_F(websocket_handshake, KeysThatAreNotSixteenBytesAreRefused) {
  for (auto key : {"", "x", "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZWU=",
                   "dGhlIHNhbXBsZSBub25jZQ== x", "dGhlIHNhbXBs ZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j_Q==", "!!!!!!!!!!!!!!!!!!!!!!=="})
    EXPECT_EQ(refusal(upgrade_request("EIO=4&transport=websocket", upgrade_lines(key))), "Bad request") << key;
  EXPECT_EQ(
    refusal(upgrade_request("EIO=4&transport=websocket", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")),
    "Bad request");
}

TEST_F(websocket_handshake, OtherVersionsAreRefused) {
  const auto key = fmt::format("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: {}\r\n", websocket_key);
  EXPECT_EQ(refusal(upgrade_request("EIO=4&transport=websocket", key)), "Bad request");
  for (auto version : {"", "0", "8", "12", "14", "013", "13, 8", "x"})
    EXPECT_EQ(refusal(upgrade_request("EIO=4&transport=websocket", key + fmt::format("Sec-WebSocket-Version: {}\r\n", version))),
              "Bad request")
      << version;
}

TEST_F(websocket_handshake, ExtensionsAndSubprotocolsAreIgnored) {
  const auto plain = ask(upgrade_request()).whole();
  for (const auto& line :
       {"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"s, "Sec-WebSocket-Extensions: constructor"s,
        "Sec-WebSocket-Extensions: __proto__"s, "Sec-WebSocket-Extensions: ;,;="s,
        "Sec-WebSocket-Extensions: a;b=\""s + std::string(5000, '\\'), "Sec-WebSocket-Protocol: chat, superchat"s,
        "Sec-WebSocket-Protocol: __proto__"s, "Sec-WebSocket-Protocol: a" + std::string(15'000, ' ') + ",b"s})
    EXPECT_EQ(ask(upgrade_request("EIO=4&transport=websocket", upgrade_lines() + line + "\r\n")).whole(), plain) << line.substr(0, 60);
}

TEST_F(websocket_handshake, BytesBehindItThatAreNoFramesEndItsConnectionOnly) {
  auto client = server.client();
  client.send(upgrade_request() + "test");
  EXPECT_EQ(client.read_answer().status, 101u);
  EXPECT_TRUE(client.hear().starts_with("text 0{"));
  EXPECT_EQ(client.hear(), "close 1002");
  EXPECT_EQ(ask(upgrade_request("EIO=4&transport=websocket&sid=unknown") + "test").status, 400u);
  EXPECT_EQ(server.echo("alive"), "text 4alive");
}

TEST_F(websocket_handshake, WithABodyIsRefused) {
  EXPECT_EQ(ask(upgrade_request("EIO=4&transport=websocket", upgrade_lines() + "Content-Length: 4\r\n") + "test").status, 400u);
  EXPECT_EQ(
    ask(upgrade_request("EIO=4&transport=websocket", upgrade_lines() + "Transfer-Encoding: chunked\r\n") + "4\r\ntest\r\n0\r\n\r\n").status,
    400u);
  EXPECT_EQ(server.echo("alive"), "text 4alive");
}

TEST_F(websocket_handshake, WithoutHostInHttp10OrAmongTooManyFieldsIsRefused) {
  constexpr auto target = "GET /socket.io/?EIO=4&transport=websocket HTTP";
  EXPECT_EQ(ask(fmt::format("{}/1.1\r\n{}\r\n", target, upgrade_lines())).status, 400u);
  auto old = ask(fmt::format("{}/1.0\r\nHost: a\r\n{}\r\n", target, upgrade_lines()));
  EXPECT_EQ(old.status, 400u);
  EXPECT_EQ(old.body, bad_request) << "HTTP/1.0 knows no upgrade: a plain GET";
  std::string many;
  for (auto i = 0; i < 2000; ++i)
    many += fmt::format("X-{}: 1\r\n", i);
  EXPECT_EQ(ask(upgrade_request("EIO=4&transport=websocket", upgrade_lines() + many)).status, 431u);
  EXPECT_EQ(server.echo("alive"), "text 4alive");
}

TEST_F(websocket_handshake, ResetsWhileItIsAnsweredHurtNobody) {
  for (auto i = 0; i < 30; ++i)
    for (const auto& request :
         {upgrade_request(), upgrade_request("EIO=4&transport=nope"), upgrade_request("EIO=4&transport=websocket&sid=x"),
          upgrade_request("EIO=4&transport=websocket", "Connection: Upgrade\r\nUpgrade: h2c\r\n")}) {
      auto client = server.client();
      client.send(request);
      client.reset();
    }
  EXPECT_EQ(server.echo("alive"), "text 4alive");
}

TEST_F(websocket_handshake, APlainGetIsRefused) {
  auto answer = ask("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(answer.status, 400u);
  EXPECT_TRUE(answer.has("Content-Type: application/json"));
  EXPECT_EQ(answer.body, bad_request);
}

TEST(WebsocketHandshake, IsRefusedWhileTheServerIsFull) {
  echo_server server{[](settings& s) { s.network.connections_max = 2; }};
  auto one = server.websocket();
  auto two = server.websocket();
  auto client = server.client();
  auto answer = client.ask(upgrade_request());
  EXPECT_EQ(answer.status, 503u);
  EXPECT_TRUE(answer.has("Connection: close"));
  EXPECT_TRUE(client.at_end());
  one.hang_up();
  EXPECT_EQ(server.log.next_close(), "transport close");
  EXPECT_EQ(server.echo("there is a place"), "text 4there is a place");
}

// -- settings -----------------------------------------------------------------

constexpr auto poll_request = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(Handshake, TellsACookieToWhoPollsIfItHasAName) {
  echo_server server{[](settings& s) { s.socketio.cookie = "io"; }};
  auto client = poller{server};
  EXPECT_TRUE(client.hello.has("Set-Cookie: io=" + client.sid + "; Path=/; HttpOnly; SameSite=Lax")) << client.hello.head;
  client.post("4hello");
  EXPECT_EQ(client.ask("GET", "").head.find("Set-Cookie"), std::string::npos) << "once";
  EXPECT_EQ(server.client().ask(upgrade_request()).head.find("Set-Cookie"), std::string::npos);
  EXPECT_EQ(echo_server{}.client().ask(poll_request).head.find("Set-Cookie"), std::string::npos) << "off by default";
}

TEST(Handshake, TransportsThatAreOffAreUnknown) {
  echo_server sockets{[](settings& s) { s.socketio.transports = {"websocket"}; }};
  EXPECT_EQ(sockets.client().ask(poll_request).body, unknown_transport);
  EXPECT_EQ(sockets.client().ask(upgrade_request()).status, 101u);
  echo_server polls{[](settings& s) { s.socketio.transports = {"polling"}; }};
  EXPECT_THAT(polls.client().ask(poll_request).body, testing::HasSubstr(R"("upgrades":[])"));
  EXPECT_EQ(polls.client().ask(upgrade_request()).body, "Transport unknown");
}

TEST(Handshake, UpgradesMayBeOff) {
  echo_server server{[](settings& s) { s.socketio.allow_upgrades = false; }};
  auto client = poller{server};
  EXPECT_THAT(client.hello.body, testing::HasSubstr(R"("upgrades":[])"));
  EXPECT_EQ(server.client().ask(upgrade_request("EIO=4&transport=websocket&sid=" + client.sid)).body, "Bad request");
  EXPECT_EQ(server.client().ask(upgrade_request()).status, 101u);
  client.post("4alive");
  EXPECT_EQ(client.get(), "4alive");
}

TEST(Handshake, ItsCorsHeadersStandOnThe101) {
  echo_server server{[](settings& s) { s.cors.origins = {"https://chat.example"}; }};
  auto answer = server.client().ask(upgrade_request("EIO=4&transport=websocket", upgrade_lines() + "Origin: https://chat.example\r\n"));
  EXPECT_EQ(answer.status, 101u);
  EXPECT_TRUE(answer.has("Access-Control-Allow-Origin: https://chat.example"));
  EXPECT_TRUE(answer.has("Access-Control-Allow-Credentials: true"));
  EXPECT_TRUE(answer.has("Vary: Origin"));
}

TEST_F(websocket_handshake, OldExplorersAreToldNotToGuardAgainstPolls) {
  auto client = poller{server};
  for (auto agent :
       {"Mozilla/4.0 (compatible;MSIE 8.0; Windows NT 6.1)", "Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko"}) {
    auto line = fmt::format("User-Agent: {}\r\n", agent);
    auto post = client.ask("POST", "4hello", line);
    EXPECT_TRUE(post.has("X-XSS-Protection: 0")) << post.head;
    EXPECT_TRUE(client.ask("GET", "", line).has("X-XSS-Protection: 0"));
  }
  client.post("4hello");
  EXPECT_FALSE(client.ask("GET", "", "User-Agent: Mozilla/5.0 Firefox/120.0\r\n").has("X-XSS-Protection: 0"));
}

} // namespace
} // namespace stentor
