#pragma once

#include "io/nsp.hpp"
#include "library/server_core.hpp"
#include "stentor/nsp.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

namespace stentor {

struct socket_core;

/// A namespace of the library, or a pattern of them: on every network thread the same.
struct space : std::enable_shared_from_this<space> {
  /// What of it is on one network thread, and touched there only.
  struct local final : io::namespace_handler {
    local(space& home, size_t thread) : home(home), thread(thread) {}
    void on_connect(const std::shared_ptr<io::socket>& guest, const json& auth) override;

    /// Runs the middleware from number `at` on, then admits.
    void look(const std::shared_ptr<socket_core>& core, const std::shared_ptr<const std::vector<middleware>>& all, size_t at);
    /// `joined`: its rooms, as its middleware has left them.
    void admit(const std::shared_ptr<socket_core>& core, const std::vector<std::string>& joined);
    static bool recover(const std::shared_ptr<socket_core>& core, io::socket& guest);
    void refuse(const std::shared_ptr<socket_core>& core, const refusal& why);
    void greet(const std::shared_ptr<socket_core>& core) const;

    space& home;
    size_t thread;
    std::shared_ptr<const std::vector<middleware>> middlewares = std::make_shared<std::vector<middleware>>();
    std::vector<std::function<void(socket)>> on_connection;
    std::unordered_set<std::shared_ptr<socket_core>> guests; ///< at whom middleware looks
  };

  space(server_core& core, std::string name);
  /// On every network thread, soon.
  void everywhere(const std::function<void(local&)>& what);

  server_core& core;
  std::string name; ///< empty: a pattern
  std::vector<std::unique_ptr<local>> parts;
};

} // namespace stentor
