/* SPDX-License-Identifier: ISC */
/* What can be said only of the whole configuration: names that are used and not defined, or
 * defined twice; asks that nobody could answer. */
#ifndef AA_REFERENCES_H
#define AA_REFERENCES_H

#include "config-model.h"

/* The host's own data, for apply; NULL where a configuration is only read. */
struct aa_local_data {
    /* 1 the group exists and "name" is in it, 0 not, negative errno: cannot be told */
    int (*in_unix_group)(const struct aa_local_data *data, const char *group, const char *name);
    int (*unix_group_exists)(const struct aa_local_data *data, const char *group);
    bool full_host_name_known;
};

void aa_check_references(struct aa_config *config);
/* A rule about full host names on a host that does not know its own would never be decided. */
void aa_check_host_names(struct aa_config *config, const struct aa_local_data *local);
void aa_check_answerable(struct aa_config *config, const struct aa_local_data *local);

/* A rule's ask with what it leaves open filled in from the include block and the default. */
struct aa_config_ask aa_complete_ask(const struct aa_config *config,
                                     const struct aa_config_rule *rule);

/* What lint asks as well: the types of an ask's channels (1 << enum aa_channel_type), and whether
 * these reach the person in a way that counts. */
uint32_t aa_ask_channel_types(const struct aa_config *config, const struct aa_config_ask *ask);
bool aa_person_is_reachable(const struct aa_config_entity *person, uint32_t types);
const struct aa_config_entity *aa_find_entity(const struct aa_config_entity *first,
                                              const char *name);

#endif
