#include "fleet.hpp"

#include "error.hpp"
#include "token.hpp"

#include "base/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <sys/epoll.h>
#include <sys/socket.h>

namespace stentor::load {

namespace {

// Small enough to stay in the second-level cache between the kernel's copy and the walk over the frames.
constexpr size_t buffer_bytes = size_t{256} * 1024;
constexpr int events_max = 256;

[[noreturn]] void fail(const connection& which, const std::string& what) {
  throw load_error(fmt::format("connection {}: {}", which.index, what));
}

int milliseconds_until(steady_time deadline) {
  auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
}

} // namespace

fleet::fleet(const server_options& server, size_t size)
  : server_(server), dialer_(server.host, server.port), epoll_(epoll_create1(EPOLL_CLOEXEC)), connections_(size), buffer_(buffer_bytes) {
  for (size_t i = 0; i < size; ++i)
    connections_[i].index = i;
}

uint64_t fleet::emit(connection& on, std::string_view name, std::string_view argument) {
  auto id = on.next_ack_id++;
  append_frame(on.unsent, opcode::text, fmt::format(R"(42{}["{}",{}])", id, name, argument));
  return id;
}

void fleet::flush(connection& on) {
  if (on.unsent.empty())
    return;
  auto sent = send(on.socket.get(), on.unsent.data(), on.unsent.size(), MSG_NOSIGNAL);
  if (sent >= 0)
    on.unsent.erase(0, static_cast<size_t>(sent));
  else if (errno != EAGAIN)
    fail(on, std::string{"cannot send: "} + std::strerror(errno));
}

bool fleet::run(listener& who, steady_time deadline, const std::function<bool()>& done) {
  epoll_event events[events_max];
  while (!done()) {
    if (clock::now() >= deadline)
      return false;
    auto count = epoll_wait(epoll_.get(), events, events_max, milliseconds_until(deadline));
    for (int i = 0; i < count; ++i)
      serve(events[i], who);
  }
  return true;
}

void fleet::start(connection& which) {
  which.socket = dialer_.dial();
  which.at = stage::connecting;
  epoll_event wanted{};
  wanted.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  wanted.data.ptr = &which;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, which.socket.get(), &wanted) != 0)
    fail(which, std::string{"cannot watch the socket: "} + std::strerror(errno));
}

void fleet::serve(const epoll_event& event, listener& who) {
  auto& which = *static_cast<connection*>(event.data.ptr);
  if (which.at == stage::connecting && (event.events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0)
    on_established(which);
  if ((event.events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
    read_all(which, who);
  flush(which);
}

void fleet::on_established(connection& on) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(on.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0)
    fail(on, std::string{"cannot connect: "} + std::strerror(error));
  on.unsent = upgrade_request(server_.host, server_.port, server_.path);
  on.at = stage::upgrading;
}

/// Edge-triggered: reads until the kernel has no more. A short read says so without another call.
void fleet::read_all(connection& from, listener& who) {
  for (;;) {
    auto kept = from.unread.size();
    if (kept == buffer_.size())
      fail(from, "a frame larger than the read buffer");
    std::memcpy(buffer_.data(), from.unread.data(), kept);
    auto room = buffer_.size() - kept;
    auto count = recv(from.socket.get(), buffer_.data() + kept, room, 0);
    if (count == 0)
      fail(from, "closed by the server");
    if (count < 0 && errno == EAGAIN)
      return;
    if (count < 0)
      fail(from, std::string{"cannot receive: "} + std::strerror(errno));
    auto bytes = static_cast<size_t>(count);
    from.unread.assign(consume(from, {buffer_.data(), kept + bytes}, who));
    if (bytes < room)
      return;
  }
}

/// Handles every complete frame and returns what is left.
std::string_view fleet::consume(connection& from, std::string_view bytes, listener& who) {
  if (from.at == stage::upgrading)
    bytes = consume_upgrade(from, bytes);
  if (from.at == stage::upgrading)
    return bytes;
  while (auto next = first_frame(bytes)) {
    bytes.remove_prefix(next->size);
    if (next->last && next->payload.starts_with(new_message_prefix))
      who.on_new_message(next->payload, from);
    else
      on_frame(from, *next, who);
  }
  return bytes;
}

std::string_view fleet::consume_upgrade(connection& from, std::string_view bytes) {
  auto end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos)
    return bytes;
  if (!bytes.starts_with("HTTP/1.1 101"))
    fail(from, "the server refused the WebSocket: " + std::string{bytes.substr(0, 300)});
  from.at = stage::opening;
  return bytes.substr(end + 4);
}

void fleet::on_frame(connection& from, const frame& what, listener& who) {
  if (!what.last || what.code == opcode::continuation)
    fail(from, "fragmented messages are not supported");
  if (what.code == opcode::close)
    fail(from, "the server sent a close frame");
  if (what.code == opcode::ping)
    append_frame(from.unsent, opcode::pong, what.payload);
  if (what.code == opcode::text)
    on_packet(from, what.payload, who);
}

void fleet::on_packet(connection& from, std::string_view packet, listener& who) {
  if (packet.starts_with("43")) {
    auto answer = parse_ack(packet);
    if (!answer.refusal.empty())
      fail(from, "the server refused an event: " + answer.refusal);
    who.on_ack(from, answer.id);
  } else if (packet == "2") {
    append_frame(from.unsent, opcode::text, "3");
  } else if (packet.starts_with('0') && from.at == stage::opening) {
    enter(from);
  } else if (packet.starts_with("40") && from.at == stage::entering) {
    from.at = stage::entered;
    who.on_entered(from);
  } else if (packet.starts_with("44") || packet.starts_with("41") || packet == "1" || packet.starts_with(R"(42["error")")) {
    fail(from, "the server says " + std::string{packet.substr(0, 300)});
  }
}

void fleet::enter(connection& on) {
  json auth;
  if (!server_.secret.empty())
    auth["token"] = token_of(on.index, server_.secret);
  append_frame(on.unsent, opcode::text, auth.is_null() ? "40" : "40" + auth.dump());
  on.at = stage::entering;
}

} // namespace stentor::load
