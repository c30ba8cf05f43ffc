#pragma once

#include "base/result.hpp"
#include "chat/types.hpp"

#include <memory>
#include <string>
#include <vector>

namespace stentor::store {

/// A user as the server knows them.
struct account {
  user who;
  std::string role; ///< server role
};

/// What a token says about its bearer.
struct claimed_identity {
  user_id id;          ///< ours, or none
  std::string issuer;  ///< otherwise of this identity provider …
  std::string subject; ///< … the user with this subject
  std::string token;   ///< under which it would be revoked
};

/// An account to log in to.
struct credentials {
  account owner;
  std::string password_hash;
  bool is_blocked = false;
};

/// A user of our own who logs in with a password.
struct new_account {
  std::string name;
  std::string email; ///< or empty
  std::string password_hash;
};

struct password_change {
  user_id who;
  std::string password_hash;
};

/// A token that is good no more, kept until it would have expired.
struct revocation {
  std::string token;
  wall_time expires_at{};
};

enum class account_state : uint8_t { active, blocked };

struct state_change {
  user_id who;
  account_state state = account_state::active;
};

} // namespace stentor::store
