// A Socket.IO server with the handlers that the official protocol suites, the official client's own tests and our end-to-end tests talk to.
// tests/e2e/reference.mjs is the same on npm socket.io; its first lines list every namespace and event.
//
//   bare_protocol_server [--section.key=VALUE ...]     settings as in config/stentor.toml; prints `ready {"port":…}`
//
// With `--socketio.path=/engine.io/`: Engine.IO alone, which sends every message back.

#include "engineio_echo.hpp"
#include "stentor/stentor.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <optional>
#include <queue>
#include <thread>

using std::chrono::milliseconds;
using stentor::ack;
using stentor::binary;
using stentor::event_args;
using stentor::json;
using stentor::nsp;
using stentor::socket;

namespace {

constexpr auto question_timeout = milliseconds{100};

std::string iso_now() {
  auto now = std::time(nullptr);
  char text[32];
  auto parts = std::tm{};
  std::strftime(text, sizeof text, "%FT%T.000Z", gmtime_r(&now, &parts));
  return text;
}

json bytes(std::string_view text) {
  return json::binary({text.begin(), text.end()});
}

json shown(const stentor::handshake& from) {
  using namespace std::chrono;
  return {
    {"headers", from.headers}, {"time", iso_now()},     {"address", from.address},
    {"xdomain", from.xdomain}, {"secure", from.secure}, {"issued", duration_cast<milliseconds>(from.issued.time_since_epoch()).count()},
    {"url", from.url},         {"query", from.query},   {"auth", from.auth.is_null() ? json::object() : from.auth}};
}

/// The rooms that it is in, sorted, without the one of its own.
json rooms_of(const socket& client) {
  auto rooms = std::vector(client.rooms().begin() + 1, client.rooms().end());
  std::ranges::sort(rooms);
  return rooms;
}

event_args behind(const event_args& args, size_t first) {
  return {args.begin() + static_cast<ptrdiff_t>(std::min(first, args.size())), args.end()};
}

void ask(const socket& client, milliseconds timeout, const event_args& args) {
  client.ask_values("question", args, timeout,
                    [client](const stentor::answer& got) { client.emit_values("answer", got ? got.args : event_args{got.error}); });
}

// -- the events of the official suites ----------------------------------------

void answer_texts(socket& client) {
  client.on("message", [client](const event_args& args) { client.emit_values("message-back", args); });
  client.on("message-with-ack", [](const event_args& args, const ack& reply) { reply.values(args); });
  client.on("ask", [client](const event_args& args) { ask(client, question_timeout, args); });
  client.on("hi", [client] { client.emit("hi"); });
  client.on("echo", [](const json& arg, const ack& reply) { reply(arg); });
  client.on("ack", [client] {
    client.emit_with_ack("ack", question_timeout, [client](const stentor::answer& got) {
      if (got && got.args.size() == 2 && got.args[0] == 5 && got.args[1].value("test", false))
        client.emit("got it");
    });
  });
  client.on("getAckDate", [](const json&, const ack& reply) { reply(iso_now()); });
  client.on("getDate", [client] { client.emit("takeDate", iso_now()); });
  client.on("getDateObj", [client] { client.emit("takeDateObj", json{{"date", iso_now()}}); });
  client.on("getUtf8", [client] {
    for (auto text : {"てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"})
      client.emit("takeUtf8", text);
  });
  client.on("false", [client] { client.emit("false", false); });
  client.on("getHandshake", [client](const ack& reply) { reply(shown(client.handshake())); });
  client.on("getId", [client](const ack& reply) { reply(client.id()); });
}

void answer_bytes(socket& client) {
  client.on("doge", [client] { client.emit("doge", bytes("asdfasdf")); });
  client.on("getbin", [client] { client.emit("takebin", bytes("asdfasdf")); });
  client.on("buffa", [client](const binary&) { client.emit("buffack"); });
  for (std::string name : {"jsonbuff", "jsonblob"})
    client.on(name, [client, name](const json& what) {
      if (what.is_object() && what.value("hello", "") == "lol" && what.contains("message") && what["message"].is_binary() &&
          what.value("goodbye", "") == "gotcha")
        client.emit(name + "-ack");
    });
  auto seen = std::make_shared<int>(0); // how many of a sequence have come
  client.on("abuff1", [seen](const binary&) { *seen = 1; });
  client.on("abuff2", [client, seen](const json&) {
    if (*seen == 1)
      client.emit("abuff2-ack");
  });
  client.on("blob", [client](const binary&) { client.emit("back"); });
  client.on("blob1", [seen](const binary&) { *seen = 1; });
  client.on("blob2", [seen](const std::string& text) { *seen += text == "second" ? 1 : 0; });
  client.on("blob3", [client, seen](const binary&) {
    if (*seen == 2)
      client.emit("blob3-ack");
  });
}

// -- the events of the end-to-end tests ---------------------------------------

/// Whom `tell` and `ask-all` mean.
stentor::broadcast_operator audience(const socket& client, const json& options) {
  auto some = options.value("others", false) ? client.broadcast() : client.everyone();
  some = some.to(options.value("rooms", std::vector<std::string>{})).except(options.value("except", std::vector<std::string>{}));
  return options.value("volatile", false) ? some.volatile_() : some;
}

void move_about(socket& client) {
  client.on("join", [client](const json& rooms, const ack& reply) {
    client.join(rooms.is_array() ? rooms.get<std::vector<std::string>>() : std::vector{rooms.get<std::string>()});
    reply();
  });
  client.on("leave", [client](const std::string& room, const ack& reply) {
    client.leave(room);
    reply();
  });
  client.on("whoami", [client](const ack& reply) {
    reply(json{{"id", client.id()}, {"recovered", client.recovered()}, {"rooms", rooms_of(client)}, {"data", client.data()}});
  });
  client.on("remember", [client](const json& value, const ack& reply) {
    client.set_data(value);
    reply();
  });
}

void talk(socket& client) {
  client.on("back", [client](const event_args& args, const ack& reply) {
    client.emit_values(args.at(0).get<std::string>(), behind(args, 1));
    reply();
  });
  client.on("flutter", [client](const event_args& args) { client.emit_volatile_values(args.at(0).get<std::string>(), behind(args, 1)); });
  client.on("tell", [client](const event_args& args, const ack& reply) {
    auto whom = audience(client, args.at(0));
    auto event = args.at(1).get<std::string>();
    auto rest = behind(args, 2);
    if (auto times = args[0].value("times", 0)) {
      rest.insert(rest.begin(), 0);
      for (auto i = 0; i < times; ++i) {
        rest[0] = i;
        whom.emit_values(event, rest);
      }
    } else
      whom.emit_values(event, rest);
    reply();
  });
  client.on("ask-all", [client](const event_args& args, const ack& reply) {
    auto whom = audience(client, args.at(0)).timeout(milliseconds{args[0].value("timeout_ms", 1000)});
    whom.ask_values(args.at(1).get<std::string>(), behind(args, 2), [reply](const stentor::answers& got) {
      auto firsts = json::array();
      for (const auto& one : got.args)
        firsts.push_back(one.empty() ? json{} : one[0]);
      reply(got ? json(nullptr) : json("operation has timed out"), firsts);
    });
  });
  client.on("ask-in", [client](const event_args& args) { ask(client, milliseconds{args.at(0).get<int>()}, behind(args, 1)); });
}

void leave(socket& client) {
  using stentor::disconnect_from;
  client.on("leave-me", [client](std::optional<bool> all) {
    client.disconnect(all.value_or(false) ? disconnect_from::connection : disconnect_from::nsp);
  });
  client.on("drop-me", [client] { client.disconnect(disconnect_from::transport); });
  client.on("drop", [client](const std::string& room, std::optional<bool> all) {
    client.everyone().in(room).disconnect_sockets(all.value_or(false) ? disconnect_from::connection : disconnect_from::nsp);
  });
  client.on_disconnect(
    [client](const std::string& reason) { client.everyone().in("watch").emit("gone", client.id(), reason, rooms_of(client)); });
}

/// A namespace with all of it.
void serve_all(const nsp& place) {
  place.on_connection([](socket client) {
    answer_texts(client);
    answer_bytes(client);
    move_about(client);
    talk(client);
    leave(client);
  });
}

void serve(stentor::server& io, bool greets) {
  auto greet = [greets](socket client) {
    if (greets)
      client.emit("auth", client.handshake().auth.is_null() ? json::object() : client.handshake().auth);
  };
  auto root = io.root();
  root.use([](socket& client, const stentor::next& go_on) {
    auto fails = client.handshake().query.contains("fail");
    go_on(fails ? std::optional{stentor::refusal{"Auth failed (main namespace)"}} : std::nullopt);
  });
  root.on_connection(greet);
  serve_all(root);
  io.of("/custom").on_connection(greet);
  io.of("/foo").on_connection([](socket client) { client.on("getId", [client](const ack& reply) { reply(client.id()); }); });
  for (auto name : {"/timeout_socket", "/valid", "/asd"})
    io.of(name);
  io.of("/abc").on_connection([](const socket& client) { client.emit("handshake", shown(client.handshake())); });
  io.of("/no").use([](socket&, const stentor::next& go_on) { go_on(stentor::refusal{"Auth failed (custom namespace)"}); });
  auto guarded = io.of("/guarded");
  guarded.use([](socket& client, const stentor::next& go_on) {
    const auto& auth = client.handshake().auth;
    if (auth.is_object() && auth.value("token", json{}) == "secret")
      go_on();
    else
      go_on(stentor::refusal{"not allowed", {{"code", "E_TOKEN"}, {"details", {1, "two", nullptr}}}});
  });
  serve_all(guarded);
  io.of("/any").on_connection([](socket client) {
    client.on_any([client](const json& event, const event_args& args, const ack& reply) {
      auto heard = args;
      heard.insert(heard.begin(), event);
      client.emit_values("heard", heard);
      reply(event, args.size());
    });
  });
  auto dynamic = io.of(std::regex{"/dynamic-[0-9]+"});
  dynamic.on_connection([](const socket& client) { client.emit("welcome", client.nsp()); });
  serve_all(dynamic);
}

/// Holds handshakes up, all for the same time.
class slow_door {
public:
  explicit slow_door(milliseconds time) : time_(time) {}

