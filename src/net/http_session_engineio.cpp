// Requests below socketio.path: the client bundle, polls, posts, upgrades.

#include "base/metrics.hpp"
#include "net/client_bundle.hpp"
#include "net/connection.hpp"
#include "net/http_answer.hpp"
#include "net/http_session.hpp"
#include "net/network.hpp"
#include "net/origin.hpp"
#include "protocol/engineio.hpp"
#include "protocol/websocket.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace stentor {

using boost::asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

http_response engineio_error(engineio::error_code why, std::string_view message, bool on_upgrade) {
  if (on_upgrade)
    return {.status = 400, .body = std::string{message}, .content_type = "text/html", .headers = {}, .close = true};
  return {
    .status = engineio::http_status(why), .body = engineio::error_body(why, message), .content_type = "application/json", .headers = {}};
}

http_response engineio_error(engineio::error_code why, bool on_upgrade) {
  return engineio_error(why, engineio::message(why), on_upgrade);
}

engineio::revision revision_of(const http_request& request) {
  return engineio::revision_of(query_value(request.query, "EIO"));
}

/// The session of that id, unless its time is over.
connection* find_session(network& there, std::string_view sid) {
  auto* session = there.find(sid);
  return session && session->end_if_overdue() ? nullptr : session;
}

/// Calls `then` with the thread on which the session lives, if it lives, there: at once if that is `here`, else soon.
template <class Then>
void at_home_of(const std::string& sid, network& here, Then then) {
  auto& named = *here.owner_of(sid);
  auto look = [&named, sid, then = std::move(then)]() mutable {
    auto& home = named.home_of(sid);
    if (&home == &named)
      then(home);
    else
      boost::asio::post(home.io(), [&home, then = std::move(then)]() mutable { then(home); });
  };
  if (&named == &here)
    look();
  else
    boost::asio::post(named.io(), std::move(look));
}

/// A GET fetches, a POST brings; both only while the session polls.
void serve_session(connection* session, const http_request& request, const http_reply& reply) {
  if (!session)
    reply(engineio_error(engineio::error_code::unknown_sid, false));
  else if (!session->polls() || revision_of(request) != session->revision())
    reply(engineio_error(engineio::error_code::bad_request, false));
  else if (request.method == "GET")
    session->poll(reply);
  else if (request.method == "POST")
    session->take_post(request, reply);
  else
    reply(empty_answer(500));
}

} // namespace

/// The reference's checks, in its order, as far as they need no session.
std::optional<engineio::error_code> http_session::refusal(const parsed_request& what) const {
  using engineio::error_code;
  const auto& query = what.request.query;
  auto transport = query_value(query, "transport");
  auto sid = query_value(query, "sid");
  const auto& rules = owner_.config().socketio;
  if (std::ranges::count(rules.transports, transport) == 0)
    return error_code::unknown_transport;
  if (!sid.empty() && !owner_.owner_of(sid))
    return error_code::unknown_sid;
  if (sid.empty() && what.request.method != "GET")
    return error_code::bad_method;
  if ((transport == "websocket") != what.wants_websocket)
    return error_code::bad_request;
  if (what.wants_websocket && what.request.headers.get("sec-websocket-version") != "13")
    return error_code::bad_request;
  if (what.wants_websocket && !sid.empty() && !rules.allow_upgrades)
    return error_code::bad_request;
  if (!may_connect(owner_.config(), what.request))
    return error_code::forbidden;
  if (sid.empty() && revision_of(what.request) == engineio::revision::v3 && !rules.allow_eio3)
    return error_code::unsupported_version;
  return std::nullopt;
}

void http_session::on_engineio(parsed_request what) {
  auto agent = what.request.headers.get("user-agent");
  is_old_explorer_ = agent.find(";MSIE") != agent.npos || agent.find("Trident/") != agent.npos;
  if (auto why = refusal(what))
    return respond(engineio_error(*why, wants_websocket_));
  auto accept = wants_websocket_ ? websocket::accept_key(what.request.headers.get("sec-websocket-key")) : std::string{};
  if (!accept)
    return respond(engineio_error(engineio::error_code::bad_request, true));
  if (query_value(what.request.query, "sid").empty()) {
    if (refused_as_full())
      return;
    if (owner_.top().decides())
      await_verdict(std::move(what.request), *std::move(accept));
    else
      open(std::move(what.request), *std::move(accept));
  } else if (wants_websocket_)
    on_upgrade(std::move(what.request), *std::move(accept));
  else
    on_session_request(std::move(what.request));
}

bool http_session::refused_as_full() {
  if (!owner_.full())
    return false;
  static const auto refused = metrics::series{metrics::metric::connections_refused, {"full"}};
  refused.add();
  respond({.status = 503, .body = "The server is full, try again later", .content_type = "text/plain", .headers = {}});
  return true;
}

