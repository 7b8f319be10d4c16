/* SPDX-License-Identifier: ISC */
/* init, in three parts: what was chosen, the questions that complete it, what is written. */
#ifndef AA_CLI_INIT_H
#define AA_CLI_INIT_H

#include "base/buffer.h"
#include "cli.h"

enum { INIT_APPROVERS_MAX = 64, INIT_TEXT_MAX = 64 * 1024 };

enum init_kind { INIT_UNKNOWN, INIT_AGENT, INIT_TEAM };
enum init_mode { INIT_USUAL, INIT_ENFORCE, INIT_OBSERVE };

struct init_choice {
    enum init_kind kind;
    enum init_mode mode;
    const char *timeout;
    const char *person, *agent;                 /* agent */
    const char *approvers[INIT_APPROVERS_MAX];  /* team: accounts … */
    size_t approvers_n;
    const char *approvers_group;                /* … or the group whose members these are */
};

/* Whether it is complete, so that nothing has to be asked. */
bool init_is_complete(const struct init_choice *choice);
/* Asks for what is missing, on the terminal; EXIT_YES, or another code with words. */
int init_ask(struct init_choice *choice);

/* The names in it are accounts that can have this part. "strict": of this host; else it only warns
 * of those that are not. */
int init_check_accounts(const struct command *command, struct init_choice *choice, bool strict);

void init_add_configuration(struct aa_buffer *out, const struct init_choice *choice);
void init_add_next_steps(struct aa_buffer *out, const struct init_choice *choice, bool applied);

#endif
