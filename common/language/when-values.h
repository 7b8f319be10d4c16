/* SPDX-License-Identifier: ISC */
/* The words of "when time" and "when rhost": what they say, and what is wrong with them. */
#ifndef AA_WHEN_VALUES_H
#define AA_WHEN_VALUES_H

#include "config-model.h"
#include "policy/network.h"

bool aa_check_time_words(struct aa_config *config, const struct aa_word_list *words);
/* The alternative that begins with the first word, as AA_TIME_WORD packs it: how many words it
 * takes (one or two), 0 where the word is no time. */
size_t aa_read_time(const struct aa_word *words, size_t n, uint32_t *ret_packed);

enum aa_remote_form {
    AA_REMOTE_FORM_NONE, /* complained of */
    AA_REMOTE_FORM_NAME,
    AA_REMOTE_FORM_NETWORK, /* an address is a network of one */
    AA_REMOTE_FORM_ANY,
};

/* "config" may be NULL where the word was checked before. */
enum aa_remote_form aa_read_remote(struct aa_config *config, const struct aa_word *word,
                                   struct aa_address *ret_network, uint32_t *ret_bits);

#endif
