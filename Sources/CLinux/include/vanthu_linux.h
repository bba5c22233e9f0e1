// What Linux has and Swift's Glibc does not show: calls with variable arguments and GNU's own structures.
#pragma once

// No core file, and nobody of the same user may trace the process or read its memory. 0, or -1 with errno.
int vanthu_forbid_dumps(void);

// Keeps every page that is touched out of swap. Only where the limit allows it, or a later allocation would fail. 0 or -1.
int vanthu_lock_memory(void);

// Lifts the limit on locked memory for this process and what it becomes. 0, or -1 where that is not allowed.
int vanthu_unlimit_locking(void);

// The user at the other end of a local socket, by the kernel. 0, or -1 with errno.
int vanthu_peer(int socket, unsigned *user);

// The next connection, closed in programs that are started, or -1 with errno.
int vanthu_accept(int socket);

// A folder that is only a place to look in: /proc/self/fd/N/name reaches what is in it. A descriptor, or -1 with errno.
int vanthu_open_folder(const char *path);
