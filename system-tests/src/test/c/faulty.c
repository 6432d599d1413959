/*
 * Stands between a process and its disk and clock (LD_PRELOAD), and does harm when it is told to.
 *
 * QV_FAULTS_SWITCHES names a file of switches, laid out as `struct switches`; whoever changes it is
 * obeyed at once. QV_FAULTS_FILES is the directory whose files are on the harmed disk. QV_FAULTS_UNDO
 * is a directory for what a power cut takes away: one file for each file with unsynced writes, named
 * by its inode, emptied by each sync. A record says what was there before one write: the offset, the
 * size of the file, the number of bytes that follow, and these. All numbers are native 64-bit ones.
 *
 * Names are durable at once: only contents can be lost. Files that are mapped into memory are not
 * seen; the vault has none.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct switches {
  volatile int64_t clock_seconds;  /* added to the time of day; steady clocks are left alone */
  volatile int64_t stalled;        /* writes and syncs wait until it is 0 */
  volatile int64_t sync_fails;     /* syncs do nothing and fail with EIO */
  volatile int64_t full;           /* 1: nothing can be written; that or 2: no space is free */
};

enum { FILES_MAX = 65536, STALL_LOOK_NANOS = 10000000 };

static struct switches none;
static struct switches *now = &none;
static const char *harmed = NULL;
static const char *undo = NULL;
static volatile char on_disk[FILES_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(type, name, ...) \
  static type (*real_##name)(__VA_ARGS__) = NULL; \
  static void find_##name(void) { \
    if (real_##name == NULL) *(void **)&real_##name = dlsym(RTLD_NEXT, #name); \
  }

REAL(int, open64, const char *, int, ...)
REAL(int, close, int)
REAL(ssize_t, write, int, const void *, size_t)
REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t)
REAL(ssize_t, writev, int, const struct iovec *, int)
REAL(int, fsync, int)
REAL(int, fdatasync, int)
REAL(int, ftruncate64, int, off64_t)
REAL(int, statvfs64, const char *, struct statvfs64 *)
REAL(int, clock_gettime, clockid_t, struct timespec *)

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("QV_FAULTS_SWITCHES");
  find_close();
  if (file != NULL) {
    int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDONLY);
    void *mapped = fd < 0 ? MAP_FAILED
                          : mmap(NULL, sizeof(struct switches), PROT_READ, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) {
      fprintf(stderr, "faulty.c: cannot map %s\n", file);
      abort();
    }
    now = mapped;
    real_close(fd);
  }
  harmed = getenv("QV_FAULTS_FILES");
  undo = getenv("QV_FAULTS_UNDO");
}

static int is_harmed(int fd) { return fd >= 0 && fd < FILES_MAX && on_disk[fd]; }

static void wait_while_stalled(void) {
  struct timespec moment = {0, STALL_LOOK_NANOS};
  while (now->stalled) {
    nanosleep(&moment, NULL);
  }
}

/* The file that says how to undo the writes to this one, or -1. Call with the lock held. */
static int undo_file(int fd, struct stat *about, int flags) {
  char path[4096];
  if (undo == NULL || fstat(fd, about) != 0 || !S_ISREG(about->st_mode)) {
    return -1;
  }
  snprintf(path, sizeof path, "%s/%llu", undo, (unsigned long long)about->st_ino);
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0600);
}

/* Notes what these bytes of a file are before they are written over. */
static void note(int fd, off64_t at, size_t length) {
  struct stat about;
  int file = undo_file(fd, &about, O_WRONLY | O_CREAT | O_APPEND);
  if (file < 0) {
    return;
  }
  size_t kept = at >= about.st_size ? 0 : (size_t)(about.st_size - at);
  kept = kept < length ? kept : length;
  char *record = malloc(24 + kept);
  int64_t head[3] = {at, about.st_size, (int64_t)kept};
  memcpy(record, head, 24);
  /* What is written through a descriptor that cannot read is read by its name. */
  char self[64];
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  int reading = kept == 0 ? -1 : (int)syscall(SYS_openat, AT_FDCWD, self, O_RDONLY);
  if (kept > 0
      && (reading < 0 || syscall(SYS_pread64, reading, record + 24, kept, at) != (ssize_t)kept)) {
    fprintf(stderr, "faulty.c: cannot note what is overwritten\n");
    abort();
  }
  if (reading >= 0) {
    real_close(reading);
  }
  if (syscall(SYS_write, file, record, 24 + kept) != (ssize_t)(24 + kept)) {
    fprintf(stderr, "faulty.c: cannot write down what is overwritten\n");
    abort();
  }
  free(record);
  real_close(file);
}

