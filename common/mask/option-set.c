/* SPDX-License-Identifier: ISC */
/* "config set NAME VALUE": a name and its value as two words that are no options. */
#include "option-command.h"

enum { SET_NAME_MAX = 256 };

/* "config set NAME VALUE", "kv put x/NAME VALUE": the value is the next word. */
void aa_mask_option_read_set(struct aa_mask_search *s, struct aa_mask_command *c,
                             const struct aa_mask_word *word)
{
    static const char *const verbs[] = { "set", "config", "configure", "modify", "put", "write", "setprop" };
    size_t from = word->n;
    bool compound = false;

    if (aa_mask_word_is_option(word) || c->plain)
        return;
    for (size_t i = 0; i < AA_ARRAY_SIZE(verbs); i++) {
        if (aa_mask_word_is(word, verbs[i], strlen(verbs[i]))) {
            c->verb = true;
            return;
        }
    }
    if (!c->verb || word->n > SET_NAME_MAX || word->n == 0 ||
        (word->n > 4 && memcmp(word->v + 1, "et-", 3) == 0))
        return; /* set-credentials, get-token */
    while (from > 0 && word->v[from - 1] != '/' && word->v[from - 1] != ':')
        from--;
    for (size_t i = from; i < word->n; i++) {
        const char b = word->v[i];
        const bool letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');

        if (!letter && !(b >= '0' && b <= '9') && b != '_' && b != '-' && b != '.')
            return;
        compound = compound || !(b >= 'a' && b <= 'z');
    }
    if ((!compound && from == 0) || !aa_mask_name_is_secret(s->masker, word->v + from, word->n - from))
        return;
    c->due = c->set = true;
    c->how = aa_mask_by_name;
    c->option = word;
}

bool aa_mask_option_is_set_value(const struct aa_mask_word *word)
{
    static const char *const others[] = { "=",    "for", "to", "from", "is", "as",
                                          "with", "of",  "by", "on",   "in" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(others); i++) {
        if (aa_mask_word_is(word, others[i], strlen(others[i])))
            return false;
    }
    return word->n > 0;
}
