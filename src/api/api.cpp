#include "api/api.hpp"

#include "base/metrics.hpp"
#include "net/network.hpp"

#include <algorithm>
#include <optional>

namespace stentor::api {
namespace {

std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(std::min<size_t>(1, path.size()));
  auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

/// The values of the pattern's `:words`, or nothing if the path is another one.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
  std::vector<std::string> params;
  while (!pattern.empty() && !path.empty()) {
    auto wanted = next_segment(pattern), found = next_segment(path);
    if (wanted.starts_with(':') && !found.empty())
      params.push_back(percent_decoded(found));
    else if (wanted != found)
      return std::nullopt;
  }
  return pattern.empty() && path.empty() ? std::optional{params} : std::nullopt;
}

http_response error_response(const failure& why, json details = json::object()) {
  return error_answer(http_status(why.code), http_name(why.code), why.detail, std::move(details));
}

} // namespace

void call::answer(unsigned status, json data, json meta) const {
  auto body = json::object({{"data", std::move(data)}});
  if (!meta.is_null())
    body["meta"] = std::move(meta);
  reply({.status = status, .body = body.dump(), .headers = {}});
}

void call::fail(const failure& why) const {
  metrics::count_error(why.code);
  reply(error_response(why, json{{"code", name(why.code)}}));
}

result<json> call::body_object(json_limits limits) const {
  auto type = request.headers.get("content-type");
  if (!type.starts_with("application/json"))
    return failure{errc::bad_request, "The body must be JSON with Content-Type: application/json"};
  auto body = parse_json(request.body, limits);
  if (body && !body->is_object())
    return failure{errc::bad_request, "The body must be a JSON object"};
  return body;
}

service::service(network& below, chat_actors actors, authenticator& auth) : below_(below), actors_(std::move(actors)), auth_(auth) {
}

void service::handle(http_request request, http_reply reply) {
  auto path_known = false;
  for (const auto& route : routes()) {
    auto params = match(route.path, request.path);
    path_known = path_known || params;
    if (!params || route.method != request.method)
      continue;
    auto as_route = [reply = std::move(reply), path = route.path](http_response answer) {
      answer.route = path;
      reply(std::move(answer));
    };
    return handle(route, std::make_shared<call>(call{std::move(request), *std::move(params), nullptr, std::move(as_route)}));
  }
  metrics::count_error(path_known ? errc::bad_request : errc::not_found);
  if (path_known)
    return reply(error_answer(405, "MethodNotAllowedError", request.method + " is not allowed here"));
  reply(error_response({errc::not_found, "There is nothing at " + request.path}));
}

void service::handle(const route& found, std::shared_ptr<call> from) {
  if (found.needs == access::anyone)
    return found.handle(*this, from);
  auth_.authenticate(token_of(from->request), [this, from, &found](const result<user_ptr>& who) {
    if (!who)
      return from->fail(who.error());
    from->who = *who;
    found.handle(*this, from);
  });
}

} // namespace stentor::api