static void noted_is_durable(int fd) {
  struct stat about;
  int file = undo_file(fd, &about, O_WRONLY | O_TRUNC);
  if (file >= 0) {
    real_close(file);
  }
}

static off64_t position(int fd) {
  int flags = fcntl(fd, F_GETFL);
  struct stat about;
  if (flags >= 0 && (flags & O_APPEND) && fstat(fd, &about) == 0) {
    return about.st_size;
  }
  return lseek64(fd, 0, SEEK_CUR);
}

static int no_space(void) {
  wait_while_stalled();
  if (now->full == 1) {
    errno = ENOSPC;
    return 1;
  }
  return 0;
}

int open64(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & (O_CREAT | O_TMPFILE)) {
    va_list more;
    va_start(more, flags);
    mode = va_arg(more, mode_t);
    va_end(more);
  }
  find_open64();
  int fd = real_open64(path, flags, mode);
  if (fd >= 0 && fd < FILES_MAX) {
    on_disk[fd] = harmed != NULL && strncmp(path, harmed, strlen(harmed)) == 0;
  }
  return fd;
}

int open(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & (O_CREAT | O_TMPFILE)) {
    va_list more;
    va_start(more, flags);
    mode = va_arg(more, mode_t);
    va_end(more);
  }
  return open64(path, flags, mode);
}

int close(int fd) {
  find_close();
  if (fd >= 0 && fd < FILES_MAX) {
    on_disk[fd] = 0;
  }
  return real_close(fd);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  find_write();
  if (!is_harmed(fd)) {
    return real_write(fd, bytes, length);
  }
  if (no_space()) {
    return -1;
  }
  pthread_mutex_lock(&lock);
  note(fd, position(fd), length);
  ssize_t written = real_write(fd, bytes, length);
  pthread_mutex_unlock(&lock);
  return written;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  find_pwrite64();
  if (!is_harmed(fd)) {
    return real_pwrite64(fd, bytes, length, at);
  }
  if (no_space()) {
    return -1;
  }
  pthread_mutex_lock(&lock);
  note(fd, at, length);
  ssize_t written = real_pwrite64(fd, bytes, length, at);
  pthread_mutex_unlock(&lock);
  return written;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  find_writev();
  if (!is_harmed(fd)) {
    return real_writev(fd, parts, count);
  }
  if (no_space()) {
    return -1;
  }
  size_t length = 0;
  for (int i = 0; i < count; i++) {
    length += parts[i].iov_len;
  }
  pthread_mutex_lock(&lock);
  note(fd, position(fd), length);
  ssize_t written = real_writev(fd, parts, count);
  pthread_mutex_unlock(&lock);
  return written;
}

int ftruncate64(int fd, off64_t length) {
  find_ftruncate64();
  struct stat about;
  if (!is_harmed(fd) || fstat(fd, &about) != 0) {
    return real_ftruncate64(fd, length);
  }
  if (length > about.st_size && no_space()) {
    return -1;
  }
  pthread_mutex_lock(&lock);
  off64_t from = length < about.st_size ? length : about.st_size;
  note(fd, from, (size_t)(about.st_size - from));
  int result = real_ftruncate64(fd, length);
  pthread_mutex_unlock(&lock);
  return result;
}

static int synced(int fd, int (*sync)(int)) {
  if (!is_harmed(fd)) {
    return sync(fd);
  }
  wait_while_stalled();
  if (now->sync_fails) {
    errno = EIO;
    return -1;
  }
  pthread_mutex_lock(&lock);
  int result = sync(fd);
  if (result == 0) {
    noted_is_durable(fd);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int fsync(int fd) {
  find_fsync();
  return synced(fd, real_fsync);
}

int fdatasync(int fd) {
  find_fdatasync();
  return synced(fd, real_fdatasync);
}

int statvfs64(const char *path, struct statvfs64 *about) {
  find_statvfs64();
  int result = real_statvfs64(path, about);
  if (result == 0 && now->full && harmed != NULL && strncmp(path, harmed, strlen(harmed)) == 0) {
    about->f_bfree = 0;
    about->f_bavail = 0;
  }
  return result;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  find_clock_gettime();
  int result = real_clock_gettime != NULL ? real_clock_gettime(clock, time)
                                          : (int)syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    time->tv_sec += now->clock_seconds;
  }
  return result;
}

time_t time(time_t *told) {
  struct timespec moment;
  clock_gettime(CLOCK_REALTIME, &moment);
  if (told != NULL) {
    *told = moment.tv_sec;
  }
  return moment.tv_sec;
}
