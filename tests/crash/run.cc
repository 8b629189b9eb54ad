// Running steps, collecting cuts at each boundary, and trying them all.
#include "run.h"

#include <array>
#include <optional>

#include "base/hasher.h"

namespace granary::crash {
namespace {

constexpr unsigned kDepthMax = 3;          // cuts during the recovery from cuts
constexpr std::uint64_t kDeepEvery = 16;   // fsck with all data
constexpr std::uint64_t kNestEvery = 12;   // cuts during recovery
constexpr std::uint64_t kFaultEvery = 3;   // steps in which something fails
constexpr std::uint64_t kFaultyStartEvery = 8;
constexpr std::uint64_t kCallsToLiveMax = 40;
constexpr std::uint64_t kCallsToWriteMax = 50;  // about as many as an upload makes
constexpr std::uint64_t kCallsAtStartMax = 300;

/// A disk as a power cut may leave it, and what is known of it.
struct Cut {
  std::unique_ptr<SimFileSystem> files;
  Oracle oracle;
  std::uint64_t seed;
  std::string when;
};

class Run {
 public:
  Run(FirstDisk& first, const RunOptions& options)
      : clock_(first.clock()),
        options_(options),
        numbers_(options.seed),
        random_(options.seed),
        oracle_(options.is_blank ? Oracle{} : first.oracle()),
        files_(options.is_blank ? make_blank_disk(clock_) : first.copy()) {}

  RunResult result();

 private:
  enum class Power : std::uint8_t { Stays, Goes };
  Result<void> run_all();
  Result<void> run_step(Step step);
  Result<void> begin_life();
  Result<void> end_life(Power power);
  Result<void> verify_copy();
  DyingFiles::Plan draw_death(std::uint64_t calls_max);
  void plan_fault();
  void collect(std::string_view when);
  Result<void> try_cuts();
  Result<void> try_cut(Cut& cut, unsigned depth);
  Result<void> recover_and_write(Cut& cut, std::vector<Cut>& nested);
  Result<void> write_next(World& world, Cut& cut, SimNumbers& numbers, std::optional<Cut>& later);
  Result<void> recover_again(Cut& cut);

