// libseccomp, and Landlock's three system calls, which the C library has no functions for.
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// GNU extensions, which the headers only declare under a macro that Swift does not set.
#ifndef O_PATH
#define O_PATH 010000000
#endif

// From newer kernels' linux/landlock.h; what the running one knows is asked of it.
#define CONFINE_FS_REFER (1ULL << 13)
#define CONFINE_FS_TRUNCATE (1ULL << 14)
#define CONFINE_FS_IOCTL_DEV (1ULL << 15)
#define CONFINE_NET_BIND_TCP (1ULL << 0)
#define CONFINE_NET_CONNECT_TCP (1ULL << 1)
#define CONFINE_SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define CONFINE_SCOPE_SIGNAL (1ULL << 1)

/// What a ruleset denies unless a rule allows it: `struct landlock_ruleset_attr` as of version 6.
struct confine_ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
};

/// The action that makes a call fail with an error (`SCMP_ACT_ERRNO`).
static inline uint32_t confine_failing_with(int error) {
    return SCMP_ACT_ERRNO((uint32_t)error);
}

/// Gives up for good that a program which this process executes has more rights than it (`prctl(2)`,
/// `PR_SET_NO_NEW_PRIVS`).
static inline int confine_no_new_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/// The kernel's version of Landlock; −1 where it has none.
static inline long confine_landlock_version(void) {
    return syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/// A new ruleset's descriptor (`landlock_create_ruleset(2)`), of so many bytes as the kernel's version knows.
static inline int confine_create_ruleset(const struct confine_ruleset *_Nonnull ruleset, size_t size) {
    return (int)syscall(__NR_landlock_create_ruleset, ruleset, size, 0);
}

/// Allows this access to all beneath an open directory (`landlock_add_rule(2)`).
static inline int confine_allow_beneath(int ruleset, int directory, uint64_t access) {
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = directory};
    return (int)syscall(__NR_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

/// Holds the calling thread to a ruleset from now on (`landlock_restrict_self(2)`).
static inline int confine_restrict_self(int ruleset) {
    return (int)syscall(__NR_landlock_restrict_self, ruleset, 0);
}
