#pragma once

#include "chat/server_role.hpp"
#include "chat/types.hpp"

namespace stentor {

/// Someone as this server knows them for as long as their token holds.
struct identity {
  user_ptr who;      ///< null: a guest, who has no token
  std::string role;  ///< server role: "public" of guests, "authenticated", "admin" or a configured one
  std::string token; ///< what the token is revoked by; never the token itself
  wall_time expires_at{};
  bool is_ours = false; ///< the token is one that this server has issued

  bool is_admin() const { return role == server_role::admin; }
};
using identity_ptr = std::shared_ptr<const identity>;

} // namespace stentor
