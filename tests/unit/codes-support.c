/* SPDX-License-Identifier: ISC */
#include "unit.h"
#include "codes-support.h"

struct aa_fault codes_fault;

/* Each call is watched: what goes wrong has words, and no descriptor stays open. */
struct watched {
    int state_fd, descriptors;
};

static struct watched start(const struct world *world)
{
    struct watched watched = { .descriptors = world_open_descriptors() };

    codes_fault = (struct aa_fault){ 0 };
    watched.state_fd = world_state_fd(world);
    return watched;
}

static int finish(struct watched watched, int r, bool has_words)
{
    close(watched.state_fd);
    check(world_open_descriptors() == watched.descriptors, "a descriptor is left open");
    check(has_words == (codes_fault.id != AA_FAULT_NONE), "result %d with words \"%s\"", r,
          codes_fault.detail);
    return r;
}

int codes_create(const struct world *world, const char *user, unsigned count,
                 char (*ret)[AA_CODE_TEXT_SIZE])
{
    struct watched watched = start(world);
    int r = aa_codes_create(&world->site, watched.state_fd, user, count,
                            world->site.realtime_usec() + CODES_LIFE_USEC, ret, &codes_fault);

    return finish(watched, r, r < 0);
}

int codes_use(const struct world *world, const char *user, const char *text, uint32_t *ret_number)
{
    struct watched watched = start(world);
    int r = aa_codes_use(&world->site, watched.state_fd, user, text, CODES_REQUEST, ret_number,
                         &codes_fault);

    return finish(watched, r, r != AA_CODE_ACCEPTED);
}

int codes_ready(const struct world *world, const char *user)
{
    struct watched watched = start(world);
    int r = aa_codes_ready(&world->site, watched.state_fd, user, &codes_fault);

    return finish(watched, r, r < 0);
}

int codes_revoke(const struct world *world, uint32_t number, const char *user)
{
    struct watched watched = start(world);
    int r = aa_codes_revoke(&world->site, watched.state_fd, number, user, &codes_fault);

    return finish(watched, r, r < 0);
}

static void keep(void *context, const struct aa_code_facts *facts)
{
    struct codes_listed *listed = context;

    assert_true(listed->n < AA_CODES_MAX);
    listed->v[listed->n++] = *facts;
}

int codes_list(const struct world *world, struct codes_listed *ret)
{
    struct watched watched = start(world);
    int r;

    ret->n = 0;
    r = aa_codes_list(&world->site, watched.state_fd, keep, ret, &codes_fault);
    return finish(watched, r, r < 0);
}
