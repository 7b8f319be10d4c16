/* SPDX-License-Identifier: ISC */
#include "finders.h"

#include <errno.h>

#include "named.h"
#include "option-command.h"
#include "option-spelling.h"

static int activate(struct aa_mask_search *s, struct aa_mask_command *c, struct aa_mask_row *row, bool any)
{
    int r = aa_mask_row_spelled(s->masker, s->arena, row);
    size_t kept = 0;

    if (r < 0)
        return r;
    /* the program that was named last stands last: what it says of an option counts first */
    for (size_t i = 0; i < c->active_n; i++) {
        if (c->active[i].row != row)
            c->active[kept++] = c->active[i];
    }
    c->active_n = kept;
    if (kept == AA_MASK_ACTIVE_MAX) {
        s->masker->overrun = "a command names too many programs";
        return 0;
    }
    c->active[c->active_n++] = (struct aa_mask_active){ .row = row, .any = any };
    return 0;
}

static int find_program(struct aa_mask_search *s, struct aa_mask_command *c, const struct aa_mask_word *word,
                        bool first, const struct aa_mask_word *before)
{
    const struct aa_mask_program *at = NULL;
    struct aa_mask_row *row;
    const char *name;
    size_t n = aa_mask_program_name(word, first, &name);
    int r = 0;

    if (n == 0 || c->plain || aa_mask_option_names_something(before))
        return 0;
    c->plain = aa_mask_program_is_plain(name, n);
    while (r == 0 && (row = aa_mask_rows_find(&s->rows, name, n, &at)) != NULL) {
        r = activate(s, c, row, false);
        for (size_t i = 0; i < row->spelled_n; i++)
            c->known |= row->spelled[i].kind != AA_MASK_SPARE;
        c->first_known = c->known && (first || c->first_known);
    }
    return r;
}

/* The spelling that fits best: the longest, of the program that was named last. */
static enum aa_mask_reading read_spellings(const struct aa_mask_command *c, const struct aa_mask_word *word,
                                           bool loose, size_t *ret_from,
                                           struct aa_mask_spelled *ret_how)
{
    enum aa_mask_reading best = AA_MASK_READ_NOTHING;

    for (size_t i = c->active_n; i-- > 0;) {
        const struct aa_mask_active *a = &c->active[i];

        if (a->any ? c->ended : a->ended)
            continue;
        for (size_t j = 0; j < a->row->spelled_n; j++) {
            const struct aa_mask_spelled *spelled = &a->row->spelled[j];
            size_t from = 0;
            enum aa_mask_reading reading = aa_mask_spelling_read(spelled, word, loose, &from);

            if (reading == AA_MASK_READ_NOTHING ||
                (best != AA_MASK_READ_NOTHING && ret_how->length >= spelled->length))
                continue;
            best = reading;
            *ret_from = from;
            *ret_how = *spelled;
        }
    }
    return best;
}

/* Whether the word held a value. */
static bool read_option(struct aa_mask_search *s, struct aa_mask_command *c, const struct aa_mask_word *word)
{
    struct aa_mask_spelled how = aa_mask_by_name;
    size_t from = 0;
    enum aa_mask_reading reading = read_spellings(c, word, false, &from, &how);

    if (reading == AA_MASK_READ_NOTHING && aa_mask_word_is_option(word))
        reading = read_spellings(c, word, true, &from, &how);
    if (reading == AA_MASK_READ_NOTHING && !c->ended) {
        if (aa_mask_word_is_option(word)) /* else they would be read for each word */
            (void)!aa_mask_name_words_keep(s->masker);
        how = aa_mask_by_name;
        reading = aa_mask_name_read(s->masker, word, &from);
    }
    if (reading == AA_MASK_READ_HERE &&
        !aa_mask_option_is_told(s, word, from, word->v + from, word->n - from))
        aa_mask_option_cover(s, c, word, from, &how);
    c->due = reading == AA_MASK_READ_NEXT;
    c->how = how;
    c->option = word;
    c->set = false;
    return reading == AA_MASK_READ_HERE;
}

