/* SPDX-License-Identifier: ISC */
#include "local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "mask/token.h"
#include "record/fields.h"
#include "verdict/verdict.h"

enum { STRANGERS_MAX = 16, STRANGER_USEC = 1000000 };

struct connection {
    int fd; /* -1: free */
    struct aa_peer peer;
    enum aa_local_standing standing;
    unsigned char nonce[AA_LOCAL_NONCE_SIZE];
    uint64_t until_usec;
    bool decided;                /* its answer was the last that was needed: … */
    struct aa_local_reply reply; /* … it hears so when that is on disk */
};

struct aa_local {
    const struct aa_site *site;
    struct aa_local_owner owner;
    int fd, folder_fd;
    char name[AA_CODE_SIZE + 8];
    char digest[AA_SHA256_HEX];
    uint64_t accepts_again_usec; /* after descriptors ran out; 0: now */
    struct stranger { /* who has nothing to do with it is not looked up again at once */
        uid_t uid, login_uid;
        uint64_t until_usec;
    } strangers[STRANGERS_MAX];
    size_t next_stranger;
    struct connection connections[AA_LOCAL_CONNECTIONS_MAX];
    int *joined; /* descriptors of those who only wait for the end */
    size_t joined_n, joined_space;
};

static int socket_path(const struct aa_site *site, const char *name, struct sockaddr_un *ret)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int n = snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s", site->run_dir, name);

    if (n < 0 || (size_t)n >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    *ret = address;
    return 0;
}

