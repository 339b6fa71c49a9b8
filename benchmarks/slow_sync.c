/* A slower disk: each sync takes SLOW_SYNC_US microseconds more.
 *
 * For LD_PRELOAD. SQLite syncs its log by fdatasync, other files by fsync.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

typedef int (*sync_function)(int);

static void wait_longer(void)
{
    const char *given = getenv("SLOW_SYNC_US");
    long added_us = given ? atol(given) : 0;
    struct timespec rest = {added_us / 1000000, added_us % 1000000 * 1000};

    nanosleep(&rest, NULL);
}

int fdatasync(int descriptor)
{
    sync_function real = (sync_function)dlsym(RTLD_NEXT, "fdatasync");
    int result = real(descriptor);

    wait_longer();
    return result;
}

int fsync(int descriptor)
{
    sync_function real = (sync_function)dlsym(RTLD_NEXT, "fsync");
    int result = real(descriptor);

    wait_longer();
    return result;
}
