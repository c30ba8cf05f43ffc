#pragma once

// The type ids of the messages and actors in protocol.hpp, which includes this at its end; nobody else does.

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

/// A message that never leaves the process.
#define STENTOR_MESSAGE(type)                                                                                                              \
  CAF_ADD_TYPE_ID(stentor, (type))                                                                                                         \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(type)

CAF_BEGIN_TYPE_ID_BLOCK(stentor, caf::id_block::stentor_net::end)

// -- room ---------------------------------------------------------------------

STENTOR_MESSAGE(stentor::join)
STENTOR_MESSAGE(stentor::joined)
STENTOR_MESSAGE(stentor::leave)
STENTOR_MESSAGE(stentor::submit)
STENTOR_MESSAGE(stentor::committed)
STENTOR_MESSAGE(stentor::tell_hint)
STENTOR_MESSAGE(stentor::hinted)
STENTOR_MESSAGE(stentor::typing_tick)
STENTOR_MESSAGE(stentor::mark_read)
STENTOR_MESSAGE(stentor::list_members)
STENTOR_MESSAGE(stentor::fetch)
STENTOR_MESSAGE(stentor::describe)
STENTOR_MESSAGE(stentor::description)
STENTOR_MESSAGE(stentor::await_idle)
STENTOR_MESSAGE(stentor::idle)
STENTOR_MESSAGE(stentor::idle_tick)
STENTOR_MESSAGE(stentor::rest)
STENTOR_MESSAGE(stentor::rested)
STENTOR_MESSAGE(stentor::room_info)
STENTOR_MESSAGE(stentor::room_id)
STENTOR_MESSAGE(stentor::store::cursor)
STENTOR_MESSAGE(stentor::store::member_page)
STENTOR_MESSAGE(stentor::store::page)
CAF_ADD_TYPE_ID(stentor, (stentor::room_actor))

// -- directory ----------------------------------------------------------------

STENTOR_MESSAGE(stentor::find_room)
STENTOR_MESSAGE(stentor::found_room)
CAF_ADD_TYPE_ID(stentor, (stentor::directory_actor))

// -- persistence --------------------------------------------------------------

STENTOR_MESSAGE(stentor::append)
STENTOR_MESSAGE(stentor::appended)
STENTOR_MESSAGE(stentor::commit_waiting)
STENTOR_MESSAGE(stentor::try_store)
STENTOR_MESSAGE(stentor::stored)
STENTOR_MESSAGE(stentor::store::new_room)
STENTOR_MESSAGE(stentor::user)
STENTOR_MESSAGE(stentor::store::new_user)
STENTOR_MESSAGE(stentor::store::new_account)
STENTOR_MESSAGE(stentor::store::account)
STENTOR_MESSAGE(stentor::store::password_change)
STENTOR_MESSAGE(stentor::store::state_change)
STENTOR_MESSAGE(stentor::store::revocation)
CAF_ADD_TYPE_ID(stentor, (stentor::persistence_actor))

// -- reader -------------------------------------------------------------------

STENTOR_MESSAGE(stentor::resolve_room)
STENTOR_MESSAGE(stentor::load_room)
STENTOR_MESSAGE(stentor::read_history)
STENTOR_MESSAGE(stentor::find_credentials)
STENTOR_MESSAGE(stentor::find_users)
STENTOR_MESSAGE(stentor::search_users)
STENTOR_MESSAGE(stentor::user_list)
STENTOR_MESSAGE(stentor::user_lists)
STENTOR_MESSAGE(stentor::find_acquaintances)
STENTOR_MESSAGE(stentor::find_known)
STENTOR_MESSAGE(stentor::find_members)
STENTOR_MESSAGE(stentor::list_rooms)
STENTOR_MESSAGE(stentor::count_all)
STENTOR_MESSAGE(stentor::find_membership)
STENTOR_MESSAGE(stentor::read_members)
STENTOR_MESSAGE(stentor::store::room_image_ptr)
STENTOR_MESSAGE(stentor::store::claimed_identity)
STENTOR_MESSAGE(stentor::store::credentials)
STENTOR_MESSAGE(std::vector<stentor::user>)
STENTOR_MESSAGE(std::vector<stentor::store::membership>)
STENTOR_MESSAGE(stentor::store::membership)
STENTOR_MESSAGE(stentor::store::totals)
CAF_ADD_TYPE_ID(stentor, (stentor::reader_actor))

// -- accounts -----------------------------------------------------------------

STENTOR_MESSAGE(stentor::hash_password)
STENTOR_MESSAGE(stentor::hashed_password)
STENTOR_MESSAGE(stentor::check_password)
STENTOR_MESSAGE(stentor::checked_password)
STENTOR_MESSAGE(stentor::log_in)
STENTOR_MESSAGE(stentor::sign_up)
CAF_ADD_TYPE_ID(stentor, (stentor::hasher_actor))
CAF_ADD_TYPE_ID(stentor, (stentor::accounts_actor))

// -- presence -----------------------------------------------------------------

STENTOR_MESSAGE(stentor::online)
STENTOR_MESSAGE(stentor::offline)
STENTOR_MESSAGE(stentor::ask_status)
STENTOR_MESSAGE(stentor::statuses)
STENTOR_MESSAGE(stentor::ask_online)
STENTOR_MESSAGE(stentor::announce_changes)
CAF_ADD_TYPE_ID(stentor, (stentor::presence_actor))

// -- sessions -----------------------------------------------------------------

STENTOR_MESSAGE(stentor::device_came)
STENTOR_MESSAGE(stentor::device_left)
STENTOR_MESSAGE(stentor::device_renewed)
STENTOR_MESSAGE(stentor::expel)
STENTOR_MESSAGE(stentor::pardon)
STENTOR_MESSAGE(stentor::attach)
STENTOR_MESSAGE(stentor::attached)
STENTOR_MESSAGE(stentor::detach)
STENTOR_MESSAGE(stentor::renew)
STENTOR_MESSAGE(stentor::renewed)
STENTOR_MESSAGE(stentor::count_action)
STENTOR_MESSAGE(stentor::counted)
CAF_ADD_TYPE_ID(stentor, (stentor::session_actor))
CAF_ADD_TYPE_ID(stentor, (stentor::registry_actor))

// -- node ---------------------------------------------------------------------

STENTOR_MESSAGE(stentor::hurry)
STENTOR_MESSAGE(stentor::time_is_up)
CAF_ADD_TYPE_ID(stentor, (stentor::node_actor))

CAF_END_TYPE_ID_BLOCK(stentor)

#undef STENTOR_MESSAGE
