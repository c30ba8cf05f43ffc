#pragma once

#include "base/json.hpp"
#include "io/client.hpp"
#include "io/room_index.hpp"
#include "io/socket.hpp"
#include "net/network.hpp"

#include <map>
#include <memory>
#include <string>

namespace stentor::io {

/// Who may enter a namespace.
class namespace_handler {
public:
  virtual ~namespace_handler() = default;
  /// `guest` waits for `accept` or `refuse`, now or later; it may be gone by then, so hold it weakly.
  virtual void on_connect(const std::shared_ptr<socket>& guest, const json& auth) = 0;
};

/// Socket.IO on one network thread: its namespaces, sockets and rooms. Knows nothing of chat.
class server {
public:
  explicit server(network& below);

  /// Before the thread runs. `handler` outlives the server.
  void serve(std::string nsp, namespace_handler& handler) { namespaces_[std::move(nsp)] = {&handler}; }
  std::unique_ptr<connection_handler> open(connection& link);

  /// Tells the local members of a room: encodes once per variant, copies nothing per member.
  void tell(const deliver& news);

  /// Tells these connections, as far as they live and are in the namespace.
  void tell(std::span<const connection_id> whom, const std::string& nsp, const broadcast& what, variant_id variant);
  void disconnect(std::span<const connection_id> whom);

  network& below() { return below_; }
  room_index& rooms() { return rooms_; }
  json_limits limits() const { return limits_; }
  /// Null if there is no such namespace.
  namespace_handler* find(const std::string& nsp);
  void forget(socket& gone);
  /// The id of the next acknowledgement that is asked for in a namespace.
  uint64_t next_ack(const std::string& nsp) { return namespaces_[nsp].next_ack++; }

private:
  struct place {
    namespace_handler* handler = nullptr;
    uint64_t next_ack = 0;
  };

  network& below_;
  json_limits limits_;
  std::map<std::string, place, std::less<>> namespaces_;
  room_index rooms_;
};

} // namespace stentor::io
