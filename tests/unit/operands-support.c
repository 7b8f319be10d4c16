/* SPDX-License-Identifier: ISC */
#include "unit.h"
#include "operands-support.h"
#include "world.h"

struct operands_made operands_made;

void operands_start(const char *cwd)
{
    struct operands_made *made = &operands_made;

    aa_arena_clear(&made->request.arena);
    memset(&made->request, 0, sizeof(made->request));
    memset(made->effective, 0, sizeof(made->effective));
    memset(made->doubts, 0, sizeof(made->doubts));
    made->name = (struct aa_known_name){ "/usr/bin/program", "program" };
    made->request.arena.maximum = AA_REQUEST_MEMORY_MAX;
    made->request.user.uid = OPERANDS_REQUESTER;
    made->request.cwd = cwd;
    made->request.effective = made->effective;
    made->request.effective_n = 1;
    made->effective[0].names = &made->name;
    made->effective[0].names_n = 1;
    made->effective[0].args.v = made->words;
}

int operands_gather(void)
{
    static struct aa_walked walked;
    const struct aa_walker walker = { &operands_made.site, &operands_made.request.arena, &walked };
    int before = world_open_descriptors(), r;

    r = aa_capture_operands(&walker, &operands_made.request, &operands_made.names);
    assert_int_equal(world_open_descriptors(), before);
    return r;
}

int operands_gather_word(const char *word)
{
    operands_made.words[0] = word;
    operands_made.effective[0].args.n = 1;
    return operands_gather();
}

const struct aa_operand *operands_at(const char *path)
{
    for (size_t i = 0; i < operands_made.request.operands_n; i++) {
        if (aa_streq(operands_made.request.operands[i].path, path))
            return &operands_made.request.operands[i];
    }
    return NULL;
}

const char *operands_paths(void)
{
    static char text[8192];
    size_t n = 0;

    text[0] = '\0';
    for (size_t i = 0; i < operands_made.request.operands_n; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i == 0 ? "" : " ",
                              operands_made.request.operands[i].exact ?
                                  operands_made.request.operands[i].path : "?");
    return text;
}
