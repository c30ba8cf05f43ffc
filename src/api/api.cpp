#include "api/api.hpp"

#include "api/ask.hpp"
#include "base/metrics.hpp"
#include "engine/request_token.hpp"
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

bool is_mutating(const http_request& request) {
  return request.method != "GET" && request.method != "HEAD";
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
  metrics::count_error(why.code);
  auto details = json{{"code", name(why.code)}};
  if (why.retry_after.count() > 0)
    details["retryAfter"] = why.retry_after.count();
  auto answer = error_response(why, std::move(details));
  if (why.retry_after.count() > 0)
    answer.headers.emplace_back("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(why.retry_after).count()));
  reply(std::move(answer));
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

void call::answer_bare(unsigned status, const json& body, std::vector<std::pair<std::string, std::string>> headers) const {
  reply({.status = status, .body = body.is_null() ? std::string{} : body.dump(), .headers = std::move(headers)});
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
    auto as_route = [reply = std::move(reply), path = route.path](http_response answer) {
      answer.route = path;
      reply(std::move(answer));
    };
    auto from = std::make_shared<call>(call{std::move(request), *std::move(params), nullptr, std::move(as_route)});
    return route.needs == access::anyone ? route.handle(*this, from) : authenticate(route, from);
  }
  metrics::count_error(allowed.empty() ? errc::not_found : errc::bad_request);
  if (allowed.empty())
    return reply(error_response({errc::not_found, "There is nothing at " + request.path}));
  auto answer = error_answer(405, "MethodNotAllowedError", request.method + " is not allowed here");
  answer.headers.emplace_back("Allow", std::move(allowed));
  reply(std::move(answer));
}

/// A browser sends the cookie along whatever page has asked; so only our own pages may change anything by it.
void service::authenticate(const route& to, const std::shared_ptr<call>& from) {
  auto token = token_of(from->request);
  auto by_cookie = token.from == request_token::source::cookie;
  if (by_cookie && is_mutating(from->request) && is_foreign(from->request, config().cors))
    return from->fail({errc::forbidden, "A page of another origin may not use the cookie"});
  auth_.authenticate(token.text, [this, from, &to](const result<identity_ptr>& who) {
    if (!who)
      return from->fail(who.error());
    from->as = *who;
    from->who = from->as->who;
    check_and_handle(to, from);
  });
}

void service::check_and_handle(const route& to, const call_ptr& from) {
  if (to.needs == access::admin && !from->as->is_admin())
    return from->fail(errc::forbidden);
  auto counts_as = is_mutating(from->request) ? rate_action::requests : rate_action::reads;
  ask(from, actors_.registry, count_action{from->who->id, counts_as}, [this, from, &to](const counted&) { to.handle(*this, from); });
}

} // namespace stentor::api
