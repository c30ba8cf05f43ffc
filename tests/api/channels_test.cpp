#include "api_test.hpp"

namespace stentor::api {
namespace {

struct ChannelsTest : ApiTest {
  std::string refused(const std::string& body) {
    auto answer = post("/api/channels", body);
    EXPECT_TRUE(disk.rooms.seen.empty());
    return shown(answer);
  }
  static std::string bad(const std::string& message) { return error(400, "ValidationError", message, "bad_request"); }
};

TEST_F(ChannelsTest, CreatesAChannel) {
  auto answer = post("/api/channels", R"({"name":"Lobby","topic":"What for","key":"lobby","visibility":"public","ownerId":9})");
  ASSERT_EQ(disk.rooms.waiting(), 1u);
  const auto& wanted = disk.rooms.seen[0];
  EXPECT_EQ(wanted.name, "Lobby");
  EXPECT_EQ(wanted.topic, "What for");
  EXPECT_EQ(wanted.key, "lobby");
  EXPECT_EQ(wanted.kind, room_kind::channel);
  EXPECT_EQ(wanted.visibility, room_visibility::open);
  EXPECT_EQ(wanted.owner, ada->id) << "the token's user, whatever the body says";
  EXPECT_TRUE(answer.pending());
  disk.rooms.answer(lobby_info());
  settle();
  EXPECT_EQ(shown(answer), R"(201 {"data":{"id":"lobby","name":"Lobby","topic":null,"visibility":"public","role":"owner",)"
                           R"("lastSeq":3,"unread":0,"createdAt":"2026-11-21T07:48:16.123Z","memberCount":1}})");
}

TEST_F(ChannelsTest, AChannelNeedsANameAndAVisibilityOnly) {
  post("/api/channels", R"({"name":"x","visibility":"private"})");
  ASSERT_EQ(disk.rooms.waiting(), 1u);
  EXPECT_EQ(disk.rooms.seen[0].visibility, room_visibility::closed);
  EXPECT_EQ(disk.rooms.seen[0].key, "");
  EXPECT_EQ(disk.rooms.seen[0].topic, "");
  post("/api/channels", R"({"name":")" + std::string(128, 'n') + R"(","visibility":"private","topic":")" + std::string(1024, 't') +
                          R"(","key":")" + std::string(128, 'k') + R"("})");
  EXPECT_EQ(disk.rooms.waiting(), 2u) << "as long as may be";
}

TEST_F(ChannelsTest, RefusesABodyThatIsNoObjectOfJson) {
  for (auto body :
       {"", "{", "null", "[]", "7", R"("x")", R"({"name":"x","visibility":"public")", "{\"name\":\"\xff\",\"visibility\":\"public\"}"})
    EXPECT_EQ(post("/api/channels", body).value().status, 400u) << body;
  for (auto type : {"text/plain", "application/x-www-form-urlencoded", ""})
    EXPECT_EQ(
      shown(send("POST", "/api/channels", R"({"name":"x","visibility":"public"})", {{"authorization", "ada's"}, {"content-type", type}})),
      bad("The body must be JSON with Content-Type: application/json"))
      << type;
  EXPECT_TRUE(disk.rooms.seen.empty());
}

TEST_F(ChannelsTest, RefusesABodyBeyondTheLimitsOfJson) {
  config.limits.json_depth_max = 3;
  EXPECT_EQ(post("/api/channels", R"({"name":"x","visibility":"public","more":[[[[]]]]})").value().status, 413u);
  EXPECT_TRUE(disk.rooms.seen.empty());
}

TEST_F(ChannelsTest, SaysWhatIsWrongWithAChannel) {
  EXPECT_EQ(refused(R"({"visibility":"public"})"), bad("name must be a text that is not empty"));
  EXPECT_EQ(refused(R"({"name":"","visibility":"public"})"), bad("name must be a text that is not empty"));
  EXPECT_EQ(refused(R"({"name":7,"visibility":"public"})"), bad("name must be a text that is not empty"));
  EXPECT_EQ(refused(R"({"name":")" + std::string(129, 'n') + R"(","visibility":"public"})"),
            bad("name must be a text of at most 128 bytes"));
  EXPECT_EQ(refused(R"({"name":"x","visibility":"public","topic":7})"), bad("topic must be a text"));
  EXPECT_EQ(refused(R"({"name":"x","visibility":"public","topic":")" + std::string(1025, 't') + R"("})"),
            bad("topic must be a text of at most 1024 bytes"));
  auto bad_key = bad("key must be a letter, then up to 127 of letters, digits, _, : and -, and no word of the API");
  for (auto key : {"7", "a b", "-a", "me", "search"})
    EXPECT_EQ(refused(R"({"name":"x","visibility":"public","key":")" + std::string{key} + R"("})"), bad_key) << key;
  for (auto visibility : {"", R"(,"visibility":"open")", R"(,"visibility":7)", R"(,"visibility":null)"})
    EXPECT_EQ(refused(R"({"name":"x")" + std::string{visibility} + "}"), bad(R"(visibility must be \"public\" or \"private\")"))
      << visibility;
}