/* Whether one of the rows says that the word in this place is a value. */
static bool read_operand(struct aa_mask_search *s, struct aa_mask_command *c, const struct aa_mask_word *word)
{
    bool is_value = false;

    for (size_t i = 0; i < c->active_n; i++) {
        struct aa_mask_active *a = &c->active[i];

        a->operands++;
        a->last_operand = word;
        if (a->behind != NULL)
            a->behind_n++;
        for (size_t j = 0; j < a->row->spelled_n; j++) {
            const struct aa_mask_spelled *spelled = &a->row->spelled[j];

            if ((spelled->kind == AA_MASK_OPERAND && spelled->number == a->operands) ||
                (spelled->kind == AA_MASK_BEHIND && a->behind != NULL && spelled->number == a->behind_n &&
                 aa_mask_word_is(a->behind, spelled->text, spelled->length))) {
                aa_mask_option_cover(s, c, word, 0, &aa_mask_by_name);
                is_value = true;
            }
        }
    }
    return is_value;
}

/* A word behind which values stand, unless it is one of those itself. */
static void read_behind(struct aa_mask_command *c, const struct aa_mask_word *word)
{
    for (size_t i = 0; i < c->active_n; i++) {
        struct aa_mask_active *a = &c->active[i];
        bool wanted = false, waiting = false;

        for (size_t j = 0; j < a->row->spelled_n; j++) {
            const struct aa_mask_spelled *spelled = &a->row->spelled[j];

            if (spelled->kind != AA_MASK_BEHIND)
                continue;
            wanted = wanted || aa_mask_word_is(word, spelled->text, spelled->length);
            waiting = waiting || (a->behind != NULL && spelled->number > a->behind_n &&
                                  aa_mask_word_is(a->behind, spelled->text, spelled->length));
        }
        if (wanted && !waiting) {
            a->behind = word;
            a->behind_n = 0;
        }
    }
}

static void read_end_of_options(struct aa_mask_command *c, size_t i)
{
    /* a wrapper's, where a command follows it */
    c->ended = c->ended || c->plain || i + 1 == c->n || aa_mask_word_is_option(&c->v[i + 1]);
    for (size_t j = 0; j < c->active_n; j++)
        c->active[j].ended = true;
}

static int read_text(struct aa_mask_search *s, const struct aa_mask_words *words, unsigned depth);

static int read_inner(struct aa_mask_search *s, const struct aa_mask_word *word, unsigned depth)
{
    struct aa_mask_words inner;
    bool text = false;
    int r;

    for (size_t i = 0; i < word->n && !text; i++)
        text = word->v[i] != '\0' && strchr(" \t\r\n;|&()<>`", word->v[i]) != NULL;
    if (!text)
        return 0;
    if (depth == AA_MASK_NESTED_MAX) {
        s->masker->overrun = "a command holds texts in texts, too deep";
        return 0;
    }
    r = aa_mask_words_read(s->arena, word->v, word->n, 0, word, &inner);
    return r < 0 ? r : read_text(s, &inner, depth + 1);
}

/* A text's first word may be its option's value: --command='mysql -pX' */
static struct aa_mask_word without_name(const struct aa_mask_word *word)
{
    const char *sign = memrchr(word->v, '=', word->n);
    struct aa_mask_word ret = *word;

    if (sign == NULL)
        return ret;
    ret.v = sign + 1;
    ret.n = word->n - (size_t)(ret.v - word->v);
    ret.at += word->n - ret.n;
    if (word->origin != NULL)
        ret.origin = word->origin + (word->n - ret.n);
    return ret;
}

/* Whether the word is an option's, and not one that is counted: of options that always take one, and a
 * number behind a letter. */
