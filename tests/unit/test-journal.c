/* SPDX-License-Identifier: ISC */
/* The journal's native protocol as a journal hears it: the bytes, the credentials, the sealed
 * file for what is too large; and the same bytes that libsystemd sends for the same fields. */
#include "unit.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "record/fields.h"
#include "record/journal.h"
#include "unit-config.h"
#if HAVE_SYSTEMD
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>
#endif

WORLD_FOR_EACH_TEST;

/* One datagram with what came beside it. */
struct heard {
    char data[65536];
    ssize_t length;
    struct ucred credentials;
    int fd;
};

static void hear(int socket_fd, struct heard *ret)
{
    union {
        char bytes[256];
        struct cmsghdr align;
    } control;
    struct iovec part = { ret->data, sizeof(ret->data) };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                              .msg_controllen = sizeof(control.bytes) };

    ret->fd = -1;
    memset(&ret->credentials, 0xff, sizeof(ret->credentials));
    ret->length = recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); ret->length >= 0 && c != NULL;
         c = CMSG_NXTHDR(&message, c)) {
        if (c->cmsg_type == SCM_CREDENTIALS)
            memcpy(&ret->credentials, CMSG_DATA(c), sizeof(ret->credentials));
        if (c->cmsg_type == SCM_RIGHTS)
            memcpy(&ret->fd, CMSG_DATA(c), sizeof(ret->fd));
    }
}

static void as_documented(void **state)
{
    static const char wanted[] = "MESSAGE=hello\n"
                                 "AA_EMPTY=\n"
                                 "AA_LINES\n\x0b\0\0\0\0\0\0\0first\nsecon\n"
                                 "AA_EQUALS=a=b\n";
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    struct heard heard;
    int descriptors = world_open_descriptors();

    (void)state;
    aa_field_add(&fields, "MESSAGE", "hello");
    aa_field_add(&fields, "AA_EMPTY", "");
    aa_field_add(&fields, "AA_LINES", "first\nsecon");
    aa_field_add(&fields, "AA_EQUALS", "a=b");
    assert_int_equal(aa_journal_send(&world.site, &fields), 0);
    assert_int_equal(world_open_descriptors(), descriptors);
    hear(world.journal_fd, &heard);
    assert_int_equal(heard.length, sizeof(wanted) - 1);
    assert_memory_equal(heard.data, wanted, sizeof(wanted) - 1);
    assert_int_equal(heard.fd, -1);
    assert_int_equal(heard.credentials.pid, getpid());
    assert_int_equal(heard.credentials.uid, geteuid());
    assert_int_equal(heard.credentials.gid, getegid());
}

/* Inside sudo the real uid is the user's: the record has to come from root all the same. */
static void from_root_whatever_the_real_uid(void **state)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    struct heard heard;
    pid_t pid;
    int status;

    (void)state;
    if (geteuid() != 0)
        skip_because("another real uid needs root");
    aa_field_add(&fields, "MESSAGE", "x");
    pid = fork();
    if (pid == 0)
        _exit(setresuid(65534, 0, 0) != 0 || aa_journal_send(&world.site, &fields) != 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    hear(world.journal_fd, &heard);
    assert_int_equal(heard.credentials.uid, 0);
    assert_int_equal(heard.credentials.pid, pid);
}

static void large_records_are_sealed_files(void **state)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    _cleanup_buffer_ struct aa_buffer content = AA_BUFFER_INIT(0);
    static char value[900 * 1024];
    struct heard heard;
    struct stat st;

    (void)state;
    memset(value, 'v', sizeof(value) - 1);
    aa_field_add(&fields, "BIG", value);
    aa_field_add(&fields, "SMALL", "1");
    assert_int_equal(aa_journal_send(&world.site, &fields), 0);
    hear(world.journal_fd, &heard);
    assert_int_equal(heard.length, 0);
    assert_true(heard.fd >= 0);
    assert_int_equal(heard.credentials.uid, geteuid());
    assert_int_equal(fcntl(heard.fd, F_GET_SEALS),
                     F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    assert_int_equal(fstat(heard.fd, &st), 0);
    assert_int_equal(st.st_size, sizeof(value) - 1 + strlen("BIG=\nSMALL=1\n"));
    close(heard.fd);
    assert_int_equal(aa_journal_send(&world.site, &fields), 0); /* again, read as a record */
    assert_int_equal(world_journal_next(&world, &content), 1);
    assert_string_equal(world_journal_value(&content, "SMALL"), "1");
}

static int under_file_limit(void)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    static char value[900 * 1024];
    struct rlimit none = { 0, 0 };

    memset(value, 'v', sizeof(value) - 1);
    aa_field_add(&fields, "BIG", value);
    signal(SIGXFSZ, SIG_DFL);
    if (setrlimit(RLIMIT_FSIZE, &none) != 0)
        return 1;
    return aa_journal_send(&world.site, &fields) != -EFBIG;
}

