/* SPDX-License-Identifier: ISC */
#include "local-client.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "code-name.h"

#define SOCKET_SUFFIX ".sock"

enum {
    REQUESTS_MAX = 65536,
    AT_ONCE_MAX = 1024,
    OTHER_DESCRIPTORS = 24, /* of the tool and of the C library */
    AGAIN_USEC = 20 * 1000,
    REFUSED_USEC = 150 * 1000, /* a new request may refuse until its socket is ready */
};

void local_peer_begin(struct local_peer *peer, const char *code)
{
    *peer = (struct local_peer){ .fd = -1 };
    snprintf(peer->code, sizeof(peer->code), "%s", code);
}

void local_peer_end(struct local_peer *peer)
{
    aa_close_at(&peer->fd);
    peer->fd = -1;
    free(TAKE_PTR(peer->fields));
}

void local_peers_free(struct local_peers *peers)
{
    for (size_t i = 0; i < peers->n; i++)
        local_peer_end(&peers->v[i]);
    free(TAKE_PTR(peers->v));
    peers->n = 0;
}

/* ---- the folder */

static bool code_of_entry(const char *entry, char ret[AA_CODE_SIZE])
{
    char name[AA_CODE_SIZE], code[AA_CODE_SIZE];

    if (strlen(entry) != AA_CODE_SIZE - 1 + strlen(SOCKET_SUFFIX) ||
        !aa_streq(entry + AA_CODE_SIZE - 1, SOCKET_SUFFIX))
        return false;
    memcpy(name, entry, AA_CODE_SIZE - 1);
    name[AA_CODE_SIZE - 1] = '\0';
    if (!code_parse(name, code) || !aa_streq(name, code))
        return false;
    memcpy(ret, code, sizeof(code));
    return true;
}

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct local_peer *)a)->code, ((const struct local_peer *)b)->code);
}

int local_list(const struct aa_site *site, struct local_peers *ret)
{
    struct local_peers peers = { 0 };
    const struct dirent *entry;
    size_t room = 0;
    DIR *folder = opendir(site->run_dir);
    int r = 0;

    if (folder == NULL && errno != ENOENT)
        return -errno;
    while (folder != NULL && peers.n < REQUESTS_MAX) {
        char code[AA_CODE_SIZE];

        errno = 0;
        entry = readdir(folder);
        if (entry == NULL) {
            r = -errno;
            break;
        }
        if (!code_of_entry(entry->d_name, code))
            continue;
        if (peers.n == room) {
            size_t more = room == 0 ? 64 : 2 * room;
            struct local_peer *grown = reallocarray(peers.v, more, sizeof(*grown));

            if (grown == NULL) {
                r = -ENOMEM;
                break;
            }
            peers.v = grown;
            room = more;
        }
        local_peer_begin(&peers.v[peers.n++], code);
    }
    if (folder != NULL)
        closedir(folder);
    if (r < 0) {
        local_peers_free(&peers);
        return r;
    }
    if (peers.n > 0)
        qsort(peers.v, peers.n, sizeof(*peers.v), by_code);
    *ret = peers;
    return 0;
}

/* ---- one connection */

static void settle(struct local_peer *peer, enum local_state state, int error)
{
    if (state != LOCAL_GREETED) {
        aa_close_at(&peer->fd);
        peer->fd = -1;
    }
    peer->state = state;
    peer->error = error;
}

static void try_again(struct local_peer *peer, uint64_t now)
{
    aa_close_at(&peer->fd);
    peer->fd = -1;
    peer->again_usec = now + AGAIN_USEC;
}

/* The kernel tells who it was that listened; the folder's owner is not taken for it. */
static bool is_held_by_root(const struct aa_site *site, int fd)
{
    struct ucred held;
    socklen_t length = sizeof(held);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &held, &length) == 0 &&
           length == sizeof(held) && held.uid == site->owner;
}

static void try_connect(const struct aa_site *site, struct local_peer *peer, uint64_t now)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int n = snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s" SOCKET_SUFFIX,
                     site->run_dir, peer->code);

    if (n < 0 || (size_t)n >= sizeof(address.sun_path)) {
        settle(peer, LOCAL_FAILED, ENAMETOOLONG);
        return;
    }
    peer->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (peer->fd >= 0 &&
        connect(peer->fd, (const struct sockaddr *)&address, sizeof(address)) == 0) {
        if (!is_held_by_root(site, peer->fd))
            settle(peer, LOCAL_NOT_ROOT, 0);
        return;
    }
    switch (errno) {
    case EAGAIN: /* its queue is full; poll would not tell when it no longer is */
    case EINTR:
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
        try_again(peer, now);
        break;
    case ENOENT:
        settle(peer, LOCAL_ENDED, 0);
        break;
    case ECONNREFUSED: /* bound, and not listening yet; or its process is gone */
    case EACCES:       /* bound, and not open to everybody yet */
        if (now - peer->started_usec < REFUSED_USEC)
            try_again(peer, now);
        else if (errno == ECONNREFUSED)
            settle(peer, LOCAL_VANISHED, 0);
        else
            settle(peer, LOCAL_FAILED, EACCES);
        break;
    default:
        settle(peer, LOCAL_FAILED, errno);
    }
}