  SimClock& clock_;
  const RunOptions& options_;
  SimNumbers numbers_;
  SimRandom random_;
  Oracle oracle_;
  std::unique_ptr<SimFileSystem> files_;
  std::unique_ptr<World> world_;  // after the files: it closes them
  std::vector<Cut> cuts_;
  std::string doing_;
  RunResult result_;
};

RunResult Run::result() {
  const Result<void> done = run_all();
  files_->set_observer({});
  world_.reset();
  result_.trace = SimNumbers::mix(result_.trace, files_->trace_hash());
  if (!done) result_.failure = doing_ + ": " + done.error().message;
  return result_;
}

Result<void> Run::run_all() {
  doing_ = "start";
  TRY_DONE(begin_life());
  if (!oracle_.is_set_up) TRY_DONE(set_up(*world_, oracle_));
  collect("after it");
  TRY_DONE(try_cuts());
  for (const Step step : options_.steps) {
    doing_ += ", " + std::string(name_of(step));
    TRY_DONE(run_step(step));
    collect("after it");
    TRY_DONE(try_cuts());
  }
  world_.reset();  // closing writes, too
  return try_cuts();
}

Result<void> Run::run_step(Step step) {
  if (step == Step::PowerCut) return end_life(Power::Goes);
  if (step == Step::Restart) {
    world_.reset();
    TRY_DONE(begin_life());
    return verify_copy();
  }
  const bool is_faulty = options_.faults && numbers_.below(kFaultEvery) == 0;
  if (is_faulty) plan_fault();
  const Result<void> done = Client(*world_, oracle_, numbers_).run(step);
  if (done && !is_faulty) return {};
  if (!done && !is_faulty) return done;
  if (!done) doing_ += world_->is_dead() ? " (killed)" : " (failed)";
  files_->clear_faults();
  if (!done && done.error().kind == ErrorKind::NoSpace) return verify_copy();
  // A process that saw a sync fail ends; so does one that may be killed at its next call.
  const Power power = numbers_.below(2) == 0 ? Power::Goes : Power::Stays;
  TRY_DONE(end_life(power));
  if (power == Power::Goes || done) return {};
  doing_ += ", the same again";
  return Client(*world_, oracle_, numbers_).run(Step::UploadAgain);
}

// Ends as if killed; what the next life finds must be sound. Only after a power cut is what it
// finds also durable, and so known.
Result<void> Run::end_life(Power power) {
  world_->kill();
  world_.reset();
  if (power == Power::Goes) {
    result_.trace = SimNumbers::mix(result_.trace, files_->trace_hash());
    files_ = files_->crash(numbers_.next());
    doing_ += ", power cut";
  }
  TRY_DONE(begin_life());
  if (power == Power::Stays) return verify_copy();
  return verify(*world_, *files_, oracle_, false);
}

Result<void> Run::verify_copy() {
  Oracle seen = oracle_;
  return verify(*world_, *files_, seen, false);
}

// Some lives end before they have begun.
Result<void> Run::begin_life() {
  files_->clear_faults();
  files_->set_observer([this](const SimEvent& event) {
    if (numbers_.below(options_.boundaries_per_cut) == 0) collect(event.path);
  });
  World::Outside outside{.clock = clock_,
                         .random = random_,
                         .files = *files_,
                         .bug = options_.bug,
                         .code_at_ingest = options_.seed % 2 == 0};
  while (options_.faults && numbers_.below(kFaultyStartEvery) == 0) {
    doing_ += " (died at start)";
    outside.death = draw_death(kCallsAtStartMax);
    auto short_life = World::start(outside);
    if (short_life) (*short_life)->kill();
  }
  outside.death = {};
  TRY(world_, World::start(outside));
  return {};
}

// Before any call, or before one of the rarer kinds, where more can go wrong.
DyingFiles::Plan Run::draw_death(std::uint64_t calls_max) {
  using Call = DyingFiles::Call;
  constexpr std::array kCalls{Call::Syncs, Call::Names, Call::SyncsFolder};
  if (numbers_.below(3) == 0) return {.call = {}, .skip_count = numbers_.below(calls_max)};
  return {.call = kCalls[numbers_.below(kCalls.size())], .skip_count = numbers_.below(3)};
}

void Run::plan_fault() {
  switch (numbers_.below(4)) {
    case 0:
    case 1: world_->kill_before(draw_death(kCallsToLiveMax)); break;
    case 2:
      files_->inject({.kind = SimFault::Kind::Io,
                      .calls = {SimCall::Sync, SimCall::SyncDirectory},
                      .skip_count = numbers_.below(5)});
      break;
    default:
      files_->inject({.kind = SimFault::Kind::NoSpace,
                      .calls = {SimCall::Write, SimCall::Reserve},
                      .skip_count = numbers_.below(20)});
  }
}

void Run::collect(std::string_view when) {
  for (unsigned i = 0; i < options_.cuts_per_boundary; ++i) {
    const std::uint64_t seed = numbers_.next();
    cuts_.push_back({files_->crash(seed), oracle_, seed, std::string(when)});
  }
}

Result<void> Run::try_cuts() {
  std::vector<Cut> cuts = std::exchange(cuts_, {});
  for (Cut& cut : cuts) TRY_DONE(try_cut(cut, 1));
  return {};
}

Result<void> Run::try_cut(Cut& cut, unsigned depth) {
  ++result_.cut_count;
  std::vector<Cut> nested;
  const Result<void> held = recover_and_write(cut, nested);
  if (!held) return fail(ErrorKind::Corrupt, "cut at [" + cut.when + "]: " + held.error().message);
  if (depth == kDepthMax) return {};
  for (Cut& inner : nested) TRY_DONE(try_cut(inner, depth + 1));
  return {};
}

// P5: the store starts again, is right, and takes the next write.
Result<void> Run::recover_and_write(Cut& cut, std::vector<Cut>& nested) {
  SimNumbers numbers(cut.seed);
  SimRandom random(cut.seed);
  SimFileSystem& files = *cut.files;
  if (numbers.below(kNestEvery) == 0) {
    files.set_observer([&, oracle = cut.oracle](const SimEvent& event) {
      if (numbers.below(8) != 0) return;
      const std::uint64_t seed = numbers.next();
      nested.push_back(
          {files.crash(seed), oracle, seed, cut.when + " > " + std::string(event.path)});
    });
  }
  auto started =
      World::start({.clock = clock_, .random = random, .files = files, .bug = options_.bug});
  files.set_observer({});
  if (!started) return fail(ErrorKind::Corrupt, "P5: no start: " + started.error().message);
  std::unique_ptr<World> world = *std::move(started);
  TRY_DONE(verify(*world, files, cut.oracle, numbers.below(kDeepEvery) == 0));
  std::optional<Cut> later;
  const Result<void> written = write_next(*world, cut, numbers, later);
  world->kill();  // closing would write to a disk that nobody reads
  TRY_DONE(written);
  world.reset();
  return recover_again(*later);
}

// An upload, a commit or a removal. It is cut as well: at one of its calls, or as soon as it is
// acknowledged.
Result<void> Run::write_next(World& world, Cut& cut, SimNumbers& numbers,
                             std::optional<Cut>& later) {
  if (!cut.oracle.is_set_up) TRY_DONE(set_up(world, cut.oracle));
  Client client(world, cut.oracle, numbers);
  const std::uint64_t kind = numbers.below(4);
  std::optional<Payload> next;  // null: something else than an upload
  if (kind == 0) next = client.unfinished();
  if (!next && kind < 2) next = Payload(client.make_bytes(0, kSmallSizeMax));

  std::uint64_t calls_left = numbers.below(2) == 0 ? numbers.below(kCallsToWriteMax) : ~0ULL;
  const std::uint64_t seed = numbers.next();
  const auto collect_later = [&](std::string_view when) {
    later = Cut{cut.files->crash(seed), cut.oracle, seed, std::string(when)};
  };
  cut.files->set_observer([&](const SimEvent& event) {
    if (calls_left-- == 0) collect_later(event.path);
  });
  const Result<void> written = next        ? client.upload(*next)
                               : kind == 2 ? client.run(Step::Commit)
                                           : client.run(Step::Revoke);
  cut.files->set_observer({});
  if (!written) return fail(ErrorKind::Corrupt, "P5: no next write: " + written.error().message);
  if (!later) collect_later("after it");
  if (!next) return {};
  return verify_bytes(world, next->sha256, *next->bytes);
}

Result<void> Run::recover_again(Cut& cut) {
  ++result_.cut_count;
  SimRandom random(cut.seed);
  auto started =
      World::start({.clock = clock_, .random = random, .files = *cut.files, .bug = options_.bug});
  if (!started) return fail(ErrorKind::Corrupt, "P5: no second start: " + started.error().message);
  const Result<void> held = verify(**started, *cut.files, cut.oracle, false);
  (*started)->kill();
  if (held) return {};
  return fail(ErrorKind::Corrupt, "next write cut at [" + cut.when + "]: " + held.error().message);
}

}  // namespace

RunResult run(FirstDisk& first, const RunOptions& options) { return Run(first, options).result(); }

}  // namespace granary::crash
