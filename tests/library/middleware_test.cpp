#include "library_test.hpp"

#include <thread>

namespace stentor {
namespace {

using testing::StartsWith;

constexpr auto let_in = std::nullopt;

struct MiddlewareTest : LibraryTest {
  MiddlewareTest() {
    io->root().on_connection([this](socket client) {
      answer_fences(client);
      log.put("in");
    });
  }
  void look(middleware what) { io->root().use(std::move(what)); }
};

TEST_F(MiddlewareTest, RunsInTheOrderOfUseAndBeforeTheConnection) {
  for (auto name : {"one", "two", "three"})
    look([this, name](socket&, const next& go_on) {
      log.put(name);
      go_on(let_in);
    });
  io->listen();
  member();
  for (auto name : {"one", "two", "three", "in"})
    EXPECT_EQ(log.take(), name);
}

TEST_F(MiddlewareTest, SeesTheHandshake) {
  look([this](socket& client, const next& go_on) {
    const auto& shake = client.handshake();
    log.put(shake.auth.dump() + shake.query.at("room") + " " + shake.headers.at("host") + " " + shake.url + " " + shake.address +
            (shake.xdomain ? " x" : "") + (client.connected() ? " in" : ""));
    go_on(let_in);
  });
  io->listen();
  connect("&room=7").enter("/", {{"token", "t"}});
  EXPECT_EQ(log.take(), R"({"token":"t"}7 a.example /socket.io/?EIO=4&transport=websocket&room=7 127.0.0.1)");
}

TEST_F(MiddlewareTest, ARefusalHasItsMessageAndItsDataAndEndsTheChain) {
  look([](socket& client, const next& go_on) {
    if (client.handshake().auth.is_null())
      go_on(refusal{"who are you?", {{"code", 7}}});
    else
      go_on(let_in);
  });
  look([this](socket&, const next& go_on) {
    log.put("behind");
    go_on(let_in);
  });
  io->listen();
  auto client = connect();
  client.say("40");
  EXPECT_EQ(client.hear(), R"(44{"message":"who are you?","data":{"code":7}})");
  EXPECT_TRUE(log.empty());
  client.enter("/", {{"name", "ada"}});
  EXPECT_EQ(log.take(), "behind");
  EXPECT_EQ(log.take(), "in");
}

TEST_F(MiddlewareTest, ARefusalWithoutDataHasNone) {
  look([](socket&, const next& go_on) { go_on(refusal{"no"}); });
  io->listen();
  auto client = connect();
  client.say("40");
  EXPECT_EQ(client.hear(), R"(44{"message":"no"})");
}

TEST_F(MiddlewareTest, OneThatThrowsLetsNobodyIn) {
  look([](socket&, const next&) { throw std::runtime_error("a secret of the server"); });
  io->listen();
  auto client = connect();
  client.say("40");
  EXPECT_EQ(client.hear(), R"(44{"message":"Internal error"})");
  client.say("40");
  EXPECT_EQ(client.hear(), R"(44{"message":"Internal error"})") << "the connection stays";
}

TEST_F(MiddlewareTest, WhatIsSaidFirstCounts) {
  look([](socket& client, const next& go_on) {
    auto verdicts = std::vector<std::optional<refusal>>{let_in, refusal{"no"}};
    if (!client.handshake().auth.is_null())
      std::swap(verdicts[0], verdicts[1]);
    for (const auto& verdict : verdicts)
      go_on(verdict);
    go_on(let_in);
  });
  io->listen();
  auto client = member();
  EXPECT_EQ(log.take(), "in");
  EXPECT_EQ(fence(client), at_fence) << "one answer";
  EXPECT_TRUE(log.empty()) << "one connection";

  auto other = connect();
  other.say(R"(40{"the":"other"})");
  EXPECT_EQ(other.hear(), R"(44{"message":"no"})");
  other.say(R"(40{"the":"other"})");
  EXPECT_EQ(other.hear(), R"(44{"message":"no"})") << "and nothing between";
}

TEST_F(MiddlewareTest, OneThatThrowsAfterItHasAnsweredHasAnswered) {
  look([](socket&, const next& go_on) {
    go_on(let_in);
    throw std::runtime_error("too late");
  });
  io->listen();
  auto client = member();
  EXPECT_EQ(log.take(), "in");
  EXPECT_EQ(fence(client), at_fence);
}

TEST_F(MiddlewareTest, MayAnswerLaterOnAnyThread) {
  auto answers = mailbox<next>{};
  look([&](socket&, const next& go_on) { answers.put(go_on); });
  io->listen();
  auto client = connect(), other = connect();
  client.say("40");
  auto first = answers.take();
  other.say("40");
  auto second = answers.take();
  std::thread{[&] { second(let_in); }}.join();
  EXPECT_THAT(other.hear(), StartsWith(R"(40{"sid":)")) << "whoever waits holds nobody up";
  std::thread{[&] { first(refusal{"at last"}); }}.join();
  EXPECT_EQ(client.hear(), R"(44{"message":"at last"})");
}

TEST_F(MiddlewareTest, WhoHangsUpMeanwhileNeverComesIn) {
  auto answers = mailbox<next>{};
  look([&](socket&, const next& go_on) { answers.put(go_on); });
  io->listen();
  auto client = connect();
  client.say("40");
  auto late = answers.take();
  client.say("41"); // a namespace that it is not in: its connection is closed
  EXPECT_EQ(client.hear(), "close");
  late(let_in);
  io->close();
  EXPECT_TRUE(log.empty());
}

TEST_F(MiddlewareTest, OneThatNeverAnswersDoesNotKeepTheServerFromClosing) {
  auto entered = mailbox<next>{};
  look([&](socket&, const next& go_on) { entered.put(go_on); });
  io->listen();
  auto client = connect();
  client.say("40");
  auto kept = entered.take();
  io->close();
  kept(let_in);
  EXPECT_EQ(client.hear(), "close");
  EXPECT_TRUE(log.empty());
}

TEST_F(MiddlewareTest, WhatItRemembersAndWhereItJoinsHoldsAfterwards) {
  look([](socket& client, const next& go_on) {
    client.set_data({{"name", "ada"}});
    client.join("lobby");
    go_on(let_in);
  });
  io->root().on_connection([this](socket client) { log.put(client.data().dump() + json(client.rooms()).at(1).dump()); });
  io->listen();
  auto client = member();
  EXPECT_EQ(log.take(), "in");
  EXPECT_EQ(log.take(), R"({"name":"ada"}"lobby")");
  io->root().to("lobby").emit("news");
  EXPECT_EQ(client.hear(), R"(42["news"])");
}

TEST_F(MiddlewareTest, ARefusedGuestIsInNoRoom) {
  look([](socket& client, const next& go_on) {
    client.join("lobby");
    go_on(refusal{"no"});
  });
  io->listen();
  for (auto i = 0; i < 20; ++i) {
    auto client = connect();
    client.say("40");
    EXPECT_EQ(client.hear(), R"(44{"message":"no"})");
  }
  io->root().to("lobby").emit("news");
  auto found = mailbox<size_t>{};
  io->root().to("lobby").fetch_sockets([&](auto all) { found.put(all.size()); });
  EXPECT_EQ(found.take(), 0u);
}

TEST_F(MiddlewareTest, WhatARefusedGuestWouldHaveHandledIsLetGo) {
  auto watched = std::weak_ptr<int>{};
  look([&](socket& client, const next& go_on) {
    auto caught = std::make_shared<int>();
    watched = caught;
    client.on("a", [client, caught] {});
    client.on_disconnect([this, client, caught](const std::string& why) { log.put(why); });
    go_on(refusal{"no"});
  });
  io->listen();
  auto client = connect();
  client.say("40");
  EXPECT_EQ(client.hear(), R"(44{"message":"no"})");
  io->close();
  EXPECT_TRUE(watched.expired());
  EXPECT_TRUE(log.empty()) << "it was never in";
}

TEST_F(MiddlewareTest, SoItIsOfOneWhoHangsUpMeanwhile) {
  auto watched = std::weak_ptr<int>{};
  auto answers = mailbox<next>{};
  look([&](socket& client, const next& go_on) {
    auto caught = std::make_shared<int>();
    watched = caught;
    client.on("a", [client, caught] {});
    answers.put(go_on);
  });
  io->listen();
  auto client = connect();
  client.say("40", "41");
  EXPECT_EQ(client.hear(), "close");
  answers.take()();
  io->close();
  EXPECT_TRUE(watched.expired());
}

TEST_F(MiddlewareTest, OneThatForgetsToAnswerLetsNobodyIn) {
  auto answers = mailbox<next>{};
  look([&](socket& client, const next& go_on) {
    if (!client.handshake().auth.is_null())
      answers.put(go_on);
  });
  io->listen();
  auto client = connect();
  client.say("40");
  EXPECT_EQ(client.hear(), R"(44{"message":"No answer"})");
  client.say("40{}");
  {
    auto copy = answers.take();
    auto another = copy;
  }
  EXPECT_EQ(client.hear(), R"(44{"message":"No answer"})");
}

TEST_F(MiddlewareTest, MayThrowAClientOut) {
  look([](socket& client, const next& go_on) {
    client.disconnect();
    go_on(let_in);
  });
  io->listen();
  auto client = connect();
  client.say("40");
  EXPECT_EQ(client.hear(), "41");
  io->close();
  EXPECT_TRUE(log.empty());
}

TEST_F(MiddlewareTest, IsOfItsNamespace) {
  look([](socket&, const next& go_on) { go_on(refusal{"not here"}); });
  io->of("/open").on_connection([this](socket) { log.put("open"); });
  io->listen();
  member("/open");
  EXPECT_EQ(log.take(), "open");
}

} // namespace
} // namespace stentor