static int listen_at(struct aa_local *local)
{
    char making[sizeof(local->name) + 1];
    struct sockaddr_un address;
    const int on = 1;
    int r;

    snprintf(making, sizeof(making), ".%s", local->name);
    r = socket_path(local->site, making, &address);

    if (r < 0)
        return r;
    local->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (local->fd < 0)
        return -errno;
    /* every message then carries its sender, also of connections that are not accepted yet */
    if (setsockopt(local->fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) != 0)
        return -errno;
    (void)unlinkat(local->folder_fd, making, 0);
    if (bind(local->fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
        return -errno;
    /* the kernel's credentials decide, not the mode; and the umask is the caller's. It gets its
     * name when it is ready, so that nobody finds one that does not listen */
    if (fchmodat(local->folder_fd, making, 0666, 0) != 0 || listen(local->fd, 128) != 0 ||
        renameat(local->folder_fd, making, local->folder_fd, local->name) != 0) {
        r = -errno;
        (void)unlinkat(local->folder_fd, making, 0);
        return r;
    }
    return 0;
}

int aa_local_open(const struct aa_site *site, int folder_fd, const char *code,
                  const char *digest_hex, const struct aa_local_owner *owner,
                  struct aa_local **ret, struct aa_fault *fault)
{
    struct aa_local *local = calloc(1, sizeof(*local));
    int r;

    if (local == NULL)
        return aa_fault(fault, AA_FAULT_MEMORY, -ENOMEM, "there is not enough memory to wait");
    local->site = site;
    local->owner = *owner;
    local->fd = -1;
    local->folder_fd = folder_fd;
    snprintf(local->name, sizeof(local->name), "%s.sock", code);
    snprintf(local->digest, sizeof(local->digest), "%s", digest_hex);
    for (size_t i = 0; i < AA_LOCAL_CONNECTIONS_MAX; i++)
        local->connections[i].fd = local->connections[i].peer.pid_fd = -1;
    r = listen_at(local);
    if (r < 0) {
        (void)aa_local_close(local, NULL);
        return aa_fault(fault, AA_FAULT_WAITING, r, "the socket of the request cannot be made in "
                                                    "%s: %s", site->run_dir, strerror(-r));
    }
    *ret = local;
    return 0;
}

size_t aa_local_poll(const struct aa_local *local, struct pollfd *fds)
{
    fds[0] = (struct pollfd){ .fd = local->accepts_again_usec == 0 ? local->fd : -1,
                              .events = POLLIN };
    for (size_t i = 0; i < AA_LOCAL_CONNECTIONS_MAX; i++)
        fds[i + 1] = (struct pollfd){ .fd = local->connections[i].fd, .events = POLLIN };
    return AA_LOCAL_POLL_MAX;
}

uint64_t aa_local_wakes_at(const struct aa_local *local)
{
    uint64_t first = local->accepts_again_usec == 0 ? UINT64_MAX : local->accepts_again_usec;

    for (size_t i = 0; i < AA_LOCAL_CONNECTIONS_MAX; i++) {
        if (local->connections[i].fd >= 0)
            first = AA_MIN(first, local->connections[i].until_usec);
    }
    return first;
}

static void drop(struct connection *connection)
{
    char unread[64];

    /* what lies unread at the close would take our last words from the peer */
    for (int i = 0; connection->fd >= 0 && i < 4; i++) {
        if (recv(connection->fd, unread, sizeof(unread), MSG_DONTWAIT) <= 0)
            break;
    }
    aa_close_at(&connection->fd);
    connection->fd = -1;
    connection->decided = false;
    aa_peer_forget(&connection->peer);
}

static struct connection *free_connection(struct aa_local *local, uid_t uid)
{
    struct connection *found = NULL;
    size_t of_uid = 0;

    for (size_t i = 0; i < AA_LOCAL_CONNECTIONS_MAX; i++) {
        struct connection *connection = &local->connections[i];

        if (connection->fd < 0)
            found = found == NULL ? connection : found;
        else
            of_uid += connection->peer.uid == uid;
    }
    return of_uid < AA_LOCAL_CONNECTIONS_OF_UID_MAX ? found : NULL;
}

/* A requester could type guesses and look at their tokens, to find out what stands behind those of
 * others: the digits are for who decides. */
static void without_digits(const struct aa_buffer *fields, struct aa_buffer *ret)
{
    struct aa_reader reader = { (const unsigned char *)fields->data, fields->length };
    struct aa_field field;
    int r;

    while ((r = aa_field_next(&reader, &field)) == 1) {
        size_t begun = ret->length;

        aa_buffer_add_u32(ret, 0);
        aa_buffer_add(ret, field.name, field.name_length);
        aa_buffer_add_byte(ret, '=');
        aa_mask_add_without_digits(ret, field.value, field.value_length);
        aa_field_end(ret, begun);
    }
    if (r < 0)
        ret->error = r;
}

static bool greet(struct aa_local *local, struct connection *connection)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_BUFFER_INIT(AA_LOCAL_GREETING_MAX -
                                                              sizeof(struct aa_local_greeting));
    _cleanup_buffer_ struct aa_buffer bare = AA_BUFFER_INIT(AA_LOCAL_GREETING_MAX -
                                                            sizeof(struct aa_local_greeting));
    const bool decides = connection->standing == AA_LOCAL_ROOT || connection->standing == AA_LOCAL_APPROVER;
    const struct aa_buffer *shown = decides ? &fields : &bare;
    struct aa_local_greeting greeting = {
        .version = AA_LOCAL_VERSION,
        .standing = connection->standing,
    };
    struct iovec parts[2] = { { &greeting, sizeof(greeting) } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

    if (connection->standing != AA_LOCAL_STRANGER) {
        if (getrandom(connection->nonce, sizeof(connection->nonce), 0) !=
            (ssize_t)sizeof(connection->nonce))
            return false;
        memcpy(greeting.nonce, connection->nonce, sizeof(greeting.nonce));
        if (local->owner.describe(local->owner.context, &fields) < 0 || fields.error != 0)
            return false;
        without_digits(&fields, &bare);
        if (bare.error != 0)
            return false;
    }
    greeting.fields_length = (uint32_t)shown->length;
    parts[1] = (struct iovec){ shown->data, shown->length };
    return sendmsg(connection->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) ==
           (ssize_t)(sizeof(greeting) + shown->length);
}

/* Looking somebody up may ask a directory: a flood of strangers must not make us do that. */
static enum aa_local_standing standing_of(struct aa_local *local, const struct aa_peer *peer)
{
    uid_t login_uid = peer->login_known ? peer->login_uid : (uid_t)-1;
    uint64_t now = local->site->boottime_usec();
    enum aa_local_standing standing;

    for (size_t i = 0; i < STRANGERS_MAX; i++) {
        if (local->strangers[i].uid == peer->uid && local->strangers[i].login_uid == login_uid &&
            now < local->strangers[i].until_usec)
            return AA_LOCAL_STRANGER;
    }
    standing = local->owner.standing(local->owner.context, peer);
    if (standing == AA_LOCAL_STRANGER)
        local->strangers[local->next_stranger++ % STRANGERS_MAX] =
            (struct stranger){ peer->uid, login_uid, now + STRANGER_USEC };
    return standing;
}

static void take_in(struct aa_local *local, int fd)
{
    struct connection new = { .fd = fd, .peer.pid_fd = -1 }, *place;

    if (aa_peer_identify(local->site, fd, &new.peer) < 0) {
        drop(&new);
        return;
    }
    new.standing = standing_of(local, &new.peer);
    place = new.standing == AA_LOCAL_STRANGER ? NULL : free_connection(local, new.peer.uid);
    if ((place == NULL && new.standing != AA_LOCAL_STRANGER) || !greet(local, &new) ||
        place == NULL) {
        drop(&new);
        return;
    }
    new.until_usec = local->site->boottime_usec() + AA_LOCAL_SECONDS * UINT64_C(1000000);
    *place = new;
}

/* Who is taken in has to be looked up too, and cannot be put back into the queue. Else -1 with
 * errno. */
static bool has_descriptors(int any)
{
    int spare[3], n = 0;

    while (n < 3 && (spare[n] = fcntl(any, F_DUPFD_CLOEXEC, 0)) >= 0)
        n++;
    for (int i = 0; i < n; i++)
        close(spare[i]);
    if (n < 3)
        errno = EMFILE;
    return n == 3;
}

static void accept_all(struct aa_local *local)
{
    for (int i = 0; i < AA_LOCAL_ACCEPTS_AT_ONCE; i++) {
        int fd = has_descriptors(local->fd) ?
                     accept4(local->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC) : -1;

        if (fd >= 0) {
            take_in(local, fd);
        } else if (errno != ECONNABORTED && errno != EINTR) {
            /* no descriptors or no memory: whoever connects is still there a moment later */
            if (errno != EAGAIN)
                local->accepts_again_usec = local->site->boottime_usec() + 100000;
            return;
        }
    }
}

static bool is_same(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;
    unsigned char difference = 0;

    for (size_t i = 0; i < n; i++)
        difference |= x[i] ^ y[i];
    return difference == 0;
}

/* The process that was greeted sent this, all of it, and in the form that was agreed. */
static bool is_well_formed(const struct aa_local *local, const struct connection *connection,
                           const struct aa_local_message *message, ssize_t length,
                           const struct ucred *sender)
{
    uid_t uid = connection->peer.uid;
    bool is_join = message->op == AA_LOCAL_JOIN;

    if (length != (ssize_t)sizeof(*message) || message->version != AA_LOCAL_VERSION ||
        !is_same(message->nonce, connection->nonce, sizeof(message->nonce)) ||
        message->reason_length > AA_LOCAL_REASON_MAX)
        return false;
    for (size_t i = message->reason_length; i < AA_LOCAL_REASON_MAX; i++) {
        if (message->reason[i] != '\0')
            return false;
    }
    if (memchr(message->reason, '\0', message->reason_length) != NULL)
        return false;
    if (is_join) /* another sudo: root by its effective uid only */
        return connection->standing == AA_LOCAL_ROOT && sender->pid == connection->peer.pid;
    return sender->pid == connection->peer.pid && sender->uid == uid &&
           aa_peer_is_alive(&connection->peer) &&
           is_same(message->digest, local->digest, sizeof(local->digest));
}

/* The message with the kernel's word on who sent it; its length, or negative. */
static ssize_t receive(int fd, struct aa_local_message *message, struct ucred *ret_sender)
{
    union {
        char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(16 * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = { message, sizeof(*message) };
    struct msghdr header = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof(control.bytes),
    };
    ssize_t n = recvmsg(fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    bool known = false;

    if (n < 0)
        return -errno;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&header); c != NULL; c = CMSG_NXTHDR(&header, c)) {
        if (c->cmsg_level != SOL_SOCKET)
            continue;
        if (c->cmsg_type == SCM_CREDENTIALS && c->cmsg_len == CMSG_LEN(sizeof(*ret_sender))) {
            memcpy(ret_sender, CMSG_DATA(c), sizeof(*ret_sender));
            known = true;
        }
        if (c->cmsg_type == SCM_RIGHTS) { /* nobody asked for descriptors */
            size_t fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

            for (size_t i = 0; i < fds; i++) {
                int passed;

                memcpy(&passed, CMSG_DATA(c) + i * sizeof(int), sizeof(passed));
                close(passed);
            }
            known = false;
            return -EBADMSG;
        }
    }
    if (n > 0 && (!known || (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0))
        return -EBADMSG;
    return n;
}

static bool keep_joined(struct aa_local *local, struct connection *connection)
{
    if (local->joined_n == AA_LOCAL_JOINED_MAX)
        return false;
    if (local->joined_n == local->joined_space) {
        size_t space = local->joined_space == 0 ? 8 : 2 * local->joined_space;
        int *more = reallocarray(local->joined, space, sizeof(*more));

        if (more == NULL)
            return false;
        local->joined = more;
        local->joined_space = space;
    }
    local->joined[local->joined_n++] = TAKE_FD(connection->fd);
    return true;
}

static void listen_to(struct aa_local *local, struct connection *connection)
{
    struct aa_local_reply reply = { .version = AA_LOCAL_VERSION, .result = AA_LOCAL_MALFORMED };
    struct aa_local_message message = { 0 };
    char reason[AA_LOCAL_REASON_MAX + 1];
    struct ucred sender = { 0 };
    ssize_t n = receive(connection->fd, &message, &sender);

    if (n == -EAGAIN || n == -EINTR)
        return;
    if (n != 0) { /* 0: it only looked */
        if (n > 0 && is_well_formed(local, connection, &message, n, &sender)) {
            struct aa_local_said said = { .op = message.op, .peer = &connection->peer };

            if (message.op == AA_LOCAL_JOIN && keep_joined(local, connection)) {
                drop(connection);
                return;
            }
            memcpy(reason, message.reason, message.reason_length);
            reason[message.reason_length] = '\0';
            said.reason = message.reason_length > 0 ? reason : NULL;
            if (message.op != AA_LOCAL_JOIN)
                local->owner.said(local->owner.context, &said, &reply);
        } else {
            snprintf(reply.text, sizeof(reply.text),
                     "this answer was not to the request that waits; look at it again");
        }
        reply.version = AA_LOCAL_VERSION;
        if (reply.result == AA_LOCAL_COUNTED && reply.verdict != AA_VERDICT_PENDING) {
            connection->decided = true;
            connection->reply = reply;
            return;
        }
        (void)send(connection->fd, &reply, sizeof(reply), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    drop(connection);
}

/* Those who joined and went away make room. */
static void forget_gone(struct aa_local *local)
{
    for (size_t i = 0; i < local->joined_n;) {
        char byte;
        ssize_t n = recv(local->joined[i], &byte, 1, MSG_DONTWAIT | MSG_PEEK);

        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            i++;
            continue;
        }
        close(local->joined[i]);
        local->joined[i] = local->joined[--local->joined_n];
    }
}

void aa_local_process(struct aa_local *local, const struct pollfd *fds, size_t n)
{
    uint64_t now = local->site->boottime_usec();

    for (size_t i = 1; i < n; i++) {
        struct connection *connection = &local->connections[i - 1];

        if (connection->fd < 0 || connection->decided)
            continue;
        if ((fds[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && fds[i].fd == connection->fd)
            listen_to(local, connection);
        else if (now >= connection->until_usec)
            drop(connection);
    }
    if (local->accepts_again_usec != 0 && now >= local->accepts_again_usec)
        local->accepts_again_usec = 0;
    if (n > 0 && (fds[0].revents & POLLIN) != 0) {
        if (local->joined_n == AA_LOCAL_JOINED_MAX)
            forget_gone(local);
        accept_all(local);
    }
}

/* What decided it hears that it counted, if that is how it ended. */
static void tell_end(const struct connection *connection, const struct aa_local_reply *last)
{
    const struct aa_local_reply *reply = connection->decided &&
                                                 connection->reply.verdict == last->verdict ?
                                             &connection->reply : last;

    (void)send(connection->fd, reply, sizeof(*reply), MSG_DONTWAIT | MSG_NOSIGNAL);
}

struct aa_local *aa_local_close(struct aa_local *local, const struct aa_local_reply *last)
{
    if (local == NULL)
        return NULL;
    if (local->fd >= 0)
        (void)unlinkat(local->folder_fd, local->name, 0);
    for (size_t i = 0; i < AA_LOCAL_CONNECTIONS_MAX; i++) {
        if (local->connections[i].fd >= 0 && last != NULL)
            tell_end(&local->connections[i], last);
        drop(&local->connections[i]);
    }
    for (size_t i = 0; i < local->joined_n; i++) {
        if (last != NULL)
            (void)send(local->joined[i], last, sizeof(*last), MSG_DONTWAIT | MSG_NOSIGNAL);
        close(local->joined[i]);
    }
    aa_close_at(&local->fd);
    free(local->joined);
    free(local);
    return NULL;
}
