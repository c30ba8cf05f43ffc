#pragma once

#include "base/metrics.hpp"
#include "base/settings.hpp"
#include "net/application.hpp"
#include "net/frame_log.hpp"
#include "net/timer_wheel.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <caf/actor_system.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace stentor {

class connection;
class http_session;

/// One I/O thread: its loop, its sockets, the frames of its tick.
///
/// Everything here runs on the thread that is in `run()`, but for the constructor, `serve` and what says "any thread".
/// The loop works off what is ready, then flushes: each connection gets its frames of the tick in one `send`.
class network {
public:
  network(caf::actor_system& system, const settings& config, uint32_t index);
  ~network();

  /// Before `run()`: who stands on top, and all threads by their index, this one included.
  void serve(application& top, std::vector<network*> all) {
    application_ = &top;
    all_ = std::move(all);
  }
  /// The thread's body; returns when `drain` has ended and `release` was called.
  void run();
  /// Any thread: takes over an accepted socket.
  void adopt(boost::asio::ip::tcp::socket::native_handle_type socket);
  /// Any thread: nothing more will be asked of this loop; `run()` returns.
  void release();

  uint32_t index() const { return index_; }
  const settings& config() const { return config_; }
  caf::actor_system& system() { return system_; }
  boost::asio::io_context& io() { return io_; }
  application& top() { return *application_; }
  network_actor handle() const;
  /// For requests whose answers continue on this thread.
  network_actor::pointer self() const { return self_; }

  frame_log& log() { return log_; }
  timer_wheel& timers() { return timers_; }
  /// Where a socket's bytes are read into; contents live until the next read on this thread.
  std::span<char> input() { return input_; }

  /// The connection has frames for the flush of this tick.
  void mark_dirty(connection& who);
  /// While holds are out, the flush waits for what they will add, at most `network.flush_wait_us`.
  void hold() { ++holds_; }
  void unhold();

  /// A session id begins with the letter of its thread.
  static char sid_letter(uint32_t index);
  /// The thread on which the session lives, if it lives; null for an id that none of ours can have.
  network* owner_of(std::string_view sid);
  /// The session of that id on this thread, or null.
  connection* find(std::string_view sid);
  /// A session whose id names this thread lives on that one.
  void set_moved(const std::string& sid, network& there) { moved_.insert_or_assign(sid, &there); }
  /// The thread on which the session lives whose id names this one.
  network& home_of(const std::string& sid);
  /// The connection of that id, which is of this thread, or null if it is gone.
  connection* find(const connection_id& id);
  connection_id enter(connection& who);
  void leave(connection& who);
  /// All threads together have as many connections as they may.
  bool full() const { return sum(&network::connections_) >= config_.network.connections_max; }
  bool draining() const { return draining_; }
  void enter(http_session& who);
  void leave(http_session& who);

  metrics::family& requests() { return requests_; }

  /// Takes in nothing more, lets what is in flight be answered, tells the clients, closes. `done` is called once, later; whoever asks again
  /// is told, too.
  void drain(std::function<void()> done);

private:
  struct slot {
    connection* tenant = nullptr;
    uint32_t generation = 0;
    caf::strong_actor_ptr alive; ///< a connection lives until it leaves
  };

  bool must_flush(steady_time now) const;
  size_t sum(std::atomic<size_t> network::*count) const;
  void turn();
  void flush();
  void close_when_answered();
  void finish_drain();

  caf::actor_system& system_;
  const settings& config_;
  uint32_t index_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  application* application_ = nullptr;
  std::vector<network*> all_;
  caf::strong_actor_ptr actor_;
  network_actor::pointer self_ = nullptr;
  std::vector<char> input_;

  frame_log log_;
  timer_wheel timers_;
  std::vector<connection*> dirty_;                     ///< null: gone meanwhile
  size_t flushed_ = 0;                                 ///< how many of dirty_ this flush has served
  steady_time now_ = std::chrono::steady_clock::now(); ///< of the turn
  steady_time flush_at_;
  size_t holds_ = 0;

  std::vector<slot> slots_;
  std::vector<uint32_t> free_slots_;
  std::unordered_map<std::string_view, connection*> sessions_by_sid_; ///< the keys live in the connections
  std::unordered_map<std::string, network*> moved_;
  std::unordered_set<http_session*> sessions_;
  std::atomic<size_t> connections_ = 0;   ///< read by all threads
  std::atomic<size_t> session_count_ = 0; ///< the same, of sessions_
  metrics::family requests_{metrics::metric::http_requests};

  bool draining_ = false;
  bool closing_ = false;
  std::vector<std::function<void()>> drained_; ///< who waits for the end of the drain
  struct drain_deadline;
  std::unique_ptr<drain_deadline> drain_deadline_;
};

} // namespace stentor