  void hold(stentor::verdict say) {
    auto lock = std::lock_guard{mutex_};
    held_.push({std::chrono::steady_clock::now() + time_, std::move(say)});
    changed_.notify_one();
  }

private:
  struct held {
    std::chrono::steady_clock::time_point until;
    stentor::verdict say;
  };

  void let_in(const std::stop_token& stop) {
    for (auto lock = std::unique_lock{mutex_}; changed_.wait(lock, stop, [this] { return !held_.empty(); });) {
      auto next = std::move(held_.front());
      held_.pop();
      lock.unlock();
      std::this_thread::sleep_until(next.until);
      next.say.allow();
      lock.lock();
    }
  }

  const milliseconds time_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::queue<held> held_;
  std::jthread thread_{[this](const std::stop_token& stop) { let_in(stop); }};
};

stentor::server_options options_from(int count, char** arguments) {
  auto all = stentor::server_options{.host = "localhost"};
  all.ping_interval = milliseconds{300};
  all.ping_timeout = milliseconds{200};
  all.connect_timeout = milliseconds{1000};
  for (auto i = 1; i < count; ++i) {
    auto argument = std::string{arguments[i]};
    auto equals = argument.find('=');
    if (!argument.starts_with("--") || equals == argument.npos)
      throw std::runtime_error(argument + ": say --section.key=VALUE, with a key of config/stentor.toml");
    all.more.emplace_back(argument.substr(2, equals - 2), argument.substr(equals + 1));
  }
  return all;
}

bool is_set(const stentor::server_options& options, const char* key, const char* value) {
  return std::ranges::find(options.more, std::pair<std::string, std::string>{key, value}) != options.more.end();
}

bool recovers(const stentor::server_options& options) {
  return std::ranges::any_of(options.more, [](const auto& x) { return x.first == "recovery.max_disconnection_ms" && x.second != "0"; });
}

} // namespace

int main(int count, char** arguments) {
  try {
    auto options = options_from(count, arguments);
    if (is_set(options, "socketio.path", "/engine.io/"))
      return engineio_echo(options.more);
    // The official client's test "should fire a connect_error event on open timeout (websocket)" expects that no server opens a WebSocket
    // while the client's `timeout: 0` passes.
    auto door = std::optional<slow_door>{};
    options.allow_request = [&door](const stentor::handshake& from, const stentor::verdict& say) {
      if (from.query.at("transport") == "websocket")
        door->hold(say);
      else
        say.allow();
    };
    auto io = stentor::server{options};
    door.emplace(milliseconds{10}); // a thread to which no signals go
    serve(io, !recovers(options));
    io.listen();
    std::printf("ready {\"port\":%u}\n", unsigned{io.port()});
    std::fflush(stdout);
    io.run();
    return 0;
  } catch (const std::exception& why) {
    std::fprintf(stderr, "%s\n", why.what());
    return 1;
  }
}
