/* SPDX-License-Identifier: ISC */
/* The local channel among many processes: that an answer is the greeted process's own, how many may
 * be connected and for how long, and what happens where descriptors run out. */
#include "unit.h"
#include "ask-support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define CODE "7F3K-9QXM"
#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct world world;
static struct aa_local *local;
static int folder, descriptors;

static int set_up(void **state)
{
    struct aa_local_owner owner = ask_fake_owner();
    struct aa_fault fault = { 0 };

    (void)state;
    world_make(&world);
    descriptors = world_open_descriptors();
    folder = ask_folder(&world);
    ask_set_login(&world, getpid(), "4711");
    check(aa_local_open(&world.site, folder, CODE, DIGEST, &owner, &local, &fault) == 0, "%s",
          fault.detail);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    local = aa_local_close(local, NULL);
    assert_int_equal(ask_folder_count(&world), 0);
    close(folder);
    check(world_open_descriptors() == descriptors, "a descriptor is left open");
    world_remove(&world);
    return 0;
}

static int greeted(struct aa_local_greeting *greeting)
{
    int fd = ask_connect(&world, CODE);

    check(fd >= 0, "%s", strerror(-fd));
    ask_turn(local);
    assert_int_equal(ask_read_greeting(fd, greeting, NULL, 0), ASK_MESSAGE);
    return fd;
}

/* ---- whose answer it is ---- */

struct two { /* two processes that hold one connection */
    int fd;
    int pipe_fds[2];    /* from the child: it connected; */
    int go_fds[2];      /* to the child: go on */
    bool child_connects, child_sends, child_dies;
    struct aa_local_message message;
};

static int second_process(void *context)
{
    struct two *two = context;
    char byte = '+';

    close(two->go_fds[1]);
    if (two->child_connects && ask_connect_by(two->fd, &world, CODE) < 0)
        return 1;
    if (write(two->pipe_fds[1], &byte, 1) != 1 || 
        read(two->go_fds[0], &two->message, sizeof(two->message)) <= 0)
        return 2;
    if (two->child_sends && !ask_send(two->fd, &two->message, sizeof(two->message), 0))
        return 3;
    /* it stays until it is told to go */
    return two->child_dies ? 0 : (int)read(two->go_fds[0], &two->message, sizeof(two->message));
}

/* Of two processes that hold the same connection only the one that connected is heard. */
static void check_two(bool child_connects, bool child_sends, bool dies, uint32_t op, uint32_t wanted)
{
    struct two two = { .fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0),
                       .child_connects = child_connects, .child_sends = child_sends,
                       .child_dies = dies };
    struct aa_local_greeting greeting;
    struct aa_local_reply reply;
    char byte;
    int pid;

    assert_int_equal(pipe2(two.pipe_fds, O_CLOEXEC), 0);
    assert_int_equal(pipe2(two.go_fds, O_CLOEXEC), 0);
    if (!child_connects)
        assert_int_equal(ask_connect_by(two.fd, &world, CODE), 0);
    pid = ask_fork(geteuid(), second_process, &two);
    ask_set_login(&world, pid, "4711");
    assert_int_equal(read(two.pipe_fds[0], &byte, 1), 1);
    ask_turn(local);
    assert_int_equal(ask_read_greeting(two.fd, &greeting, NULL, 0), ASK_MESSAGE);
    two.message = ask_message(&greeting, op, DIGEST, NULL);
    ask_heard.n = 0;
    if (!child_sends)
        assert_true(ask_send(two.fd, &two.message, sizeof(two.message), 0));
    if (child_sends || dies) {
        assert_int_equal(write(two.go_fds[1], &two.message, sizeof(two.message)),
                         sizeof(two.message));
        if (dies)
            assert_int_equal(ask_join(pid), 0); /* its pid may be somebody else's now */
        else
            usleep(100 * 1000);
    }
    ask_turn(local);
    check(ask_heard.n == (wanted == AA_LOCAL_COUNTED), "connected by the %s, sent by the %s%s: heard",
          child_connects ? "child" : "parent", child_sends ? "child" : "parent",
          dies ? ", which died" : "");
    assert_int_equal(ask_read_reply(two.fd, &reply, 0), ASK_MESSAGE);
    assert_int_equal(reply.result, wanted);
    close(two.go_fds[1]);
    if (!dies)
        (void)ask_join(pid);
    close(two.fd);
    close(two.pipe_fds[0]);
    close(two.pipe_fds[1]);
    close(two.go_fds[0]);
}

