// Every bound on queues, buffers, bodies, lists and waits, by name.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace granary::limits {

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;
inline constexpr std::uint64_t kGiB = 1024 * kMiB;

// HTTP. Header sizes and times follow reliability: slow clients are dropped, honest ones never are.
inline constexpr std::size_t kHeaderSizeBytesMax = 16 * kKiB;
inline constexpr std::size_t kHeaderCountMax = 128;
inline constexpr std::size_t kTargetSizeBytesMax = 8 * kKiB;
inline constexpr std::size_t kChunkExtensionSizeBytesMax = 256;
inline constexpr std::size_t kTrailerSizeBytesMax = 4 * kKiB;
inline constexpr std::size_t kConnectionCountMax = 16384;
inline constexpr std::chrono::seconds kHeaderTime{10};
inline constexpr std::chrono::seconds kIdleTime{75};
inline constexpr std::chrono::seconds kBodyProgressTime{60};
inline constexpr std::uint64_t kBodyProgressBytesMin = 60 * kKiB;  // in each kBodyProgressTime
inline constexpr std::chrono::seconds kLingerTime{5};
inline constexpr std::chrono::seconds kDrainTime{30};
inline constexpr std::size_t kBodyBufferSizeBytes = kMiB;
inline constexpr std::size_t kUnreadBodySizeBytesMax = 64 * kKiB;  // read and dropped to keep alive
inline constexpr std::size_t kSendWindowSizeBytes = kMiB;  // of a file, in one call
// Then other connections get a turn.
inline constexpr std::size_t kSendTurnSizeBytes = 4 * kMiB;

// Bodies that are held in memory whole (JSON, forms). Streams have no limit but the disk.
inline constexpr std::size_t kJsonBodySizeBytesMax = 4 * kMiB;
inline constexpr std::size_t kJsonDepthMax = 64;
inline constexpr std::size_t kAccessFieldsSizeBytesMax = 16 * kKiB;
inline constexpr std::size_t kPathsInfoCountMax = 1000;
inline constexpr std::size_t kPreuploadFileCountMax = 1000;
inline constexpr std::size_t kLfsBatchObjectCountMax = 1000;
inline constexpr std::size_t kRangeCountMax = 16;

// Commits.
inline constexpr std::size_t kCommitOperationCountMax = 100'000;
inline constexpr std::size_t kCommitLineSizeBytesMax = 36 * kMiB;  // base64 of one inline file
inline constexpr std::size_t kInlineFileSizeBytesMax = 25 * kMiB;
inline constexpr std::size_t kCommitInlineSizeBytesMax = 512 * kMiB;  // all inline files together
inline constexpr std::size_t kRegularFileSizeBytesMax = 10 * kMiB;  // above: stored as LFS
inline constexpr std::size_t kCommitMessageSizeBytesMax = 64 * kKiB;

// Git objects and rule files that are read whole.
inline constexpr std::size_t kTreeSizeBytesMax = 64 * kMiB;  // some 500,000 entries
inline constexpr std::size_t kCommitSizeBytesMax = kMiB;
inline constexpr std::size_t kRuleFileSizeBytesMax = kMiB;  // .gitattributes, .gitignore
// Longer lines are ignored, as git does.
inline constexpr std::size_t kRuleLineSizeBytesMax = 2048;

// Names.
inline constexpr std::size_t kPathSizeBytesMax = 4096;
inline constexpr std::size_t kPathSegmentSizeBytesMax = 255;
inline constexpr std::size_t kPathDepthMax = 64;
inline constexpr std::size_t kRefNameSizeBytesMax = 255;

