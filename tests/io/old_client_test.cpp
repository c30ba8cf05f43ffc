// Clients of version 2.

#include "nsp_test.hpp"

namespace stentor::io {
namespace {

struct OldClientTest : NspTest {
  /// One that has heard that it is in.
  wire& old_member() {
    auto& client = open_old();
    EXPECT_EQ(client.hear().size(), 2u);
    return client;
  }
};

TEST_F(OldClientTest, IsInTheMainNamespaceWithoutAsking) {
  auto& client = open_old("&token=abc");
  auto heard = client.hear();
  ASSERT_EQ(heard.size(), 2u);
  auto sid = json::parse(heard[0].substr(1)).at("sid").get<std::string>();
  EXPECT_EQ(heard[1], "40");
  EXPECT_EQ(root.guest()->id(), sid);
  EXPECT_EQ(root.auths.at(0).dump(), R"({"EIO":"3","transport":"websocket","token":"abc"})");
  say(client, R"(42["hello",1])");
  EXPECT_EQ(root.log, texts{"hello [1]"});
  tell({});
  EXPECT_EQ(client.hear(), news);
}

TEST_F(OldClientTest, MayBeRefusedThere) {
  root.lets_in = false;
  auto& client = open_old();
  EXPECT_EQ(client.hear().size(), 1u);
  root.guest()->refuse("not you", json{{"code", 1}});
  EXPECT_EQ(hear(client), texts{R"(44{"code":1})"});
}

TEST_F(OldClientTest, SaysWhoItIsBehindTheNameOfANamespace) {
  auto& client = old_member();
  EXPECT_EQ(say(client, "40/admin?token=abc&x=1,"), texts{"40/admin,"});
  EXPECT_EQ(admin.auths.at(0).dump(), R"({"token":"abc","x":"1"})");
  EXPECT_EQ(admin.guest()->id(), "/admin#" + root.guest()->id());
  say(client, R"(42/admin,["hello"])");
  EXPECT_EQ(admin.log, texts{"hello []"});
  admin.guest()->emit("news", {});
  EXPECT_EQ(hear(client), texts{R"(42/admin,["news"])"});
  EXPECT_EQ(say(client, "41/admin?token=abc"), silence);
  EXPECT_EQ(admin.log.back(), "gone: client namespace disconnect");
}

TEST_F(OldClientTest, IsToldTheMessageOfARefusalOrItsData) {
  admin.lets_in = false;
  auto& client = old_member();
  say(client, "40/admin");
  admin.guest(0)->refuse("not you");
  EXPECT_EQ(say(client, "40/admin"), texts{R"(44/admin,"not you")"});
  admin.guest(1)->refuse("not you", json{{"code", 7}});
  EXPECT_EQ(hear(client), texts{R"(44/admin,{"code":7})"});
  EXPECT_EQ(say(client, "40/nowhere"), texts{R"(44/nowhere,{"message":"Invalid namespace"})"});
}

TEST_F(OldClientTest, AQueryIsPartOfTheNameForOthers) {
  EXPECT_EQ(say(greeted(), "40/admin?token=abc,"), texts{R"(44/admin?token=abc,{"message":"Invalid namespace"})"});
}

TEST_F(OldClientTest, HasItsAnswersAndItsAttachments) {
  root.on_event = [](socket& who, const std::string&, ack_id ack) { who.acknowledge(*ack, std::vector<json>{bytes("c")}); };
  auto& client = old_member();
  say(client, R"(451-7["upload",{"_placeholder":true,"num":0}])");
  client.say_binary("\x04"
                    "ab");
  settle();
  EXPECT_EQ(root.log, texts{R"(upload [{"bytes":[97,98],"subtype":null}] 7)"});
  EXPECT_EQ(client.hear(), (texts{R"(461-7[{"_placeholder":true,"num":0}])", "\x04"
                                                                             "c"}));
}

TEST_F(OldClientTest, WhoTakesTextOnlyHearsAttachmentsOnceToo) {
  auto text_only = http_request{};
  text_only.query = "b64=1";
  std::pair<wire*, std::string> clients[] = {
    {&open_old("&b64=1"), "b4YWI="}, {&open_old("&b64=1"), "b4YWI="}, {&greeted(text_only), "bYWI="}, {&greeted(), "ab"}};
  say(*clients[2].first, "40"), say(*clients[3].first, "40");
  for (size_t i = 0; i < std::size(clients); ++i) {
    clients[i].first->hear();
    root.guest(i)->enter("lobby");
    root.guest(i)->enter("attic");
  }
  place().tell({.rooms = {"lobby", "attic"}}, std::make_shared<const spoken>("file", std::vector<json>{json::binary({'a', 'b'})}));
  settle();
  for (const auto& [client, attachment] : clients)
    EXPECT_EQ(client->hear(), (texts{R"(451-["file",{"_placeholder":true,"num":0}])", attachment}));
}

} // namespace
} // namespace stentor::io
