#pragma once

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>
#include <utility>
#include <variant>

namespace stentor {

/// Storage for a state class inside a function-based actor (CAF 0.17 cannot pass constructor arguments to a
/// stateful_actor's state).
template <class State>
struct hosted {
  std::optional<State> impl;
  static inline const char* name = State::name;
};

template <class State, class... Args>
typename State::handle::behavior_type host(typename State::handle::template stateful_pointer<hosted<State>> self, std::monostate,
                                           Args... args) {
  return self->state.impl.emplace(self, std::move(args)...).make_behavior();
}

/// Spawns `State` as an actor: constructor arguments in, typed handle out. (The argument in front is for CAF 0.17, which follows a
/// null pointer when a function-based actor has none.)
template <class State, caf::spawn_options Options = caf::no_spawn_options, class... Args>
typename State::handle spawn(caf::actor_system& system, Args... args) {
  return system.spawn<Options>(host<State, Args...>, std::monostate{}, std::move(args)...);
}

} // namespace stentor
