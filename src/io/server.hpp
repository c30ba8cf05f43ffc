#pragma once

#include "base/json.hpp"
#include "io/nsp.hpp"
#include "io/recovery_book.hpp"
#include "io/socket.hpp"
#include "net/network.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
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

  recovery_book& recovery() { return recovery_; }
  /// Encodes it for everyone who hears in that form. With an offset, it is in the recovery log, too, if it is kept.
  socket::heard encode(const form& as, const std::string& name, spoken_event what, lane how);

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
  recovery_book recovery_;
};

} // namespace stentor::io