/* A file in memory is a file to the limit on file sizes too, which would end sudo by a signal. */
static void large_records_under_a_file_limit(void **state)
{
    int status;
    pid_t pid = fork();

    (void)state;
    if (pid == 0)
        _exit(under_file_limit());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void never_waits(void **state)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    int sent = 0, r;

    (void)state;
    aa_field_add(&fields, "MESSAGE", "x");
    alarm(10);
    while ((r = aa_journal_send(&world.site, &fields)) == 0 && sent < 100000)
        sent++; /* nobody reads: at some time the queue is full */
    alarm(0);
    assert_int_equal(r, -EAGAIN);
}

static void nobody_there(void **state)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    struct aa_site site = world.site;
    char path[300];
    int descriptors = world_open_descriptors();

    (void)state;
    aa_field_add(&fields, "MESSAGE", "x");
    site.journal_socket = world_path(&world, "no-such-socket");
    assert_int_equal(aa_journal_send(&site, &fields), -ENOENT);
    site.journal_socket = world_path(&world, "hosts"); /* a file, but no socket */
    assert_int_equal(aa_journal_send(&site, &fields), -ECONNREFUSED);
    memset(path, 'x', sizeof(path));
    path[0] = '/';
    path[sizeof(path) - 1] = '\0';
    site.journal_socket = path;
    assert_int_equal(aa_journal_send(&site, &fields), -ENAMETOOLONG);
    fields.length -= 1; /* no whole field any more */
    assert_int_equal(aa_journal_send(&world.site, &fields), -EBADMSG);
    assert_int_equal(world_open_descriptors(), descriptors);
}

#if HAVE_SYSTEMD
static const char *const compared[] = {
    "MESSAGE=a message", "PRIORITY=5", "SYSLOG_IDENTIFIER=actionapprove", "AA_EMPTY=",
    "AA_LINES=first\nsecond\n", "AA_EQUALS=a=b=c", "AA_BYTES=\xc3\xa9\xff\x01",
    "AA_NEWLINE=\n", "AA_TWICE=1", "AA_TWICE=2",
};

/* libsystemd knows only one place for the socket: a folder of our own is mounted there. */
static int compare_with_libsystemd(void)
{
    static struct heard ours, theirs;
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    struct sockaddr_un address = { .sun_family = AF_UNIX,
                                   .sun_path = "/run/systemd/journal/socket" };
    struct iovec parts[AA_ARRAY_SIZE(compared)];
    struct aa_site site = world.site;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1;

    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", "/run", "tmpfs", 0, NULL) != 0)
        return EXIT_SKIPPED;
    if (mkdir("/run/systemd", 0755) != 0 || mkdir("/run/systemd/journal", 0755) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) != 0)
        return 2;
    for (size_t i = 0; i < AA_ARRAY_SIZE(compared); i++) {
        const char *equal = strchr(compared[i], '=');
        char name[32];

        parts[i] = (struct iovec){ (void *)(uintptr_t)compared[i], strlen(compared[i]) };
        snprintf(name, sizeof(name), "%.*s", (int)(equal - compared[i]), compared[i]);
        aa_field_add(&fields, name, equal + 1);
    }
    if (sd_journal_sendv(parts, (int)AA_ARRAY_SIZE(parts)) < 0)
        return 3;
    hear(fd, &theirs);
    site.journal_socket = address.sun_path;
    if (aa_journal_send(&site, &fields) != 0)
        return 4;
    hear(fd, &ours);
    if (ours.length <= 0 || ours.length != theirs.length ||
        memcmp(ours.data, theirs.data, (size_t)ours.length) != 0) {
        fprintf(stderr, "ours (%zd):\n%.*s\ntheirs (%zd):\n%.*s\n", ours.length, (int)ours.length,
                ours.data, theirs.length, (int)theirs.length, theirs.data);
        return 5;
    }
    return 0;
}
#endif

static void same_as_libsystemd(void **state)
{
    (void)state;
#if HAVE_SYSTEMD
    {
        pid_t pid;
        int status;

        if (geteuid() != 0)
            skip_because("a socket in libsystemd's place needs root");
        pid = fork();
        if (pid == 0)
            _exit(compare_with_libsystemd());
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIPPED)
            skip_because("this host does not let mount over /run");
        assert_int_equal(status, 0);
    }
#else
    skip_because("libsystemd is not installed");
#endif
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(as_documented),
        TEST(from_root_whatever_the_real_uid),
        TEST(large_records_are_sealed_files),
        TEST(large_records_under_a_file_limit),
        TEST(never_waits),
        TEST(nobody_there),
        TEST(same_as_libsystemd),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
