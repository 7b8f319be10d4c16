/* SPDX-License-Identifier: ISC */
#include "link.h"

#include <errno.h>
#include <sys/socket.h>

enum { OUT_FRAMES = 2 }; /* of the largest: a question and an outcome that nobody reads yet */

static bool fixed_buffer(struct aa_buffer *buffer, size_t size)
{
    char *data = malloc(size);

    if (data == NULL)
        return false;
    /* as large as its maximum from the start: it never grows, so it leaves no copy behind */
    *buffer = (struct aa_buffer){ .data = data, .capacity = size, .maximum = size };
    return true;
}

static size_t frame_max(enum aa_wire_side from)
{
    return AA_WIRE_HEADER_SIZE +
           (from == AA_WIRE_ROOT ? (size_t)AA_WIRE_FRAME_MAX : (size_t)AA_WIRE_REPORT_MAX);
}

int aa_link_open(struct aa_link *link, int fd, enum aa_wire_side from)
{
    enum aa_wire_side to = from == AA_WIRE_ROOT ? AA_WIRE_COURIER : AA_WIRE_ROOT;

    *link = (struct aa_link){ .fd = fd, .from = from };
    if (fixed_buffer(&link->in, frame_max(from) + 1) &&
        fixed_buffer(&link->out, OUT_FRAMES * frame_max(to) + 1))
        return 0;
    aa_link_close(link);
    return -ENOMEM;
}

void aa_link_close(struct aa_link *link)
{
    struct aa_buffer *buffers[] = { &link->in, &link->out };

    for (size_t i = 0; i < AA_ARRAY_SIZE(buffers); i++) {
        if (buffers[i]->data != NULL)
            explicit_bzero(buffers[i]->data, buffers[i]->length);
        aa_buffer_free(buffers[i]);
    }
}

struct aa_buffer *aa_link_out(struct aa_link *link)
{
    return &link->out;
}

bool aa_link_has_more_to_send(const struct aa_link *link)
{
    return link->out.length > 0 && !link->deaf;
}

static void drop_front(struct aa_buffer *buffer, size_t n)
{
    size_t rest = buffer->length - n;

    if (n == 0)
        return;
    memmove(buffer->data, buffer->data + n, rest);
    explicit_bzero(buffer->data + rest, n);
    buffer->length = rest;
}

int aa_link_send(struct aa_link *link)
{
    size_t sent = 0;
    int r = 0;

    while (!link->deaf && sent < link->out.length) {
        ssize_t n = send(link->fd, link->out.data + sent, link->out.length - sent,
                         MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n >= 0) {
            sent += (size_t)n;
        } else if (errno == EPIPE || errno == ECONNRESET) {
            link->deaf = true; /* its last words may be there to read all the same */
        } else if (errno != EINTR) {
            r = errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -errno;
            break;
        }
    }
    drop_front(&link->out, link->deaf ? link->out.length : sent);
    return r;
}

int aa_link_receive(struct aa_link *link)
{
    ssize_t n;

    drop_front(&link->in, link->taken);
    link->taken = 0;
    if (link->ended || link->in.length + 1 >= link->in.capacity)
        return 0;
    /* descriptors that somebody passes are not asked for, so the kernel closes them */
    do
        n = recv(link->fd, link->in.data + link->in.length,
                 link->in.capacity - 1 - link->in.length, MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    if (n < 0 && errno != ECONNRESET)
        return -errno;
    if (n <= 0) {
        link->ended = true;
        return 0;
    }
    link->in.length += (size_t)n;
    return (int)n;
}

int aa_link_next(struct aa_link *link, struct aa_wire_frame *ret)
{
    const unsigned char *at = (const unsigned char *)link->in.data + link->taken;
    size_t there = link->in.length - link->taken, length;
    enum aa_wire_type type;

    ret->type = 0;
    if (there < AA_WIRE_HEADER_SIZE)
        return 0;
    if (aa_wire_read_header(at, link->from, &type, &length, &link->bad) < 0)
        return -EBADMSG;
    ret->type = type;
    if (!aa_wire_permits(link->said, type)) { /* whether or not the rest of it ever comes */
        link->bad = "may not be said now";
        return -EBADMSG;
    }
    if (there - AA_WIRE_HEADER_SIZE < length)
        return 0;
    aa_wire_note(&link->said, type);
    *ret = (struct aa_wire_frame){ .type = type, .payload = { at + AA_WIRE_HEADER_SIZE, length } };
    link->taken += AA_WIRE_HEADER_SIZE + length;
    return 1;
}

bool aa_link_is_torn(const struct aa_link *link)
{
    return link->ended && link->in.length > link->taken;
}
