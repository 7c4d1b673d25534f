// What of Linux the store needs beside what Glibc's module map has.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/// How many names an open file has (`statx(2)`, `STATX_NLINK` alone); −1 where the call fails.
///
/// `fstat(2)` asks for the times as well, and a file system with times of its own for each query then writes its inode
/// at the next change of the file.
static inline long linux_link_count(int descriptor) {
    struct statx status;
    return syscall(SYS_statx, descriptor, "", AT_EMPTY_PATH, STATX_NLINK, &status) == 0 ? (long)status.stx_nlink : -1;
}
