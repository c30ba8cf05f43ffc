#pragma once

#include "stentor/broadcast_operator.hpp"
#include "stentor/socket.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stentor {

struct space;

/// Why a client is not let in: its `connect_error` has this message and this data.
struct refusal {
  std::string message;
  json data = nullptr;
};
/// A middleware's answer, given once, now or later, on any thread; what is said again goes nowhere. Copies are the same one: when the last
/// of them goes and nothing was said, that is a refusal.
class next {
public:
  using function = std::function<void(std::optional<refusal>)>;

  explicit next(function say) : answer_(std::make_shared<one_answer>(std::move(say))) {}

  /// Goes on to the next middleware, or lets in; with a refusal, neither.
  void operator()(std::optional<refusal> why = std::nullopt) const { answer_->give(std::move(why)); }

private:
  struct one_answer {
    explicit one_answer(function how) : say(std::move(how)) {}
    one_answer(const one_answer&) = delete;
    one_answer& operator=(const one_answer&) = delete;
    ~one_answer() { give(refusal{"No answer"}); }
    void give(std::optional<refusal> why) {
      if (!is_given.exchange(true))
        std::exchange(say, nullptr)(std::move(why));
    }

    function say;
    std::atomic<bool> is_given = false;
  };

  std::shared_ptr<one_answer> answer_;
};
using middleware = std::function<void(socket&, const next&)>;

/// A namespace, or all that a pattern matches. A handle. Any thread, also when the server has gone.
class nsp {
public:
  /// Empty for those of a pattern.
  const std::string& name() const { return name_; }

  /// Looks at each client that wants to enter, in the order of `use`, before `on_connection`. Holds for those who come afterwards.
  const nsp& use(middleware look) const;
  /// A client is in. Register what to do with its events here, at once.
  const nsp& on_connection(std::function<void(socket)> handler) const;

  /// Everyone in it. For a pattern: those of all its namespaces.
  broadcast_operator all() const;
  broadcast_operator to(const room_names& rooms) const { return all().to(rooms); }
  broadcast_operator in(const room_names& rooms) const { return to(rooms); }
  broadcast_operator except(const room_names& rooms) const { return all().except(rooms); }
  broadcast_operator local() const { return all().local(); }
  broadcast_operator volatile_() const { return all().volatile_(); }
  broadcast_operator compress(bool wanted) const { return all().compress(wanted); }
  broadcast_operator timeout(std::chrono::milliseconds wait) const { return all().timeout(wait); }

  template <class... Args>
  void emit(std::string event, Args&&... args) const {
    all().emit(std::move(event), std::forward<Args>(args)...);
  }
  void emit_values(std::string event, std::vector<json> args) const { all().emit_values(std::move(event), std::move(args)); }
  template <class... Args>
  void emit_with_ack(std::string event, std::function<void(const answers&)> then, Args&&... args) const {
    all().emit_with_ack(std::move(event), std::move(then), std::forward<Args>(args)...);
  }
  void ask_values(std::string event, std::vector<json> args, std::function<void(const answers&)> then) const {
    all().ask_values(std::move(event), std::move(args), std::move(then));
  }
  void fetch_sockets(std::function<void(std::vector<socket_snapshot>)> then) const { all().fetch_sockets(std::move(then)); }
  void sockets_join(const room_names& rooms) const { all().sockets_join(rooms); }
  void sockets_leave(const room_names& rooms) const { all().sockets_leave(rooms); }
  void disconnect_sockets(disconnect_from what = disconnect_from::nsp) const { all().disconnect_sockets(what); }

  /// Tells the other servers of the cluster, of which there are none yet: a server is alone.
  template <class... Args>
  void server_side_emit(const std::string& event, Args&&... args) const {
    server_side_values(event, to_json_values(std::forward<Args>(args)...), {});
  }
  /// The same, and collects what they answer.
  template <class... Args>
  void server_side_emit_with_ack(const std::string& event, std::function<void(const answers&)> then, Args&&... args) const {
    server_side_values(event, to_json_values(std::forward<Args>(args)...), std::move(then));
  }

private:
  friend class server;
  nsp(std::shared_ptr<space> of, std::string name) : space_(std::move(of)), name_(std::move(name)) {}
  void server_side_values(const std::string& event, const std::vector<json>& args, std::function<void(const answers&)> then) const;

  std::shared_ptr<space> space_;
  std::string name_;
};

} // namespace stentor
