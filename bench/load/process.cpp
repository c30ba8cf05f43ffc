#include "process.hpp"

#include "error.hpp"

#include <fstream>
#include <sstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace stentor::load {

namespace {

std::ifstream open_proc(pid_t pid, const char* name) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/" + name);
  if (!file)
    throw load_error("no process " + std::to_string(pid) + " to measure");
  return file;
}

double in_seconds(uint64_t ticks) {
  return static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double seconds_of(const timeval& span) {
  return static_cast<double>(span.tv_sec) + static_cast<double>(span.tv_usec) / 1e6;
}

} // namespace

double process_cpu_s(pid_t pid) {
  std::string line;
  std::getline(open_proc(pid, "stat"), line);
  // proc(5): the command in parentheses may hold anything; utime and stime are the 12th and 13th field behind it.
  std::istringstream fields(line.substr(line.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i)
    fields >> skipped;
  uint64_t user_ticks = 0;
  uint64_t system_ticks = 0;
  fields >> user_ticks >> system_ticks;
  return in_seconds(user_ticks + system_ticks);
}

uint64_t resident_kb(pid_t pid) {
  auto status = open_proc(pid, "status");
  for (std::string key; status >> key;) {
    uint64_t kb = 0;
    if (key == "VmRSS:" && status >> kb)
      return kb;
  }
  throw load_error("process " + std::to_string(pid) + " has no resident memory");
}

double machine_cpu_s() {
  // proc(5): user nice system idle iowait irq softirq steal
  std::ifstream file("/proc/stat");
  std::string name;
  uint64_t ticks[8] = {};
  file >> name;
  for (auto& x : ticks)
    file >> x;
  return in_seconds(ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7]);
}

double own_cpu_s() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

uint64_t raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

} // namespace stentor::load
