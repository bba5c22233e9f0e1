#define _GNU_SOURCE
#include "vanthu_linux.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

int vanthu_forbid_dumps(void) {
    struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : -1;
}

int vanthu_unlimit_locking(void) {
    struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    return setrlimit(RLIMIT_MEMLOCK, &all);
}

int vanthu_lock_memory(void) {
    struct rlimit all;
    if (vanthu_unlimit_locking() != 0) {
        if (getrlimit(RLIMIT_MEMLOCK, &all) != 0 || all.rlim_cur != RLIM_INFINITY) return -1;
    }
    return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}

int vanthu_peer(int socket, unsigned *user) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
    *user = peer.uid;
    return 0;
}

int vanthu_accept(int socket) { return accept4(socket, NULL, NULL, SOCK_CLOEXEC); }

int vanthu_open_folder(const char *path) { return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC); }
