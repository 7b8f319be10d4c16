/* SPDX-License-Identifier: ISC */
/* By what is masked: the shipped rules, those of a policy, and a key for the tokens. */
#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>

#include "base/trusted-file.h"
#include "capture/digest.h"
#include "cli.h"
#include "masking.h"

struct opening {
    const char *command;
    struct mask_rules *rules;
    int state_fd; /* -1: see "why" */
    char why[AA_TRUST_WHY_MAX];
    unsigned char key[AA_KEY_SIZE];
};

static void open_state(struct opening *o)
{
    const struct aa_site *site = &aa_site_system;

    o->state_fd = -1;
    if (geteuid() != 0)
        snprintf(o->why, sizeof(o->why), "only root may");
    else if (aa_trusted_folder(site, site->state_dir, &o->state_fd, o->why) != AA_TRUST_OK)
        o->state_fd = -1;
}

static int open_policy(struct opening *o)
{
    struct policy *policy = &o->rules->policy;
    struct aa_fault fault = { 0 };

    if (o->rules->files.n > 0)
        return policy_open(o->command, &o->rules->files, policy);
    if (o->state_fd >= 0 &&
        aa_snapshot_open(&aa_site_system, o->state_fd, &policy->snapshot, &fault) == 0)
        return EXIT_YES;
    fprintf(stderr, "actionapprove %s: the shipped masks alone are used, since the policy in force "
                    "cannot be read: %s\n", o->command, o->state_fd < 0 ? o->why : fault.detail);
    return EXIT_YES;
}

static int read_key_file(struct opening *o)
{
    _cleanup_close_ int fd = open(o->rules->key_file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    unsigned char more[AA_KEY_SIZE + 1];
    ssize_t n = fd < 0 ? -1 : read(fd, more, sizeof(more));

    if (n == AA_KEY_SIZE) {
        memcpy(o->key, more, sizeof(o->key));
        explicit_bzero(more, sizeof(more));
        return EXIT_YES;
    }
    explicit_bzero(more, sizeof(more));
    fprintf(stderr, "actionapprove %s: %s: %s\n", o->command, o->rules->key_file,
            n < 0 ? strerror(errno) : "this is no key: it has to have 32 bytes");
    return EXIT_UNREACHABLE;
}

static int open_key(struct opening *o)
{
    struct aa_fault fault = { 0 };

    if (o->rules->key_file != NULL)
        return read_key_file(o);
    if (o->state_fd >= 0 && aa_read_key(&aa_site_system, o->state_fd, o->key, &fault) == 0)
        return EXIT_YES;
    if (getrandom(o->key, sizeof(o->key), 0) != (ssize_t)sizeof(o->key)) {
        fprintf(stderr, "actionapprove %s: there is no random key to be had: %s\n", o->command,
                strerror(errno));
        return EXIT_UNREACHABLE;
    }
    fprintf(stderr, "actionapprove %s: a new key is used for this run, so its tokens differ from those in "
                    "records, since the key of this host cannot be read: %s\n", o->command,
            o->state_fd < 0 ? o->why : fault.detail);
    return EXIT_YES;
}

int mask_rules_open(const char *command, struct mask_rules *rules, struct aa_masker *masker)
{
    struct opening opening = { .command = command, .rules = rules };
    int r;

    open_state(&opening);
    r = open_policy(&opening);
    if (r == EXIT_YES)
        r = open_key(&opening);
    if (r == EXIT_YES)
        aa_masker_start(masker, &rules->policy.snapshot, opening.key);
    explicit_bzero(opening.key, sizeof(opening.key));
    if (opening.state_fd >= 0)
        close(opening.state_fd);
    if (r == EXIT_YES && masker->overrun != NULL) {
        fprintf(stderr, "actionapprove %s: nothing can be masked: %s\n", command, masker->overrun);
        r = EXIT_UNREACHABLE;
    }
    return r;
}

void mask_rules_close(struct mask_rules *rules, struct aa_masker *masker)
{
    aa_masker_end(masker);
    policy_close(&rules->policy);
    aa_arena_clear(&rules->files.arena);
}