static void only_who_was_greeted_is_heard(void **state)
{
    (void)state;
    check_two(false, false, false, AA_LOCAL_APPROVE, AA_LOCAL_COUNTED);
    check_two(true, false, false, AA_LOCAL_APPROVE, AA_LOCAL_MALFORMED);
    check_two(false, true, false, AA_LOCAL_APPROVE, AA_LOCAL_MALFORMED);
    check_two(true, false, true, AA_LOCAL_CANCEL, AA_LOCAL_MALFORMED);
    check_two(true, true, true, AA_LOCAL_APPROVE, AA_LOCAL_MALFORMED); /* gone before it was read */
    check_two(true, true, false, AA_LOCAL_DENY, AA_LOCAL_COUNTED);
    ask_heard.standing = AA_LOCAL_ROOT;
    check_two(true, false, false, AA_LOCAL_JOIN, AA_LOCAL_MALFORMED);
}

static bool has_ended(int pid)
{
    siginfo_t info = { 0 };

    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

static int just_connect(void *context)
{
    int fd = ask_connect(&world, CODE);

    (void)context;
    return fd < 0; /* closed by the exit */
}

/* Who is gone before it is looked at is nobody, whatever /proc says of its number. */
static void gone_before_the_greeting(void **state)
{
    (void)state;
    for (int reaped = 0; reaped < 2; reaped++) {
        int pid = ask_fork(geteuid(), just_connect, NULL);

        ask_set_login(&world, pid, "0");
        while (!has_ended(pid))
            usleep(1000);
        if (reaped)
            assert_int_equal(ask_join(pid), 0);
        ask_turn(local);
        if (!reaped)
            assert_int_equal(ask_join(pid), 0);
        assert_int_equal(ask_heard.asked, 0);
    }
    assert_int_equal(world_open_descriptors(), descriptors + 2);
}

struct became { /* a process that connects as one user and answers as another */
    uid_t connects, sends;
};

static int become(void *context)
{
    const struct became *who = context;
    struct aa_local_message message;
    struct aa_local_greeting greeting;
    struct aa_local_reply reply;
    int fd;

    if (setresuid(who->connects, who->connects, 0) != 0 ||
        (fd = ask_connect(&world, CODE)) < 0 ||
        ask_read_greeting(fd, &greeting, NULL, 5000) != ASK_MESSAGE || setresuid(0, 0, 0) != 0 ||
        setresuid(who->sends, who->sends, who->sends) != 0)
        return 100;
    message = ask_message(&greeting, AA_LOCAL_APPROVE, DIGEST, NULL);
    if (!ask_send(fd, &message, sizeof(message), 0) ||
        ask_read_reply(fd, &reply, 5000) != ASK_MESSAGE)
        return 101;
    return (int)reply.result;
}

static void one_uid_from_start_to_end(void **state)
{
    static const struct became rows[] = { { 65533, 65533 }, { 65533, 65532 }, { 65533, 0 }, { 0, 65533 } };

    (void)state;
    ASK_REQUIRE_ROOT();
    for (size_t i = 0; i < AA_ARRAY_SIZE(rows); i++) {
        bool same = rows[i].connects == rows[i].sends;
        int pid, result;

        ask_heard.n = ask_heard.asked = 0;
        pid = ask_fork(0, become, (void *)(uintptr_t)&rows[i]);
        ask_set_login(&world, pid, "4711");
        for (int turns = 0; turns < 5000 && !has_ended(pid); turns++) {
            ask_turn(local);
            usleep(1000);
        }
        result = ask_join(pid);
        check(result == (same ? AA_LOCAL_COUNTED : AA_LOCAL_MALFORMED), "row %zu: %d", i, result);
        assert_int_equal(ask_heard.n, same);
        assert_int_equal(ask_heard.asked, 1);
        assert_int_equal(ask_heard.peer.uid, rows[i].connects);
    }
}

/* ---- how many, and how long ---- */

static int connect_as(uid_t uid)
{
    int fd;

    if (uid != 0)
        assert_int_equal(setresuid(uid, uid, 0), 0);
    fd = ask_connect(&world, CODE);
    if (uid != 0)
        assert_int_equal(setresuid(0, 0, 0), 0);
    return fd;
}

static bool is_greeted(int fd)
{
    struct aa_local_greeting greeting;
    int r;

    ask_turn(local);
    r = ask_read_greeting(fd, &greeting, NULL, 0);
    assert_true(r == ASK_MESSAGE || r == ASK_CLOSED);
    return r == ASK_MESSAGE;
}

static void so_many_of_one_user(void **state)
{
    int fds[AA_LOCAL_CONNECTIONS_OF_UID_MAX + 1];

    (void)state;
    for (int i = 0; i <= AA_LOCAL_CONNECTIONS_OF_UID_MAX; i++) {
        fds[i] = ask_connect(&world, CODE);
        check(is_greeted(fds[i]) == (i < AA_LOCAL_CONNECTIONS_OF_UID_MAX), "the %d. of one user", i + 1);
    }
    close(fds[3]);
    ask_turn(local);
    fds[3] = ask_connect(&world, CODE);
    assert_true(is_greeted(fds[3]));
    for (int i = 0; i <= AA_LOCAL_CONNECTIONS_OF_UID_MAX; i++)
        close(fds[i]);
}

static void so_many_in_all(void **state)
{
    int fds[AA_LOCAL_CONNECTIONS_MAX], more;
    enum { USERS = AA_LOCAL_CONNECTIONS_MAX / AA_LOCAL_CONNECTIONS_OF_UID_MAX };

    (void)state;
    ASK_REQUIRE_ROOT();
    for (int i = 0; i < AA_LOCAL_CONNECTIONS_MAX; i++) {
        fds[i] = connect_as((uid_t)(60000 + i % USERS));
        check(is_greeted(fds[i]), "the %d. in all", i + 1);
    }
    more = connect_as(61000);
    assert_false(is_greeted(more));
    close(more);
    close(fds[0]);
    ask_turn(local);
    more = connect_as(61000);
    assert_true(is_greeted(more));
    close(more);
    for (int i = 1; i < AA_LOCAL_CONNECTIONS_MAX; i++)
        close(fds[i]);
}

/* Strangers get no place, and of a flood only so many are looked at in one turn. Who is one is
 * remembered for a moment: to look somebody up may be slow. */
static void strangers_take_no_place(void **state)
{
    int fds[AA_LOCAL_ACCEPTS_AT_ONCE + 8];
    struct aa_local_greeting greeting;

    (void)state;
    ask_heard.standing = AA_LOCAL_STRANGER;
    for (size_t i = 0; i < AA_ARRAY_SIZE(fds); i++)
        fds[i] = ask_connect(&world, CODE);
    ask_turn(local);
    for (size_t i = 0; i < AA_ARRAY_SIZE(fds); i++) {
        if (i == AA_LOCAL_ACCEPTS_AT_ONCE) {
            assert_int_equal(ask_read_greeting(fds[i], &greeting, NULL, 0), ASK_SILENT);
            ask_turn(local);
        }
        assert_int_equal(ask_read_greeting(fds[i], &greeting, NULL, 0), ASK_MESSAGE);
        assert_int_equal(greeting.standing, AA_LOCAL_STRANGER);
        assert_int_equal(ask_read_greeting(fds[i], &greeting, NULL, 0), ASK_CLOSED);
        close(fds[i]);
    }
    assert_int_equal(ask_heard.asked, 1);
    assert_int_equal(world_open_descriptors(), descriptors + 2);
    /* another login identity is somebody else, and so is the same one a moment later */
    ask_heard.standing = AA_LOCAL_APPROVER;
    ask_set_login(&world, getpid(), "4712");
    close(greeted(&greeting));
    assert_int_equal(greeting.standing, AA_LOCAL_APPROVER);
    ask_set_login(&world, getpid(), "4711");
    close(greeted(&greeting));
    assert_int_equal(greeting.standing, AA_LOCAL_STRANGER);
    world_boottime_offset_usec += 1000000;
    close(greeted(&greeting));
    assert_int_equal(greeting.standing, AA_LOCAL_APPROVER);
    ask_turn(local);
}

static void five_seconds_to_answer(void **state)
{
    uint64_t before = world.site.boottime_usec();
    struct aa_local_greeting greeting;
    struct aa_local_message message;
    struct aa_local_reply reply;
    int slow, fast;

    (void)state;
    assert_true(aa_local_wakes_at(local) == UINT64_MAX);
    slow = greeted(&greeting);
    assert_in_range(aa_local_wakes_at(local) - before, 5000000, 5999999);
    world_boottime_offset_usec += 3000000;
    fast = greeted(&greeting);
    assert_in_range(aa_local_wakes_at(local) - before, 5000000, 5999999); /* the first one's */
    world_realtime_offset_usec += INT64_C(3600) * 1000000; /* has no say */
    world_boottime_offset_usec += 1500000;
    ask_turn(local);
    assert_int_equal(ask_read_reply(slow, &reply, 0), ASK_SILENT);
    world_boottime_offset_usec += 1000000;
    ask_turn(local);
    assert_int_equal(ask_read_reply(slow, &reply, 0), ASK_CLOSED);
    assert_int_equal(ask_read_reply(fast, &reply, 0), ASK_SILENT);
    /* what is there already counts, however late it is looked at: the deadline is the request's */
    message = ask_message(&greeting, AA_LOCAL_DENY, DIGEST, NULL);
    assert_true(ask_send(fast, &message, sizeof(message), 0));
    world_boottime_offset_usec += INT64_C(3600) * 1000000;
    ask_turn(local);
    assert_int_equal(ask_heard.n, 1);
    assert_int_equal(ask_read_reply(fast, &reply, 0), ASK_MESSAGE);
    assert_true(aa_local_wakes_at(local) == UINT64_MAX);
    close(slow);
    close(fast);
}

/* An answer that nobody looked at before the end: who sent it hears how it ended. */
static void an_answer_that_came_too_late(void **state)
{
    struct aa_local_reply last = { .version = AA_LOCAL_VERSION, .result = AA_LOCAL_OVER,
                                   .verdict = AA_LOCAL_EXPIRED, .text = "it is over" };
    struct aa_local_greeting greeting;
    struct aa_local_message message;
    struct aa_local_reply reply;
    int fd = greeted(&greeting);

    (void)state;
    message = ask_message(&greeting, AA_LOCAL_APPROVE, DIGEST, NULL);
    assert_true(ask_send(fd, &message, sizeof(message), 0));
    local = aa_local_close(local, &last);
    assert_int_equal(ask_heard.n, 0);
    assert_int_equal(ask_read_reply(fd, &reply, 0), ASK_MESSAGE);
    assert_memory_equal(&reply, &last, sizeof(last));
    close(fd);
}

/* ---- descriptors that run out ---- */

/* A turn in which only so many more can be opened; poll itself wants a limit for all of its list. */
static void turn_with(int more)
{
    struct pollfd fds[AA_LOCAL_POLL_MAX];
    size_t n = aa_local_poll(local, fds);
    struct rlimit before, now;
    int next = open("/dev/null", O_RDONLY | O_CLOEXEC);

    close(next);
    assert_true(poll(fds, n, 0) >= 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    now = before;
    now.rlim_cur = (rlim_t)(next + more);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
    aa_local_process(local, fds, n);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void no_descriptor_to_accept_with(void **state)
{
    struct pollfd fds[AA_LOCAL_POLL_MAX];
    int fd = ask_connect(&world, CODE);
    struct aa_local_greeting greeting;
    uint64_t now = world.site.boottime_usec();

    (void)state;
    turn_with(0);
    assert_int_equal(ask_heard.asked, 0);
    /* no spinning: it looks away for a moment */
    assert_in_range(aa_local_wakes_at(local) - now, 100000, 1000000);
    (void)aa_local_poll(local, fds);
    assert_int_equal(fds[0].fd, -1);
    ask_turn(local);
    assert_int_equal(ask_read_greeting(fd, &greeting, NULL, 0), ASK_SILENT);
    world_boottime_offset_usec += 2000000;
    ask_turn(local); /* looks at the socket again … */
    assert_true(aa_local_wakes_at(local) == UINT64_MAX);
    ask_turn(local);
    assert_int_equal(ask_read_greeting(fd, &greeting, NULL, 0), ASK_MESSAGE);
    close(fd);
}

/* With one or two left nobody is taken for somebody, and nothing leaks. */
static void hardly_any_descriptors(void **state)
{
    (void)state;
    for (int more = 0; more < 6; more++) {
        int fd = ask_connect(&world, CODE), r;
        struct aa_local_greeting greeting;

        turn_with(more);
        r = ask_read_greeting(fd, &greeting, NULL, 0);
        check(r != ASK_MALFORMED && (r != ASK_MESSAGE || more >= 2), "%d more: %d", more, r);
        close(fd);
        world_boottime_offset_usec += 2000000;
        ask_turn(local);
        ask_turn(local);
        assert_int_equal(world_open_descriptors(), descriptors + 2);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(only_who_was_greeted_is_heard),
        TEST(gone_before_the_greeting),
        TEST(one_uid_from_start_to_end),
        TEST(so_many_of_one_user),
        TEST(so_many_in_all),
        TEST(strangers_take_no_place),
        TEST(five_seconds_to_answer),
        TEST(an_answer_that_came_too_late),
        TEST(no_descriptor_to_accept_with),
        TEST(hardly_any_descriptors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
