#include "rest.hpp"

#include "connection.hpp"
#include "error.hpp"
#include "http.hpp"
#include "token.hpp"

#include "base/json.hpp"

#include <algorithm>
#include <functional>
#include <iostream>

#include <unistd.h>

namespace stentor::load {

namespace {

constexpr size_t lanes_max = 16;
constexpr size_t progress_every = 1000;

struct request {
  std::string path;
  size_t user;
  std::string body;
};

/// POSTs, each by its own user, one per connection at a time.
class rest_client {
public:
  rest_client(const server_options& server, size_t lanes) : server_(server), dialer_(server.host, server.port) {
    auto host = server.host + ":" + std::to_string(server.port);
    for (size_t i = 0; i < lanes; ++i)
      lanes_.emplace_back(dialer_.dial(), host);
  }

  /// Sends `request_of(0..count-1)`, returns the bodies; says on stderr how far it is.
  std::vector<std::string> post_all(size_t count, const char* verb, const std::function<request(size_t)>& request_of) {
    std::vector<std::string> bodies;
    while (bodies.size() < count) {
      auto done = bodies.size();
      post_some(std::min(lanes_.size(), count - done), request_of, bodies);
      if (bodies.size() / progress_every != done / progress_every)
        std::cerr << verb << ' ' << bodies.size() << " of " << count << '\n';
    }
    return bodies;
  }

private:
  void post_some(size_t count, const std::function<request(size_t)>& request_of, std::vector<std::string>& bodies) {
    auto first = bodies.size();
    for (size_t i = 0; i < count; ++i) {
      auto next = request_of(first + i);
      lanes_[i].post(next.path, token_of(next.user, server_.secret), next.body);
    }
    for (size_t i = 0; i < count; ++i)
      bodies.push_back(accepted(lanes_[i].read_answer()));
  }

  static std::string accepted(http_connection::answer what) {
    if (what.status != 200 && what.status != 201)
      throw load_error("the server answered a POST with " + std::to_string(what.status) + ": " + what.body);
    return std::move(what.body);
  }

  const server_options& server_;
  dialer dialer_;
  std::vector<http_connection> lanes_;
};

std::string id_in(const std::string& body) {
  static const json::json_pointer id{"/data/id"};
  auto answer = json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains(id) || !answer[id].is_string())
    throw load_error("no channel id in the answer: " + body);
  return answer[id];
}

} // namespace

std::vector<std::string> open_channels(const options& plan) {
  rest_client rest{plan.server, std::min(lanes_max, plan.connections())};
  auto prefix = "bench-" + std::to_string(getpid()) + "-";
  auto create = [&](size_t channel) {
    json body = {{"name", prefix + std::to_string(channel)}, {"visibility", "public"}};
    return request{"/api/channels", channel * plan.members_per_channel, body.dump()};
  };
  std::vector<std::string> ids;
  for (const auto& body : rest.post_all(plan.channels, "created", create))
    ids.push_back(id_in(body));
  auto join = [&](size_t user) { return request{"/api/channels/" + ids[user / plan.members_per_channel] + "/join", user, "{}"}; };
  rest.post_all(plan.connections(), "admitted", join);
  return ids;
}

} // namespace stentor::load