// Listing.
inline constexpr std::size_t kListPageCountMax = 1000;
inline constexpr std::size_t kListWithFilesPageCountMax = 100;  // each item lists its repo's files
inline constexpr std::size_t kOwnRepoCountMax = 100'000;  // of one namespace, in one answer
inline constexpr std::size_t kTreePageCount = 10'000;
inline constexpr std::size_t kTreeExpandPageCount = 100;
inline constexpr std::size_t kCommitsPageCountMax = 1000;
inline constexpr std::size_t kChangeCountMax = 5000;  // files in a comparison of two revisions
inline constexpr std::size_t kDiffSizeBytesMax = 32 * kMiB;  // of the blobs that it reads
inline constexpr std::size_t kDiffEditCountMax = 1000;  // lines, before a file counts as new
inline constexpr std::size_t kHistoryWalkCommitCountMax = 2000;  // looking for a path's last commit

// What is kept in memory to spare SQL and work; the longest unused goes first.
inline constexpr std::size_t kTreeCacheSizeBytesMax = 16 * kMiB;
inline constexpr std::size_t kKnownFileCountMax = 8192;
inline constexpr std::size_t kKnownFileKeySizeBytesMax = 512;  // longer requests are not kept
inline constexpr std::size_t kKnownCallerCountMax = 4096;
inline constexpr std::size_t kKnownRepoCountMax = 4096;
inline constexpr std::size_t kKnownGrantCountMax = 4096;
inline constexpr std::size_t kKeptAnswerCountMax = 1024;
inline constexpr std::size_t kKeptAnswerSizeBytesMax = 32 * kKiB;  // larger ones are made anew
inline constexpr std::chrono::seconds kTokenUseFlushTime{60};

// Metadata.
inline constexpr std::size_t kGroupCommitCountMax = 256;  // writing calls in one forced commit
inline constexpr std::uint64_t kWalCheckpointSizeBytes = 16 * kMiB;
inline constexpr std::chrono::milliseconds kCheckpointWaitTime{100};  // for readers, at most
inline constexpr std::chrono::seconds kReaderBusyTime{5};
inline constexpr std::size_t kReaderCountMax = 64;
inline constexpr std::size_t kSearchWordCountMax = 16;
inline constexpr std::size_t kFilterTagCountMax = 32;
inline constexpr std::size_t kViewerNamespaceCountMax = 10'000;
inline constexpr std::uint64_t kListPageSizeBytesMax = 8 * kMiB;  // of a page's JSON texts together

// Uploads.
inline constexpr std::uint64_t kFileSizeBytesMax = 8ULL << 40;  // 8 TiB
inline constexpr std::uint64_t kMultipartThresholdBytes = kGiB;
inline constexpr std::uint64_t kMultipartPartSizeBytes = 128 * kMiB;
inline constexpr std::size_t kMultipartPartCountMax = 10'000;
inline constexpr std::size_t kEagerIngestsMax = 16;  // multipart uploads taken in as parts come
inline constexpr std::chrono::hours kLeaseTime{24};
inline constexpr std::chrono::hours kUploadTime{24 * 7};
inline constexpr std::chrono::hours kXorbLeaseSlack{24 * 7};  // a lease this near is not renewed
inline constexpr std::size_t kHookXorbsTriedMax = 256;  // of one hook, for one that is in scope

// Xet.
inline constexpr std::chrono::hours kXetTokenTime{1};  // of tokens and of fetch URLs
inline constexpr std::chrono::hours kXorbLeaseTime{24 * 35};  // a week of it may have passed
inline constexpr std::chrono::hours kDedupeKeyTime{24 * 14};
inline constexpr std::size_t kDedupeAnswerChunkCountMax = 100'000;  // of 48 bytes each
inline constexpr std::size_t kHintXorbCountMax = 256;
inline constexpr std::size_t kXetSessionsMax = 4096;
inline constexpr std::size_t kXetSessionNameSizeBytesMax = 64;

// Sending: how much of a file is read, checked and handed to the socket at a time.
inline constexpr std::size_t kSendSizeBytes = 4 * kMiB;

