// What of Linux is needed beside what Glibc's module map has.
#include <fcntl.h>
#include <grp.h>
#include <linux/memfd.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

// GNU extensions, which the headers only declare under a macro that Swift does not set.
extern int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);
extern int memfd_create(const char *name, unsigned int flags);
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
extern int sched_getaffinity(pid_t process, size_t size, cpu_set_t *cores);
extern const char *sigabbrev_np(int signal);
extern char **environ;

/// Accepts a listener's next connection, non-blocking and closed on exec. Returns -1 if no connection waits or the call fails.
static inline int linux_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/// The same, and the peer's address.
static inline int linux_accept_from(int listener, struct sockaddr_storage *_Nonnull peer) {
    socklen_t length = sizeof *peer;
    return accept4(listener, (struct sockaddr *)peer, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/// A nameless file in memory, closed on exec.
static inline int linux_memory_file(void) {
    return memfd_create("grantd", MFD_CLOEXEC);
}

/// The process's environment. Swift sees `environ` as shared mutable state and refuses it.
static inline char **_Nonnull linux_environment(void) {
    return environ;
}

/// Forbids core dumps of this process, and its inspection by other processes of its user (`prctl(2)`).
static inline int linux_forbid_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/// Has this process sent a signal when the one that started it ends (`prctl(2)`, `PR_SET_PDEATHSIG`).
static inline int linux_end_with_parent(int signal) {
    return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
}

/// Gives the calling thread, and those that it starts, the policy `SCHED_BATCH` (`sched(7)`), unless it has been given one.
static inline int linux_schedule_in_batches(void) {
    struct sched_param none = {0};
    return sched_getscheduler(0) == SCHED_NORMAL ? sched_setscheduler(0, SCHED_BATCH, &none) : 0;
}

// A GNU name of fcntl.h.
#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

/// How many names an open file has (`statx(2)`, `STATX_NLINK` alone); −1 where the call fails.
///
/// `fstat(2)` asks for the times as well, and a file system with times of its own for each query then writes its inode
/// at the next change of the file.
static inline long linux_link_count(int descriptor) {
    struct statx status;
    return syscall(SYS_statx, descriptor, "", AT_EMPTY_PATH, STATX_NLINK, &status) == 0 ? (long)status.stx_nlink : -1;
}

// GNU names of fcntl.h: locks that belong to an open file, not to a process (fcntl(2)).
enum { linux_get_file_lock = 36, linux_set_file_lock = 37 };

/// Locks bytes of a file for writing, for as long as the open file lives; −1 at once where another open file has them.
static inline int linux_lock_bytes(int descriptor, off_t start, off_t length) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return fcntl(descriptor, linux_set_file_lock, &lock);
}

/// Unlocks bytes of a file.
static inline int linux_unlock_bytes(int descriptor, off_t start, off_t length) {
    struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return fcntl(descriptor, linux_set_file_lock, &lock);
}

/// Whether another open file has a lock on one of these bytes.
static inline int linux_are_bytes_locked(int descriptor, off_t start, off_t length) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return fcntl(descriptor, linux_get_file_lock, &lock) == 0 && lock.l_type != F_UNLCK;
}

/// The address whose access raised a signal (`sigaction(2)`, `si_addr`).
static inline void *_Nullable linux_fault_address(const siginfo_t *_Nonnull information) {
    return information->si_addr;
}

/// Has a signal handled by a function that is told its circumstances (`sigaction(2)`, `SA_SIGINFO`).
static inline int linux_handle_signal(int signal, void (*_Nonnull handler)(int, siginfo_t *_Nonnull, void *_Nullable)) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    return sigaction(signal, &action, NULL);
}

/// Adds to a number that several processes share.
static inline void linux_add(uint64_t *_Nonnull number, uint64_t value) {
    __atomic_fetch_add(number, value, __ATOMIC_RELAXED);
}

/// Whether the kernel is told the right time (`adjtimex(2)`); -1 if the call fails.
static inline int linux_clock_is_synchronised(void) {
    struct timex clock = {0};
    int state = adjtimex(&clock);
    return state < 0 ? -1 : !(clock.status & STA_UNSYNC);
}

/// What the kernel says of the file system under a path (`statfs(2)`).
struct linux_volume {
    long type;
    uint64_t size;
    uint64_t available;
    uint64_t files;
    uint64_t free_files;
    int is_read_only;
};

static inline int linux_volume_of(const char *_Nonnull path, struct linux_volume *_Nonnull volume) {
    struct statfs found;
    if (statfs(path, &found) != 0) return -1;
    volume->type = (long)found.f_type;
    volume->size = (uint64_t)found.f_blocks * (uint64_t)found.f_bsize;
    volume->available = (uint64_t)found.f_bavail * (uint64_t)found.f_bsize;
    volume->files = (uint64_t)found.f_files;
    volume->free_files = (uint64_t)found.f_ffree;
    volume->is_read_only = (found.f_flags & 1 /* ST_RDONLY */) != 0;
    return 0;
}

/// The value of a file's extended attribute (`getxattr(2)`).
static inline ssize_t linux_attribute(const char *_Nonnull path, const char *_Nonnull name, char *_Nonnull value, size_t size) {
    return getxattr(path, name, value, size);
}

// A GNU extension.
extern int getgrouplist(const char *user, gid_t group, gid_t *groups, int *count);
