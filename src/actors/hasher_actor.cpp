#include "actors/hasher_actor.hpp"

#include "actors/errors.hpp"
#include "base/password.hpp"

#include <new>

namespace stentor {
namespace {

caf::result<hashed_password> on_hash(const hash_password& what) try {
  return hashed_password{password::hash(what.password)};
} catch (const std::bad_alloc&) {
  return to_error(errc::busy);
}

/// An empty hash is one that nothing matches, and takes as long.
caf::result<checked_password> on_check(const check_password& what) try {
  auto known = !what.hash.empty();
  auto checked = checked_password{password::matches(what.password, known ? what.hash : password::dummy()) && known, {}};
  if (checked.matches && password::is_outdated(what.hash))
    checked.better_hash = password::hash(what.password);
  return checked;
} catch (const std::bad_alloc&) {
  return to_error(errc::busy);
}

} // namespace

hasher_host::handle::behavior_type hasher_host::make_behavior() {
  password::dummy(); // made now, or the first unknown user would be the one who takes longer
  return {
    [](const hash_password& what) { return on_hash(what); },
    [](const check_password& what) { return on_check(what); },
  };
}

} // namespace stentor
