// Binary, and acknowledgements that clients owe.

#include "io_test.hpp"

namespace stentor::io {
namespace {

using AckTest = IoTest;

const texts closed = {"(close)"};

struct BinaryTest : IoTest {
  /// Has sent one attachment of so many, and has a second for each.
  wire& one_sent_of(int attachments) {
    config.socketio.attachments_timeout_ms = 1000;
    auto& client = member();
    say(client, "45" + std::to_string(attachments) + R"(-["upload"])");
    EXPECT_EQ(say_binary(client, "abc"), texts{});
    return client;
  }
};

TEST_F(BinaryTest, AnEventIsHeardWhenItsLastAttachmentIsThere) {
  auto& client = member();
  say(client, R"(451-5["upload",{"_placeholder":true,"num":0}])");
  EXPECT_EQ(root.log, texts{});
  EXPECT_EQ(say_binary(client, "abc"), texts{});
  EXPECT_EQ(root.log, (texts{R"(upload [{"bytes":[97,98,99],"subtype":null}] 5)"}));
}

TEST_F(BinaryTest, AttachmentsLeaveRightBehindTheirPacket) {
  auto& client = member();
  root.guest()->emit("file", std::vector{bytes("abc"), json{{"name", "x"}, {"data", bytes("def")}}});
  root.guest()->acknowledge(7, std::vector{bytes("ghi")});
  root.guest()->emit("text", std::vector<json>{"ready"});
  EXPECT_EQ(hear(client), (texts{R"(452-["file",{"_placeholder":true,"num":0},{"name":"x","data":{"_placeholder":true,"num":1}}])", "abc",
                                 "def", R"(461-7[{"_placeholder":true,"num":0}])", "ghi", R"(42["text","ready"])"}));
}

TEST_F(BinaryTest, AttachmentsThatDoNotComeCloseTheConnection) {
  auto& client = one_sent_of(2);
  pass(std::chrono::minutes{1});
  EXPECT_EQ(hear(client), closed);
  EXPECT_EQ(root.log, texts{"gone: forced close"});
}

TEST_F(BinaryTest, NoneAreAwaitedBehindTheLast) {
  auto& client = one_sent_of(1);
  pass(std::chrono::minutes{1});
  EXPECT_EQ(say(client, R"(42["hello"])"), texts{});
  EXPECT_EQ(root.log, (texts{"upload []", "hello []"}));
}

TEST_F(BinaryTest, AttachmentsAreAwaitedWhileTheServerDoesNotRead) {
  config.socketio.attachments_timeout_ms = 1000;
  auto& client = member();
  say(client, R"(451-["upload"])");
  root.guest()->link().pause_reading();
  client.say_binary("abc");
  pass(std::chrono::minutes{1});
  EXPECT_EQ(hear(client), texts{});
  root.guest()->link().resume_reading();
  settle();
  EXPECT_EQ(root.log, texts{"upload []"});
}

TEST_F(BinaryTest, ATextAmongAttachmentsClosesTheConnection) {
  auto& client = member();
  EXPECT_EQ(say(client, R"(452-["upload"])", R"(42["hello"])"), closed);
  EXPECT_EQ(root.log, texts{"gone: forced close"});
}

TEST_F(BinaryTest, ManyAttachmentsTogetherAreStillOnePacket) {
  config.socketio.max_payload_bytes = 2000;
  auto& client = member();
  say(client, R"(4510-["upload"])");
  EXPECT_EQ(say_binary(client, std::string(1500, 'x')), texts{});
  EXPECT_EQ(say_binary(client, std::string(1500, 'x')), closed);
}

/// Writes down what became of an acknowledgement.
struct answers {
  texts log;
  socket::on_answer note() {
    return [this](const auto& answer) {
      log.push_back(answer ? json(json::array_t(answer->begin(), answer->end())).dump() : answer.error().detail);
    };
  }
};

TEST_F(AckTest, TheClientsAnswerIsHeardOnce) {
  auto& client = member();
  auto heard = answers{};
  root.guest()->emit_with_ack("question", std::vector{json("why?")}, long_enough, heard.note());
  EXPECT_EQ(hear(client), texts{R"(420["question","why?"])"});
  say(client, R"(430["because",42])", R"(430["again"])", R"(4399["of no question"])");
  EXPECT_EQ(heard.log, texts{R"(["because",42])"});
}

TEST_F(AckTest, IdsAreOfTheirNamespaceAndEachGetsItsOwnAnswer) {
  auto& client = member();
  say(client, "40/admin,");
  auto heard = answers{};
  for (auto* guest : {root.guest().get(), root.guest().get(), admin.guest().get()})
    guest->emit_with_ack("question", {}, long_enough, heard.note());
  EXPECT_EQ(hear(client), (texts{R"(420["question"])", R"(421["question"])", R"(42/admin,0["question"])"}));
  say(client, R"(431["second"])", R"(43/admin,0["third"])", R"(430["first"])");
  EXPECT_EQ(heard.log, (texts{R"(["second"])", R"(["third"])", R"(["first"])"}));
}

TEST_F(AckTest, WhoGoesAnswersNothing) {
  auto& client = member();
  auto heard = answers{};
  for (int i = 0; i < 2; ++i)
    root.guest()->emit_with_ack("question", {}, long_enough, heard.note());
  settle();
  hang_up(client);
  EXPECT_EQ(heard.log, (texts{"socket has been disconnected", "socket has been disconnected"}));
}

} // namespace
} // namespace stentor::io
