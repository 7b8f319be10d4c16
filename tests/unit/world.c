/* SPDX-License-Identifier: ISC */
#include "unit.h"
#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "base/trusted-file.h"
#include "capture/digest.h"
#include "language/compile.h"
#include "record/fields.h"
#include "record/ledger-read.h"
#include "record/ledger.h"

int64_t world_boottime_offset_usec, world_realtime_offset_usec;

static const char boot_id[] = "11111111-2222-3333-4444-555555555555";

static uint64_t now_usec(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static uint64_t boottime_usec(void)
{
    return now_usec(CLOCK_BOOTTIME) + (uint64_t)world_boottime_offset_usec;
}

static uint64_t realtime_usec(void)
{
    return now_usec(CLOCK_REALTIME) + (uint64_t)world_realtime_offset_usec;
}

const char *world_path(const struct world *world, const char *name)
{
    static char path[512];

    snprintf(path, sizeof(path), "%s/%s", world->root, name);
    return path;
}

void world_write(const struct world *world, const char *name, const void *data, size_t length,
                 mode_t mode)
{
    const char *path = world_path(world, name);
    int fd;

    (void)unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(aa_write_all(fd, data, length), 0);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

void world_write_text(const struct world *world, const char *name, const char *text)
{
    world_write(world, name, text, strlen(text), 0644);
}

static void make_folder(const struct world *world, const char *name)
{
    assert_int_equal(mkdir(world_path(world, name), 0700), 0);
    assert_int_equal(chmod(world_path(world, name), 0700), 0);
}

static int listen_as_journal(const struct world *world)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1;

    assert_true(fd >= 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%.100s", world->journal);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)), 0);
    return fd;
}

static void make_at(struct world *world, const char *folder)
{
    *world = (struct world){ .journal_fd = -1 };
    snprintf(world->root, sizeof(world->root), "%s/aa-unit-XXXXXX", folder);
    assert_non_null(mkdtemp(world->root));
#define BELOW(field, name) snprintf(world->field, sizeof(world->field), "%s/%s", world->root, name)
    BELOW(state_dir, "state");
    BELOW(config_dir, "etc");
    BELOW(pack_dir, "packs");
    BELOW(proc_dir, "proc");
    BELOW(journal, "journal");
    BELOW(machine_id, "machine-id");
    BELOW(hosts, "hosts");
    BELOW(run_dir, "run");
    BELOW(secrets_dir, "config/secrets");
#undef BELOW
    make_folder(world, "state");
    make_folder(world, "etc");
    make_folder(world, "packs");
    make_folder(world, "proc");
    make_folder(world, "proc/self");
    make_folder(world, "proc/sys");
    make_folder(world, "proc/sys/kernel");
    make_folder(world, "proc/sys/kernel/random");
    world_write_text(world, "proc/self/stat", "1 (test) R\n");
    world_write_text(world, "proc/self/loginuid", "4294967295");
    world_write_text(world, "proc/self/sessionid", "4294967295");
    world_write_text(world, "proc/sys/kernel/random/boot_id", boot_id);
    world_write_text(world, "machine-id", "0123456789abcdef0123456789abcdef\n");
    world_write_text(world, "hosts", "127.0.0.1 localhost\n");
    world->journal_fd = listen_as_journal(world);
    world->site = (struct aa_site){
        .state_dir = world->state_dir,
        .config_dir = world->config_dir,
        .pack_dir = world->pack_dir,
        .journal_socket = world->journal,
        .proc_dir = world->proc_dir,
        .machine_id = world->machine_id,
        .hosts = world->hosts,
        .run_dir = world->run_dir,
        .secrets_dir = world->secrets_dir,
        .courier = "/nonexistent/courier",
        .courier_user = "nobody",
        .trusted_root = world->root,
        .owner = geteuid(),
        .realtime_usec = realtime_usec,
        .boottime_usec = boottime_usec,
    };
    world_boottime_offset_usec = world_realtime_offset_usec = 0;
}

void world_make(struct world *world)
{
    make_at(world, "/tmp");
}

void world_make_in_memory(struct world *world)
{
    make_at(world, access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp");
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    return type == FTW_DP || type == FTW_DNR ? rmdir(path) : unlink(path);
}

void world_remove(struct world *world)
{
    if (world->journal_fd >= 0)
        close(world->journal_fd);
    nftw(world->root, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    *world = (struct world){ .journal_fd = -1 };
}

int world_state_fd(const struct world *world)
{
    int fd = open(world->state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

void world_compile(const char *policy, struct aa_buffer *ret)
{
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(AA_SOURCE_MAX);
    struct aa_compilation compilation;
    int r = aa_compile_text(policy, strlen(policy), 0, &compilation);

    aa_compilation_write(&words, &compilation);
    check(r == 0 && compilation.complaints.errors == 0, "the policy has errors (%d):\n%s\n%s", r,
          aa_buffer_text(&words), policy);
    *ret = (struct aa_buffer)AA_BUFFER_INIT(AA_SNAPSHOT_SIZE_MAX);
    aa_buffer_add(ret, compilation.snapshot.data, compilation.snapshot.length);
    assert_int_equal(ret->error, 0);
    aa_compilation_free(&compilation);
}

void world_apply_try(struct world *world, const char *policy, uint64_t until_usec)
{
    _cleanup_buffer_ struct aa_buffer snapshot = AA_BUFFER_INIT(0);
    unsigned char key[AA_KEY_SIZE];
    struct aa_snap_header *header;
    struct aa_fault fault = { 0 };
    struct stat st;
    int state_fd;

    world_compile(policy, &snapshot);
    if (until_usec != 0) {
        header = (struct aa_snap_header *)(void *)snapshot.data;
        header->try_until_boottime_usec = until_usec;
        memcpy(header->try_boot_id, boot_id, sizeof(boot_id));
        aa_snapshot_seal(snapshot.data, snapshot.length);
    }
    world_write(world, "state/live", snapshot.data, snapshot.length, 0600);
    if (stat(world_path(world, "state/key"), &st) != 0) {
        memset(key, 7, sizeof(key));
        world_write(world, "state/key", key, sizeof(key), 0600);
    }
    state_fd = world_state_fd(world);
    check(aa_ledger_create(&world->site, state_fd, &fault) >= 0, "no ledger: %s", fault.detail);
    close(state_fd);
}

void world_apply(struct world *world, const char *policy)
{
    world_apply_try(world, policy, 0);
}

/* ---- the journal ---- */

static void read_file_record(int fd, struct aa_buffer *ret)
{
    char chunk[4096];
    off_t at = 0;
    ssize_t n;

    aa_buffer_clear(ret);
    while ((n = pread(fd, chunk, sizeof(chunk), at)) > 0) {
        aa_buffer_add(ret, chunk, (size_t)n);
        at += n;
    }
    close(fd);
}

int world_journal_next(struct world *world, struct aa_buffer *ret)
{
    static char data[1024 * 1024];
    union {
        char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = { data, sizeof(data) };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                              .msg_controllen = sizeof(control.bytes) };
    ssize_t n = recvmsg(world->journal_fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

    if (n < 0)
        return 0;
    aa_buffer_free(ret);
    *ret = (struct aa_buffer)AA_BUFFER_INIT(8 * 1024 * 1024);
    aa_buffer_add(ret, data, (size_t)n);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c != NULL; c = CMSG_NXTHDR(&message, c)) {
        int fd;

        if (c->cmsg_type != SCM_RIGHTS)
            continue;
        memcpy(&fd, CMSG_DATA(c), sizeof(fd));
        read_file_record(fd, ret);
    }
    return 1;
}

void world_journal_drop_all(struct world *world)
{
    _cleanup_buffer_ struct aa_buffer datagram = AA_BUFFER_INIT(0);

    while (world_journal_next(world, &datagram) == 1)
        ;
}

const char *world_journal_value(const struct aa_buffer *datagram, const char *name)
{
    static char value[65536];
    size_t n = strlen(name);
    const char *p = datagram->data, *end = p + datagram->length;

    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *equal = newline == NULL ? NULL : memchr(p, '=', (size_t)(newline - p));
        uint64_t length = 0;

        if (newline == NULL)
            return NULL;
        if (equal != NULL) {
            if ((size_t)(equal - p) == n && memcmp(p, name, n) == 0) {
                snprintf(value, sizeof(value), "%.*s", (int)(newline - equal - 1), equal + 1);
                return value;
            }
            p = newline + 1;
            continue;
        }
        memcpy(&length, newline + 1, sizeof(length)); /* little endian, as these tests run */
        if ((size_t)(newline - p) == n && memcmp(p, name, n) == 0) {
            snprintf(value, sizeof(value), "%.*s", (int)length, newline + 9);
            return value;
        }
        p = newline + 9 + length + 1;
    }
    return NULL;
}

/* ---- the ledger ---- */

const char *world_field(const struct aa_buffer *fields, const char *name)
{
    static char value[65536];
    struct aa_reader reader = { (const unsigned char *)fields->data, fields->length };
    struct aa_field field;

    while (aa_field_next(&reader, &field) == 1) {
        if (field.name_length != strlen(name) || memcmp(field.name, name, field.name_length) != 0)
            continue;
        snprintf(value, sizeof(value), "%.*s", (int)field.value_length, field.value);
        return value;
    }
    return NULL;
}

size_t world_ledger_count(const struct world *world, struct aa_buffer *last)
{
    struct aa_ledger_reader reader;
    struct aa_fault fault = { 0 };
    const char *why;
    size_t n = 0;
    int r = aa_ledger_reader_open(&world->site, &reader, &fault);

    check(r == 0, "the ledger cannot be opened: %s", fault.detail);
    while ((r = aa_ledger_reader_next(&reader, &why)) == AA_LEDGER_RECORD) {
        n++;
        if (last == NULL)
            continue;
        aa_buffer_free(last);
        *last = (struct aa_buffer)AA_BUFFER_INIT(AA_LEDGER_RECORD_MAX);
        aa_buffer_add(last, reader.payload.data, reader.payload.length);
    }
    check(r == AA_LEDGER_END, "the chain is not whole behind record %zu: %s (%d)", n, why, r);
    aa_ledger_reader_close(&reader);
    return n;
}

/* ---- questions ---- */

struct aa_question world_question(void)
{
    static char name[] = "/usr/bin/id", option[] = "-u";
    static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", user[] = "USER=root";
    static char home[] = "HOME=/root", term[] = "TERM=xterm";
    static char sudo[] = "sudo", *submitted[] = { sudo, name, option, NULL };
    static char *argv[] = { name, option, NULL }, *envp[] = { path, user, home, term, NULL };
    static char *submitted_envp[] = { path, term, NULL };
    static char cwd[4096];

    return (struct aa_question){
        .interface = AA_INTERFACE,
        .frontend = AA_FROM_SUDO,
        .service = "sudo",
        .uid = 65534,
        .user = "nobody",
        .tty = "/dev/pts/7",
        .runas_user = "root",
        .runas_uid = 0,
        .runas_gid = 0,
        .command = name,
        .argv = argv,
        .envp = envp,
        .cwd = getcwd(cwd, sizeof(cwd)), /* a folder elsewhere would be one that was moved */
        .submitted_argv = submitted,
        .submitted_envp = submitted_envp,
    };
}

int world_open_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int n = 0;

    assert_non_null(folder);
    while (readdir(folder) != NULL)
        n++;
    closedir(folder);
    return n;
}
