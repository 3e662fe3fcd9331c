/*
 * seccomp by libseccomp, Landlock by its raw system calls: headers are often
 * older than the kernel.  What is refused is what a viewer never does;
 * all else works, whatever the C library makes of it.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "host/privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>
#ifdef ON_LINUX
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#endif
#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

#ifdef HAVE_SECCOMP
/* Running programs, reaching into processes, the network's own doors, changing the system. */
static const char *const refused_calls[] = {
	"execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise",
	"pidfd_getfd", "kcmp", "listen", "accept", "accept4", "mount", "umount", "umount2", "pivot_root", "chroot",
	"unshare", "setns", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "mount_setattr",
	"init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "bpf", "perf_event_open",
	"userfaultfd", "keyctl", "add_key", "request_key", "open_by_handle_at", "name_to_handle_at", "io_uring_setup",
	"io_uring_enter", "io_uring_register", "reboot", "swapon", "swapoff", "acct", "quotactl", "settimeofday",
	"clock_settime", "clock_adjtime", "adjtimex", "stime", "sethostname", "setdomainname", "iopl", "ioperm",
	"modify_ldt", "personality", "syslog", "vhangup", "setuid", "setgid", "setreuid", "setregid", "setresuid",
	"setresgid", "setgroups", "setfsuid", "setfsgid", "capset", "mknod", "mknodat", "memfd_create", "memfd_secret",
	/* the same on systems of 32 bits */
	"clock_settime64", "clock_adjtime64", "setuid32", "setgid32", "setreuid32", "setregid32", "setresuid32",
	"setresgid32", "setgroups32", "setfsuid32", "setfsgid32"
};

static const char *const refused_writing[] = {
	"creat", "truncate", "ftruncate", "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat",
	"symlink", "symlinkat", "mkdir", "mkdirat", "rmdir", "chmod", "fchmod", "fchmodat", "chown", "fchown",
	"lchown", "fchownat", "utimensat", "setxattr", "lsetxattr", "fsetxattr", "openat2", "kill", "tkill", "connect",
	/* the same on systems of 32 bits */
	"truncate64", "ftruncate64", "chown32", "fchown32", "lchown32", "utimensat_time64"
};

static bool
refuse_names(scmp_filter_ctx filter, const char *const *names, size_t count)
{
	bool good = true;

	for (size_t i = 0; good && i < count; i++) {
		int call = seccomp_syscall_resolve_name(names[i]);

		if (call != __NR_SCMP_ERROR)	/* an older library doesn't know it */
			good = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), call, 0, NULL) == 0;
	}
	return good;
}

#if defined(SYS_socketcall) && defined(SYS_socket)
/*
 * Where the C library makes sockets by way of socketcall (i386 and others),
 * their family stands in memory, which a filter can't look into, so that it
 * refuses them all.  Therefore this is used in place of the library's, by
 * libpcap too: the kernel has the call itself since Linux 4.3.
 */
int
socket(int family, int kind, int protocol)
{
	enum { SOCKETCALL_SOCKET = 1 };
	unsigned long arguments[] = { (unsigned long)family, (unsigned long)kind, (unsigned long)protocol };
	long fd = syscall(SYS_socket, family, kind, protocol);

	if (fd < 0 && errno == ENOSYS)
		fd = syscall(SYS_socketcall, SOCKETCALL_SOCKET, arguments);
	return (int)fd;
}
#endif

/* Where the bits of that argument that the mask has are these. */
static bool
rule_where(scmp_filter_ctx filter, uint32_t action, int call, unsigned argument, uint64_t mask, uint64_t bits)
{
	const struct scmp_arg_cmp test = {
		.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = bits
	};

	return seccomp_rule_add_array(filter, action, call, 1, &test) == 0;
}

static bool
refuse_where(scmp_filter_ctx filter, int call, unsigned argument, uint64_t mask, uint64_t bits)
{
	return rule_where(filter, SCMP_ACT_ERRNO(EPERM), call, argument, mask, bits);
}

