// A tree of segments, searched with backtracking; its depth and width are those of the tables.
#include "net/router.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace granary::net {
namespace {

constexpr std::size_t kMethodCount = static_cast<std::size_t>(Method::Other);
constexpr std::array<std::string_view, 4> kRawRefKinds = {"heads", "tags", "pr", "convert"};

// In the order they are tried at one level: narrow before wide.
enum class CaptureKind : std::uint8_t { Choice, One, Rev, Repo, Rest };

/// What one segment of a pattern says.
struct PatternPart {
  bool is_capture = false;
  std::string literal{};  // the segment, or what follows the capture in it
  CaptureKind kind = CaptureKind::One;
  std::string name{};
  std::vector<std::string> choices{};
};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

PatternPart parse_part(std::string_view text) {
  if (!text.starts_with('{')) return {.literal = std::string(text)};
  const std::size_t close = text.find('}');
  GRANARY_ASSERT(close != std::string_view::npos);
  PatternPart part{.is_capture = true, .literal = std::string(text.substr(close + 1))};
  std::string_view inside = text.substr(1, close - 1);
  if (inside.ends_with("...")) {
    inside.remove_suffix(3);
    part.kind = CaptureKind::Rest;
    GRANARY_ASSERT(part.literal.empty());
  } else if (const std::size_t colon = inside.find(':'); colon != std::string_view::npos) {
    for (const auto choice : split(inside.substr(colon + 1), '|')) {
      part.choices.emplace_back(choice);
    }
    inside = inside.substr(0, colon);
    part.kind = CaptureKind::Choice;
  } else if (inside == "repo") {
    part.kind = CaptureKind::Repo;
  } else if (inside == "rev") {
    part.kind = CaptureKind::Rev;
  }
  GRANARY_ASSERT(!inside.empty());
  part.name = inside;
  return part;
}

Task<Response> answer_not_found(Request&) {
  co_return Response::json(404, error_json("Not Found"));
}

/// Which segments a capture took.
struct Taken {
  const PatternPart* part;
  std::size_t first;
  std::size_t count;
};

using Segments = std::span<const std::string>;

/// How many segments a capture may take at the start of what is left: at most two ways.
struct Ways {
  std::array<std::size_t, 2> counts{};
  std::size_t size = 0;
  void add(std::size_t count) { counts[size++] = count; }
};

bool takes_one(const PatternPart& part, const std::string& segment) {
  if (!part.choices.empty()) {
    return std::find(part.choices.begin(), part.choices.end(), segment) != part.choices.end();
  }
  return segment.size() > part.literal.size() && segment.ends_with(part.literal);
}

bool starts_with_raw_ref(Segments rest) {
  return rest.size() >= 3 && rest[0] == "refs" && !rest[2].empty() &&
         std::find(kRawRefKinds.begin(), kRawRefKinds.end(), rest[1]) != kRawRefKinds.end();
}

/// In the order to try them: the longer first.
Ways ways_of(const PatternPart& part, Segments rest) {
  Ways ways;
  if (part.kind == CaptureKind::Rest) {
    ways.add(rest.size());
    return ways;
  }
  if (rest.empty()) return ways;
  if (part.kind == CaptureKind::Rev && starts_with_raw_ref(rest)) ways.add(3);
  if (part.kind == CaptureKind::Repo && rest.size() >= 2 && !rest[0].empty() &&
      takes_one(part, rest[1])) {
    ways.add(2);
  }
  if (takes_one(part, rest[0])) ways.add(1);
  return ways;
}

Capture capture_of(const Taken& taken, Segments segments) {
  Capture capture{.name = taken.part->name, .value = {}};
  for (std::size_t i = 0; i < taken.count; ++i) {
    if (i > 0) capture.value.push_back('/');
    capture.value.append(segments[taken.first + i]);
  }
  if (taken.part->choices.empty()) {
    capture.value.resize(capture.value.size() - taken.part->literal.size());
  }
  return capture;
}

}  // namespace

struct Router::Node {
  struct Child {
    PatternPart part;
    std::unique_ptr<Node> node;
  };

  std::vector<Child> literals;
  std::vector<Child> captures;  // in the order of CaptureKind, those with an ending first
  std::array<Handler, kMethodCount> handlers;
  Handler fallback;

