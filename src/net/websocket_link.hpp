#pragma once

#include "base/clock.hpp"
#include "protocol/websocket.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace stentor {

class network;

/// One upgraded TCP connection: reads frames, writes bytes that are frames already.
///
/// Lives on its network thread. Who owns it drops it with `end()`; it dies when the last wait on its socket has returned.
class websocket_link : public std::enable_shared_from_this<websocket_link>, private websocket::reader::handler {
public:
  /// Whom it serves; never called again after `end()`.
  class owner {
  public:
    virtual void on_frame_text(websocket_link& from, std::string_view payload) = 0;
    virtual void on_frame_binary(websocket_link& from, std::string_view payload) = 0;
    virtual void on_frame_ping(websocket_link& from, std::string_view payload) = 0;
    /// The peer said goodbye, or the stream is beyond repair: the code to answer with.
    virtual void on_frame_close(websocket_link& from, websocket::close_code answer, bool by_peer) = 0;
    /// TCP is gone; `error` tells a broken connection from an ended one.
    virtual void on_lost(websocket_link& from, bool error) = 0;
    virtual void on_writable(websocket_link& from) = 0;
    /// One of these has thrown; called in the `catch`.
    virtual void on_failed(websocket_link& from) = 0;
    /// Whether more may be handed over now; after a no, `read()` asks again.
    virtual bool takes_input(const websocket_link& from) const = 0;

  protected:
    ~owner() = default;
  };

  websocket_link(network& below, boost::asio::ip::tcp::socket socket, owner& whom);

  /// One that goes on somewhere else: its descriptor, what it was in the middle of, what it had read.
  struct released {
    int descriptor = -1;
    websocket::reader reader;
    std::string rest = {};
  };
  websocket_link(network& below, released from, owner& whom);
  /// Leaves it to another thread. Not from within a call to its owner.
  released release();

  /// Starts with `early`, what came behind the request.
  void start(std::string early);
  /// Goes on reading, if its owner takes input.
  void read();
  /// Writes what fits; how many bytes did. 0 while the socket is full, which ends with `on_writable`.
  size_t write(std::string_view bytes);
  void end();

private:
  /// Calls what may reach the owner.
  template <class Work>
  void guarded(Work work);
  void on_readable();
  void take_rest();
  size_t feed(std::span<char> bytes);
  void pause_if_asked();
  void await_output();

  void on_text(std::string_view payload) override;
  void on_binary(std::string_view payload) override;
  void on_ping(std::string_view payload) override;
  void on_pong(std::string_view) override {}
  void on_close(websocket::close_code code) override;
  void on_error(websocket::close_code code) override;

  network& below_;
  boost::asio::ip::tcp::socket socket_;
  owner* owner_;
  websocket::reader reader_;
  std::string rest_; ///< was read when its owner paused
  size_t rest_taken_ = 0;
  bool awaits_input_ = false; ///< or takes it in
  bool awaits_output_ = false;
};

} // namespace stentor
