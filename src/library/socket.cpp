#include "stentor/socket.hpp"

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "library/broadcast_state.hpp"
#include "library/socket_core.hpp"
#include "net/connection.hpp"
#include "net/failures.hpp"
#include "protocol/query.hpp"
#include "protocol/socketio.hpp"
#include "protocol/utf8.hpp"

#include <algorithm>
#include <stdexcept>

namespace stentor {
namespace {

void count_binary(const json& value, size_t& count) {
  count += value.is_binary() ? 1 : 0;
  if (value.is_structured())
    for (const auto& part : value)
      count_binary(part, count);
}

void check_binary(const std::vector<json>& args) {
  auto count = size_t{0};
  for (const auto& arg : args)
    count_binary(arg, count);
  if (count > socketio::attachments_max)
    throw std::invalid_argument("an event or an answer can have at most 10 binary values, which is what clients take");
}

answer answer_of(const result<std::span<const json>>& got) {
  if (!got)
    return {{}, got.error().detail};
  return {{got->begin(), got->end()}, {}};
}

/// What a handler throws keeps others from nothing.
template <class Call>
void guarded(std::string_view what, Call call) {
  try {
    call();
  } catch (...) {
    report_exception(what);
  }
}

} // namespace

handshake handshake_of(const http_request& request, const json& auth, std::chrono::system_clock::time_point issued) {
  auto all = handshake{};
  all.url = request.path + (request.query.empty() ? "" : "?" + request.query);
  all.address = request.address;
  all.xdomain = !request.headers.get("origin").empty();
  all.issued = issued;
  all.auth = auth;
  for (const auto& [name, value] : request.headers.all())
    all.headers.emplace(name, value);
  for (const auto& [name, value] : query_values(request.query))
    all.query.emplace(name, value);
  return all;
}

void check_event(const std::string& event, const std::vector<json>& args) {
  if (socketio::is_reserved(event))
    throw std::invalid_argument("\"" + event + "\" is a reserved event name");
  if (!is_utf8(event))
    throw std::invalid_argument("the name of an event must be UTF-8");
  check_binary(args);
}

std::shared_ptr<socket_core> core_of(io::socket& who) {
  return who.connected() ? static_cast<bound_socket&>(*who.handler()).core() : nullptr;
}

void disconnect(io::socket& who, disconnect_from what) {
  if (auto core = core_of(who))
    core->ended = true;
  if (what == disconnect_from::nsp || who.left())
    return who.disconnect();
  if (what == disconnect_from::transport)
    return who.link().close(close_reason::forced_close);
  auto link = who.link().id();
  who.place().owner().disconnect(std::span{&link, 1});
}

socket_core::socket_core(std::shared_ptr<space> where, const std::shared_ptr<io::socket>& inner, const io::socket* lost, const json& auth)
  : home(std::move(where)), thread(inner->place().owner().below().index()), inner(inner), id(lost ? lost->id() : inner->id()),
    place(inner->place().name()), request(inner->link().share_handshake()), auth(auth), recovered(lost != nullptr),
    queue(make_work_queue(*home->core->system)), rooms{id} {
}

const handshake& socket_core::handshake() {
  std::call_once(shaken, [this] { shake = std::make_unique<stentor::handshake>(handshake_of(*request, auth, issued)); });
  return *shake;
}

void socket_core::on_thread(std::function<void(io::socket&)> what) {
  home->core->on_thread(thread, [weak = inner, what = std::move(what)](auto&) {
    if (auto alive = weak.lock())
      what(*alive);
  });
}

void socket_core::on_outgoing(const std::string& event, const std::vector<json>& args) {
  if (has_outgoing)
    enqueue([self = shared_from_this(), event, args] { self->tell_outgoing(event, args); });
}

// -- on the network thread ----------------------------------------------------

/// A client that sends faster than its handlers handle is not read until they have caught up by half.
void socket_core::on_event(const json& event, std::span<const json> args, io::ack_id id) {
  if (++pending >= home->core->events_pending_max)
    if (auto who = inner.lock())
      who->pause();
  auto reply = ack{};
  if (id)
    reply = ack{[self = shared_from_this(), id = *id](std::vector<json> args) {
      check_binary(args);
      self->on_thread([id, args = std::move(args)](io::socket& who) { who.acknowledge(id, args); });
    }};
  enqueue([self = shared_from_this(), event, args = event_args(args.begin(), args.end()), reply] {
    if (--self->pending == self->home->core->events_pending_max / 2)
      self->on_thread([](io::socket& who) { who.resume(); });
    if (!self->ended)
      self->dispatch(event, args, reply);
  });
}

/// What its handlers have caught may hold it: let go.
void socket_core::end(std::optional<std::string> reason) {
  if (std::exchange(gone, true))
    return;
  connected = false;
  if (reason == "server namespace disconnect") // with its connection, it may be
    ended = true;
  finish(queue, [self = shared_from_this(), reason = std::move(reason)] {
    for (const auto& call : std::exchange(self->on_disconnect, {}))
      if (reason)
        guarded("a disconnect handler", [&] { call(*reason); });
    self->listeners.clear();
    self->any.clear();
    self->any_outgoing.clear();
    self->hear_outgoing(false);
    self->on_disconnect.clear();
  });
}

// -- among the handlers -------------------------------------------------------

void socket_core::dispatch(const json& event, const event_args& args, const ack& reply) {
  for (const auto& call : std::vector(any))
    guarded("a handler", [&] { (*call)(event, args, reply); });
  const auto& name = event.is_string() ? event.get_ref<const std::string&>() : event.dump();
  std::vector<std::shared_ptr<listener>> calls;
  std::ranges::copy_if(listeners, std::back_inserter(calls), [&](const auto& one) { return one->event == name; });
  std::erase_if(listeners, [&](const auto& one) { return one->once && one->event == name; });
  for (const auto& one : calls)
    guarded("a handler", [&] {
      try {
        one->call(args, reply);
      } catch (const bad_arguments& why) {
        metrics::count_error(errc::bad_request);
        log::logger().log(home->core->is_new_misfit(name) ? spdlog::level::warn : spdlog::level::debug,
                          "the arguments of an event {} do not fit its handler: {}", event.dump(), why.what());
      }
    });
}

void socket_core::tell_outgoing(const std::string& event, const event_args& args) {
  for (const auto& call : std::vector(any_outgoing))
    guarded("a handler", [&] { (*call)(event, args); });
}

/// Broadcasts look for whom they concern as long as there are any.
void socket_core::hear_outgoing(bool wanted) {
  if (has_outgoing.exchange(wanted) != wanted)
    home->core->overheard += wanted ? 1 : -1;
}

void socket_core::joined(const std::vector<std::string>& more) {
  for (const auto& room : more)
    if (std::ranges::find(rooms, room) == rooms.end())
      rooms.push_back(room);
}

void socket_core::left(const std::vector<std::string>& less) {
  for (const auto& room : less)
    if (room != id)
      std::erase(rooms, room);
}

// -- socket -------------------------------------------------------------------

const std::string& socket::id() const {
  return core_->id;
}

const std::string& socket::nsp() const {
  return core_->place;
}

const stentor::handshake& socket::handshake() const {
  return core_->handshake();
}

bool socket::recovered() const {
  return core_->recovered;
}

bool socket::connected() const {
  return core_->connected && !core_->ended;
}

const socket& socket::add_listener(std::string event, event_handler handler, listens how) const {
  if (socketio::is_reserved(event))
    throw std::invalid_argument("\"" + event + "\" is a reserved event name: no client sends it; on_disconnect hears the end of a socket");
  core_->listeners.push_back(
    std::make_shared<socket_core::listener>(socket_core::listener{std::move(event), std::move(handler), how == listens::once}));
  return *this;
}

const socket& socket::off(const std::string& event) const {
  std::erase_if(core_->listeners, [&](const auto& one) { return one->event == event; });
  return *this;
}

const socket& socket::on_any(any_handler handler) const {
  core_->any.push_back(std::make_shared<const any_handler>(std::move(handler)));
  return *this;
}

const socket& socket::prepend_any(any_handler handler) const {
  core_->any.insert(core_->any.begin(), std::make_shared<const any_handler>(std::move(handler)));
  return *this;
}

const socket& socket::off_any() const {
  core_->any.clear();
  return *this;
}

const socket& socket::on_any_outgoing(outgoing_handler handler) const {
  core_->any_outgoing.push_back(std::make_shared<const outgoing_handler>(std::move(handler)));
  core_->hear_outgoing(true);
  return *this;
}

const socket& socket::prepend_any_outgoing(outgoing_handler handler) const {
  core_->any_outgoing.insert(core_->any_outgoing.begin(), std::make_shared<const outgoing_handler>(std::move(handler)));
  core_->hear_outgoing(true);
  return *this;
}

const socket& socket::off_any_outgoing() const {
  core_->any_outgoing.clear();
  core_->hear_outgoing(false);
  return *this;
}

const socket& socket::on_disconnect(std::function<void(const std::string&)> handler) const {
  core_->on_disconnect.push_back(std::move(handler));
  return *this;
}

void socket::post(std::function<void()> what) const {
  core_->enqueue(std::move(what));
}

void socket::emit_values(std::string event, std::vector<json> args) const {
  check_event(event, args);
  core_->on_outgoing(event, args);
  core_->on_thread([event = std::move(event), args = std::move(args), compress = compression_if(compress_)](io::socket& who) {
    who.emit(event, args, lane::kept, compress);
  });
}

void socket::emit_volatile_values(std::string event, std::vector<json> args) const {
  check_event(event, args);
  core_->on_outgoing(event, args);
  core_->on_thread([event = std::move(event), args = std::move(args), compress = compression_if(compress_)](io::socket& who) {
    who.emit(event, args, lane::volatile_, compress);
  });
}

void socket::ask_values(std::string event, std::vector<json> args, std::chrono::milliseconds timeout,
                        std::function<void(const answer&)> then) const {
  check_event(event, args);
  core_->on_outgoing(event, args);
  auto& core = *core_->home->core;
  auto tell = [whose = core_->queue, other = core.queue, then = std::move(then)](const result<std::span<const json>>& got) {
    enqueue(whose, other, [then, said = answer_of(got)] { then(said); });
  };
  auto gone = failure{errc::unavailable, "socket has been disconnected"};
  auto ask = [inner = core_->inner, event = std::move(event), args = std::move(args), timeout, tell, gone,
              compress = compression_if(compress_)](auto&) {
    if (auto who = inner.lock())
      who->emit_with_ack(event, args, timeout, tell, compress);
    else
      tell(gone);
  };
  if (!core.on_thread(core_->thread, std::move(ask)))
    tell(gone);
}

broadcast_operator socket::everyone() const {
  auto& core = *core_;
  return broadcast_operator{std::make_shared<const broadcast_operator::state>(broadcast_operator::state{
    .home = core.home, .place = core.place, .whom = {.compress = compression_if(compress_)}, .queue = core.queue})};
}

broadcast_operator socket::broadcast() const {
  return everyone().except(core_->id);
}

void socket::join(const room_names& rooms) const {
  core_->joined(rooms.all());
  core_->on_thread([rooms = rooms.all()](io::socket& who) {
    for (const auto& room : rooms)
      who.enter(room);
  });
}

void socket::leave(const room_names& rooms) const {
  core_->left(rooms.all());
  core_->on_thread([rooms = rooms.all()](io::socket& who) {
    for (const auto& room : rooms)
      who.leave(room);
  });
}

const std::vector<std::string>& socket::rooms() const {
  return core_->rooms;
}

const json& socket::data() const {
  return core_->data;
}

void socket::set_data(json data) const {
  core_->data = data;
  core_->home->core->on_thread(core_->thread, [core = core_, data = std::move(data)](auto&) { core->shared_data = data; });
}

void socket::disconnect(disconnect_from what) const {
  core_->ended = true;
  core_->on_thread([what](io::socket& who) { stentor::disconnect(who, what); });
}

} // namespace stentor