static bool fields_are_whole(const struct local_peer *peer)
{
    struct aa_reader fields = local_fields(peer);
    struct aa_field field;
    int r;

    while ((r = aa_field_next(&fields, &field)) == 1) {
        /* a socket that tells of another request than it is named for is no use to anybody */
        if (field.name_length == strlen("AA_REQUEST") &&
            memcmp(field.name, "AA_REQUEST", field.name_length) == 0 &&
            (field.value_length != strlen(peer->code) ||
             memcmp(field.value, peer->code, field.value_length) != 0))
            return false;
    }
    return r == 0;
}

static bool take_greeting(struct local_peer *peer, const char *data, size_t length)
{
    if (length < sizeof(peer->greeting))
        return false;
    memcpy(&peer->greeting, data, sizeof(peer->greeting));
    if (peer->greeting.version != AA_LOCAL_VERSION ||
        local_standing_name(peer->greeting.standing) == NULL ||
        peer->greeting.fields_length != length - sizeof(peer->greeting))
        return false;
    free(peer->fields);
    peer->fields = malloc(peer->greeting.fields_length + 1);
    if (peer->fields == NULL)
        return false;
    memcpy(peer->fields, data + sizeof(peer->greeting), peer->greeting.fields_length);
    peer->fields[peer->greeting.fields_length] = '\0';
    return fields_are_whole(peer);
}

static void receive_greeting(struct local_peer *peer, char *room, uint64_t now, bool keep)
{
    struct iovec part = { room, AA_LOCAL_GREETING_MAX };
    struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
    ssize_t n = recvmsg(peer->fd, &header, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) { /* full, or at its end: the next look at the folder tells them apart */
        peer->hung_up = true;
        try_again(peer, now);
        return;
    }
    if ((header.msg_flags & MSG_TRUNC) != 0 || !take_greeting(peer, room, (size_t)n)) {
        settle(peer, LOCAL_GARBLED, 0);
        return;
    }
    peer->greeted_usec = now;
    settle(peer, LOCAL_GREETED, 0);
    if (!keep) {
        close(peer->fd);
        peer->fd = -1;
    }
}

/* ---- many of them */

