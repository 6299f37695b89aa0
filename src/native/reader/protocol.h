// What the bridge and the reader say to each other: on standard input one request after another, on standard output one answer for each.
// Numbers are in the machine's own byte order, since both run on it.
//
//   request:  u8 what, u64 offset, u64 count, u16 length of the path, the path
//   answer to OPEN:  u8 outcome; if it is DONE or tells the kind, also the entry's facts
//   answer to READ:  u8 outcome, u32 length, the bytes; fewer than asked for only at the end of the file or beyond CHUNK
//   answer to LIST:  for each entry u8 1, its facts, u16 length of the name, the name; then u8 0, u8 outcome, u8 whether there are more
#ifndef READER_PROTOCOL_H
#define READER_PROTOCOL_H

#include <stdint.h>

enum request {
    // Opens the file or directory at the path, in place of the one that is open.
    OPEN = 'o',
    // Reads `count` bytes of the open file from `offset`.
    READ = 'r',
    // Lists `count` entries of the open directory from number `offset` in the order of their names' bytes.
    LIST = 'l',
};

enum outcome {
    DONE,
    NOT_FOUND,
    // A symbolic link is at the path or on the way to it.
    LINK_MET,
    // Another file system is mounted there.
    OTHER_FILE_SYSTEM,
    // Neither a regular file nor a directory.
    SPECIAL,
    // A regular file that has other names.
    HARD_LINK,
    DENIED,
    // Listing would take more memory than is allowed.
    TOO_MANY,
    // Listing would take more time than is allowed.
    LATE,
    // The path, the request or its order makes no sense.
    WRONG,
    // Anything else that the kernel said.
    FAILED,
};

// What the bridge is told of an entry.
struct __attribute__((packed)) facts {
    uint32_t mode, links;
    uint64_t dev, ino, size;
    int64_t modified_s;
    uint32_t modified_ns;
};

enum {
    LONGEST_PATH = 4095,
    // The most that one READ answers.
    CHUNK = 1 << 20,
};

#endif
