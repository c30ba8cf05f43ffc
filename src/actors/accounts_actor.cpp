#include "actors/accounts_actor.hpp"

#include "actors/errors.hpp"

#include <utility>

namespace stentor {

accounts_host::accounts_host(handle::pointer self, reader_pool readers, persistence_actor persistence, std::vector<hasher_actor> hashers,
                             accounts_policy policy, steady_clock_fn now)
  : self_(self), readers_(std::move(readers)), persistence_(std::move(persistence)), hashers_(std::move(hashers)), policy_(policy),
    now_(std::move(now)) {
}

accounts_host::handle::behavior_type accounts_host::make_behavior() {
  return {
    [this](const log_in& what) { return on_log_in(what); },
    [this](const sign_up& what) { return on_sign_up(what); },
  };
}

result<hasher_actor> accounts_host::admit(const std::string& address) {
  auto now = now_();
  auto wait = policy_.limits.take(*addresses_.of(network_of(address), now), rate_action::logins, now);
  if (wait.count() > 0)
    return failure{errc::rate_limited, std::chrono::ceil<std::chrono::milliseconds>(wait)};
  if (waiting_ >= policy_.queue_max)
    return failure{errc::busy, std::chrono::seconds{1}};
  hashes_.set(++waiting_);
  return hashers_[turn_++ % hashers_.size()];
}

caf::result<store::account> accounts_host::on_log_in(const log_in& what) {
  auto hasher = admit(what.address);
  if (!hasher)
    return to_error(hasher.error());
  if (auto wait = guard_.admit(what.identifier, network_of(what.address), now_()); wait.count() > 0) {
    hashes_.set(--waiting_);
    return to_error({errc::rate_limited, wait});
  }
  auto to = self_->make_response_promise<store::account>();
  self_->request(readers_.next(), caf::infinite, find_credentials{what.identifier})
    .then([=, this, hasher = *hasher](const store::credentials& found) { check(what, found, hasher, to); },
          [=, this, hasher = *hasher](const caf::error& error) {
            if (to_failure(error).code == errc::not_found)
              check(what, {}, hasher, to);
            else
              refuse(to, error);
          });
  return to;
}

void accounts_host::check(const log_in& what, const store::credentials& found, const hasher_actor& hasher, reply to) {
  self_->request(hasher, caf::infinite, check_password{what.password, found.password_hash})
    .then([=, this](const checked_password& checked) { on_checked(what, found, checked, to); },
          [=, this](const caf::error& error) { refuse(to, error); });
}

void accounts_host::on_checked(const log_in& what, const store::credentials& found, const checked_password& checked, reply to) {
  hashes_.set(--waiting_);
  if (!checked.matches || found.is_blocked) {
    to.deliver(to_error({errc::unauthenticated, "Invalid identifier or password"}));
    return;
  }
  guard_.succeeded(what.identifier, network_of(what.address));
  if (!checked.better_hash.empty())
    self_->request(persistence_, caf::infinite, store::password_change{found.owner.who.id, checked.better_hash})
      .then([](const stored&) {}, [](const caf::error&) {}); // the old one is as good as before
  to.deliver(found.owner);
}

caf::result<store::account> accounts_host::on_sign_up(const sign_up& what) {
  if (!policy_.registration)
    return to_error({errc::forbidden, "Registration is closed"});
  if (auto wrong = stentor::check(what.wanted))
    return to_error(*wrong);
  auto hasher = admit(what.address);
  if (!hasher)
    return to_error(hasher.error());
  auto to = self_->make_response_promise<store::account>();
  self_->request(*hasher, caf::infinite, hash_password{what.wanted.password})
    .then(
      [this, to, name = what.wanted.name, email = what.wanted.email](const hashed_password& hashed) mutable {
        hashes_.set(--waiting_);
        to.delegate(persistence_, store::new_account{name, email, hashed.hash});
      },
      [this, to](const caf::error& error) { refuse(to, error); });
  return to;
}

void accounts_host::refuse(reply to, const caf::error& why) {
  hashes_.set(--waiting_);
  to.deliver(to_error(to_failure(why)));
}

} // namespace stentor