static bool
refuse_writing(scmp_filter_ctx filter)
{
	bool good = true;

	for (uint64_t way = O_WRONLY; way <= O_RDWR; way++) {
		good = good && refuse_where(filter, SCMP_SYS(openat), 2, O_ACCMODE, way);
#ifdef __NR_open
		good = good && refuse_where(filter, SCMP_SYS(open), 1, O_ACCMODE, way);
#endif
	}
	return good && refuse_names(filter, refused_writing, sizeof refused_writing / sizeof refused_writing[0]);
}

/*
 * What becomes of sockets of other families.  With socketcall libseccomp has
 * one rule for sockets of all families, so that the helper is asked for each
 * there, and refuses them.
 */
static uint32_t
fate_of_families(enum sandbox_calls which)
{
#if defined(SCMP_ACT_NOTIFY) && defined(SYS_socketcall)
	if (which == SANDBOX_ASKER)
		return SCMP_ACT_NOTIFY;
#endif
	(void)which;
	return SCMP_ACT_ERRNO(EPERM);
}

static bool
refuse_families(scmp_filter_ctx filter, enum sandbox_calls which)
{
	const uint64_t all = 0xffffffff;	/* the kernel doesn't look at the rest of an int */
	const struct scmp_arg_cmp beyond = {
		.arg = 0, .op = SCMP_CMP_GT, .datum_a = which == SANDBOX_VIEWER ? AF_NETLINK : AF_PACKET
	};
	const uint32_t fate = fate_of_families(which);
	bool good = true;

	/* Sockets but those to this host and to its kernel (and packets: 17 follows 16). */
	for (int family = AF_UNIX + 1; family < AF_NETLINK; family++)
		good = good && rule_where(filter, fate, SCMP_SYS(socket), 0, all, (uint64_t)family);

	good = good && seccomp_rule_add_array(filter, fate, SCMP_SYS(socket), 1, &beyond) == 0;
#ifdef SCMP_ACT_NOTIFY
	if (which == SANDBOX_ASKER)
		good = good && rule_where(filter, SCMP_ACT_NOTIFY, SCMP_SYS(socket), 0, all, AF_PACKET);
	return good;
#else
	return good && which != SANDBOX_ASKER;
#endif
}

static bool
refuse_by_argument(scmp_filter_ctx filter)
{
	const uint64_t all = 0xffffffff;
	bool good = true;

	/* Threads, but no processes; clone3 hides what it asks for, so that the C library must use clone. */
#ifndef __s390__	/* where the arguments stand the other way round */
	good = good && refuse_where(filter, SCMP_SYS(clone), 0, CLONE_THREAD, 0);
#endif
	good = good && seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0, NULL) == 0;
	/* Typing into the terminal that sudo was called from. */
	return good && refuse_where(filter, SCMP_SYS(ioctl), 1, all, TIOCSTI);
}

/* Where that which was asked for arrives; the library might close its own with the filter. */
static void
take_listener(scmp_filter_ctx filter, int *listener)
{
#ifdef SCMP_ACT_NOTIFY
	*listener = fcntl(seccomp_notify_fd(filter), F_DUPFD_CLOEXEC, 0);
	close(seccomp_notify_fd(filter));
#else
	(void)filter;
	(void)listener;
#endif
}

bool
sandbox_refuse_calls(enum sandbox_calls which, int *listener)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool good = filter != NULL && refuse_families(filter, which) && refuse_by_argument(filter)
	    && refuse_names(filter, refused_calls, sizeof refused_calls / sizeof refused_calls[0])
	    && (which != SANDBOX_READ_ONLY || refuse_writing(filter));

	/* Reading must not grow slower: nothing here guesses at secrets of its own process. */
	good = good && seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1) == 0 && seccomp_load(filter) == 0;
	if (good && which == SANDBOX_ASKER)
		take_listener(filter, listener);
	if (filter != NULL)
		seccomp_release(filter);
	return good;
}
#else
bool
sandbox_refuse_calls(enum sandbox_calls which, int *listener)
{
	(void)which;
	(void)listener;
	return false;
}
#endif

