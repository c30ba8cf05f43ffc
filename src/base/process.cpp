#include "base/process.hpp"

#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace stentor::process {

double resident_bytes() {
  auto pages = std::ifstream{"/proc/self/statm"};
  double all = 0, resident = 0;
  pages >> all >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_fds() {
  auto error = std::error_code{};
  auto entries = std::filesystem::directory_iterator{"/proc/self/fd", error};
  return error ? 0 : static_cast<double>(std::distance(begin(entries), end(entries)) - 1); // without the one that looks
}

double max_fds() {
  auto limit = rlimit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

double cpu_seconds() {
  auto usage = rusage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0)
    return 0;
  auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace stentor::process