  Node& child(PatternPart part);
  const Node* literal(const std::string& segment) const;
  const Handler* find(Method method, Segments segments, std::size_t at,
                      std::vector<Taken>& taken) const;
};

Router::Node& Router::Node::child(PatternPart part) {
  std::vector<Child>& children = part.is_capture ? captures : literals;
  for (Child& known : children) {
    if (known.part.literal == part.literal && known.part.name == part.name &&
        known.part.kind == part.kind && known.part.choices == part.choices) {
      return *known.node;
    }
  }
  const auto narrower = [&](const Child& known) {
    const bool known_ends = !known.part.literal.empty();
    const bool part_ends = !part.literal.empty();
    return known_ends != part_ends ? known_ends : known.part.kind <= part.kind;
  };
  auto place = children.end();
  if (part.is_capture) place = std::partition_point(children.begin(), children.end(), narrower);
  return *children.insert(place, {std::move(part), std::make_unique<Node>()})->node;
}

const Router::Node* Router::Node::literal(const std::string& segment) const {
  for (const Child& known : literals) {
    if (known.part.literal == segment) return known.node.get();
  }
  return nullptr;
}

const Handler* Router::Node::find(Method method, Segments segments, std::size_t at,
                                  std::vector<Taken>& taken) const {
  if (at == segments.size()) {
    const Handler& own = handlers[static_cast<std::size_t>(method)];
    if (own) return &own;
    const Handler& get = handlers[static_cast<std::size_t>(Method::Get)];
    if (method == Method::Head && get) return &get;
  } else if (const Node* next = literal(segments[at])) {
    if (const Handler* found = next->find(method, segments, at + 1, taken)) return found;
  }
  for (const Child& capture : captures) {
    Ways ways = ways_of(capture.part, segments.subspan(at));
    if (capture.part.kind == CaptureKind::Repo && at + 2 == segments.size() && ways.size == 2 &&
        capture.node->literal(segments[at + 1]) != nullptr) {
      std::swap(ways.counts[0], ways.counts[1]);  // a verb at the end is a verb
    }
    for (std::size_t i = 0; i < ways.size; ++i) {
      taken.push_back({&capture.part, at, ways.counts[i]});
      const Handler* found = capture.node->find(method, segments, at + ways.counts[i], taken);
      if (found != nullptr) return found;
      taken.pop_back();
    }
  }
  return nullptr;
}

Router::Router() : root_(std::make_unique<Node>()) { root_->fallback = answer_not_found; }
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  const Method known = method_of(method);
  GRANARY_ASSERT(known != Method::Other && pattern.starts_with('/') && handler);
  Node* node = root_.get();
  bool ended = false;
  if (pattern != "/") {
    for (const auto text : split(pattern.substr(1), '/')) {
      GRANARY_ASSERT(!text.empty() && !ended);
      PatternPart part = parse_part(text);
      ended = part.is_capture && part.kind == CaptureKind::Rest;
      node = &node->child(std::move(part));
    }
  }
  Handler& place = node->handlers[static_cast<std::size_t>(known)];
  GRANARY_ASSERT(!place);
  place = std::move(handler);
}

void Router::fallback(std::string_view prefix, Handler handler) {
  GRANARY_ASSERT(prefix.starts_with('/') && handler);
  Node* node = root_.get();
  if (prefix != "/") {
    for (const auto text : split(prefix.substr(1), '/')) node = &node->child(parse_part(text));
  }
  node->fallback = std::move(handler);
}

const Handler& Router::find(Request& request) const {
  const Segments segments = request.segments();
  if (request.method() != Method::Other) {
    std::vector<Taken> taken;
    taken.reserve(4);
    if (const Handler* found = root_->find(request.method(), segments, 0, taken)) {
      std::vector<Capture> captures;
      captures.reserve(taken.size());
      for (const Taken& one : taken) captures.push_back(capture_of(one, segments));
      request.set_captures(std::move(captures));
      return *found;
    }
  }
  const Node* node = root_.get();
  const Handler* fallback = &node->fallback;
  for (const std::string& segment : segments) {
    node = node->literal(segment);
    if (node == nullptr) break;
    if (node->fallback) fallback = &node->fallback;
  }
  return *fallback;
}

Handler Router::handler() const {
  return [this](Request& request) { return find(request)(request); };
}

}  // namespace granary::net
