// What operators and their machines ask: is it alive, may it be sent clients, what does it count.

#include "api/ask.hpp"
#include "base/metrics.hpp"

namespace stentor::api {
namespace {

/// A writer that is stuck for longer cannot take messages either.
constexpr auto patience = std::chrono::seconds{1};

void reply_json(const call_ptr& from, unsigned status, const json& body) {
  from->reply({.status = status, .body = body.dump(), .headers = {{"cache-control", "no-store"}}});
}

void not_ready(const call_ptr& from, const failure& why) {
  metrics::count_error(why.code);
  reply_json(from, http_status(why.code), {{"status", "not ready"}, {"code", name(why.code)}, {"reason", why.detail}});
}

void try_to_store(service& on, std::function<void(result<bool>)> then) {
  on.self()
    ->request(on.actors().persistence, patience, try_store{})
    .then([then](bool works) { then(works); },
          [then](const caf::error& error) {
            auto late = error == caf::sec::request_timeout;
            then(late ? failure{errc::unavailable, "The store does not answer"} : to_failure(error));
          });
}

void count_all_there_is(service& on, std::function<void(result<store::totals>)> then) {
  on.self()
    ->request(on.actors().readers.next(), caf::infinite, count_all{})
    .then([then](const store::totals& all) { then(all); }, [then](const caf::error& error) { then(to_failure(error)); });
}

uint64_t now(metrics::metric what) {
  return static_cast<uint64_t>(std::max<int64_t>(metrics::total(what), 0));
}

} // namespace

void show_health(service&, const call_ptr& from) {
  reply_json(from, 200, {{"status", "ok"}});
}

void show_readiness(service& on, const call_ptr& from) {
  if (on.below().draining())
    return not_ready(from, errc::shutting_down);
  auto answer = [from](const result<bool>& works) {
    if (!works)
      return not_ready(from, works.error());
    reply_json(from, 200, {{"status", "ready"}});
  };
  on.ops().store_works.get(std::chrono::steady_clock::now(), answer, [&on](auto then) { try_to_store(on, std::move(then)); });
}

void show_metrics(service&, const call_ptr& from) {
  from->reply(
    {.status = 200, .body = metrics::text(), .content_type = std::string{metrics::text_type}, .headers = {{"cache-control", "no-store"}}});
}

void show_stats(service& on, const call_ptr& from) {
  using metrics::metric;
  auto answer = [from](const result<store::totals>& all) {
    if (!all)
      return from->fail(all.error());
    from->answer(200, {{"users", all->users},
                       {"channels", all->channels},
                       {"messages", all->messages},
                       {"connections", now(metric::connections)},
                       {"sockets", now(metric::sockets)},
                       {"liveRooms", now(metric::rooms)},
                       {"uptime", static_cast<uint64_t>(metrics::uptime_seconds())}});
  };
  on.ops().totals.get(std::chrono::steady_clock::now(), answer, [&on](auto then) { count_all_there_is(on, std::move(then)); });
}

} // namespace stentor::api