static bool is_argument(const struct aa_mask_word *before, const struct aa_mask_word *word)
{
    static const char *const options[] = {
        "--algorithm",      "--cluster",  "--config",     "--context",
        "--database",       "--endpoint", "--format",     "--host",
        "--keyring",        "--name",     "--namespace",  "--output",
        "--port",           "--profile",  "--project",    "--realm",
        "--region",         "--server",   "--stdin-name", "--url",
        "--user",           "--username", "--vault-id",   "--vault-password-file",
        "--vhost",          "-vhost",     "--node",       "--organization",
        "--time-step-size", "--digits",   "--now",        "--start-time",
        "--window",
    };

    if (before == NULL || !aa_mask_word_is_option(before))
        return false;
    for (size_t i = 0; i < AA_ARRAY_SIZE(options); i++) {
        if (aa_mask_word_is(before, options[i], strlen(options[i])))
            return true;
    }
    for (size_t i = 0; i < word->n; i++) {
        if (word->v[i] < '0' || word->v[i] > '9')
            return false;
    }
    return before->n == 2 && word->n > 0 && word->n <= 5;
}

static int read_command(struct aa_mask_search *s, const struct aa_mask_word *words, size_t n, bool starts,
                        unsigned depth)
{
    struct aa_mask_command c = { .v = words, .n = n };
    const struct aa_mask_program *at = NULL;
    struct aa_mask_row *row;
    int r = 0;

    while (r == 0 && (row = aa_mask_rows_find(&s->rows, NULL, 0, &at)) != NULL)
        r = activate(s, &c, row, true);
    for (size_t i = 0; i < n && r == 0; i++) {
        const struct aa_mask_word *word = &words[i];
        bool is_value = false;

        aa_mask_runner_see(&c.runner, word);
        if (word->target) {
            r = read_inner(s, word, depth);
            continue;
        }
        aa_mask_option_spare_target(s, &c, word, c.before);
        if (c.due && !aa_mask_word_is_option(word) &&
            !aa_mask_option_is_told(s, c.option, 0, word->v, word->n)) {
            if (!c.set || aa_mask_option_is_set_value(word))
                aa_mask_option_cover(s, &c, word, 0, &c.how);
            c.due = false;
        } else if (aa_mask_word_is(word, "--", 2)) {
            c.due = false;
            read_end_of_options(&c, i);
        } else {
            is_value = read_option(s, &c, word);
            if (!aa_mask_word_is_option(word) && !is_value && !is_argument(c.before, word))
                is_value = read_operand(s, &c, word);
            if (!is_value) {
                const struct aa_mask_word named = starts && i == 0 ? without_name(word) : *word;

                read_behind(&c, word);
                aa_mask_option_read_set(s, &c, word);
                r = find_program(s, &c, &named, c.before == NULL, c.before);
                if (r == 0)
                    r = read_inner(s, word, depth);
            }
        }
        c.before = word;
    }
    for (size_t i = 0; i < c.active_n; i++) {
        for (size_t j = 0; c.active[i].last_operand != NULL && j < c.active[i].row->spelled_n; j++) {
            const struct aa_mask_spelled *spelled = &c.active[i].row->spelled[j];

            if (spelled->kind == AA_MASK_OPERAND && spelled->number == 0)
                aa_mask_option_cover(s, &c, c.active[i].last_operand, 0, &aa_mask_by_name);
        }
    }
    return r;
}

static int read_text(struct aa_mask_search *s, const struct aa_mask_words *words, unsigned depth)
{
    int r = 0;

    if (words->n >= AA_MASK_WORDS_MAX)
        s->masker->overrun = "a text has too many words";
    for (size_t i = 0, end; i < words->n && r == 0; i = end + 1) {
        for (end = i; end < words->n && !words->v[end].separator;)
            end++;
        if (end > i)
            r = read_command(s, words->v + i, end - i, depth > 0 && i == 0, depth);
    }
    return r;
}

int aa_mask_find_options(struct aa_masker *masker, struct aa_arena *arena,
                         const struct aa_mask_words *words, struct aa_mask_spans *spans)
{
    struct aa_mask_search s = { .masker = masker, .arena = arena, .spans = spans };
    int r = aa_mask_rows_read(masker, arena, &s.rows);

    return r < 0 ? r : read_text(&s, words, 0);
}
