#include "api/api.hpp"

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

/// HEAD is the GET without its body, which the HTTP session leaves out.
bool takes(const route& one, std::string_view method) {
  return one.method == method || (one.method == "GET" && method == "HEAD");
}

void allow(std::string& methods, const route& one) {
  methods += methods.empty() ? "" : ", ";
  methods += one.method;
  if (one.method == "GET")
    methods += ", HEAD";
}

} // namespace

void call::answer(unsigned status, json data, json meta) const {
  auto body = json::object({{"data", std::move(data)}});
  if (!meta.is_null())
    body["meta"] = std::move(meta);
  reply({.status = status, .body = body.dump(), .headers = {}});
}

void call::fail(const failure& why) const {
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
  auto allowed = std::string{}; // methods of this path
  for (const auto& route : routes()) {
    auto params = match(route.path, request.path);
    if (params)
      allow(allowed, route);
    if (!params || !takes(route, request.method))
      continue;
    auto token = std::string{token_of(request)};
    auto from = std::make_shared<call>(call{std::move(request), *std::move(params), nullptr, std::move(reply)});
    return auth_.authenticate(token, [this, from, &route](const result<user_ptr>& who) {
      if (!who)
        return from->fail(who.error());
      from->who = *who;
      route.handle(*this, from);
    });
  }
  if (allowed.empty())
    return reply(error_response({errc::not_found, "There is nothing at " + request.path}));
  auto answer = error_answer(405, "MethodNotAllowedError", request.method + " is not allowed here");
  answer.headers.emplace_back("Allow", std::move(allowed));
  reply(std::move(answer));
}

} // namespace stentor::api