TEST_F(ChannelsTest, AKeyThatIsTakenIsAConflict) {
  auto answer = post("/api/channels", R"({"name":"x","visibility":"public","key":"lobby"})");
  disk.rooms.answer(failure{errc::already_exists, "The key is taken"});
  settle();
  EXPECT_EQ(shown(answer), error(409, "ConflictError", "The key is taken", "already_exists"));
}

TEST_F(ChannelsTest, ListsTheRoomsOfWhoeverAsks) {
  auto answer = get("/api/channels");
  ASSERT_EQ(reader.lists.waiting(), 1u);
  EXPECT_EQ(reader.lists.seen[0].who, ada->id);
  reader.lists.answer(std::vector{store::membership{lobby_info(), member_role::moderator, 2}});
  settle();
  EXPECT_EQ(shown(answer), R"(200 {"data":[{"id":"lobby","name":"Lobby","topic":null,"visibility":"public","role":"moderator",)"
                           R"("lastSeq":3,"unread":2,"createdAt":"2026-11-21T07:48:16.123Z"}]})");
  auto none = get("/api/channels");
  reader.lists.answer(std::vector<store::membership>{});
  settle();
  EXPECT_EQ(shown(none), R"(200 {"data":[]})");
}

TEST_F(ChannelsTest, ShowsAChannelToWhoeverMayKnowOfIt) {
  auto answer = get("/api/channels/7");
  ASSERT_EQ(room.describes.waiting(), 1u);
  EXPECT_EQ(room.describes.seen[0].who, ada->id);
  auto closed = lobby_info();
  closed.key = "";
  closed.topic = "\"Topic\"";
  closed.visibility = room_visibility::closed;
  room.describes.answer(description{closed, member_role::muted, 12});
  settle();
  ASSERT_EQ(reader.memberships.waiting(), 1u);
  reader.memberships.answer(store::membership{closed, member_role::muted, 4});
  settle();
  EXPECT_EQ(shown(answer), R"(200 {"data":{"id":"7","name":"Lobby","topic":"\"Topic\"","visibility":"private","role":"muted",)"
                           R"("lastSeq":3,"unread":4,"createdAt":"2026-11-21T07:48:16.123Z","memberCount":12}})");
  auto stranger = get("/api/channels/7");
  room.describes.answer(description{lobby_info(), std::nullopt, 12});
  settle();
  EXPECT_NE(shown(stranger).find(R"("role":null)"), std::string::npos);
}

TEST_F(ChannelsTest, AChannelThatTheDirectoryDoesNotKnowIsNotFound) {
  directory.finds.always = [](const find_room&) -> result<found_room> { return failure{errc::not_found, "Room not found"}; };
  for (const auto& answer : {get("/api/channels/7"), post("/api/channels/7/join"), get("/api/messages?channelId=7")})
    EXPECT_EQ(shown(answer), error(404, "NotFoundError", "Room not found", "not_found"));
}

TEST_F(ChannelsTest, JoiningMakesAMemberAndShowsTheChannel) {
  auto answer = post("/api/channels/7/join");
  ASSERT_EQ(room.submits.waiting(), 1u);
  EXPECT_EQ(*room.submits.seen[0].who, *ada);
  EXPECT_EQ(room.submits.seen[0].what, (operation{add_member{ada->id, member_role::member}}));
  EXPECT_TRUE(room.describes.seen.empty()) << "shown before it is stored";
  room.submits.answer(committed{{lobby, "", {}}, nullptr});
  settle();
  room.describes.answer(description{lobby_info(), member_role::member, 2});
  settle();
  reader.memberships.answer(store::membership{lobby_info(), member_role::member, 0});
  settle();
  EXPECT_EQ(answer.value().status, 200u);
  EXPECT_NE(answer.value().body.find(R"("role":"member")"), std::string::npos);
}

TEST_F(ChannelsTest, JoiningTwiceIsNoError) {
  auto answer = post("/api/channels/7/join");
  room.submits.answer(errc::already_exists);
  settle();
  room.describes.answer(description{lobby_info(), member_role::owner, 2});
  settle();
  reader.memberships.answer(store::membership{lobby_info(), member_role::owner, 0});
  settle();
  EXPECT_EQ(answer.value().status, 200u);
}

TEST_F(ChannelsTest, AJoinThatIsRefusedIsRefused) {
  auto answer = post("/api/channels/7/join");
  room.submits.answer(errc::forbidden);
  settle();
  EXPECT_EQ(shown(answer), error(403, "ForbiddenError", "Not allowed", "forbidden"));
  EXPECT_TRUE(room.describes.seen.empty());
}

} // namespace
} // namespace stentor::api
