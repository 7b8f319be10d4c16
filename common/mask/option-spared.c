/* SPDX-License-Identifier: ISC */
/* What the rows of a command's programs say is not to be looked for, and its targets: user@host. */
#include "option-command.h"

/* An account's or a container's name is often the program's: "-u mysql". */
bool aa_mask_option_names_something(const struct aa_mask_word *before)
{
    static const char *const options[] = { "-u",     "-g",      "-U",      "-o",    "--user",
                                           "--group", "--owner", "--name", "-name", "--container" };

    for (size_t i = 0; before != NULL && i < AA_ARRAY_SIZE(options); i++) {
        if (aa_mask_word_is(before, options[i], strlen(options[i])))
            return true;
    }
    return false;
}

static bool is_among(const struct aa_mask_words *words, const char *program, size_t length)
{
    bool first = true;

    for (size_t i = 0; i < words->n; i++) {
        const char *name;

        if (!words->v[i].separator &&
            !(i > 0 && !first && aa_mask_option_names_something(&words->v[i - 1])) &&
            aa_mask_program_name(&words->v[i], first, &name) == length &&
            memcmp(name, program, length) == 0)
            return true;
        first = words->v[i].separator;
    }
    return false;
}

static bool is_for(const struct aa_snapshot *set, struct aa_snap_range programs,
                   const struct aa_mask_words *words)
{
    const struct aa_snap_word *v = aa_snapshot_words(set, programs);

    for (uint32_t i = 0; v != NULL && i < programs.count; i++) {
        const char *name = aa_snapshot_text(set, v[i].text);

        if (name != NULL && v[i].text.length > 0 &&
            (aa_streq(name, "any") || is_among(words, name, v[i].text.length)))
            return true;
    }
    return false;
}

size_t aa_mask_spared_types(const struct aa_masker *masker, const struct aa_mask_words *words,
                            const char **ret, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < masker->sets_n; i++) {
        const struct aa_snapshot *set = &masker->sets[i];
        const uint32_t count = aa_snapshot_count(set, AA_SECTION_MASK_OPTIONS);
        const struct aa_snap_mask_option *options = aa_snapshot_elements(
            set, AA_SECTION_MASK_OPTIONS, (struct aa_snap_range){ .count = count });

        for (uint32_t j = 0; options != NULL && j < count; j++) {
            const struct aa_snap_word *v = aa_snapshot_words(set, options[j].spellings);
            int wanted = -1; /* not looked at yet */

            for (uint32_t k = 0; v != NULL && k < options[j].spellings.count && n < room; k++) {
                const char *type = aa_snapshot_text(set, v[k].text);

                if (v[k].flags != AA_MASK_SPARE || type == NULL)
                    continue;
                if (wanted < 0)
                    wanted = is_for(set, options[j].programs, words);
                if (wanted > 0)
                    ret[n++] = type;
            }
        }
    }
    return n;
}

/* "user@host" by itself, behind a program of which a row says that it is none: no address for mail. */
void aa_mask_option_spare_target(struct aa_mask_search *s, const struct aa_mask_command *c,
                                 const struct aa_mask_word *word, const struct aa_mask_word *before)
{
    const char *at = memchr(word->v, '@', word->n);
    size_t first, last;

    if (at == NULL || word->raw || before == NULL ||
        memchr(at + 1, '@', word->n - (size_t)(at + 1 - word->v)) != NULL ||
        memmem(before->v, before->n, "mail", 4) != NULL ||
        memmem(before->v, before->n, "author", 6) != NULL)
        return;
    for (size_t i = 0; i < word->n; i++) {
        if (strchr(" \t\n=,<>;:'\"", word->v[i]) != NULL)
            return;
    }
    first = word->origin != NULL ? word->origin[0] : word->at;
    last = word->origin != NULL ? word->origin[word->n - 1] : word->at + word->n - 1;
    for (size_t i = 0; i < c->active_n; i++) {
        for (size_t j = 0; j < c->active[i].row->spelled_n; j++) {
            const struct aa_mask_spelled *spelled = &c->active[i].row->spelled[j];

            if (spelled->kind == AA_MASK_SPARE && aa_mask_spelled_is(spelled, "email")) {
                aa_mask_spans_add(s->spans, first, last + 1 - first, AA_MASK_TARGET, AA_MASK_TARGET);
                return;
            }
        }
    }
}
