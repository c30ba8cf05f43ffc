#pragma once

#include "base/json.hpp"
#include "io/client.hpp"
#include "io/nsp.hpp"
#include "io/recovery_log.hpp"
#include "io/socket.hpp"
#include "net/network.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace stentor::io {

/// Socket.IO on one network thread: its namespaces, sockets and rooms. Knows nothing of chat.
class server {
public:
  explicit server(network& below);
  ~server();

  /// Before the thread runs. `handler` outlives the server.
  nsp& serve(std::string name, namespace_handler& handler);
  /// Whether there is a namespace of that name, for a client that comes with this payload. Must not block.
  using matcher = std::function<bool(const std::string& name, const json& auth)>;
  /// The same for every name that matches and is not served otherwise. Such a namespace is there as long as someone is in it.
  void serve(matcher matches, namespace_handler& handler);

  std::unique_ptr<connection_handler> open(connection& link);
  /// Each namespace that has this handler now.
  void each_place(const namespace_handler& handler, const std::function<void(nsp&)>& call);

  /// Tells the local members of a room in `/`.
  void tell(const deliver& news);
  /// Tells these connections, as far as they live and are in the namespace.
  void tell(std::span<const connection_id> whom, const std::string& name, const broadcast_ptr& what, variant_id variant);
  void disconnect(std::span<const connection_id> whom);

  network& below() { return below_; }
  json_limits limits() const { return limits_; }
  /// Null if there is no such namespace now.
  std::shared_ptr<nsp> find(const std::string& name) const;
  /// The same for who wants to enter; makes it if a matcher wants it.
  std::shared_ptr<nsp> find_or_make(const std::string& name, const json& auth);
  /// Its client has left it, or it has been refused.
  void forget(socket& gone);

  // -- recovery ----------------------------------------------------------------

  bool recovers() const;
  recovery_log& log() { return recovery_log_; }
  /// Encodes it for everyone who hears in that form; with an offset, it is kept in the log, too, unless it is droppable.
  socket::heard encode(const form& as, const std::string& name, spoken_event what, lane how);
  /// Whether all of it is kept, and finds room in a client's outbox beside what comes meanwhile.
  bool can_replay(std::span<const logged_range> missed) const;
  /// A new secret for a socket that may recover.
  std::string enter_recovery(const std::shared_ptr<socket>& who);
  void leave_recovery(const std::string& pid);
  /// The secret is this socket's now.
  void pass_recovery(const std::string& pid, const std::shared_ptr<socket>& to) { recoverable_.insert_or_assign(pid, to); }
  /// The socket of that secret, if it is on this thread, lost or not.
  std::shared_ptr<socket> find_recoverable(const std::string& pid) const;
  /// Holds a lost socket; false if there are too many.
  bool hold_lost(std::shared_ptr<socket> who);
  void release_lost(const socket& who);

private:
  struct dynamic {
    matcher matches;
    namespace_handler* handler;
  };

  network& below_;
  json_limits limits_;
  std::map<std::string, std::shared_ptr<nsp>, std::less<>> namespaces_;
  std::vector<dynamic> dynamic_;
  std::map<std::string, std::weak_ptr<nsp>, std::less<>> children_; ///< of dynamic_
  recovery_log recovery_log_;
  std::unordered_map<std::string, std::weak_ptr<socket>> recoverable_;
  std::unordered_map<const socket*, std::shared_ptr<socket>> lost_;
};

} // namespace stentor::io
