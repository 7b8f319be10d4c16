/* SPDX-License-Identifier: ISC */
#include "unit.h"
#include "ask-support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "ask/entry.h"
#include "record/ledger-read.h"

int ask_folder(struct world *world)
{
    struct aa_fault fault = { 0 };
    int fd = -1;

    assert_int_equal(chmod(world->root, 0755), 0);
    check(aa_entry_folder(&world->site, &fd, &fault) == 0, "%s", fault.detail);
    return fd;
}

static size_t look_into(const struct world *world, char ret_code[AA_CODE_SIZE])
{
    DIR *folder = opendir(world->run_dir);
    struct dirent *found;
    size_t n = 0;

    while (folder != NULL && (found = readdir(folder)) != NULL) {
        if (aa_streq(found->d_name, ".") || aa_streq(found->d_name, ".."))
            continue;
        n++;
        if (ret_code != NULL && aa_entry_is_name(found->d_name)) {
            assert_true(ret_code[0] == '\0');
            memcpy(ret_code, found->d_name, AA_CODE_SIZE);
        }
    }
    if (folder != NULL)
        closedir(folder);
    return n;
}

size_t ask_folder_count(const struct world *world)
{
    return look_into(world, NULL);
}

void ask_only_code(const struct world *world, char ret[AA_CODE_SIZE])
{
    ret[0] = '\0';
    (void)look_into(world, ret);
    assert_true(ret[0] != '\0');
}

void ask_set_login(const struct world *world, int pid, const char *login)
{
    char name[64];

    snprintf(name, sizeof(name), "proc/%d", pid);
    assert_true(mkdir(world_path(world, name), 0700) == 0 || errno == EEXIST);
    snprintf(name, sizeof(name), "proc/%d/loginuid", pid);
    if (login != NULL)
        world_write_text(world, name, login);
    else
        (void)unlink(world_path(world, name));
}

int ask_connect_by(int fd, const struct world *world, const char *code)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    snprintf(address.sun_path, sizeof(address.sun_path), "%.80s/%.16s.sock", world->run_dir, code);
    return connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 ? 0 : -errno;
}

int ask_connect(const struct world *world, const char *code)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    int r = fd < 0 ? -errno : ask_connect_by(fd, world, code);

    if (r == 0)
        return fd;
    aa_close_at(&fd);
    return r;
}

/* What is there within the time: bytes, 0 the end, -EAGAIN nothing, or another negative errno. */
static ssize_t receive(int fd, void *data, size_t size, int msec)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    ssize_t n = -1;

    if (poll(&wait, 1, msec) <= 0)
        return -EAGAIN;
    /* a reset is told once, before what was sent in front of it */
    for (int i = 0; i < 2 && n < 0 && (i == 0 || errno == ECONNRESET); i++)
        n = recv(fd, data, size, MSG_DONTWAIT);
    return n < 0 ? -errno : n;
}

int ask_read_greeting(int fd, struct aa_local_greeting *ret, struct aa_buffer *fields, int msec)
{
    static char data[AA_LOCAL_GREETING_MAX];
    ssize_t n = receive(fd, data, sizeof(data), msec);

    if (n == -EAGAIN)
        return ASK_SILENT;
    if (n <= 0)
        return ASK_CLOSED;
    if (n < (ssize_t)sizeof(*ret))
        return ASK_MALFORMED;
    memcpy(ret, data, sizeof(*ret));
    if (ret->version != AA_LOCAL_VERSION || ret->fields_length != (size_t)n - sizeof(*ret))
        return ASK_MALFORMED;
    if (fields != NULL)
        aa_buffer_add(fields, data + sizeof(*ret), ret->fields_length);
    return ASK_MESSAGE;
}

int ask_read_reply(int fd, struct aa_local_reply *ret, int msec)
{
    ssize_t n = receive(fd, ret, sizeof(*ret), msec);

    if (n == -EAGAIN)
        return ASK_SILENT;
    if (n <= 0)
        return ASK_CLOSED;
    return n == (ssize_t)sizeof(*ret) && ret->version == AA_LOCAL_VERSION &&
                   memchr(ret->text, '\0', sizeof(ret->text)) != NULL ?
               ASK_MESSAGE :
               ASK_MALFORMED;
}

