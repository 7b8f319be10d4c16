/* SPDX-License-Identifier: ISC */
/* What a courier that was taken over, or is broken, might send. */
#include "scripted.h"

#include <errno.h>
#include <sys/socket.h>

static void send_all(const struct aa_buffer *bytes)
{
    for (size_t sent = 0; sent < bytes->length;) {
        ssize_t n = send(COURIER_SOCKET, bytes->data + sent, bytes->length - sent, MSG_NOSIGNAL);
        struct pollfd fd = { .fd = COURIER_SOCKET, .events = POLLOUT };

        if (n > 0)
            sent += (size_t)n;
        else if (errno == EAGAIN)
            poll(&fd, 1, -1);
        else
            return;
    }
}

bool scripted_raw(const struct courier *courier, const char *name, uint32_t votes)
{
    struct aa_wire_vote vote = {
        .request = courier->config.request,
        .number = votes + 1,
        .kind = 1,
        .namespace = courier->config.namespace,
        .account = "U0BOB",
        .email = "",
        .reason = "",
        .signature = "",
    };
    const struct aa_wire_posted posted = { .request = vote.request, .where = "" };
    const struct aa_wire_trouble trouble = { .text = "babble" };
    const struct aa_wire_done done = { .request = vote.request };
    _cleanup_buffer_ struct aa_buffer out = AA_BUFFER_INIT(64 * 1024);
    size_t cut = 0;

    if (aa_streq(name, "lie-namespace"))
        vote.namespace ^= 1;
    else if (aa_streq(name, "other-request"))
        vote.request++;
    else if (aa_streq(name, "duplicate"))
        vote.number--;
    else if (aa_streq(name, "out-of-order"))
        vote.number++;
    else if (aa_streq(name, "nobody"))
        vote.account = "";
    else if (aa_streq(name, "post") || aa_streq(name, "done") || aa_streq(name, "babble"))
        vote.number = 0;
    if (aa_streq(name, "post"))
        aa_wire_write_posted(&out, &posted);
    else if (aa_streq(name, "done"))
        aa_wire_write_done(&out, &done);
    else if (aa_streq(name, "babble"))
        aa_wire_write_trouble(&out, &trouble);
    else if (aa_wire_write_vote(&out, &vote) != 0)
        return false;
    if (aa_streq(name, "truncated"))
        cut = 5;
    else if (aa_streq(name, "oversize"))
        memset(out.data + 4, 0x7f, 3);
    else if (aa_streq(name, "wrong-version"))
        out.data[0]++;
    else if (aa_streq(name, "unknown-type"))
        out.data[1] = 99;
    else if (aa_streq(name, "noise"))
        memset(out.data, 0xa5, out.length);
    else if (aa_streq(name, "leftover")) {
        out.data[4]++;
        aa_buffer_add_byte(&out, 0);
    } else if (aa_streq(name, "signature")) {
        out.data[4]++;
        out.data[out.length - 5] = 1;
        out.data[out.length - 1] = 'x';
        aa_buffer_add_byte(&out, 0);
    }
    out.length -= cut;
    do
        send_all(&out);
    while (aa_streq(name, "babble"));
    if (cut > 0)
        _exit(0);
    return true;
}