// Bytes at rest. The Xet protocol sets the first four.
inline constexpr std::size_t kChunkSizeBytesMin = 8 * kKiB;
inline constexpr std::size_t kChunkSizeBytesMax = 128 * kKiB;
inline constexpr std::size_t kXorbSizeBytesMax = 64 * kMiB;
inline constexpr std::size_t kXorbChunkCountMax = 8192;
inline constexpr std::size_t kBlockSizeBytes = 256 * kKiB;
inline constexpr std::size_t kXorbBlockCountMax = kXorbSizeBytesMax / kBlockSizeBytes;
inline constexpr std::size_t kSealedObjectsOpenMax = 256;  // descriptors; further ones are parked
inline constexpr std::size_t kIngestBufferSizeBytes = 2 * kMiB;
inline constexpr std::size_t kKnownXorbsMax = 64;  // chunk lists kept, of 40 KB each
inline constexpr std::size_t kKnownXorbsPerIngestMax = 8;
inline constexpr std::size_t kDedupeRunChunkCountMin = 4;  // or as many bytes as follow
inline constexpr std::size_t kDedupeRunSizeBytesMin = 256 * kKiB;
inline constexpr std::size_t kDedupedTermCountMax = 65'536;  // of a file: no dedupe beyond
inline constexpr std::size_t kOpenXorbsMax = 512;  // descriptors held by readers
inline constexpr std::size_t kVerifiedXorbsMax = 65'536;  // 32 bytes each: 4 TiB of raw blocks
inline constexpr std::size_t kDecodedBlocksMax = 16;
inline constexpr int kCodedIntakesPerCoreMax = 4;  // uploads above that are coded later
inline constexpr std::size_t kWireXorbPieceSizeBytes = 512 * kKiB;  // of a xorb with its headers
inline constexpr std::uint64_t kReadAheadSizeBytes = 8 * kMiB;  // asked of the disk while hashing
inline constexpr std::size_t kFactsPageCount = 256;  // rows read at a time by fsck
inline constexpr std::size_t kFsckFindingsMax = 1000;  // kept; all are counted
inline constexpr std::size_t kRecoveryXorbsMax = 10'000;  // newest ones looked at when starting

// Xet on the wire. The protocol's clients set the payload's, the records' and the shard's.
inline constexpr std::size_t kXorbPayloadSizeBytesMax = 256 * kKiB;  // of one chunk, compressed
inline constexpr std::uint64_t kXorbRecordsSizeBytesMax =
    kXorbSizeBytesMax + 8 * kXorbChunkCountMax;
inline constexpr std::uint64_t kXorbFooterSizeBytesMax = 384 * kKiB;  // 92 and 40 for each chunk
inline constexpr std::uint64_t kShardSizeBytesMax = 64 * kMiB;

// Model files' headers.
inline constexpr std::uint64_t kSafetensorsHeaderSizeBytesMax = 100'000'000;
inline constexpr std::uint64_t kGgufHeaderSizeBytesMax = 64 * kMiB;
inline constexpr std::uint64_t kSummaryHeaderSizeBytesMax = 32 * kMiB;  // at each commit
inline constexpr std::size_t kSummaryShardCountMax = 1000;
inline constexpr std::size_t kCardSizeBytesMax = kMiB;
inline constexpr std::size_t kCardValuesSizeBytesMax = 16 * kMiB;  // with aliases followed
inline constexpr std::size_t kTagCountMax = 1000;
inline constexpr std::size_t kTagSizeBytesMax = 256;
inline constexpr std::size_t kModelJsonSizeBytesMax = 16 * kMiB;  // config.json and its like
inline constexpr std::size_t kTensorCountMax = 1'000'000;
inline constexpr std::size_t kTensorRankMax = 64;
inline constexpr std::size_t kGgufKeyCountMax = 65'536;
inline constexpr std::size_t kGgufKeySizeBytesMax = 65'535;
inline constexpr std::size_t kGgufStringSizeBytesMax = kMiB;
inline constexpr std::uint64_t kGgufAlignmentBytesMax = 64 * kKiB;
// Of all shards, in one answer.
inline constexpr std::size_t kTensorHeadersSizeBytesMax = 64 * kMiB;
inline constexpr std::size_t kTensorShardCountMax = 2000;

}  // namespace granary::limits