struct aa_local_message ask_message(const struct aa_local_greeting *greeting, uint32_t op,
                                    const char *digest, const char *reason)
{
    struct aa_local_message message;

    memset(&message, 0, sizeof(message));
    message.version = AA_LOCAL_VERSION;
    message.op = op;
    memcpy(message.nonce, greeting->nonce, sizeof(message.nonce));
    if (digest != NULL)
        snprintf(message.digest, sizeof(message.digest), "%s", digest);
    if (reason != NULL) {
        message.reason_length = (uint32_t)strlen(reason);
        memcpy(message.reason, reason, AA_MIN(strlen(reason), sizeof(message.reason)));
    }
    return message;
}

bool ask_send(int fd, const void *data, size_t length, int passed)
{
    union {
        char bytes[CMSG_SPACE(256 * sizeof(int))];
        struct cmsghdr align;
    } control = { .bytes = { 0 } };
    struct iovec part = { (void *)(uintptr_t)data, length };
    struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
    int descriptor = passed > 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
    ssize_t n;

    if (passed > 0) {
        struct cmsghdr *c = &control.align;

        header.msg_control = control.bytes;
        header.msg_controllen = CMSG_SPACE((size_t)passed * sizeof(int));
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN((size_t)passed * sizeof(int));
        for (int i = 0; i < passed; i++)
            memcpy(CMSG_DATA(c) + (size_t)i * sizeof(int), &descriptor, sizeof(int));
    }
    n = sendmsg(fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
    aa_close_at(&descriptor);
    return n == (ssize_t)length;
}

int ask_fork(uid_t uid, int (*function)(void *context), void *context)
{
    int pid = fork();

    assert_true(pid >= 0);
    if (pid != 0)
        return pid;
    if (uid != geteuid() && (setgroups(0, NULL) != 0 || setresgid(uid, uid, uid) != 0 ||
                     setresuid(uid, uid, uid) != 0))
        _exit(99);
    _exit(function(context));
}

int ask_join(int pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* ---- entries ---- */

int ask_create_entry(const struct world *world, struct aa_entry *ret, const char *code,
                     struct aa_fault *fault)
{
    static const unsigned char digest[AA_SHA256_SIZE] = "01234567890123456789012345678901";
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    struct aa_request_id id = { .bytes = { 0 } };

    snprintf(id.code, sizeof(id.code), "%s", code);
    snprintf(id.hex, sizeof(id.hex), "%.4s%.4s000000000000000000000000", code, code + 5);
    aa_field_add(&fields, "AA_REQUEST", id.code);
    aa_field_add(&fields, "AA_ID", id.hex);
    return aa_entry_create(&world->site, ret, &id, 1234, digest, &fields, fault);
}

struct aa_entry ask_shown_entry(const struct world *world, const char *code,
                                enum aa_entry_state state)
{
    struct aa_fault fault = { 0 };
    struct aa_entry entry;

    check(ask_create_entry(world, &entry, code, &fault) == 0, "%s", fault.detail);
    check(aa_entry_show(&entry, &fault) == 0, "%s", fault.detail);
    assert_int_equal(aa_entry_set_state(&entry, state), 0);
    return entry;
}

void ask_vanish(struct aa_entry *entry)
{
    close(entry->fd);
    close(entry->folder_fd);
    entry->fd = entry->folder_fd = -1;
}

/* ---- a fake owner ---- */

struct ask_heard ask_heard;

static enum aa_local_standing fake_standing(void *context, const struct aa_peer *peer)
{
    assert_ptr_equal(context, &ask_heard);
    ask_heard.asked++;
    ask_heard.peer = *peer;
    return ask_heard.standing;
}

static int fake_describe(void *context, struct aa_buffer *fields)
{
    assert_ptr_equal(context, &ask_heard);
    aa_field_add(fields, "AA_TEST", "only for those who may see it");
    return ask_heard.describe_result;
}

static void fake_said(void *context, const struct aa_local_said *said, struct aa_local_reply *reply)
{
    assert_ptr_equal(context, &ask_heard);
    ask_heard.n++;
    ask_heard.op = said->op;
    ask_heard.peer = *said->peer;
    ask_heard.has_reason = said->reason != NULL;
    snprintf(ask_heard.reason, sizeof(ask_heard.reason), "%s",
             said->reason != NULL ? said->reason : "");
    reply->result = AA_LOCAL_COUNTED;
    reply->verdict = ask_heard.verdict;
    snprintf(reply->text, sizeof(reply->text), "taken");
}

struct aa_local_owner ask_fake_owner(void)
{
    ask_heard = (struct ask_heard){ .standing = AA_LOCAL_APPROVER };
    return (struct aa_local_owner){ fake_standing, fake_describe, fake_said, &ask_heard };
}

void ask_turn(struct aa_local *local)
{
    struct pollfd fds[AA_LOCAL_POLL_MAX];
    size_t n = aa_local_poll(local, fds);

    assert_true(poll(fds, n, 0) >= 0);
    aa_local_process(local, fds, n);
}

/* ---- people who answer ---- */

struct voting {
    struct world *world;
    const char *code;
    uid_t uid;
    uint32_t op;
    int to_test, from_test;
};

static int vote(void *context)
{
    static struct aa_buffer fields = AA_BUFFER_INIT(AA_LOCAL_GREETING_MAX);
    struct voting *voting = context;
    struct aa_local_greeting greeting = { 0 };
    struct aa_local_message message;
    struct aa_local_reply reply = { 0 };
    const char *digest;
    char login[32], byte;
    int fd, r;

    /* nothing of the waiting process: its locks and connections would live on here */
    ask_must(dup2(voting->to_test, 1) == 1 && dup2(voting->from_test, 0) == 0 &&
             close_range(3, ~0u, 0) == 0);
    voting->to_test = 1;
    voting->from_test = 0;
    snprintf(login, sizeof(login), "%u", voting->uid);
    ask_set_login(voting->world, getpid(), login);
    ask_must(setgroups(0, NULL) == 0 && setresgid(voting->uid, voting->uid, voting->uid) == 0 &&
             setresuid(voting->uid, voting->uid, voting->uid) == 0);
    fd = ask_connect(voting->world, voting->code);
    ask_must(fd >= 0);
    ask_must(write(voting->to_test, "c", 1) == 1);
    ask_must(read(voting->from_test, &byte, 1) == 1);
    r = ask_read_greeting(fd, &greeting, &fields, 20000);
    digest = world_field(&fields, "AA_DIGEST");
    if (r != ASK_MESSAGE || greeting.standing == AA_LOCAL_STRANGER || digest == NULL) {
        ask_must(write(voting->to_test, "s", 1) == 1);
        return r == ASK_MESSAGE ? 200 + (int)greeting.standing : 0;
    }
    message = ask_message(&greeting, voting->op, digest, "because");
    ask_must(ask_send(fd, &message, sizeof(message), 0));
    ask_must(write(voting->to_test, "s", 1) == 1);
    r = ask_read_reply(fd, &reply, 20000);
    ask_must(write(voting->to_test, &reply, sizeof(reply)) == (ssize_t)sizeof(reply));
    return r == ASK_MESSAGE ? (int)reply.result : 0;
}

static void await(const struct ask_voter *voter, char wanted)
{
    char byte = 0;

    if (read(voter->from, &byte, 1) != 1 || byte != wanted)
        fprintf(stderr, "a voter did not do '%c'\n", wanted);
}

struct ask_voter ask_voter_start(struct world *world, const char *code, uid_t uid, uint32_t op)
{
    struct voting voting = { world, code, uid, op, -1, -1 };
    struct ask_voter voter;
    int up[2], down[2];

    if (pipe2(up, O_CLOEXEC) != 0 || pipe2(down, O_CLOEXEC) != 0)
        abort();
    voting.to_test = up[1];
    voting.from_test = down[0];
    voter = (struct ask_voter){ .from = up[0], .to = down[1] };
    voter.pid = ask_fork(0, vote, &voting);
    close(up[1]);
    close(down[0]);
    await(&voter, 'c');
    return voter;
}

void ask_voter_go(struct ask_voter *voter, bool sent)
{
    if (write(voter->to, "g", 1) != 1)
        abort();
    if (sent)
        await(voter, 's');
}

int ask_voter_end(struct ask_voter *voter, struct aa_local_reply *ret)
{
    char data[1 + sizeof(*ret)];
    size_t n = 0;
    ssize_t r;

    while (n < sizeof(data) && (r = read(voter->from, data + n, sizeof(data) - n)) > 0)
        n += (size_t)r;
    if (ret != NULL && n >= sizeof(*ret))
        memcpy(ret, data + n - sizeof(*ret), sizeof(*ret));
    close(voter->from);
    close(voter->to);
    return ask_join(voter->pid);
}

/* ---- the requester ---- */

struct ask_talk ask_talk;

static void tell(void *context, enum aa_hearer hearer, const char *text)
{
    struct ask_talk *talk = context;
    size_t n = strlen(talk->text);

    talk->told++;
    talk->objects += hearer == AA_HEARER_PROGRAM;
    snprintf(talk->text + n, sizeof(talk->text) - n, "%s", text);
    if (talk->step != NULL)
        talk->step(talk->told, text);
}

static int prompt(void *context, const char *text, bool hidden, char *ret, size_t size)
{
    struct ask_talk *talk = context;
    const char *line = talk->typed != NULL ? talk->typed[talk->prompts] : NULL;

    snprintf(talk->asked, sizeof(talk->asked), "%s%s", hidden ? "(hidden) " : "", text);
    talk->prompts++;
    if (line == NULL)
        return -ENODATA;
    snprintf(ret, size, "%s", line);
    return 0;
}

struct aa_question ask_question(void (*step)(unsigned told, const char *text))
{
    static char command[] = "/usr/bin/head", *argv[] = { command, NULL }, cwd[4096];
    struct aa_question question = world_question();

    memset(&ask_talk, 0, sizeof(ask_talk));
    ask_talk.step = step;
    question.command = command;
    question.argv = argv;
    question.tty = NULL;
    question.cwd = getcwd(cwd, sizeof(cwd)); /* asked about is where it really is */
    question.conversation = (struct aa_conversation){ .tell = tell, .prompt = prompt,
                                                      .context = &ask_talk };
    return question;
}

/* ---- records ---- */

/* Hands over each record of a request. */
static void read_records(const struct world *world, const char *code,
                         void (*each)(void *context, const struct aa_buffer *fields), void *context)
{
    struct aa_ledger_reader reader;
    struct aa_fault fault = { 0 };
    const char *why = "";
    int r = aa_ledger_reader_open(&world->site, &reader, &fault);

    check(r == 0, "the ledger cannot be opened: %s", fault.detail);
    while ((r = aa_ledger_reader_next(&reader, &why)) == AA_LEDGER_RECORD) {
        const char *of = world_field(&reader.payload, "AA_REQUEST");

        if (code == NULL || (of != NULL && aa_streq(of, code)))
            each(context, &reader.payload);
    }
    check(r == AA_LEDGER_END, "the chain is not whole: %s", why);
    aa_ledger_reader_close(&reader);
}

static char events[4096];

static void add_event(void *context, const struct aa_buffer *fields)
{
    size_t n = strlen(events);

    (void)context;
    n += (size_t)snprintf(events + n, sizeof(events) - n, "%s%s", n > 0 ? " " : "",
                          world_field(fields, "AA_EVENT"));
    assert_true(n < sizeof(events));
}

const char *ask_events(const struct world *world, const char *code)
{
    events[0] = '\0';
    read_records(world, code, add_event, NULL);
    return events;
}

struct wanted {
    const char *event, *field;
    bool found;
    char value[65536];
};

static void find_field(void *context, const struct aa_buffer *fields)
{
    struct wanted *wanted = context;
    const char *value;

    if (!aa_streq(world_field(fields, "AA_EVENT"), wanted->event))
        return;
    value = world_field(fields, wanted->field);
    wanted->found = value != NULL;
    snprintf(wanted->value, sizeof(wanted->value), "%s", value != NULL ? value : "");
}

const char *ask_field_of(const struct world *world, const char *code, const char *event,
                         const char *field)
{
    static struct wanted wanted;

    wanted = (struct wanted){ .event = event, .field = field };
    read_records(world, code, find_field, &wanted);
    return wanted.found ? wanted.value : NULL;
}
