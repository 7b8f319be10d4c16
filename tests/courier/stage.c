/* SPDX-License-Identifier: ISC */
#include "stage.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "base/io.h"
#include "base/wire.h"
#include "record/fields.h"

enum { SOON = 5000, COURIER_BYTES_MAX = 32 * 1024 * 1024 };

uint64_t stage_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

void stage_needs_root(void)
{
    if (geteuid() == 0)
        return;
    printf("only root can start a courier as another user\n");
    exit(EXIT_SKIPPED);
}

static void copy_program(struct stage *stage, const char *program)
{
    _cleanup_buffer_ struct aa_buffer bytes = AA_BUFFER_INIT(COURIER_BYTES_MAX);
    _cleanup_close_ int fd = open(program, O_RDONLY | O_CLOEXEC);

    check(fd >= 0 && aa_read_all(fd, &bytes) == 0, "%s cannot be read", program);
    world_write(&stage->world, "libexec/courier", bytes.data, bytes.length, 0755);
}

void stage_make(struct stage *stage, const char *program, const char *script)
{
    char policy[4096];
    struct aa_fault fault = { 0 };

    *stage = (struct stage){ 0 };
    world_make(&stage->world);
    assert_int_equal(mkdir(world_path(&stage->world, "libexec"), 0755), 0);
    assert_int_equal(mkdir(world_path(&stage->world, "secrets"), 0700), 0);
    world_write(&stage->world, "secrets/slack", "xoxb-secret\n", 12, 0600);
    copy_program(stage, program);
    snprintf(stage->program, sizeof(stage->program), "%s",
             world_path(&stage->world, "libexec/courier"));
    snprintf(stage->secrets, sizeof(stage->secrets), "%s", world_path(&stage->world, "secrets"));
    stage->world.site.courier = stage->program;
    stage->world.site.courier_user = "nobody";
    stage->world.site.secrets_dir = stage->secrets;
    snprintf(policy, sizeof(policy),
             "channel ops { type slack; room \"%s\"; token secret slack }\n"
             "channel here { type local }\n"
             "person bob { unix bob; slack U0BOB }\ngroup g { person bob }\n"
             "default ask ops; default from g\n", script);
    world_compile(policy, &stage->live);
    assert_int_equal(aa_snapshot_from_memory(stage->live.data, stage->live.length,
                                             &stage->snapshot, &fault), 0);
}

void stage_start(struct stage *stage)
{
    struct aa_fault fault = { 0 };
    int r = aa_courier_start(&stage->world.site, &stage->snapshot, 0, &stage->courier, &fault);

    check(r == 0, "the courier cannot be started: %s", fault.detail);
}

void stage_ask(struct stage *stage)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;

    aa_field_add(&fields, "AA_REQUEST", "7F3K-9QXM");
    aa_field_add(&fields, "AA_COMMAND", "/usr/bin/id -u");
    aa_field_add(&fields, AA_WIRE_QUORUM, "2");
    aa_field_add(&fields, AA_WIRE_DEADLINE, "1893456000000000");
    aa_field_add(&fields, AA_WIRE_FROM, "dba");
    aa_field_add(&fields, AA_WIRE_CHAT_GROUP, "S0DBA");
    aa_field_add(&fields, AA_WIRE_CHAT_GROUP, "S0OPS");
    assert_int_equal(aa_courier_ask(stage->courier, &fields), 0);
}

void stage_outcome(struct stage *stage, const char *event, bool last)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;

    aa_field_add(&fields, "AA_EVENT", event);
    aa_courier_outcome(stage->courier, &fields, last);
}

void stage_play(struct stage *stage, const char *program, const char *script)
{
    stage_make(stage, program, script);
    stage_start(stage);
    stage_ask(stage);
}

bool stage_next(struct stage *stage, int milliseconds)
{
    uint64_t end = stage_now() + (uint64_t)milliseconds;

    for (;;) {
        struct pollfd fd = { aa_courier_fd(stage->courier), aa_courier_events(stage->courier), 0 };
        uint64_t now = stage_now();

        aa_courier_process(stage->courier, &stage->event);
        if (stage->event.kind != AA_COURIER_NOTHING)
            return true;
        if (now >= end)
            return false;
        poll(&fd, 1, (int)(end - now));
    }
}

void stage_expect(struct stage *stage, enum aa_courier_event_kind kind, const char *text)
{
    check(stage_next(stage, SOON), "nothing came, instead of event %d \"%s\"", (int)kind, text);
    check(stage->event.kind == kind, "event %d \"%s\" instead of %d \"%s\"",
          (int)stage->event.kind, stage->event.text, (int)kind, text);
    if (kind != AA_COURIER_VOTE)
        check(strstr(stage->event.text, text) != NULL, "\"%s\" is not \"%s\"", stage->event.text,
              text);
    if (kind != AA_COURIER_FAILED)
        return;
    assert_int_equal(aa_courier_fd(stage->courier), -1);
    aa_courier_process(stage->courier, &stage->event); /* it stays over */
    assert_int_equal(stage->event.kind, AA_COURIER_NOTHING);
}

void stage_expect_nothing(struct stage *stage, int milliseconds)
{
    check(!stage_next(stage, milliseconds), "event %d \"%s\" came", (int)stage->event.kind,
          stage->event.text == NULL ? "" : stage->event.text);
}

pid_t stage_pid(const struct stage *stage)
{
    DIR *folder = opendir("/proc");
    struct dirent *entry;
    pid_t found = 0;

    assert_non_null(folder);
    while (found == 0 && (entry = readdir(folder)) != NULL) {
        char path[300], target[512];
        ssize_t n;

        snprintf(path, sizeof(path), "/proc/%s/exe", entry->d_name);
        n = entry->d_name[0] < '1' || entry->d_name[0] > '9'
                ? -1
                : readlink(path, target, sizeof(target) - 1);
        if (n > 0) {
            target[n] = '\0';
            found = aa_streq(target, stage->program) ? (pid_t)atoi(entry->d_name) : 0;
        }
    }
    closedir(folder);
    return found;
}

unsigned stage_wait_gone(const struct stage *stage, unsigned at_most)
{
    const struct timespec pause = { 0, 10 * 1000 * 1000 };
    uint64_t begun = stage_now();

    while (stage_pid(stage) != 0) {
        check(stage_now() - begun <= at_most, "the courier is there after %u ms", at_most);
        nanosleep(&pause, NULL);
    }
    return (unsigned)(stage_now() - begun);
}

int stage_listen_for_puppet(const struct stage *stage)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t n = strlen(stage->program);
    int door;

    memcpy(address.sun_path + 1, stage->program, n);
    door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(door, (struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n)), 0);
    assert_int_equal(listen(door, 1), 0);
    return door;
}

int stage_take_socket(int door, int *ret_strings)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    char byte;
    int fd = -1;
    struct iovec part = { &byte, 1 };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                              .msg_controllen = sizeof(control.bytes) };

    *ret_strings = accept4(door, NULL, NULL, SOCK_CLOEXEC);
    assert_true(*ret_strings >= 0);
    assert_int_equal(recvmsg(*ret_strings, &message, MSG_CMSG_CLOEXEC), 1);
    assert_non_null(CMSG_FIRSTHDR(&message));
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
    return fd;
}

void stage_remove(struct stage *stage)
{
    stage->courier = aa_courier_free(stage->courier, true);
    stage_wait_gone(stage, SOON);
    aa_buffer_free(&stage->live);
    world_remove(&stage->world);
}
