#include "chat_test.hpp"

namespace stentor {
namespace {

using ChatNamespaceTest = ChatTest;

const texts no_token = {
  R"(44{"message":"Authentication token required","data":{"code":"unauthenticated","message":"Authentication error"}})"};
const texts bad_token = {
  R"(44{"message":"Invalid token","data":{"code":"invalid_token","message":"Authentication error","reason":"expired"}})"};

TEST_F(ChatNamespaceTest, GreetsWhoeverComesInWithWhoTheyAre) {
  auto& client = greeted();
  auto heard = say(client, R"(40{"token":"ada's"})");
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_TRUE(heard[0].starts_with(R"(40{"sid":")"));
  EXPECT_EQ(heard[1], R"(42["authenticated",{"userId":"1","name":"Ada","image":"https://img.example/ada.png",)"
                      R"("user":{"id":"1","name":"Ada","email":"ada@example.org"}}])");
  auto& another = greeted();
  heard = say(another, R"(40{"token":"bob's"})");
  EXPECT_EQ(heard.at(1), R"(42["authenticated",{"userId":"2","name":"Bob","image":null,"user":{"id":"2","name":"Bob","email":null}}])");
}

TEST_F(ChatNamespaceTest, RefusesAConnectWithoutAToken) {
  for (auto connect : {"40", "40{}", R"(40{"token":""})", R"(40{"token":7})", R"(40{"token":null})", R"(40{"Token":"ada's"})"})
    EXPECT_EQ(say(greeted(), connect), no_token) << connect;
}

TEST_F(ChatNamespaceTest, RefusesABadTokenAndSaysWhy) {
  EXPECT_EQ(say(greeted(), R"(40{"token":"forged"})"), bad_token);
}

TEST_F(ChatNamespaceTest, AStoreThatFailsIsNoBadToken) {
  reader.identities.always = [](const store::claimed_identity&) -> result<store::account> { return errc::unavailable; };
  EXPECT_EQ(say(greeted(), R"(40{"token":"ada's"})"),
            texts{R"(44{"message":"The store is unavailable, try again","data":{"code":"unavailable","message":"Authentication error"}})"});
}

TEST_F(ChatNamespaceTest, WhoWasRefusedMayTryAgainOnTheSameConnection) {
  auto& client = greeted();
  EXPECT_EQ(say(client, "40"), no_token);
  EXPECT_EQ(say(client, R"(40{"token":"ada's"})").size(), 2u);
}

TEST_F(ChatNamespaceTest, TakesTheTokenOfTheConnectThenHeaderThenCookieThenQuery) {
  auto user_of = [this](const http_request& handshake, const std::string& connect) {
    auto& client = greeted(handshake);
    auto heard = say(client, connect);
    return heard.size() == 2 ? heard[1].substr(std::string{R"(42["authenticated",{"userId":)"}.size(), 3) : heard.at(0);
  };
  auto request = http_request{};
  request.query = "EIO=4&transport=websocket&token=ada%27s";
  EXPECT_EQ(user_of(request, "40"), R"("1")");
  request.headers.add("cookie", "accessToken=bob's");
  EXPECT_EQ(user_of(request, "40"), R"("2")");
  request.headers.add("authorization", "Bearer ada's");
  EXPECT_EQ(user_of(request, "40{}"), R"("1")");
  EXPECT_EQ(user_of(request, R"(40{"token":"Bearer bob's"})"), R"("2")");
  EXPECT_EQ(user_of(request, R"(40{"token":"forged"})"), bad_token[0]) << "the first token there is counts";
}

TEST_F(ChatNamespaceTest, WhoHangsUpWhileTheTokenIsLookedUpIsForgotten) {
  reader.identities.always = nullptr;
  auto& client = greeted();
  say(client, R"(40{"token":"ada's"})");
  hang_up(client);
  reader.identities.answer(store::account{*ada, "authenticated"});
  settle();
}

TEST_F(ChatNamespaceTest, WhoSpeaksWhileTheTokenIsLookedUpIsClosedAndStaysOut) {
  reader.identities.always = nullptr;
  auto& client = greeted();
  EXPECT_EQ(say(client, R"(40{"token":"ada's"})", R"(42["join_channel",{"channelId":7}])"), texts{"(close)"});
  reader.identities.answer(store::account{*ada, "authenticated"});
  EXPECT_EQ(hear(client), texts{});
  EXPECT_TRUE(rooms[lobby].joins.seen.empty());
}

} // namespace
} // namespace stentor
