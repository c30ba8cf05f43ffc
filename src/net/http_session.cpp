#include "net/http_session.hpp"

#include "net/client_address.hpp"
#include "net/failures.hpp"
#include "net/http_answer.hpp"
#include "net/network.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace stentor {

using boost::asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Smaller answers are not worth compressing.
constexpr size_t compressed_bytes_min = 1024;
/// How long an answered peer may take to hang up.
constexpr auto linger_timeout = milliseconds{1000};

namespace {

std::string peer_address(const tcp::socket& socket) {
  auto error = boost::system::error_code{};
  auto peer = socket.remote_endpoint(error);
  return error ? std::string{} : peer.address().to_string();
}

/// The same word, as a literal.
std::string_view known_method(std::string_view method) {
  constexpr std::string_view methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  auto found = std::ranges::find(methods, method);
  return found == std::end(methods) ? "(other)" : *found;
}

} // namespace

http_session::http_session(network& owner, tcp::socket socket)
  : owner_(owner), socket_(std::move(socket)), address_(peer_address(socket_)),
    parser_({.header_bytes_max = owner.config().limits.http_header_bytes_max,
             .body_bytes_max = owner.config().limits.http_body_bytes_max,
             .engineio_bytes_max = owner.config().socketio.max_payload_bytes,
             .engineio_path = owner.config().socketio.path}) {
  owner_.enter(*this);
}

http_session::~http_session() {
  end();
}

void http_session::start() {
  expect_progress();
  await_input();
}

