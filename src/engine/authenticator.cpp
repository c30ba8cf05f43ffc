#include "engine/authenticator.hpp"

#include "actors/errors.hpp"
#include "chat/server_role.hpp"

#include <charconv>

namespace stentor {
namespace {

constexpr size_t claim_bytes_max = 256;

std::string_view without_bearer(std::string_view token) {
  constexpr std::string_view bearer = "Bearer ";
  return token.starts_with(bearer) ? token.substr(bearer.size()) : token;
}

std::string text_claim(const json& claims, std::string_view name) {
  auto found = claims.find(name);
  if (found == claims.end() || !found->is_string() || found->get_ref<const std::string&>().size() > claim_bytes_max)
    return {};
  return found->get<std::string>();
}

std::string subject_of(const json& claims, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    auto found = claims.find(name);
    if (found != claims.end() && found->is_number_unsigned())
      return std::to_string(found->get<uint64_t>());
    if (auto text = text_claim(claims, name); !text.empty())
      return text;
  }
  return {};
}

user_id id_from(const std::string& digits) {
  auto id = user_id{};
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id.value);
  return error == std::errc{} && end == digits.data() + digits.size() ? id : user_id{};
}

failure bad_token(std::string why) {
  return {errc::invalid_token, std::move(why)};
}

} // namespace

authenticator::authenticator(network_actor::pointer self, const auth_settings& rules, token_rules tokens, reader_pool readers,
                             persistence_actor persistence)
  : self_(self), rules_(rules), tokens_(std::move(tokens)), readers_(std::move(readers)), persistence_(std::move(persistence)) {
}

void authenticator::authenticate(std::string_view token, done then) {
  token = without_bearer(token);
  if (token.empty())
    return then(errc::unauthenticated);
  auto believed = tokens_.verify(token);
  if (!believed)
    return then(believed.error());
  const auto& claims = believed->claims;
  auto issuer = text_claim(claims, "iss");
  auto subject = subject_of(claims, rules_.user_claims);
  auto ours = issuer == rules_.issuer;
  auto by_id = ours || rules_.subject_is_user_id;
  auto jti = text_claim(claims, "jti");
  auto known = identity{.who = nullptr,
                        .role = {},
                        .token = ours && !jti.empty() ? jti : believed->fingerprint,
                        .expires_at = believed->expires_at,
                        .is_ours = ours};
  auto claimed = store::claimed_identity{by_id ? id_from(subject) : user_id{}, issuer, subject, known.token};
  if (subject.empty() || (by_id && !claimed.id))
    return then(bad_token("subject"));
  self_->request(readers_.next(), caf::infinite, claimed)
    .then([this, then, claims, known](const store::account& found) { accept(found, claims, known, then); },
          [this, then, by_id, claims, claimed, known](const caf::error& error) {
            auto why = to_failure(error);
            if (why.code != errc::not_found)
              then(why);
            else if (by_id || !rules_.auto_provision)
              then(bad_token("unknown user"));
            else
              provision(claims, claimed, known, then);
          });
}

void authenticator::provision(const json& claims, store::claimed_identity claimed, identity known, done then) {
  auto name = text_claim(claims, "name");
  auto wanted = store::new_user{.name = name.empty() ? claimed.subject : name,
                                .email = text_claim(claims, "email"),
                                .image = text_claim(claims, "picture"),
                                .issuer = std::move(claimed.issuer),
                                .subject = std::move(claimed.subject)};
  self_->request(persistence_, caf::infinite, std::move(wanted))
    .then(
      [=, this](const user& made) {
        accept({made, std::string{server_role::authenticated}}, claims, known, then);
      },
      [then](const caf::error& error) { then(to_failure(error)); });
}

void authenticator::accept(const store::account& found, const json& claims, identity known, const done& then) const {
  auto claimed = rules_.trust_role_claim ? text_claim(claims, "role") : std::string{};
  known.who = std::make_shared<const user>(found.who);
  known.role = server_role::effective(claimed.empty() ? found.role : claimed, rules_.roles);
  then(std::make_shared<const identity>(std::move(known)));
}

issued_token authenticator::issue(const store::account& to) const {
  return issue_token(to, rules_, tokens_, std::chrono::seconds{rules_.token_ttl_s}, wall_now());
}

} // namespace stentor
