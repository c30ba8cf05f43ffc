#include "library/server_core.hpp"

#include "base/log.hpp"
#include "library/socket_core.hpp"
#include "library/space.hpp"
#include "net/failures.hpp"

#include <caf/actor_registry.hpp>
#include <caf/logger.hpp>

#include <boost/asio/post.hpp>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <utility>

namespace stentor {
namespace {

sigset_t set_of(std::initializer_list<int> signals) {
  auto set = sigset_t{};
  sigemptyset(&set);
  for (auto signal : signals)
    sigaddset(&set, signal);
  return set;
}

const auto ending_signals = set_of({SIGINT, SIGTERM});

/// In the thread that calls. Whether they were blocked already.
bool block_ending_signals() {
  auto before = sigset_t{};
  pthread_sigmask(SIG_BLOCK, &ending_signals, &before);
  return sigismember(&before, SIGINT) == 1;
}

/// From now on: what has come already is taken for heard.
void unblock(const sigset_t& signals) {
  const auto at_once = timespec{};
  while (sigtimedwait(&signals, nullptr, &at_once) > 0)
    ;
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

/// The options as settings, each within the bounds of its key. Throws.
settings settings_of(const server_options& options) {
  auto all = settings{};
  auto set = [&](std::string_view key, const std::string& value) {
    auto next = with_text(std::move(all), key, value, "server_options");
    if (!next)
      throw std::runtime_error(next.error().detail);
    all = *std::move(next);
  };
  auto ms = [](std::chrono::milliseconds x) { return std::to_string(x.count()); };
  set("server.host", options.host);
  set("server.port", std::to_string(options.port));
  set("socketio.path", options.path);
  set("network.threads", std::to_string(options.network_threads));
  set("network.connections_max", std::to_string(options.connections_max));
  set("network.outbox_bytes_max", std::to_string(options.outbox_bytes_max));
  set("socketio.ping_interval_ms", ms(options.ping_interval));
  set("socketio.ping_timeout_ms", ms(options.ping_timeout));
  set("socketio.upgrade_timeout_ms", ms(options.upgrade_timeout));
  set("socketio.connect_timeout_ms", ms(options.connect_timeout));
  set("socketio.max_payload_bytes", std::to_string(options.max_payload_bytes));
  set("socketio.serve_client", options.serve_client ? "true" : "false");
  set("recovery.max_disconnection_ms", ms(options.max_disconnection));
  set("recovery.log_bytes_max", std::to_string(options.recovery_bytes_max));
  set("log.level", options.log_level);
  set("socketio.allow_eio3", options.allow_eio3 ? "true" : "false");
  set("socketio.cookie", options.cookie);
  auto origins = [&](std::string_view key, const std::vector<std::string>& from) {
    for (const auto& origin : from)
      if (origin != "*")
        set(key, origin); // checks it
    return from;
  };
  all.cors.origins = origins("cors.origins", options.cors_origins);
  all.security.allowed_origins = origins("security.allowed_origins", options.allowed_origins);
  all.security.check_origin = !options.allowed_origins.empty();
  all.limits.json_elements_max = options.max_payload_bytes; // what fits into a packet is the application's business
  for (const auto& [key, value] : options.more)
    set(key, value);
  return all;
}

} // namespace

server_core::actors_config::actors_config(size_t workers) {
  add_message_types<caf::id_block::stentor_net>();
  add_message_types<caf::id_block::stentor_library>();
  set("scheduler.policy", caf::atom("sharing"));
  if (workers > 0)
    set("scheduler.max-threads", workers);
}

server_core::server_core(const server_options& options)
  : config(settings_of(options)), takes_signals(options.takes_signals), recovery_skips_middleware(options.recovery_skips_middleware),
    events_pending_max(std::max<size_t>(options.events_pending_max, 1)), allow_request(options.allow_request), actors(options.workers),
    wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (takes_signals)
    blocks_signals = !block_ending_signals();
  system = std::make_unique<caf::actor_system>(actors);
  for (uint32_t i = 0; i < config.network.threads; ++i)
    floors.push_back(std::make_unique<floor>(*this, i));
  queue = make_work_queue(*system);
  caf::logger::set_current_actor_system(nullptr); // whoever spawns holds the logger, which the end of the system waits for
}

server_core::~server_core() {
  ::close(wake);
}

/// On a worker, beside all others: one that takes its time holds nobody up. What waits for workers is as bounded as those who knock, also
/// if they do not wait for an answer.
void server_core::floor::on_handshake(const http_request& request, const handshake_verdict& decide) {
  if (core.handshakes_pending >= core.config.network.http_sessions_max)
    return decide("The server is busy, try again later");
  auto say = verdict{[weak = core.weak_from_this(), index = net.index(), decide](const std::optional<std::string>& refusal) {
    if (auto alive = weak.lock())
      alive->on_thread(index, [decide, refusal](auto&) { decide(refusal); });
  }};
  ++core.handshakes_pending;
  finish(make_work_queue(*core.system), [&core = core, request, say] {
    --core.handshakes_pending;
    try {
      core.allow_request(handshake_of(request, nullptr, std::chrono::system_clock::now()), say);
    } catch (...) {
      report_exception("allow_request");
      say.refuse();
    }
  });
}

bool server_core::on_thread(size_t index, std::function<void(floor&)> what) {
  auto lock = std::shared_lock{posting};
  if (floors_have_ended)
    return false;
  auto& there = *floors[index];
  boost::asio::post(there.net.io(), [&there, what = std::move(what)] { what(there); });
  return true;
}

bool server_core::on_every_thread(const std::function<void(floor&)>& what) {
  auto lock = std::shared_lock{posting};
  if (floors_have_ended)
    return false;
  for (const auto& there : floors)
    boost::asio::post(there->net.io(), [&there = *there, what] { what(there); });
  return true;
}

std::shared_ptr<space> server_core::of(const std::string& name) {
  auto lock = std::lock_guard{naming};
  if (auto found = spaces.find(name); found != spaces.end())
    return found->second;
  for (const auto& [pattern, parent] : patterns)
    if (pattern && std::regex_match(name, *pattern))
      return parent;
  auto made = std::make_shared<space>(shared_from_this());
  if (on_every_thread([made, name](floor& there) { there.sockets.serve(name, *made); }))
    spaces.emplace(name, made);
  return made;
}

std::shared_ptr<space> server_core::of(const std::regex& pattern) {
  return serve([pattern](const std::string& name, const json&) { return std::regex_match(name, pattern); }, pattern);
}

std::shared_ptr<space> server_core::of(const io::server::matcher& matches) {
  return serve(matches, std::nullopt);
}

std::shared_ptr<space> server_core::serve(const io::server::matcher& matches, const std::optional<std::regex>& pattern) {
  auto lock = std::lock_guard{naming};
  auto made = std::make_shared<space>(shared_from_this());
  if (on_every_thread([made, matches](floor& there) { there.sockets.serve(matches, *made); }))
    patterns.emplace_back(pattern, made);
  return made;
}

bool server_core::is_new_misfit(const std::string& event) {
  constexpr auto events_max = size_t{100};
  auto lock = std::lock_guard{misfits_lock};
  return misfits.size() < events_max && misfits.insert(event).second;
}

void server_core::listen() {
  auto lock = std::lock_guard{life};
  if (door || closed)
    throw std::logic_error(closed ? "a server that was closed cannot listen" : "the server listens already");
  log::start(config.log);
  std::vector<network*> networks;
  for (auto& each : floors)
    networks.push_back(&each->net);
  auto opened = listener::open(config, networks);
  if (!opened)
    throw std::runtime_error(opened.error().detail);
  door = *std::move(opened);
  port = door->port();
  for (auto& each : floors) {
    each->net.serve(*each, networks);
    each->thread = std::thread{[&net = each->net] { net.run(); }};
  }
  door->start();
}

/// Whoever presses Ctrl-C again does not want to wait for the end; supervisors may repeat their SIGTERM meanwhile.
void server_core::run() {
  auto arrived = -1; // poll leaves out what is negative
  if (takes_signals) {
    block_ending_signals();
    arrived = ::signalfd(-1, &ending_signals, SFD_CLOEXEC);
  }
  pollfd waits[] = {{arrived, POLLIN, 0}, {wake, POLLIN, 0}};
  while (::poll(waits, std::size(waits), -1) < 0 && errno == EINTR)
    ;
  if (!takes_signals)
    return;
  ::close(arrived);
  was_told_to_end = waits[0].revents != 0;
  if (blocks_signals)
    unblock(set_of({SIGINT}));
}

/// A program that was told to end does so, however often it is told.
void server_core::unblock_signals() const {
  if (blocks_signals && !was_told_to_end)
    unblock(ending_signals);
}

void server_core::stop() {
  auto one = uint64_t{1};
  [[maybe_unused]] auto size = ::write(wake, &one, sizeof one);
}

void server_core::close() {
  auto lock = std::lock_guard{life};
  if (std::exchange(closed, true))
    return;
  stop();
  end_floors();
  end_queues();
  forget_spaces();
  door = nullptr;
  floors.clear();
  system = nullptr;
}

/// Connections first, then what was asked for too late to be done by the threads.
void server_core::end_floors() {
  if (door)
    door->stop();
  for (auto& each : floors) {
    auto& net = each->net;
    if (each->thread.joinable())
      boost::asio::post(net.io(), [&net] { net.drain([&net] { net.release(); }); });
    else
      net.release();
  }
  for (auto& each : floors)
    if (each->thread.joinable())
      each->thread.join();
  {
    auto lock = std::unique_lock{posting};
    floors_have_ended = true;
  }
  for (auto& each : floors) {
    each->net.io().restart();
    each->net.run();
  }
}

/// The server's own last: what the others leave goes there.
void server_core::end_queues() {
  for (auto& each : floors)
    for (const auto& guest : std::exchange(each->guests, {}))
      guest->end({});
  system->registry().await_running_count_equal(1);
  finish(queue, [] {});
  system->await_all_actors_done();
}

/// What handlers have caught may hold their space.
void server_core::forget_spaces() {
  auto lock = std::lock_guard{naming};
  for (const auto& [name, one] : std::exchange(spaces, {}))
    one->change([](rules& all) { all = {}; });
  for (const auto& [pattern, one] : std::exchange(patterns, {}))
    one->change([](rules& all) { all = {}; });
}

} // namespace stentor
