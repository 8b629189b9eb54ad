// Structured logs: one line an event, an event name and key=value fields, never a secret.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace granary::log {

enum class Level : std::uint8_t { Debug, Info, Warn, Error, Off };
enum class Format : std::uint8_t { Text, Json };

/// Sets up the process's log on standard error. Called once, from main.
void start(Level level, Format format);

/// One key=value of an event. Values are escaped; tokens and signatures never belong here.
struct Field {
  std::string_view key;
  std::string value;
  Field(std::string_view key_, std::string_view value_) : key(key_), value(value_) {}
  Field(std::string_view key_, const char* value_) : key(key_), value(value_) {}
  Field(std::string_view key_, const std::string& value_) : key(key_), value(value_) {}
  Field(std::string_view key_, std::uint64_t number) : key(key_), value(std::to_string(number)) {}
  Field(std::string_view key_, std::int64_t number) : key(key_), value(std::to_string(number)) {}
  Field(std::string_view key_, int number) : key(key_), value(std::to_string(number)) {}
  Field(std::string_view key_, unsigned number) : key(key_), value(std::to_string(number)) {}
};

/// `event` is a short fixed phrase: log::info("commit published", {{"repo", id}, {"files",
/// count}}).
void debug(std::string_view event, std::initializer_list<Field> fields = {});
void info(std::string_view event, std::initializer_list<Field> fields = {});
void warn(std::string_view event, std::initializer_list<Field> fields = {});
void error(std::string_view event, std::initializer_list<Field> fields = {});

}  // namespace granary::log
