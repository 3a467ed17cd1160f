// The same decision natively: how fast the machine is where no engine stands between. kernel.c is made of the kernel's
// sources (translate.ts); this runs it. Compiled with LIMIT_BASE and CACHED_FRAMES.
//
//   limit IMAGE CAPTURE
//
// IMAGE: octets of the header and of the tables, u32 each, then both, compiled for LIMIT_BASE. CAPTURE: pcap, little endian.
// A command a line on standard input, its answer a line on standard output: nanoseconds, or what went wrong.
//
//   chunks, stream, cache, walk   as the lanes of the kernel
//   file                          read and judged; read: read, and nothing done
//   verdicts FILE                 every VERDICT row, in order
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// Packets are not aligned.
#define POINTER(at) ((void *)(uintptr_t)(at))
#define PLACE(type, at) (*(type __attribute__((may_alias, aligned(1))) *)(uintptr_t)(at))
#define LOAD(type, at) PLACE(type, at)
#define STORE(type, at, value) (PLACE(type, at) = (type)(value))
#define MIN(a, b) ({ __auto_type a_ = (a); __auto_type b_ = (b); a_ < b_ ? a_ : b_; })
#define MAX(a, b) ({ __auto_type a_ = (a); __auto_type b_ = (b); a_ > b_ ? a_ : b_; })
#define BSWAP(value) \
  _Generic((value), uint64_t: __builtin_bswap64(value), uint16_t: __builtin_bswap16(value), default: __builtin_bswap32(value))

#include "kernel.c"

#define BASE ((uint8_t *)(uintptr_t)LIMIT_BASE)
#define FILE_HEADER 24
#define RECORD_HEADER 16
#define MICROSECONDS 0xa1b2c3d4
#define NANOSECONDS 0xa1b23c4d

static uint8_t *image, *capture;
static uint64_t length, frames; // of the capture
static uint32_t header_size, tables_size, unit, link_type;
static const char *path;
static FILE *rows; // where VERDICT rows go, or NULL

