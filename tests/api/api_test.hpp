#pragma once

// REST without HTTP: requests and responses are values, the actors behind are played by the test.

#include "api/api.hpp"
#include "support/network_test.hpp"
#include "support/scripted.hpp"

namespace stentor::api {

struct ApiTest : NetworkTest, application {
  const room_id lobby{7};
  user_ptr ada = std::make_shared<const user>(user{{1}, "Ada", "", ""});

  scripted_reader reader;
  scripted_persistence disk;
  scripted_directory directory;
  scripted_room room;
  scripted_registry registry;
  scripted_presence presence;
  scripted_accounts accounts;
  chat_actors actors{.directory = mortal(directory.spawn(system)),
                     .persistence = mortal(disk.spawn(system)),
                     .readers = reader_pool{{mortal(reader.spawn(system))}},
                     .registry = mortal(registry.spawn(system)),
                     .presence = mortal(presence.spawn(system)),
                     .accounts = mortal(accounts.spawn(system))};
  room_actor room_handle = mortal(room.spawn(system));
  authenticator auth{
    net.self(), config.auth,
    token_rules{.verify = [](std::string_view token) -> result<believed_token> {
                  if (token != "ada's")
                    return failure{errc::invalid_token, "expired"};
                  return believed_token{json::parse(R"({"iss":"stentor","sub":1})"), "print", wall_now() + std::chrono::hours{1}};
                },
                .sign = [](json claims) { return claims.dump(); }},
    actors.readers, actors.persistence};
  service rest{net, actors, auth};

  ApiTest() {
    reader.identities.always = [this](const store::claimed_identity&) -> result<store::account> {
      return store::account{*ada, "authenticated"};
    };
    directory.finds.always = [this](const find_room&) -> result<found_room> {
      return found_room{{lobby, "", room_kind::channel}, room_handle};
    };
    net.serve(*this, {&net});
    settle();
  }
  std::unique_ptr<connection_handler> on_open(connection&) override { return nullptr; }
  void on_request(http_request, http_reply) override {}
  void on_deliver(const deliver&) override {}

  using headers = std::vector<std::pair<std::string, std::string>>;

  reply<http_response> send(std::string method, const std::string& target, std::string body, const headers& fields) {
    auto request =
      http_request{.method = std::move(method), .path = target, .query = {}, .headers = {}, .body = std::move(body), .address = {}};
    if (auto query = target.find('?'); query != target.npos) {
      request.path = target.substr(0, query);
      request.query = target.substr(query + 1);
    }
    for (const auto& [name, value] : fields)
      request.headers.add(name, value);
    auto to = reply<http_response>{};
    rest.handle(std::move(request), [to](http_response answer) { to.set(std::move(answer)); });
    settle();
    return to;
  }
  /// Ada asks.
  reply<http_response> get(const std::string& target) { return send("GET", target, "", {{"authorization", "Bearer ada's"}}); }
  reply<http_response> post(const std::string& target, std::string body = "") {
    return send("POST", target, std::move(body), {{"authorization", "Bearer ada's"}, {"content-type", "application/json"}});
  }

  /// "status body"
  static std::string shown(const reply<http_response>& of) { return std::to_string(of.value().status) + " " + of.value().body; }
  static std::string error(unsigned status, const std::string& name, const std::string& message, const std::string& code = "") {
    auto text = std::to_string(status);
    return text + R"( {"data":null,"error":{"status":)" + text + R"(,"name":")" + name + R"(","message":")" + message + R"(","details":{)" +
           (code.empty() ? "" : R"("code":")" + code + '"') + "}}}";
  }
  static room_info lobby_info() {
    return {.id = {7},
            .key = "lobby",
            .name = "Lobby",
            .topic = "",
            .kind = room_kind::channel,
            .visibility = room_visibility::open,
            .last_seq = 3,
            .created_at = wall_time{std::chrono::milliseconds{1'795'247'296'123}}};
  }
};

} // namespace stentor::api