// -- who may connect ----------------------------------------------------------

/// A handshake that the application looks at. It holds its session, and its session holds it, until that is decided, or over.
struct http_session::undecided {
  http_request request;
  std::string accept;
  std::shared_ptr<http_session> session;
};

void http_session::await_verdict(http_request request, std::string accept) {
  auto asked = std::make_shared<undecided>(undecided{std::move(request), std::move(accept), shared_from_this()});
  undecided_ = asked;
  auto still = [which = std::weak_ptr{asked}] {
    auto asked = which.lock();
    return asked && asked->session->undecided_ == asked ? asked->session : nullptr;
  };
  owner_.timers().set(*this, steady_clock::now() + milliseconds{owner_.config().socketio.connect_timeout_ms});
  socket_.async_wait(tcp::socket::wait_read, [still](const auto& error) {
    if (auto session = still(); session && !error && session->peer_has_hung_up())
      session->end();
  });
  owner_.top().on_handshake(asked->request, [still](const std::optional<std::string>& refusal) {
    if (auto session = still())
      session->on_verdict(refusal);
  });
}

void http_session::on_verdict(const std::optional<std::string>& refusal) {
  auto asked = std::exchange(undecided_, nullptr);
  owner_.timers().cancel(*this);
  auto ignored = boost::system::error_code{};
  socket_.cancel(ignored);
  if (refusal)
    respond(engineio_error(engineio::error_code::forbidden, *refusal, wants_websocket_));
  else if (!refused_as_full())
    guarded([&] { open(asked->request, std::move(asked->accept)); });
}

void http_session::open(http_request request, std::string accept) {
  if (wants_websocket_)
    on_upgrade(std::move(request), std::move(accept));
  else
    open_poll(std::move(request));
}

// -- the ways of the protocol -------------------------------------------------

void http_session::open_poll(http_request request) {
  auto& made = make_connection(owner_, std::move(request));
  if (const auto& name = owner_.config().socketio.cookie; !name.empty())
    cookie_ = fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax", name, made.sid());
  made.open(reply_from(owner_));
}

void http_session::on_session_request(http_request request) {
  auto sid = query_value(request.query, "sid");
  if (request.method == "GET")
    await_hangup(sid);
  at_home_of(sid, owner_, [self = shared_from_this(), sid, request = std::move(request)](network& home) {
    serve_session(find_session(home, sid), request, self->reply_from(home));
  });
}

void http_session::await_hangup(std::string sid) {
  socket_.async_wait(tcp::socket::wait_read, [this, alive = shared_from_this(), sid = std::move(sid)](const auto& error) {
    if (error || ended_ || !answering_ || !peer_has_hung_up())
      return;
    at_home_of(sid, owner_, [sid](network& home) {
      if (auto* session = home.find(sid))
        session->abort_poll();
    });
  });
}

/// What has come instead, early, is read when the request is answered.
bool http_session::peer_has_hung_up() {
  auto byte = char{};
  auto size = ::recv(socket_.native_handle(), &byte, 1, MSG_DONTWAIT | MSG_PEEK);
  return size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
}

/// The socket moves to the thread of its session before anything is said on it.
void http_session::on_upgrade(http_request request, std::string accept) {
  auto answer =
    fmt::format("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n", accept);
  auto allowed = http_response{};
  add_cors(owner_.config().cors, cors_, allowed);
  for (const auto& [name, value] : allowed.headers)
    answer += fmt::format("{}: {}\r\n", name, value);
  answer += "\r\n";
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
  auto take_over = [sid, revision = revision_of(request), takes = engineio::binary_form_of(query_value(request.query, "b64")),
                    say_yes](network& home, int descriptor, std::string early) {
    auto socket = tcp::socket{home.io(), tcp::v4(), descriptor};
    auto* session = find_session(home, sid);
    if (!session || session->revision() != revision) {
      auto why = session ? engineio::error_code::bad_request : engineio::error_code::unknown_sid;
      auto refused = bytes_of(engineio_error(why, true), afterwards::close);
      ::send(socket.native_handle(), refused.data(), refused.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    } else if (say_yes(socket))
      session->probe(std::move(socket), std::move(early), takes);
  };
  auto descriptor = release().release();
  at_home_of(sid, owner_, [take_over, descriptor, early = std::move(input_)](network& home) { take_over(home, descriptor, early); });
}

tcp::socket http_session::release() {
  ended_ = true;
  owner_.timers().cancel(*this);
  owner_.leave(*this);
  return std::move(socket_);
}

std::optional<http_response> http_session::client_file(const http_request& request) const {
  const auto& rules = owner_.config().socketio;
  if (!rules.serve_client || (request.method != "GET" && request.method != "HEAD"))
    return std::nullopt;
  return client_bundle_answer(std::string_view{request.path}.substr(rules.path.size()), request);
}

} // namespace stentor
