#include "app/options.hpp"
#include "app/serve.hpp"
#include "app/token.hpp"
#include "base/log.hpp"

#include <cstdio>

/// stentord: reads its options, then serves, checks its configuration, or prints a token.
int main(int argc, char** argv) {
  using namespace stentor;
  auto parsed = parse_options({argv + 1, argv + argc}, process_environment());
  if (auto* exit = std::get_if<exit_request>(&parsed)) {
    std::fputs(exit->text.c_str(), exit->code == 0 ? stdout : stderr);
    return exit->code;
  }
  const auto& what = std::get<options>(parsed);
  log::start(what.config.log);
  switch (what.what) {
    case command::serve: return serve(what.config);
    case command::token: return print_token(what.config, what.token);
    case command::check_config: return 0;
  }
  return 2;
}
