#include "net/http_session.hpp"

#include "net/connection.hpp"
#include "net/network.hpp"
#include "protocol/engineio.hpp"
#include "protocol/websocket.hpp"

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>

namespace stentor {

using boost::asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How long an answered peer may take to hang up.
constexpr auto linger_timeout = milliseconds{1000};

namespace {

std::string_view reason(unsigned status) {
  auto text = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  return {text.data(), text.size()};
}

std::string peer_address(const tcp::socket& socket) {
  auto error = boost::system::error_code{};
  auto peer = socket.remote_endpoint(error);
  return error ? std::string{} : peer.address().to_string();
}

std::string raw_answer(const http_response& answer, bool close) {
  constexpr auto no_content = 204u;
  auto bytes = fmt::format("HTTP/1.1 {} {}\r\nConnection: {}\r\n", answer.status, reason(answer.status), close ? "close" : "keep-alive");
  if (answer.status != no_content)
    bytes += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", answer.content_type, answer.body.size());
  for (const auto& [name, value] : answer.headers)
    bytes += fmt::format("{}: {}\r\n", name, value);
  return bytes + "\r\n" + answer.body;
}

} // namespace

http_session::http_session(network& owner, tcp::socket socket)
  : owner_(owner), socket_(std::move(socket)), address_(peer_address(socket_)),
    parser_({.header_bytes_max = owner.config().limits.http_header_bytes_max,
             .body_bytes_max = owner.config().limits.http_body_bytes_max,
             .engineio_bytes_max = owner.config().socketio.max_payload_bytes}) {
  owner_.enter(*this);
}

http_session::~http_session() {
  end();
}

void http_session::start() {
  owner_.timers().set(*this, steady_clock::now() + milliseconds{owner_.config().network.header_timeout_ms});
  await_input();
}

void http_session::await_input() {
  if (!ended_)
    socket_.async_wait(tcp::socket::wait_read, [this, alive = shared_from_this()](const auto& error) {
      if (!error && !ended_)
        on_readable();
    });
}

void http_session::on_readable() {
  auto buffer = owner_.input();
  auto size = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
    return end();
  if (lingering_)
    return await_input();
  if (size > 0)
    input_.append(buffer.data(), static_cast<size_t>(size));
  next_request();
}

void http_session::next_request() {
  auto taken = parser_.take(input_);
  if (auto* bad = std::get_if<bad_http>(&taken)) {
    close_after_ = true;
    respond(error_answer(bad->status, bad->name, bad->why));
  } else if (auto* whole = std::get_if<parsed_request>(&taken))
    on_request(std::move(*whole));
  else
    await_input();
}

void http_session::on_request(parsed_request what) {
  answering_ = true;
  owner_.timers().cancel(*this);
  close_after_ = !what.keep_alive || owner_.draining();
  head_only_ = what.request.method == "HEAD";
  wants_websocket_ = what.wants_websocket;
  cors_ = cors_request::of(what.request);
  what.request.address = address_;
  if (what.request.method == "OPTIONS")
    if (auto allowed = preflight(owner_.config().cors, cors_))
      return respond(*std::move(allowed));
  if (what.request.path.starts_with(engineio_path))
    return on_engineio(std::move(what));
  if (what.wants_websocket)
    return respond({.status = 400, .body = "Sockets live at /socket.io/", .headers = {}});
  owner_.top().on_request(std::move(what.request), reply_from(owner_));
}

http_reply http_session::reply_from(network& there) {
  if (&there == &owner_)
    return [session = shared_from_this()](http_response answer) { session->respond(std::move(answer)); };
  return [session = shared_from_this()](http_response answer) {
    boost::asio::post(session->owner_.io(), [session, answer = std::move(answer)]() mutable { session->respond(std::move(answer)); });
  };
}

// -- Engine.IO ----------------------------------------------------------------

namespace {

http_response engineio_error(engineio::error_code why, bool on_upgrade) {
  if (on_upgrade)
    return {.status = 400, .body = std::string{engineio::message(why)}, .content_type = "text/html", .headers = {}, .close = true};
  return {.status = engineio::http_status(why), .body = engineio::error_body(why), .content_type = "application/json", .headers = {}};
}

http_response empty(unsigned status) {
  return {.status = status, .body = {}, .headers = {}};
}

/// A GET fetches, a POST brings; both only while the session polls.
void serve_session(connection* session, const http_request& request, const http_reply& reply) {
  if (!session)
    reply(engineio_error(engineio::error_code::unknown_sid, false));
  else if (!session->polls() || query_value(request.query, "EIO") != "4")
    reply(engineio_error(engineio::error_code::bad_request, false));
  else if (request.method == "GET")
    session->poll(reply);
  else if (request.method == "POST")
    session->take_post(request, reply);
  else
    reply(empty(500));
}

} // namespace

/// The reference's checks, in its order, as far as they need no session.
std::optional<engineio::error_code> http_session::refusal(const parsed_request& what) const {
  using engineio::error_code;
  const auto& query = what.request.query;
  auto transport = query_value(query, "transport");
  auto sid = query_value(query, "sid");
  if (transport != "polling" && transport != "websocket")
    return error_code::unknown_transport;
  if (!sid.empty() && !owner_.owner_of(sid))
    return error_code::unknown_sid;
  if (sid.empty() && what.request.method != "GET")
    return error_code::bad_method;
  if ((transport == "websocket") != what.wants_websocket)
    return error_code::bad_request;
  if (what.wants_websocket && what.request.headers.get("sec-websocket-version") != "13")
    return error_code::bad_request;
  if (sid.empty() && query_value(query, "EIO") != "4")
    return error_code::unsupported_version;
  return std::nullopt;
}

void http_session::on_engineio(parsed_request what) {
  if (auto why = refusal(what))
    return respond(engineio_error(*why, wants_websocket_));
  auto sid = query_value(what.request.query, "sid");
  if (sid.empty() && owner_.full())
    return respond({.status = 503, .body = "The server is full, try again later", .content_type = "text/plain", .headers = {}});
  if (wants_websocket_) {
    auto accept = websocket::accept_key(what.request.headers.get("sec-websocket-key"));
    if (!accept)
      return respond(engineio_error(engineio::error_code::bad_request, true));
    on_upgrade(std::move(what.request), *std::move(accept));
  } else if (sid.empty())
    make_connection(owner_, std::move(what.request)).open(reply_from(owner_));
  else
    on_session_request(std::move(what.request));
}

void http_session::on_session_request(http_request request) {
  auto sid = query_value(request.query, "sid");
  auto& there = *owner_.owner_of(sid);
  if (request.method == "GET")
    await_hangup(sid);
  if (&there == &owner_)
    return serve_session(owner_.find(sid), request, reply_from(owner_));
  boost::asio::post(
    there.io(), [&there, sid, request = std::move(request), reply = reply_from(there)] { serve_session(there.find(sid), request, reply); });
}

void http_session::await_hangup(std::string sid) {
  socket_.async_wait(tcp::socket::wait_read, [this, alive = shared_from_this(), sid = std::move(sid)](const auto& error) {
    if (error || ended_ || !answering_)
      return;
    auto byte = char{};
    auto size = ::recv(socket_.native_handle(), &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    if (size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR)))
      return; // the next request, early: read when this one is answered
    auto& there = *owner_.owner_of(sid);
    boost::asio::post(there.io(), [&there, sid] {
      if (auto* session = there.find(sid))
        session->abort_poll();
    });
  });
}

