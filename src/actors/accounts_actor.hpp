#pragma once

#include "actors/protocol.hpp"
#include "actors/reader_pool.hpp"
#include "base/metrics.hpp"
#include "chat/login_guard.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <vector>

namespace stentor {

struct accounts_policy {
  rate_limits limits;
  size_t queue_max = 64; ///< passwords that may wait
  bool registration = true;
};

/// Logs in and signs up. Whether an account exists can be told neither by answers nor by their time: every try is counted,
/// looked up and hashed alike.
class accounts_host {
public:
  using handle = accounts_actor;
  static inline const char* name = "accounts";

  accounts_host(handle::pointer self, reader_pool readers, persistence_actor persistence, std::vector<hasher_actor> hashers,
                accounts_policy policy, steady_clock_fn now);
  handle::behavior_type make_behavior();

private:
  using reply = caf::typed_response_promise<store::account>;

  caf::result<store::account> on_log_in(const log_in& what);
  caf::result<store::account> on_sign_up(const sign_up& what);
  void check(const log_in& what, const store::credentials& found, const hasher_actor& hasher, reply to);
  void on_checked(const log_in& what, const store::credentials& found, const checked_password& checked, reply to);

  /// Takes a place in the hashers' queue, or says why not.
  result<hasher_actor> admit(const std::string& address);
  void refuse(reply to, const caf::error& why);

  handle::pointer self_;
  reader_pool readers_;
  persistence_actor persistence_;
  std::vector<hasher_actor> hashers_;
  accounts_policy policy_;
  steady_clock_fn now_;
  login_guard guard_;
  rate_book addresses_;
  size_t waiting_ = 0; ///< for a hasher
  metrics::share hashes_{metrics::metric::hashes_waiting};
  size_t turn_ = 0;
};

} // namespace stentor
