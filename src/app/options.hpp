#pragma once

#include "base/settings.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace stentor {

enum class command { serve, check_config, token };

/// What `stentord token` is asked for.
struct token_options {
  std::string user;
  std::string role; ///< that the user is to have on this server, or empty: the one it has
  uint64_t ttl_s = 0;
  bool create = false; ///< makes the user if there is none of this name
};

/// The command line, with the file and the environment read.
struct options {
  command what = command::serve;
  settings config;
  token_options token; ///< of command::token
};

/// The program has nothing more to do: `text` goes to stdout if `code` is 0, else to stderr.
struct exit_request {
  int code;
  std::string text;
};

/// Reads the arguments behind the program's name. Command line over environment over file over defaults.
/// Mistakes of any source, and a secret that production refuses, are one line and code 2.
std::variant<options, exit_request> parse_options(const std::vector<std::string>& arguments, const environment& variables);

/// The variables of this process that parse_options() looks at.
environment process_environment();

/// "30s", "15m", "1h", "7d" in seconds, at most a year.
std::optional<uint64_t> parse_duration_s(std::string_view text);

/// What --help prints.
std::string help_text();

} // namespace stentor
