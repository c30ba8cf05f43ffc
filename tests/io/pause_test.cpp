// Connections that are not read for a while.

#include "nsp_test.hpp"

namespace stentor::io {
namespace {

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

} // namespace
} // namespace stentor::io
