// simcrash: simulated power cuts against the real store and the real facts, by the thousand.
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "base/log.h"
#include "run.h"
#include "sqlite_memory.h"

namespace granary::crash {
namespace {

struct Options {
  double seconds = 10;
  std::uint64_t seed = 1;
  unsigned workers = 1;
  std::size_t exhaustive = 0;
  std::string bug;
  bool list_bugs = false;
  bool twice = false;
  bool one = false;
};

/// What a worker found; goes through a pipe.
struct Totals {
  std::uint64_t runs = 0;
  std::uint64_t cuts = 0;
  std::uint64_t failures = 0;
  std::uint64_t failed_seed = 0;
  char failure[1024] = {};
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void add(Totals& totals, const RunResult& result, std::uint64_t seed) {
  ++totals.runs;
  totals.cuts += result.cut_count;
  if (result.failure.empty()) return;
  ++totals.failures;
  totals.failed_seed = seed;
  std::snprintf(totals.failure, sizeof totals.failure, "%s", result.failure.c_str());
}

std::vector<Step> draw_steps(std::uint64_t seed) {
  SimNumbers numbers(SimNumbers::mix(seed, 1));
  std::vector<Step> steps(2 + numbers.below(7));
  for (Step& step : steps) {
    const bool is_any = numbers.below(2) == 0;  // the others are uploads, which come first
    step = static_cast<Step>(numbers.below(is_any ? kStepCount : kUploadStepCount));
  }
  return steps;
}

RunOptions random_run(const Options& options, std::uint64_t seed) {
  const std::uint64_t blank_every = options.bug.empty() ? 20 : 4;  // some bugs show only there
  constexpr unsigned kBlankBoundaries = 30;  // a first start makes hundreds of folders
  RunOptions run_options{
      .seed = seed, .steps = draw_steps(seed), .bug = find_planted_bug(options.bug)};
  if (seed % blank_every != 0) return run_options;
  run_options.is_blank = true;
  run_options.boundaries_per_cut = kBlankBoundaries;
  return run_options;
}

Totals work_random(FirstDisk& first, const Options& options, unsigned worker) {
  Totals totals;
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t i = worker; totals.failures == 0; i += options.workers) {
    const std::uint64_t seed = options.seed + i;
    const RunResult result = run(first, random_run(options, seed));
    add(totals, result, seed);
    if (options.twice && run(first, random_run(options, seed)).trace != result.trace) {
      add(totals, {.failure = "a second run of this seed did other things"}, seed);
    }
    if (options.one || seconds_since(start) > options.seconds) break;
  }
  return totals;
}

// Every sequence of one to `exhaustive` steps, each boundary cut in several ways.
Totals work_exhaustively(FirstDisk& first, const Options& options, unsigned worker) {
  constexpr unsigned kCutsPerBoundary = 4;
  Totals totals;
  std::uint64_t number = 0;
  std::uint64_t sequences = 1;
  for (std::size_t length = 1; length <= options.exhaustive; ++length) {
    sequences *= kStepCount;
    for (std::uint64_t code = 0; code < sequences; ++code) {
      if (number++ % options.workers != worker) continue;
      std::vector<Step> steps;
      for (std::uint64_t rest = code; steps.size() < length; rest /= kStepCount) {
        steps.push_back(static_cast<Step>(rest % kStepCount));
      }
      add(totals,
          run(first, {.seed = options.seed,
                      .steps = steps,
                      .bug = find_planted_bug(options.bug),
                      .cuts_per_boundary = kCutsPerBoundary,
                      .boundaries_per_cut = 1,
                      .faults = false}),
          options.seed);
      if (totals.failures > 0) return totals;
    }
  }
  return totals;
}

struct Worker {
  pid_t process = 0;
  int pipe = -1;
};

// Processes, not threads: SQLite's random numbers are one for a process.
Worker start_worker(const Options& options, unsigned number) {
  int ends[2];
  GRANARY_ASSERT(::pipe(ends) == 0);
  const pid_t child = ::fork();
  GRANARY_ASSERT(child >= 0);
  if (child == 0) {
    FirstDisk first;
    const Totals totals = options.exhaustive > 0 ? work_exhaustively(first, options, number)
                                                 : work_random(first, options, number);
    const ssize_t put = ::write(ends[1], &totals, sizeof totals);
    ::_exit(put == sizeof totals ? 0 : 1);
  }
  ::close(ends[1]);
  return {.process = child, .pipe = ends[0]};
}

Totals read_totals(int pipe) {
  Totals totals;
  if (::read(pipe, &totals, sizeof totals) == sizeof totals) return totals;
  totals = {};
  totals.failures = 1;
  std::snprintf(totals.failure, sizeof totals.failure, "a worker died");
  return totals;
}

// The first failure ends the others.
std::vector<Totals> run_workers(const Options& options) {
  std::vector<Worker> workers;
  std::vector<pollfd> waits;
  for (unsigned number = 0; number < options.workers; ++number) {
    workers.push_back(start_worker(options, number));
    waits.push_back({.fd = workers.back().pipe, .events = POLLIN, .revents = 0});
  }
  std::vector<Totals> all;
  bool failed = false;
  while (all.size() < workers.size() && !failed) {
    if (::poll(waits.data(), waits.size(), -1) < 0) continue;
    for (pollfd& wait : waits) {
      if (wait.revents == 0) continue;
      all.push_back(read_totals(wait.fd));
      failed = failed || all.back().failures > 0;
      wait.fd = -1;
    }
  }
  for (const Worker& worker : workers) {
    if (failed) ::kill(worker.process, SIGKILL);
    ::waitpid(worker.process, nullptr, 0);
    ::close(worker.pipe);
  }
  return all;
}

int report(const Options& options, const std::vector<Totals>& all, double seconds) {
  Totals sum;
  for (const Totals& totals : all) {
    sum.runs += totals.runs;
    sum.cuts += totals.cuts;
    sum.failures += totals.failures;
    if (totals.failures == 0) continue;
    std::printf("FAILED with --seed %llu: %s\n",
                static_cast<unsigned long long>(totals.failed_seed), totals.failure);
  }
  std::printf("simcrash: %llu power cuts in %llu runs, %.1f s, %u workers, from seed %llu: %s\n",
              static_cast<unsigned long long>(sum.cuts), static_cast<unsigned long long>(sum.runs),
              seconds, options.workers, static_cast<unsigned long long>(options.seed),
              sum.failures == 0 ? "nothing lost" : "FAILED");
  if (options.bug.empty()) return sum.failures == 0 ? 0 : 1;
  std::printf("planted bug %s: %s\n", options.bug.c_str(),
              sum.failures > 0 ? "caught" : "NOT CAUGHT");
  return sum.failures > 0 ? 0 : 1;
}

int main_with(int argc, char** argv) {
  Options options;
  CLI::App app{"Simulated power cuts against the real store. With --bug, success is to catch it."};
  app.add_option("--seconds", options.seconds, "How long to go on (default 10)");
  app.add_option("--seed", options.seed, "The first seed; the others follow it (default 1)");
  app.add_option("--workers", options.workers, "Processes (default 1)");
  app.add_option("--exhaustive", options.exhaustive,
                 "Instead: every sequence of up to this many steps, every boundary cut");
  app.add_option("--bug", options.bug, "A planted bug, which must be caught");
  app.add_flag("--list-bugs", options.list_bugs, "Print the planted bugs");
  app.add_flag("--twice", options.twice, "Run each seed twice and compare the traces");
  app.add_flag("--one", options.one, "Only one run for each worker, to look at a failure");
  CLI11_PARSE(app, argc, argv);
  log::start(log::Level::Off, log::Format::Text);
  if (options.list_bugs) {
    for (const PlantedBug& bug : planted_bugs()) {
      std::printf("%-26s %s\n", std::string(bug.name).c_str(), std::string(bug.what).c_str());
    }
    return 0;
  }
  if (!options.bug.empty() && find_planted_bug(options.bug) == nullptr) {
    std::fprintf(stderr, "no planted bug of that name; see --list-bugs\n");
    return 2;
  }
  give_sqlite_pooled_memory();
  const auto start = std::chrono::steady_clock::now();
  const std::vector<Totals> all = run_workers(options);
  return report(options, all, seconds_since(start));
}

}  // namespace
}  // namespace granary::crash

int main(int argc, char** argv) { return granary::crash::main_with(argc, argv); }
