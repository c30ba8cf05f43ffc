#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

/// What a user may do on the whole server, whatever they are in its rooms.
namespace stentor::server_role {

constexpr std::string_view guest = "public"; ///< who has no token
constexpr std::string_view authenticated = "authenticated";
constexpr std::string_view admin = "admin";

/// Whether a user can have this role.
inline bool exists(std::string_view role, const std::vector<std::string>& configured) {
  return role == authenticated || role == admin || std::ranges::count(configured, role) > 0;
}

/// `role` if it exists, else the one that every user has.
inline std::string effective(std::string_view role, const std::vector<std::string>& configured) {
  return std::string{exists(role, configured) ? role : authenticated};
}

} // namespace stentor::server_role
