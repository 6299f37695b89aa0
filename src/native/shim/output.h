// Copies what the agent prints to the shim's stdout: framed in lines that the agent cannot forge, and bounded by logBytes.
#ifndef SHIM_OUTPUT_H
#define SHIM_OUTPUT_H

#include "sha256.h"

#include <stdbool.h>
#include <stdint.h>

// Whatever hooks print, to stdout or stderr, is one stream of its own. It is not part of the agent's output.
enum { STREAM_OUT, STREAM_ERR, STREAM_HOOKS, STREAMS };

// Calls `reader_gone` once when our stdout has no reader any more: what happens from then on is not logged.
void output_init(void (*reader_gone)(void));
// Splits the bytes that the log may take into a head, and tails that are kept for the end. With hooks, one tail is theirs.
void output_limit(uint64_t log_bytes, bool hooks);
// Takes over the reading end of one of the agent's pipes.
void output_attach(int stream, int fd);
// Reads what a pipe holds now, as far as there is room, so that it comes before the next record.
void output_catch_up(int stream);
// For the end, when no process is left that could write: empties the pipes, writes the tails, then calls `done`.
void output_drain(void (*done)(void));

uint64_t output_produced(int stream);
// The SHA-256 of the agent's stdout so far.
void output_digest(char hex[SHA256_HEX]);
bool output_truncated(void);

#endif
