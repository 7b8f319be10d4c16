/* SPDX-License-Identifier: ISC */
#include "request-id.h"

#include <errno.h>
#include <sys/random.h>

#include "sha256.h"

int aa_request_id_new(struct aa_request_id *ret)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* no I L O U */
    struct aa_request_id id;
    uint64_t bits = 0;
    ssize_t n;

    do
        n = getrandom(id.bytes, sizeof(id.bytes), 0);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof(id.bytes))
        return n < 0 ? -errno : -EIO;
    aa_hex(id.bytes, sizeof(id.bytes), id.hex);
    for (size_t i = 0; i < 5; i++)
        bits = bits << 8 | id.bytes[i];
    for (size_t i = 0; i < 8; i++)
        id.code[i < 4 ? i : i + 1] = digits[bits >> (35 - 5 * i) & 31];
    id.code[4] = '-';
    id.code[9] = '\0';
    *ret = id;
    return 0;
}
