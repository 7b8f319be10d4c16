/* SPDX-License-Identifier: ISC */
/* Options as getopt_long(3) reads them: groups of letters, values in the same word or the next,
 * long names cut short. */
#include "wrapper-internal.h"

static int not_known(struct aa_wrapping *w, const char *option)
{
    aa_wrapper_opaque(w, "%s's option %s is not known here", w->base, option);
    return -1;
}

/* The value of an option in the next word, which has to be one word. */
static int take_value(struct aa_wrapping *w, const char *option, struct aa_option *ret)
{
    if (w->at >= w->words.n) {
        aa_wrapper_opaque(w, "%s's option %s has no value", w->base, option);
        return -1;
    }
    if (aa_doubt_at(w, w->at) == AA_SPREADS) {
        aa_wrapper_opaque(w, "the value of %s's option %s is not known", w->base, option);
        return -1;
    }
    ret->doubt = aa_doubt_at(w, w->at);
    ret->value = w->words.v[w->at++];
    return 1;
}

/* The entry of a long option: in full, or the only one that begins so. */
static const char *find_long(const struct aa_wrapping *w, const char *name, size_t n, size_t *ret_n)
{
    const char *list = w->row->longs, *each, *found = NULL;
    size_t each_n, found_n = 0;

    while (list != NULL && (each = aa_next_listed(&list, &each_n)) != NULL) {
        size_t name_n = each_n;

        if (each[name_n - 1] == '?')
            name_n--;
        if (each[name_n - 1] == '=')
            name_n--;
        if (n > name_n || strncmp(each, name, n) != 0)
            continue;
        if (n == name_n) {
            *ret_n = each_n;
            return each;
        }
        if (found != NULL)
            return NULL;
        found = each;
        found_n = each_n;
    }
    *ret_n = found_n;
    return found;
}

static int read_long(struct aa_wrapping *w, struct aa_option *ret)
{
    const char *word = w->words.v[w->at], *name = word + 2, *equals = strchr(name, '='), *entry;
    size_t n = equals != NULL ? (size_t)(equals - name) : strlen(name), entry_n;
    bool takes, optional;

    entry = find_long(w, name, n, &entry_n);
    if (entry == NULL)
        return not_known(w, word);
    optional = entry[entry_n - 1] == '?';
    takes = optional || entry[entry_n - 1] == '=';
    if (equals != NULL && !takes)
        return not_known(w, word);
    ret->name = aa_arena_strndup(w->arena, entry, entry_n - takes - optional);
    if (ret->name == NULL) {
        w->error = -1;
        return -1;
    }
    w->at++;
    if (equals != NULL)
        ret->value = equals + 1;
    return takes && !optional && equals == NULL ? take_value(w, word, ret) : 1;
}

static int read_short(struct aa_wrapping *w, struct aa_option *ret)
{
    char letter = *w->cluster, shown[3] = { '-', letter, '\0' };
    const char *entry = letter != ':' && letter != '+' && w->row->shorts != NULL ?
                        strchr(w->row->shorts, letter) : NULL;

    if (entry == NULL) {
        w->cluster = NULL;
        return not_known(w, w->words.v[w->at]);
    }
    ret->letter[0] = letter;
    ret->name = ret->letter;
    w->cluster++;
    if (entry[1] == ':') {
        if (*w->cluster != '\0')
            ret->value = w->cluster;
        w->cluster = NULL;
        w->at++;
        return ret->value == NULL && entry[2] != ':' ? take_value(w, shown, ret) : 1;
    }
    if (*w->cluster == '\0') {
        w->cluster = NULL;
        w->at++;
    }
    return 1;
}

int aa_option_next(struct aa_wrapping *w, struct aa_option *ret)
{
    const char *word;

    *ret = (struct aa_option){ 0 };
    if (w->cluster != NULL)
        return read_short(w, ret);
    if (w->at >= w->words.n || w->ended)
        return 0;
    word = w->words.v[w->at];
    if (aa_doubt_at(w, w->at) != AA_EXACT) {
        if (aa_doubt_at(w, w->at) == AA_UNKNOWN && word[0] != '\0' && word[0] != '-')
            return 0;
        aa_wrapper_opaque(w, "a word that is not known stands where %s has its options", w->base);
        return -1;
    }
    if (aa_streq(word, "--")) {
        w->at++;
        w->ended = true;
        return 0;
    }
    if (word[0] != '-' || word[1] == '\0')
        return 0;
    if (word[1] == '-')
        return read_long(w, ret);
    w->cluster = word + 1;
    return read_short(w, ret);
}
