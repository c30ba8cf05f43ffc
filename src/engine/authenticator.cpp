#include "engine/authenticator.hpp"

#include "actors/errors.hpp"

#include <charconv>

namespace stentor {
namespace {

constexpr std::string_view subject_claims[] = {"sub", "id", "userId"};
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

std::string subject_of(const json& claims) {
  for (auto name : subject_claims) {
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

authenticator::authenticator(network_actor::pointer self, const auth_settings& rules, token_verifier verify, reader_pool readers,
                             persistence_actor persistence)
  : self_(self), rules_(rules), verify_(std::move(verify)), readers_(std::move(readers)), persistence_(std::move(persistence)) {
}

void authenticator::authenticate(std::string_view token, done then) {
  token = without_bearer(token);
  if (token.empty())
    return then(errc::unauthenticated);
  auto claims = verify_(token);
  if (!claims)
    return then(claims.error());
  auto issuer = text_claim(*claims, "iss");
  auto subject = subject_of(*claims);
  auto ours = issuer == rules_.issuer;
  auto who = find_user{.id = ours ? id_from(subject) : user_id{}, .issuer = issuer, .subject = subject};
  if (subject.empty() || (ours && !who.id))
    return then(bad_token("subject"));
  self_->request(readers_.next(), caf::infinite, who)
    .then([then](const user& found) { then(std::make_shared<const user>(found)); },
          [this, then, ours, issuer, subject, claims = *claims](const caf::error& error) {
            auto why = to_failure(error);
            if (why.code != errc::not_found)
              then(why);
            else if (ours || !rules_.auto_provision)
              then(bad_token("unknown user"));
            else
              provision(claims, issuer, subject, then);
          });
}

void authenticator::provision(const json& claims, std::string issuer, std::string subject, done then) {
  auto name = text_claim(claims, "name");
  auto wanted = store::new_user{.name = name.empty() ? subject : name,
                                .email = text_claim(claims, "email"),
                                .image = text_claim(claims, "picture"),
                                .issuer = std::move(issuer),
                                .subject = std::move(subject)};
  self_->request(persistence_, caf::infinite, std::move(wanted))
    .then([then](const user& made) { then(std::make_shared<const user>(made)); },
          [then](const caf::error& error) { then(to_failure(error)); });
}

std::string_view token_of(const http_request& request) {
  auto header = request.headers.get("authorization");
  return header.empty() ? cookie_value(request.headers.get("cookie"), "accessToken") : header;
}

} // namespace stentor
