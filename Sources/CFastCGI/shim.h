// libfcgi, and what of Linux a worker needs beside it that Glibc's module map leaves out.
#include <fcgiapp.h>
#include <linux/memfd.h>
#include <linux/sched.h>
#include <sched.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

// GNU extensions, which the headers only declare under a macro that Swift does not set.
extern int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);
extern int memfd_create(const char *name, unsigned int flags);
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
extern int sched_getaffinity(pid_t process, size_t size, cpu_set_t *cores);
extern const char *sigabbrev_np(int signal);
extern char **environ;

/// The next connection of a listener, closed on exec and never blocking; −1 where there is none.
static inline int fastcgi_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/// A nameless file in memory, closed on exec.
static inline int fastcgi_memory_file(void) {
    return memfd_create("fastcgi", MFD_CLOEXEC);
}

/// The process's environment. Swift sees `environ` as shared mutable state and refuses it.
static inline char **_Nonnull fastcgi_environment(void) {
    return environ;
}

/// Forbids core dumps of this process, and its inspection by other processes of its user (`prctl(2)`).
static inline int fastcgi_forbid_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/// Has this process sent a signal when the one that started it ends (`prctl(2)`, `PR_SET_PDEATHSIG`).
static inline int fastcgi_end_with_parent(int signal) {
    return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
}

/// Gives the calling thread, and those that it starts, the policy `SCHED_BATCH` (`sched(7)`), unless it has been given one.
static inline int fastcgi_schedule_in_batches(void) {
    struct sched_param none = {0};
    return sched_getscheduler(0) == SCHED_NORMAL ? sched_setscheduler(0, SCHED_BATCH, &none) : 0;
}
