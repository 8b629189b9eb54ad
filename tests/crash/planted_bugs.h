// Bugs that simcrash must catch, made by distorting the file system under the unchanged store.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "filtered_files.h"

namespace granary::crash {

struct PlantedBug {
  std::string_view name;
  std::string_view what;
  std::unique_ptr<FilteredFiles> (*plant)(FileSystem& inner);
};

std::span<const PlantedBug> planted_bugs();
/// Null if there is none of that name.
const PlantedBug* find_planted_bug(std::string_view name);

}  // namespace granary::crash
