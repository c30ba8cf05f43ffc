#pragma once

#include "net/compression.hpp"
#include "net/cors.hpp"
#include "net/failures.hpp"
#include "net/http_parser.hpp"
#include "net/timer_wheel.hpp"
#include "protocol/engineio.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <optional>

namespace stentor {

class network;

/// One TCP connection while it speaks HTTP: one request at a time, until it closes or becomes a WebSocket.
///
/// Lives on its network thread, held by what it waits for.
class http_session final : public std::enable_shared_from_this<http_session>, private timer_wheel::client {
public:
  http_session(network& owner, boost::asio::ip::tcp::socket socket);
  ~http_session() override;

  void start();
  /// Answers what is being answered, then closes; closes at once if there is nothing.
  void close_when_idle();
  /// Drops the socket.
  void end();

private:
  void await_input();
  void on_readable();
  void next_request();
  void on_bad_request(const bad_http& what);
  void on_request(parsed_request what);
  bool lacks_slash(std::string_view path) const;
  std::optional<http_response> client_file(const http_request& request) const;
  void on_engineio(parsed_request what);
  std::optional<engineio::error_code> refusal(const parsed_request& what) const;
  bool refused_as_full();
  void await_verdict(http_request request, std::string accept);
  void on_verdict(const std::optional<std::string>& refusal);
  /// `accept`: of a WebSocket handshake.
  void open(http_request request, std::string accept);
  void open_poll(http_request request);
  void on_session_request(http_request request);
  void on_upgrade(http_request request, std::string accept);
  /// While a poll waits for its answer, the peer's hanging up ends its session.
  void await_hangup(std::string sid);
  bool peer_has_hung_up();
  void respond(http_response answer);
  void write_answer(http_response answer);
  /// Calls what may throw, which ends the session.
  template <class Work>
  void guarded(Work work) {
    try {
      work();
    } catch (...) {
      report_exception("an HTTP session");
      end();
    }
  }
  void write(std::string bytes);
  void write_more();
  void expect_progress();
  void on_written();
  void linger();
  void on_deadline(steady_time now) override;
  /// Answers from whichever thread the session lives on; with 500 if nobody does.
  http_reply reply_from(network& there);
  class answer_slip;
  struct undecided;
  boost::asio::ip::tcp::socket release();

  network& owner_;
  boost::asio::ip::tcp::socket socket_;
  std::string address_;
  http_parser parser_;
  std::string input_;
  std::string output_;
  cors_request cors_;
  std::shared_ptr<undecided> undecided_;    ///< the handshake that the application looks at
  std::string cookie_;                      ///< that the answer sets
  std::string_view method_ = "(malformed)"; ///< of the request that is being answered; literals, for metrics
  std::string_view route_ = "(malformed)";
  bool answering_ = false;
  bool wants_websocket_ = false;
  bool head_only_ = false;
  bool is_old_explorer_ = false;
  coding takes_ = coding::none;
  bool close_after_ = false;
  bool lingering_ = false;
  bool ended_ = false;
};

} // namespace stentor