static size_t connections_at_once(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 64;
    if (limit.rlim_cur < AT_ONCE_MAX + OTHER_DESCRIPTORS) {
        struct rlimit raised = { AA_MIN(limit.rlim_max, AT_ONCE_MAX + OTHER_DESCRIPTORS),
                                 limit.rlim_max };

        if (raised.rlim_cur > limit.rlim_cur && setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit = raised;
    }
    if (limit.rlim_cur <= 2 * OTHER_DESCRIPTORS)
        return OTHER_DESCRIPTORS / 2;
    return AA_MIN(limit.rlim_cur - OTHER_DESCRIPTORS, AT_ONCE_MAX);
}

struct greeting_round {
    struct pollfd *polled;
    struct local_peer **asked; /* those under way */
    size_t n, most;
    char *room; /* for one greeting */
};

static void drop_settled(struct greeting_round *round)
{
    size_t left = 0;

    for (size_t i = 0; i < round->n; i++) {
        if (round->asked[i]->state == LOCAL_UNASKED)
            round->asked[left++] = round->asked[i];
    }
    round->n = left;
}

/* What is due now; returns when something is next. */
static uint64_t do_what_is_due(const struct aa_site *site, struct greeting_round *round,
                               uint64_t deadline_usec, uint64_t now)
{
    uint64_t next = UINT64_MAX;

    for (size_t i = 0; i < round->n; i++) {
        struct local_peer *peer = round->asked[i];
        uint64_t deadline = peer->started_usec + deadline_usec;

        if (now >= deadline) {
            settle(peer, peer->hung_up ? LOCAL_CLOSING : LOCAL_SILENT, 0);
            continue;
        }
        if (peer->fd < 0 && now >= peer->again_usec)
            try_connect(site, peer, now);
        if (peer->state == LOCAL_UNASKED)
            next = AA_MIN(next, peer->fd < 0 ? AA_MIN(peer->again_usec, deadline) : deadline);
    }
    drop_settled(round);
    return next;
}

static void wait_for_greetings(const struct aa_site *site, struct greeting_round *round,
                               uint64_t until, bool keep)
{
    uint64_t now = site->boottime_usec();
    int timeout = until <= now ? 0 : (int)((until - now) / 1000 + 1);

    for (size_t i = 0; i < round->n; i++)
        round->polled[i] = (struct pollfd){ .fd = round->asked[i]->fd, .events = POLLIN };
    if (poll(round->polled, round->n, timeout) <= 0)
        return;
    now = site->boottime_usec();
    for (size_t i = 0; i < round->n; i++) {
        if (round->asked[i]->fd >= 0 && round->polled[i].revents != 0)
            receive_greeting(round->asked[i], round->room, now, keep);
    }
    drop_settled(round);
}

void local_greet(const struct aa_site *site, struct local_peer *peers, size_t n,
                 uint64_t deadline_usec, bool keep)
{
    size_t most = AA_MIN(connections_at_once(), n);
    _cleanup_free_ struct pollfd *polled = calloc(most + 1, sizeof(*polled));
    _cleanup_free_ struct local_peer **asked = calloc(most + 1, sizeof(*asked));
    _cleanup_free_ char *room = malloc(AA_LOCAL_GREETING_MAX);
    struct greeting_round round = { polled, asked, 0, most, room };
    size_t next = 0;

    if (polled == NULL || asked == NULL || room == NULL) {
        for (size_t i = 0; i < n; i++) {
            if (peers[i].state == LOCAL_UNASKED)
                settle(&peers[i], LOCAL_FAILED, ENOMEM);
        }
        return;
    }
    for (;;) {
        uint64_t now = site->boottime_usec();

        for (; next < n && round.n < round.most; next++) {
            if (peers[next].state != LOCAL_UNASKED)
                continue;
            peers[next].started_usec = peers[next].again_usec = now;
            round.asked[round.n++] = &peers[next];
        }
        if (round.n == 0)
            return;
        now = do_what_is_due(site, &round, deadline_usec, now);
        if (round.n > 0)
            wait_for_greetings(site, &round, now, keep);
    }
}

/* ---- the answer */

struct aa_reader local_fields(const struct local_peer *peer)
{
    struct aa_reader fields = { (const unsigned char *)peer->fields,
                                peer->fields == NULL ? 0 : peer->greeting.fields_length };

    return fields;
}

bool local_field(const struct local_peer *peer, const char *name, struct aa_field *ret)
{
    struct aa_reader fields = local_fields(peer);
    size_t length = strlen(name);
    struct aa_field field;

    while (aa_field_next(&fields, &field) == 1) {
        if (field.name_length == length && memcmp(field.name, name, length) == 0) {
            *ret = field;
            return true;
        }
    }
    return false;
}

static int receive_reply(const struct aa_site *site, int fd, struct aa_local_reply *ret)
{
    uint64_t deadline = site->boottime_usec() + LOCAL_REPLY_USEC, now;
    struct aa_local_reply reply;

    while ((now = site->boottime_usec()) < deadline) {
        struct pollfd polled = { .fd = fd, .events = POLLIN };
        struct iovec part = { &reply, sizeof(reply) };
        struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
        ssize_t n;

        if (poll(&polled, 1, (int)((deadline - now) / 1000 + 1)) <= 0)
            continue;
        n = recvmsg(fd, &header, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n <= 0)
            return -ECONNRESET;
        if (n != (ssize_t)sizeof(reply) || (header.msg_flags & MSG_TRUNC) != 0 ||
            reply.version != AA_LOCAL_VERSION)
            return -EBADMSG;
        reply.text[sizeof(reply.text) - 1] = '\0';
        *ret = reply;
        return 0;
    }
    return -ETIMEDOUT;
}

int local_send(const struct aa_site *site, struct local_peer *peer, enum aa_local_op op,
               const char *reason, struct aa_local_reply *ret)
{
    struct aa_local_message message;
    struct aa_field digest;
    ssize_t n;

    memset(&message, 0, sizeof(message)); /* the padding goes over, too */
    message.version = AA_LOCAL_VERSION;
    message.op = op;
    memcpy(message.nonce, peer->greeting.nonce, sizeof(message.nonce));
    if (local_field(peer, "AA_DIGEST", &digest) &&
        digest.value_length == sizeof(message.digest) - 1)
        memcpy(message.digest, digest.value, digest.value_length);
    message.reason_length = (uint32_t)strnlen(reason, sizeof(message.reason));
    memcpy(message.reason, reason, message.reason_length);
    do
        n = send(peer->fd, &message, sizeof(message), MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof(message))
        return -ENODATA;
    return receive_reply(site, peer->fd, ret);
}

/* ---- words */

const char *local_standing_name(uint32_t standing)
{
    switch (standing) {
    case AA_LOCAL_STRANGER:
        return "stranger";
    case AA_LOCAL_REQUESTER:
        return "requester";
    case AA_LOCAL_OWNER:
        return "owner";
    case AA_LOCAL_APPROVER:
        return "approver";
    case AA_LOCAL_ROOT:
        return "root";
    default:
        return NULL;
    }
}

const char *local_state_words(enum local_state state)
{
    switch (state) {
    case LOCAL_SILENT:
        return "does not answer (stopped?)";
    case LOCAL_CLOSING:
        return "does not answer (hangs up)";
    case LOCAL_VANISHED:
        return "its process is gone";
    case LOCAL_ENDED:
        return "is not waiting any more";
    case LOCAL_NOT_ROOT:
        return "its socket is not root's: not asked";
    case LOCAL_GARBLED:
        return "answers, but not in this version's way";
    case LOCAL_FAILED:
        return "could not be reached";
    case LOCAL_UNASKED:
    case LOCAL_GREETED:
        break;
    }
    return "";
}