#ifdef ON_LINUX
/* linux/landlock.h, as of ABI 5. */
enum {
	LANDLOCK_CREATE = 444, LANDLOCK_ADD = 445, LANDLOCK_RESTRICT = 446,
	LANDLOCK_ASK_VERSION = 1, LANDLOCK_BENEATH = 1
};
enum landlock_access {
	ACCESS_EXECUTE = 1 << 0, ACCESS_WRITE = 1 << 1, ACCESS_REMOVE_DIR = 1 << 4, ACCESS_REMOVE_FILE = 1 << 5,
	ACCESS_MAKE_CHAR = 1 << 6, ACCESS_MAKE_DIR = 1 << 7, ACCESS_MAKE_FILE = 1 << 8, ACCESS_MAKE_SOCKET = 1 << 9,
	ACCESS_MAKE_FIFO = 1 << 10, ACCESS_MAKE_BLOCK = 1 << 11, ACCESS_MAKE_LINK = 1 << 12,
	ACCESS_REFER = 1 << 13,		/* ABI 2 */
	ACCESS_TRUNCATE = 1 << 14	/* ABI 3 */
};
enum landlock_network { ACCESS_BIND = 1, ACCESS_CONNECT = 2 };	/* ABI 4 */

struct landlock_rules {
	uint64_t files, network;
};
struct landlock_place {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

static bool
permit(int rules, const char *path, uint64_t access)
{
	struct landlock_place place = { .allowed = access, .parent = open(path, O_PATH | O_CLOEXEC) };
	long result;

	if (place.parent < 0)
		return errno == ENOENT || errno == EACCES;	/* nothing to be written there anyway */
	result = syscall(LANDLOCK_ADD, rules, LANDLOCK_BENEATH, &place, 0);
	close(place.parent);
	return result == 0;
}

bool
sandbox_refuse_places(const char *const *places, size_t count)
{
	long version = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_ASK_VERSION);
	struct landlock_rules rules = {
		.files = ACCESS_EXECUTE | ACCESS_WRITE | ACCESS_REMOVE_DIR | ACCESS_REMOVE_FILE | ACCESS_MAKE_CHAR
		    | ACCESS_MAKE_DIR | ACCESS_MAKE_FILE | ACCESS_MAKE_SOCKET | ACCESS_MAKE_FIFO | ACCESS_MAKE_BLOCK
		    | ACCESS_MAKE_LINK | (version >= 2 ? ACCESS_REFER : 0) | (version >= 3 ? ACCESS_TRUNCATE : 0),
		.network = ACCESS_BIND | ACCESS_CONNECT
	};
	uint64_t truncate = rules.files & ACCESS_TRUNCATE;
	uint64_t permitted = ACCESS_WRITE | ACCESS_REMOVE_FILE | ACCESS_MAKE_DIR | ACCESS_MAKE_FILE
	    | (rules.files & ACCESS_REFER) | truncate;
	bool good;
	int fd;

	if (version < 1)
		return false;
	fd = (int)syscall(LANDLOCK_CREATE, &rules, version >= 4 ? sizeof rules : sizeof rules.files, 0);
	if (fd < 0)
		return false;
	good = permit(fd, "/dev/tty", ACCESS_WRITE | truncate) && permit(fd, "/dev/null", ACCESS_WRITE | truncate);
	for (size_t i = 0; good && i < count; i++)
		good = permit(fd, places[i], permitted);
	good = good && syscall(LANDLOCK_RESTRICT, fd, 0) == 0;
	close(fd);
	return good;
}
#else
bool
sandbox_refuse_places(const char *const *places, size_t count)
{
	(void)places;
	(void)count;
	return false;
}
#endif
