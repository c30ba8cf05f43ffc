#pragma once

#include "io/nsp.hpp"
#include "library/server_core.hpp"
#include "stentor/nsp.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace stentor {

struct socket_core;

/// What is done with those who enter `place`; empty: with all of a space.
template <class Call>
struct rule {
  std::string place;
  Call call;
  bool is_for(const std::string& name) const { return place.empty() || place == name; }
};

struct rules {
  std::vector<rule<middleware>> middlewares;
  std::vector<rule<std::function<void(socket)>>> on_connection;
};

/// What an application does with a namespace, or with all that a pattern matches, on whatever network thread.
struct space final : io::namespace_handler, std::enable_shared_from_this<space> {
  explicit space(std::shared_ptr<server_core> core) : core(std::move(core)) {}

  // Any thread.
  std::shared_ptr<const rules> current() const;
  void change(const std::function<void(rules&)>& how);

  // On the network thread of the guest.
  void on_connect(const std::shared_ptr<io::socket>& guest, const json& auth) override;
  /// Looks at who comes as one that was lost, when that one has ended.
  void succeed(const std::shared_ptr<socket_core>& guest, io::socket& lost, const std::shared_ptr<const rules>& all);
  /// `joined`: its rooms, as its middleware has left them.
  void admit(const std::shared_ptr<socket_core>& guest, const std::vector<std::string>& joined);
  void refuse(const std::shared_ptr<socket_core>& guest, const refusal& why);
  void greet(const std::shared_ptr<socket_core>& guest) const;

  /// Among the handlers of the guest: runs the middleware from number `at` on, then admits.
  void look(const std::shared_ptr<socket_core>& guest, const std::shared_ptr<const rules>& all, size_t at);

  const std::shared_ptr<server_core> core;

private:
  mutable std::mutex mutex_;
  std::shared_ptr<const rules> rules_ = std::make_shared<rules>(); ///< replaced as a whole
};

} // namespace stentor
