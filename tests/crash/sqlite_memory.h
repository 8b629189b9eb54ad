// Memory for SQLite in a process of one thread.
#pragma once

namespace granary::crash {

/// Makes SQLite take its memory from free lists that are never given back. A life of simcrash opens
/// the database anew, which takes and frees some 3,000 small blocks: much of its time with malloc.
/// Preconditions: SQLite was not used yet, and will be by one thread only.
void give_sqlite_pooled_memory();

}  // namespace granary::crash
