#pragma once

#include "base/ids.hpp"

#include <map>
#include <string>
#include <vector>

namespace stentor {

/// One of a user's sockets, numbered when it is attached.
using device_id = uint64_t;

/// A user's sockets, and the tokens that let them in. Holds no actor; not thread-safe.
class device_list {
public:
  void add(device_id device, connection_id where, std::string token) { devices_[device] = {where, std::move(token)}; }
  void remove(device_id device) { devices_.erase(device); }
  /// The device goes on with another token.
  void renew(device_id device, std::string token) {
    if (auto found = devices_.find(device); found != devices_.end())
      found->second.token = std::move(token);
  }

  bool empty() const { return devices_.empty(); }
  std::vector<connection_id> all() const {
    return where([](const auto&) { return true; });
  }
  std::vector<connection_id> with_token(const std::string& token) const {
    return where([&](const auto& x) { return x.token == token; });
  }

private:
  struct device {
    connection_id where;
    std::string token;
  };

  template <class Predicate>
  std::vector<connection_id> where(Predicate wanted) const {
    std::vector<connection_id> found;
    for (const auto& [id, x] : devices_)
      if (wanted(x))
        found.push_back(x.where);
    return found;
  }

  std::map<device_id, device> devices_;
};

} // namespace stentor