void http_session::await_input() {
  if (!ended_)
    socket_.async_wait(tcp::socket::wait_read, [this, alive = shared_from_this()](const auto& error) {
      if (!error && !ended_)
        guarded([this] { on_readable(); });
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
    on_bad_request(*bad);
  } else if (auto* whole = std::get_if<parsed_request>(&taken))
    on_request(std::move(*whole));
  else
    await_input();
}

void http_session::on_bad_request(const bad_http& what) {
  close_after_ = true;
  head_only_ = false;
  method_ = route_ = "(malformed)";
  cors_ = cors_request::of(what.of);
  if (what.of.path.starts_with(owner_.config().socketio.path))
    respond(empty_answer(what.status));
  else
    respond(error_answer(what.status, what.name, what.why));
}

/// True of `/socket.io`: whoever asks there means `/socket.io/`.
bool http_session::lacks_slash(std::string_view path) const {
  return path == std::string_view{owner_.config().socketio.path}.substr(0, owner_.config().socketio.path.size() - 1);
}

void http_session::on_request(parsed_request what) {
  answering_ = true;
  owner_.timers().cancel(*this);
  close_after_ = !what.keep_alive || owner_.draining();
  method_ = known_method(what.request.method);
  route_ = "(none)";
  head_only_ = method_ == "HEAD";
  wants_websocket_ = what.wants_websocket;
  is_old_explorer_ = false;
  takes_ = owner_.config().socketio.compress_polls ? coding_for(what.request.headers.get("accept-encoding")) : coding::none;
  cors_ = cors_request::of(what.request);
  what.request.address = client_address(address_, what.request.headers.get("x-forwarded-for"), owner_.config().server.trusted_proxies);
  if (what.request.method == "OPTIONS")
    if (auto allowed = preflight(owner_.config().cors, cors_))
      return respond(*std::move(allowed));
  if (what.request.path.starts_with(owner_.config().socketio.path)) {
    route_ = owner_.config().socketio.path;
    if (auto file = client_file(what.request))
      return respond(*std::move(file));
    return on_engineio(std::move(what));
  }
  if (what.wants_websocket)
    return respond({.status = 400, .body = "Sockets live at " + owner_.config().socketio.path, .headers = {}});
  if (lacks_slash(what.request.path))
    return respond(empty_answer(404));
  try {
    owner_.top().on_request(std::move(what.request), reply_from(owner_));
  } catch (...) { // its slip has answered
    report_exception("a request");
  }
}

/// The right to answer one request. Who drops it unused, because of an exception or by mistake, answers 500.
class http_session::answer_slip {
public:
  answer_slip(std::shared_ptr<http_session> session, network& here) : session_(std::move(session)), here_(here) {}
  answer_slip(const answer_slip&) = delete;
  answer_slip& operator=(const answer_slip&) = delete;
  ~answer_slip() {
    try {
      use(error_answer(500, "InternalServerError", "Internal error"));
    } catch (...) {
      report_exception("an HTTP session");
    }
  }

  void use(http_response answer) {
    auto session = std::exchange(session_, nullptr);
    if (!session)
      return;
    if (&session->owner_ == &here_)
      return session->respond(std::move(answer));
    auto& home = session->owner_.io();
    boost::asio::post(home, [session = std::move(session), answer = std::move(answer)]() mutable { session->respond(std::move(answer)); });
  }

private:
  std::shared_ptr<http_session> session_;
  network& here_; ///< whose thread holds it
};

http_reply http_session::reply_from(network& there) {
  return [slip = std::make_shared<answer_slip>(shared_from_this(), there)](http_response answer) { slip->use(std::move(answer)); };
}

// -- out ----------------------------------------------------------------------

void http_session::respond(http_response answer) {
  if (!ended_)
    guarded([&] { write_answer(std::move(answer)); });
}

void http_session::write_answer(http_response answer) {
  add_cors(owner_.config().cors, cors_, answer);
  if (answer.compressible && takes_ != coding::none && answer.body.size() >= compressed_bytes_min) {
    answer.body = compressed(answer.body, takes_);
    answer.headers.emplace_back("Content-Encoding", name(takes_));
  }
  if (auto cookie = std::exchange(cookie_, {}); !cookie.empty() && answer.status == 200)
    answer.headers.emplace_back("Set-Cookie", std::move(cookie));
  if (is_old_explorer_ && answer.status == 200) // as the reference does, whose issue 1333 it is
    answer.headers.emplace_back("X-XSS-Protection", "0");
  owner_.requests().of(method_, answer.route.empty() ? route_ : answer.route, std::to_string(answer.status)).add();
  close_after_ = close_after_ || answer.close || wants_websocket_ || owner_.draining();
  auto bytes = bytes_of(answer, close_after_ ? afterwards::close : afterwards::keep_alive);
  if (head_only_)
    bytes.erase(bytes.find("\r\n\r\n") + 4);
  write(std::move(bytes));
}

void http_session::write(std::string bytes) {
  answering_ = true;
  output_ = std::move(bytes);
  expect_progress();
  write_more();
}

/// However long a download takes: it ends when nothing of it has been taken for that time.
void http_session::expect_progress() {
  owner_.timers().set(*this, steady_clock::now() + milliseconds{owner_.config().network.header_timeout_ms});
}

void http_session::write_more() {
  auto size = ::send(socket_.native_handle(), output_.data(), output_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (size < 0 && errno != EAGAIN && errno != EINTR)
    return end();
  output_.erase(0, size < 0 ? 0 : static_cast<size_t>(size));
  if (output_.empty())
    return on_written();
  if (size > 0)
    expect_progress();
  socket_.async_wait(tcp::socket::wait_write, [this, alive = shared_from_this()](const auto& error) {
    if (!error && !ended_)
      guarded([this] { write_more(); });
  });
}

void http_session::on_written() {
  answering_ = false;
  std::string{}.swap(output_);
  if (close_after_ || owner_.draining())
    return linger();
  expect_progress();
  if (input_.empty())
    await_input();
  else // pipelined: through the loop, so that a long pipeline does not pile up on the stack
    boost::asio::post(owner_.io(), [this, alive = shared_from_this()] {
      if (!ended_)
        guarded([this] { next_request(); });
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
  if (!answering_ || undecided_)
    end();
}

void http_session::on_deadline(steady_time) {
  if (undecided_)
    on_verdict(std::string{engineio::message(engineio::error_code::forbidden)});
  else
    end();
}

void http_session::end() {
  if (ended_)
    return;
  ended_ = true;
  auto last = std::exchange(undecided_, nullptr); // it may be the one that holds this
  owner_.timers().cancel(*this);
  auto ignored = boost::system::error_code{};
  socket_.close(ignored);
  owner_.leave(*this);
}

} // namespace stentor
