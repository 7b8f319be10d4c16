/* SPDX-License-Identifier: ISC */
/*
 * Who answered. A channel authenticates an identity of its own namespace; here it becomes facts:
 * which one person that is, which accounts of this host are theirs, and which groups of the policy
 * they are in now. What is looked up on the host goes through a directory, so that tests are
 * tables; everything else is a function of the snapshot.
 */
#ifndef AA_VOTER_H
#define AA_VOTER_H

#include "capture/request.h"
#include "policy/snapshot.h"

/* As the channel authenticated it: nothing in here is a claim of the voter's. */
struct aa_voter {
    enum aa_account_kind kind; /* the channel's namespace; AA_ACCOUNT_UNIX: the local channel */
    const char *account;       /* in that namespace: "bob", "U0BOB" */
    const char *email;         /* confirmed by the channel's vendor; NULL: none */
    struct aa_strings chat_groups; /* slack: the groups, of those that were asked about, that they are in */
    uint32_t power;                /* matrix */
    /* the local channel only */
    uid_t uid, login_uid;
    bool login_known;
};

/* The account and group databases of this host. Results: 1 yes, 0 no, negative errno. */
struct aa_directory {
    int (*uid_of)(void *context, const char *account, uid_t *ret);
    int (*in_group)(void *context, const char *account, const char *group);
    int (*name_of)(void *context, struct aa_arena *arena, uid_t uid, const char **ret);
    void *context;
};
extern const struct aa_directory aa_directory_of_host;

/* Why an answer does not count; the words that people read are aa_vote_status_words(). */
enum aa_vote_status {
    AA_VOTE_COUNTS,
    AA_VOTE_ROOT,         /* uid 0 is nobody in particular */
    AA_VOTE_TWO_PEOPLE,   /* local: uid and login identity are different persons */
    AA_VOTE_UNLINKED,     /* no person has this account */
    AA_VOTE_AMBIGUOUS,    /* more than one has */
    AA_VOTE_NO_ACCOUNT,   /* the person has no Unix account on this host */
    AA_VOTE_SELF,         /* the requester: by uid, by login identity, or another account of theirs */
    AA_VOTE_OWNER,        /* the owner of the agent that asks, and the rule does not let them */
    AA_VOTE_NOT_IN_GROUP, /* in none of the rule's groups now */
    AA_VOTE_ALREADY,      /* one person is one vote */
    AA_VOTE_LATE,         /* behind the deadline or the verdict */
    AA_VOTE_TAKEN_BACK,   /* before the verdict: as if never cast */
    AA_VOTE_NOTHING_TO_TAKE_BACK,
    AA_VOTE_UNKNOWN,      /* it could not be looked up now */
    AA_VOTE_STATUS_COUNT
};
const char *aa_vote_status_name(enum aa_vote_status status);  /* AA_VOTE_REFUSED: "self" */
const char *aa_vote_status_words(enum aa_vote_status status); /* "you asked for this yourself" */

enum { AA_PERSON_ACCOUNTS_MAX = 32 }; /* who has more is AA_VOTE_UNKNOWN: none may be left out */

struct aa_unix_account {
    const char *name;
    uid_t uid;
};

/*
 * Texts are the snapshot's or the arena's. Where the status is another than AA_VOTE_COUNTS, person
 * and accounts are set as far as they are certain: an owner may stop a request from anywhere.
 */
struct aa_voter_facts {
    enum aa_vote_status status; /* AA_VOTE_COUNTS: it is one person; what follows is set */
    const char *person;         /* of the person statement, or NAME@DOMAIN; NULL: not one person */
    struct aa_unix_account unix_accounts[AA_PERSON_ACCOUNTS_MAX]; /* those that exist here */
    size_t unix_n;
    const uint32_t *groups; /* indices into the snapshot's groups, of those in "from" */
    size_t groups_n;
    /* of the local channel: who they are to the host, person or not, for cancelling */
    bool local;
    uid_t uid, login_uid;
    bool login_known;
};

/*
 * Looks one voter up, now. "from": the ask's groups (words of the snapshot). 0, -ENOMEM, or
 * -EBADMSG (the snapshot is damaged); a directory that fails makes the status AA_VOTE_UNKNOWN.
 */
int aa_look_up_voter(const struct aa_snapshot *snapshot, const struct aa_directory *directory,
                     struct aa_snap_range from, const struct aa_voter *voter,
                     struct aa_arena *arena, struct aa_voter_facts *ret);

#endif