/// The socket moves to the thread of its session before anything is said on it.
void http_session::on_upgrade(http_request request, std::string accept) {
  auto answer = fmt::format(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n", accept);
  auto say_yes = [answer](tcp::socket& socket) {
    return ::send(socket.native_handle(), answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL) == static_cast<ssize_t>(answer.size());
  };
  auto sid = query_value(request.query, "sid");
  if (sid.empty()) {
    auto socket = release();
    if (say_yes(socket))
      make_connection(owner_, std::move(request)).open(std::move(socket), std::move(input_));
    return;
  }
  auto& there = *owner_.owner_of(sid);
  auto take_over = [&there, sid, same_revision = query_value(request.query, "EIO") == "4", say_yes](tcp::socket socket, std::string early) {
    auto* session = there.find(sid);
    if (!session || !same_revision) {
      auto why = session ? engineio::error_code::bad_request : engineio::error_code::unknown_sid;
      auto refused = raw_answer(engineio_error(why, true), true);
      ::send(socket.native_handle(), refused.data(), refused.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    } else if (say_yes(socket))
      session->probe(std::move(socket), std::move(early));
  };
  if (&there == &owner_)
    return take_over(release(), std::move(input_));
  auto handle = release().release();
  boost::asio::post(there.io(), [&there, handle, take_over, early = std::move(input_)]() mutable {
    take_over(tcp::socket{there.io(), tcp::v4(), handle}, std::move(early));
  });
}

tcp::socket http_session::release() {
  ended_ = true;
  owner_.timers().cancel(*this);
  owner_.leave(*this);
  return std::move(socket_);
}

// -- out ----------------------------------------------------------------------

void http_session::respond(http_response answer) {
  if (ended_)
    return;
  add_cors(owner_.config().cors, cors_, answer);
  close_after_ = close_after_ || answer.close || wants_websocket_ || owner_.draining();
  auto bytes = raw_answer(answer, close_after_);
  if (head_only_)
    bytes.erase(bytes.find("\r\n\r\n") + 4);
  write(std::move(bytes));
}

void http_session::write(std::string bytes) {
  answering_ = true;
  output_ = std::move(bytes);
  owner_.timers().set(*this, steady_clock::now() + milliseconds{owner_.config().network.header_timeout_ms});
  write_more();
}

void http_session::write_more() {
  auto size = ::send(socket_.native_handle(), output_.data(), output_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (size < 0 && errno != EAGAIN && errno != EINTR)
    return end();
  output_.erase(0, size < 0 ? 0 : static_cast<size_t>(size));
  if (output_.empty())
    return on_written();
  socket_.async_wait(tcp::socket::wait_write, [this, alive = shared_from_this()](const auto& error) {
    if (!error && !ended_)
      write_more();
  });
}

void http_session::on_written() {
  answering_ = false;
  std::string{}.swap(output_);
  if (close_after_ || owner_.draining())
    return linger();
  owner_.timers().set(*this, steady_clock::now() + milliseconds{owner_.config().network.header_timeout_ms});
  if (input_.empty())
    await_input();
  else // pipelined: through the loop, so that a long pipeline does not pile up on the stack
    boost::asio::post(owner_.io(), [this, alive = shared_from_this()] {
      if (!ended_)
        next_request();
    });
}

/// Lets the peer read the answer before TCP tells it that its unread request was dropped.
void http_session::linger() {
  lingering_ = true;
  auto ignored = boost::system::error_code{};
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  owner_.timers().set(*this, steady_clock::now() + linger_timeout);
  await_input();
}

void http_session::close_when_idle() {
  if (!answering_)
    end();
}

void http_session::on_deadline(steady_time) {
  end();
}

void http_session::end() {
  if (ended_)
    return;
  ended_ = true;
  owner_.timers().cancel(*this);
  auto ignored = boost::system::error_code{};
  socket_.close(ignored);
  owner_.leave(*this);
}

} // namespace stentor
