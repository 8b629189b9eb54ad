// The log, over spdlog: formatting of fields and the choice between text and JSON lines.
#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace granary::log {
namespace {

bool json_lines = false;  // set once by start, before any thread logs

void append_escaped(std::string& out, std::string_view value) {
  for (const char letter : value) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      out.push_back('\\');
      out.push_back(letter);
    } else if (code < 0x20 || code == 0x7F) {
      out += fmt::format("\\u{:04x}", code);
    } else {
      out.push_back(letter);
    }
  }
}

std::string render(std::string_view event, std::initializer_list<Field> fields) {
  std::string line;
  if (json_lines) {
    line += "\"event\":\"";
    append_escaped(line, event);
    line += '"';
    for (const Field& field : fields) {
      line += fmt::format(",\"{}\":\"", field.key);
      append_escaped(line, field.value);
      line += '"';
    }
    return line;
  }
  line = event;
  for (const Field& field : fields) {
    const bool quoted =
        field.value.empty() || field.value.find_first_of(" \"\\=\n\r\t") != std::string::npos;
    line += fmt::format(" {}=", field.key);
    if (quoted) line += '"';
    append_escaped(line, field.value);
    if (quoted) line += '"';
  }
  return line;
}

void write(spdlog::level::level_enum level, std::string_view event,
           std::initializer_list<Field> fields) {
  if (!spdlog::should_log(level)) return;
  spdlog::log(level, render(event, fields));
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::Debug: return spdlog::level::debug;
    case Level::Info: return spdlog::level::info;
    case Level::Warn: return spdlog::level::warn;
    case Level::Error: return spdlog::level::err;
    case Level::Off: return spdlog::level::off;
  }
  return spdlog::level::info;
}

}  // namespace

void start(Level level, Format format) {
  json_lines = format == Format::Json;
  auto logger = std::make_shared<spdlog::logger>("granary",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern(json_lines ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                 : "%Y-%m-%dT%H:%M:%S.%eZ %-5l %v",
                      spdlog::pattern_time_type::utc);
  logger->set_level(to_spdlog(level));
  spdlog::set_default_logger(std::move(logger));
}

void debug(std::string_view event, std::initializer_list<Field> fields) {
  write(spdlog::level::debug, event, fields);
}
void info(std::string_view event, std::initializer_list<Field> fields) {
  write(spdlog::level::info, event, fields);
}
void warn(std::string_view event, std::initializer_list<Field> fields) {
  write(spdlog::level::warn, event, fields);
}
void error(std::string_view event, std::initializer_list<Field> fields) {
  write(spdlog::level::err, event, fields);
}

}  // namespace granary::log
