/* SPDX-License-Identifier: ISC */
#include "remote.h"

#include <errno.h>
#include <string.h>

#include "match.h"
#include "network.h"

/* The remote host, as far as its text can be read. */
struct remote {
    bool is_address, is_name; /* neither: it is too long for a name */
    struct aa_address address;
    char name[AA_REMOTE_NAME_MAX];
};

/* Lower case, without the dot that may end a full name. */
static void read_remote(const char *rhost, struct remote *ret)
{
    size_t n = strnlen(rhost, AA_REMOTE_NAME_MAX);

    *ret = (struct remote){ 0 };
    ret->is_address = aa_address_parse(rhost, &ret->address);
    if (ret->is_address || n == AA_REMOTE_NAME_MAX)
        return;
    ret->is_name = true;
    for (size_t i = 0; i <= n; i++)
        ret->name[i] = rhost[i] >= 'A' && rhost[i] <= 'Z' ? (char)(rhost[i] - 'A' + 'a') : rhost[i];
    if (n > 1 && ret->name[n - 1] == '.')
        ret->name[n - 1] = '\0';
}

static int word_inside(const struct aa_snapshot *snapshot, const struct aa_snap_word *word,
                       const struct remote *remote)
{
    const char *text = aa_snapshot_text(snapshot, word->text);
    struct aa_address network;

    if (text == NULL)
        return -EBADMSG;
    if ((word->flags & AA_WORD_ANY) != 0)
        return AA_REMOTE_INSIDE;
    if ((word->flags & AA_WORD_NETWORK) != 0) {
        if (!aa_address_from_hex(text, &network) || word->number > AA_ADDRESS_BITS)
            return -EBADMSG;
        if (!remote->is_address)
            return AA_REMOTE_UNCERTAIN;
        return aa_address_in(&remote->address, &network, word->number) ? AA_REMOTE_INSIDE :
                                                                         AA_REMOTE_OUTSIDE;
    }
    if (!remote->is_name)
        return AA_REMOTE_UNCERTAIN;
    return aa_word_matches(snapshot, word, remote->name); /* 1 and 0 are inside and outside */
}

int aa_remote_inside(const struct aa_snapshot *snapshot, const struct aa_snap_word *words,
                     uint32_t n, const char *rhost)
{
    struct remote remote;
    int answer = AA_REMOTE_OUTSIDE;

    read_remote(rhost, &remote);
    for (uint32_t i = 0; i < n; i++) {
        int r = word_inside(snapshot, &words[i], &remote);

        if (r < 0 || r == AA_REMOTE_INSIDE)
            return r;
        if (r == AA_REMOTE_UNCERTAIN)
            answer = AA_REMOTE_UNCERTAIN;
    }
    return answer;
}
