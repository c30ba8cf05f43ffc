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

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::string_view engineio_path = "/socket.io/";

std::string_view reason(unsigned status) {
  auto text = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  return {text.data(), text.size()};
}

std::string peer_address(const boost::asio::ip::tcp::socket& socket) {
  auto error = boost::system::error_code{};
  auto peer = socket.remote_endpoint(error);
  return error ? std::string{} : peer.address().to_string();
}

} // namespace

http_session::http_session(network& owner, boost::asio::ip::tcp::socket socket)
  : owner_(owner), socket_(std::move(socket)), address_(peer_address(socket_)),
    parser_({.header_bytes_max = owner.config().limits.http_header_bytes_max, .body_bytes_max = owner.config().limits.http_body_bytes_max}) {
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
    socket_.async_wait(boost::asio::ip::tcp::socket::wait_read, [this, alive = shared_from_this()](const auto& error) {
      if (!error && !ended_)
        on_readable();
    });
}

void http_session::on_readable() {
  auto buffer = owner_.input();
  auto size = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
    return end();
  if (size > 0)
    input_.append(buffer.data(), static_cast<size_t>(size));
  next_request();
}

void http_session::next_request() {
  auto taken = parser_.take(input_);
  if (auto* bad = std::get_if<bad_http>(&taken)) {
    close_after_ = true;
    respond({.status = bad->status, .body = bad->why + "\n", .content_type = "text/plain; charset=utf-8", .headers = {}, .close = true});
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
  what.request.address = address_;
  if (what.request.path.starts_with(engineio_path))
    return on_engineio(std::move(what));
  if (what.wants_websocket)
    return refuse_upgrade(400, "Sockets live at /socket.io/");
  owner_.top().on_request(std::move(what.request), [session = shared_from_this()](http_response answer) { session->respond(std::move(answer)); });
}

void http_session::on_engineio(parsed_request what) {
  using engineio::error_code;
  auto refuse = [&](error_code why) {
    if (what.wants_websocket)
      refuse_upgrade(400, engineio::message(why));
    else
      respond({.status = engineio::http_status(why), .body = engineio::error_body(why), .content_type = "application/json", .headers = {}});
  };
  const auto& query = what.request.query;
  if (query_value(query, "transport") != "websocket")
    return refuse(error_code::unknown_transport);
  if (!query_value(query, "sid").empty())
    return refuse(error_code::unknown_sid);
  if (what.request.method != "GET")
    return refuse(error_code::bad_method);
  auto accept = websocket::accept_key(what.request.headers.get("sec-websocket-key"));
  if (!what.wants_websocket || !accept || what.request.headers.get("sec-websocket-version") != "13")
    return refuse(error_code::bad_request);
  if (query_value(query, "EIO") != "4")
    return refuse(error_code::unsupported_version);
  if (owner_.full())
    return refuse_upgrade(503, "The server is full, try again later");
  upgrade(std::move(what.request), *std::move(accept));
}

void http_session::refuse_upgrade(unsigned status, std::string_view why) {
  close_after_ = true;
  write(fmt::format("HTTP/1.1 {} {}\r\nConnection: close\r\nContent-type: text/html\r\nContent-Length: {}\r\n\r\n{}", status, reason(status),
                    why.size(), why));
}

void http_session::upgrade(http_request request, std::string accept) {
  auto answer =
    fmt::format("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n", accept);
  if (::send(socket_.native_handle(), answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL) != static_cast<ssize_t>(answer.size()))
    return end();
  ended_ = true;
  owner_.leave(*this);
  open_connection(owner_, std::move(socket_), std::make_shared<const http_request>(std::move(request)), std::move(input_));
}

void http_session::respond(http_response answer) {
  if (ended_)
    return;
  close_after_ = close_after_ || answer.close || owner_.draining();
  auto head = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: {}\r\n", answer.status, reason(answer.status),
                          answer.content_type, answer.body.size(), close_after_ ? "close" : "keep-alive");
  for (const auto& [name, value] : answer.headers)
    head += fmt::format("{}: {}\r\n", name, value);
  head += "\r\n";
  if (!head_only_ && answer.status != 204)
    head += answer.body;
  write(std::move(head));
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
  socket_.async_wait(boost::asio::ip::tcp::socket::wait_write, [this, alive = shared_from_this()](const auto& error) {
    if (!error && !ended_)
      write_more();
  });
}

void http_session::on_written() {
  answering_ = false;
  std::string{}.swap(output_);
  if (close_after_ || owner_.draining())
    return end();
  owner_.timers().set(*this, steady_clock::now() + milliseconds{owner_.config().network.header_timeout_ms});
  if (input_.empty())
    await_input();
  else // pipelined: through the loop, so that a long pipeline does not pile up on the stack
    boost::asio::post(owner_.io(), [this, alive = shared_from_this()] {
      if (!ended_)
        next_request();
    });
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