static void fail(const char *what) {
  fprintf(stderr, "limit: %s: %s\n", what, errno ? strerror(errno) : "not as expected");
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static uint8_t *slurp(const char *name, uint64_t *size) {
  int file = open(name, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) fail(name);
  uint8_t *octets = malloc(status.st_size + C_memory_SLACK);
  for (uint64_t at = 0; at < (uint64_t)status.st_size;) {
    ssize_t count = read(file, octets + at, status.st_size - at);
    if (count <= 0) fail(name);
    at += count;
  }
  close(file);
  *size = status.st_size;
  return octets;
}

// As a new kernel.
static void reset(void) {
  memset((void *)C_memory_DATAGRAMS, 0, C_memory_DATAGRAM_KEYS - C_memory_DATAGRAMS);
  if (getrandom((void *)C_memory_DATAGRAM_KEYS, C_memory_DATAGRAMS_END - C_memory_DATAGRAM_KEYS, 0) < 0) fail("random");
  memcpy((void *)C_memory_POLICY, image + 8, header_size);
  memcpy((void *)C_memory_TABLES, image + 8 + header_size, tables_size);
  crc_indexRemainders();
  addresses_indexAddresses();
  partitions_indexLabels();
  grants_indexGrants();
}

// Judges so many FRAME rows.
static void judge(uintptr_t octets, uint32_t count) {
  for (uint32_t first = 0; first < count; first += batch_judged) {
    batch_classifyBatch(C_memory_INTAKE_ROWS + first * C_columns_FRAME_SIZE, octets, count - first);
    if (rows != NULL) fwrite((void *)C_memory_VERDICTS, C_columns_VERDICT_SIZE, batch_judged, rows);
  }
}

// Goes through the records between two places in `octets`; where it ended.
static uint64_t go(uintptr_t octets, uint64_t at, uint64_t end, bool judging) {
  for (;;) {
    rows_openRows(C_memory_INTAKE_ROWS, C_memory_MAX_BATCH);
    at = pcap_walkPcap(octets, at, end, RECORD_HEADER, false, unit, link_type);
    uint32_t count = (rows_row - C_memory_INTAKE_ROWS) / C_columns_FRAME_SIZE;
    if (count == 0) return at;
    frames += count;
    if (judging) judge(octets, count);
  }
}

// The capture copied to the intake in pieces; only what is done there is timed.
static uint64_t chunks(bool judging) {
  uint64_t spent = 0;
  for (uint64_t at = FILE_HEADER; at < length;) {
    uint64_t size = MIN((uint64_t)C_memory_INTAKE_SIZE, length - at);
    memcpy((void *)C_memory_INTAKE, capture + at, size);
    uint64_t start = now();
    uint64_t done = go(C_memory_INTAKE, 0, size, judging);
    spent += now() - start;
    if (done == 0) fail("a record");
    at += done;
  }
  return spent;
}

static uint64_t stream(void) {
  uint64_t start = now();
  go((uintptr_t)capture, FILE_HEADER, length, true);
  return now() - start;
}

static uint64_t cache(uint64_t all) {
  uint64_t end = FILE_HEADER;
  uint32_t count = MIN((uint64_t)CACHED_FRAMES, all);
  for (uint32_t i = 0; i < count; i++) end += RECORD_HEADER + LOAD(uint32_t, (uintptr_t)capture + end + 8);
  if (end - FILE_HEADER > C_memory_INTAKE_SIZE) fail("the first frames are larger than the intake");
  memcpy((void *)C_memory_INTAKE, capture + FILE_HEADER, end - FILE_HEADER);
  uint64_t start = now();
  for (uint64_t i = 0; i < (all + count - 1) / count; i++) go(C_memory_INTAKE, 0, end - FILE_HEADER, true);
  return now() - start;
}

static uint64_t from_file(bool judging) {
  uint64_t start = now();
  int file = open(path, O_RDONLY);
  uint64_t end = 0;
  uint64_t skip = FILE_HEADER;
  if (file < 0) fail(path);
  for (;;) {
    ssize_t count = read(file, (uint8_t *)C_memory_INTAKE + end, C_memory_INTAKE_SIZE - end);
    if (count < 0) fail(path);
    if (count == 0 && end == C_memory_INTAKE_SIZE) fail("a record larger than the intake");
    if (count == 0) break;
    if (!judging) continue;
    end += count;
    uint64_t done = go(C_memory_INTAKE, skip, end, true);
    skip = 0;
    memmove((void *)C_memory_INTAKE, (uint8_t *)C_memory_INTAKE + done, end - done);
    end -= done;
  }
  close(file);
  return now() - start;
}

int main(int count, char **arguments) {
  if (count != 3) fail("limit IMAGE CAPTURE");
  uint64_t image_size;
  image = slurp(arguments[1], &image_size);
  path = arguments[2];
  struct stat status;
  if (stat(path, &status) != 0) fail(path);
  header_size = LOAD(uint32_t, image);
  tables_size = LOAD(uint32_t, image + 4);
  // The capture behind the tables: its addresses have 32 bits too.
  uint64_t behind = C_memory_TABLES - LIMIT_BASE + tables_size + C_memory_SLACK;
  uint64_t size = behind + status.st_size + C_memory_SLACK;
  if (LIMIT_BASE + size > UINT32_MAX) fail("the capture and the tables need more than 32 bits of addresses");
  if (mmap(BASE, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != BASE) fail("memory");
  capture = BASE + behind;
  uint8_t *octets = slurp(path, &length);
  memcpy(capture, octets, length);
  free(octets);
  uint32_t magic = length < FILE_HEADER ? 0 : LOAD(uint32_t, capture);
  if (magic != MICROSECONDS && magic != NANOSECONDS) fail("a pcap file in little endian");
  unit = magic == NANOSECONDS ? 1 : 1000;
  link_type = LOAD(uint32_t, capture + 20);
  reset();
  go((uintptr_t)capture, FILE_HEADER, length, false);
  uint64_t all = frames;

  static char line[8192];
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = 0;
    reset();
    frames = 0;
    uint64_t spent = 0;
    if (strcmp(line, "chunks") == 0) spent = chunks(true);
    else if (strcmp(line, "walk") == 0) spent = chunks(false);
    else if (strcmp(line, "stream") == 0) spent = stream();
    else if (strcmp(line, "cache") == 0) spent = cache(all);
    else if (strcmp(line, "file") == 0) spent = from_file(true);
    else if (strcmp(line, "read") == 0) spent = from_file(false);
    else if (strncmp(line, "verdicts ", 9) == 0) {
      if ((rows = fopen(line + 9, "wb")) == NULL) fail(line + 9);
      spent = chunks(true);
      if (fclose(rows) != 0) fail(line + 9);
      rows = NULL;
    } else fail(line);
    if (strcmp(line, "read") != 0 && frames < all) fail("frames that were not judged");
    printf("%llu\n", (unsigned long long)spent);
    fflush(stdout);
  }
  return 0;
}
