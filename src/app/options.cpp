#include "app/options.hpp"

#include "base/secret.hpp"
#include "protocol/utf8.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace stentor {
namespace {

/// What the arguments say, before anything is looked at.
struct given {
  std::string file;
  std::vector<std::pair<std::string, std::string>> values; ///< of --section.key
  std::string ttl;
  token_options token;
  bool check = false, help = false, version = false, wants_token = false;
};

/// CLI11 takes the argument after `--key=` as its value, so an empty one becomes an argument of its own.
std::vector<std::string> with_empty_values(const std::vector<std::string>& arguments) {
  std::vector<std::string> out;
  for (const auto& argument : arguments) {
    auto no_value = argument.starts_with("--") && argument.ends_with('=');
    out.push_back(no_value ? argument.substr(0, argument.size() - 1) : argument);
    if (no_value)
      out.emplace_back();
  }
  return out;
}

/// Throws CLI::ParseError.
given parse(const std::vector<std::string>& arguments) {
  given all;
  CLI::App app;
  app.set_help_flag();
  app.add_flag("--help,-h", all.help);
  app.add_flag("--version", all.version);
  app.add_flag("--check-config", all.check);
  app.add_option("--config,-c", all.file);
  for (const auto& key : setting_keys())
    app
      .add_option_function<std::string>(fmt::format("--{}", key.name), [&all, name = std::string(key.name)](
                                                                         const std::string& text) { all.values.emplace_back(name, text); })
      ->take_last();
  auto* token = app.add_subcommand("token")->fallthrough();
  token->set_help_flag();
  token->add_option("--user", all.token.user);
  token->add_option("--role", all.token.role);
  token->add_option("--ttl", all.ttl);
  token->add_flag("--create", all.token.create);

  auto reversed = with_empty_values(arguments); // as CLI11 wants them
  std::ranges::reverse(reversed);
  app.parse(std::move(reversed));
  all.wants_token = token->parsed();
  return all;
}

result<settings> configured(const given& what, const environment& variables) {
  auto config = what.file.empty() ? result<settings>(settings{}) : with_file({}, what.file);
  if (config)
    config = with_environment(*std::move(config), variables);
  for (const auto& [name, text] : what.values)
    if (config)
      config = with_text(*std::move(config), name, text, "command line");
  if (config)
    if (auto secret = check_secret(*config); !secret)
      return secret.error();
  return config;
}

/// Stays one line whatever an argument contains.
exit_request mistake(std::string line) {
  std::ranges::replace_if(
    line, [](unsigned char c) { return c < 0x20; }, ' ');
  return {2, line + "\n"};
}

/// The table of keys as lines of --help.
std::string settings_help() {
  std::string text;
  std::string_view section;
  for (const auto& key : setting_keys()) {
    if (key.section() != section)
      text += fmt::format("\n[{}]\n", section = key.section());
    text += fmt::format("  --{}={}\n      {}. Allowed: {}\n", key.name, toml_value(key, {}), key.meaning, allowed_values(key));
  }
  return text;
}

} // namespace

std::string help_text() {
  return "stentord " STENTOR_VERSION R"(, a Socket.IO chat server

Usage: stentord [--config FILE] [--section.key=VALUE ...]
       stentord --check-config [--config FILE] [--section.key=VALUE ...]
       stentord token --user NAME [--role ROLE] [--ttl TIME] [--create] [--config FILE] [--section.key=VALUE ...]

The first serves until SIGTERM; when it listens it prints one line, ready {"host":...,"port":...,"pid":...}.
--check-config reads the settings and exits: 0 if they are good, else 2 and the line to look at.
token prints a token for the user NAME; TIME is 30s, 15m, 1h or 7d; --create makes the user if it is missing;
--role gives the user a server role: authenticated, admin, or one of auth.roles.

  -c, --config FILE   settings in TOML; without it the defaults below
  --help, --version

A setting comes from the command line, else from the environment, else from FILE, else it has the default that is shown.
Pass secrets in the environment or the file: other users of the machine can read command lines.
)" + settings_help();
}

std::optional<uint64_t> parse_duration_s(std::string_view text) {
  struct unit {
    char letter;
    uint64_t seconds;
  };
  constexpr unit units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
  constexpr uint64_t year = 31536000;
  uint64_t count = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end + 1 != text.data() + text.size() || count == 0 || count > year)
    return std::nullopt;
  const auto* found = std::ranges::find(units, *end, &unit::letter);
  if (found == std::end(units) || count * found->seconds > year)
    return std::nullopt;
  return count * found->seconds;
}

std::variant<options, exit_request> parse_options(const std::vector<std::string>& arguments, const environment& variables) {
  given what;
  try {
    what = parse(arguments);
  } catch (const CLI::ParseError& error) {
    return mistake(fmt::format("{} (--help lists what there is)", error.what()));
  }
  if (what.help)
    return exit_request{0, help_text()};
  if (what.version)
    return exit_request{0, "stentord " STENTOR_VERSION "\n"};

  auto config = configured(what, variables);
  if (!config)
    return mistake(config.error().detail);
  if (what.check)
    return options{command::check_config, *std::move(config), {}};
  if (!what.wants_token)
    return options{command::serve, *std::move(config), {}};

  auto ttl = what.ttl.empty() ? config->auth.token_ttl_s : parse_duration_s(what.ttl);
  if (!ttl)
    return mistake(fmt::format("--ttl: found \"{}\", allowed 30s, 15m, 1h, 7d and the like, up to 365d", what.ttl));
  if (what.token.user.empty())
    return mistake("token: --user NAME is missing");
  if (!is_utf8(what.token.user))
    return mistake("token: --user NAME must be UTF-8");
  what.token.ttl_s = *ttl;
  return options{command::token, *std::move(config), what.token};
}

environment process_environment() {
  environment variables;
  for (auto name : {"DATABASE_URL", "JWT_SECRET", "HOST", "PORT", "FRONTEND_URL", "CLIENT_URL"})
    if (const auto* value = std::getenv(name))
      variables.emplace(name, value);
  return variables;
}

} // namespace stentor
