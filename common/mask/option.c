/* SPDX-License-Identifier: ISC */
#include "finders.h"

#include <errno.h>

#include "named.h"
#include "option-rows.h"
#include "option-spelling.h"

enum { ACTIVE_MAX = 64, SET_NAME_MAX = 256 };

/* A row whose program stands before the words that are looked at. */
struct active {
    struct aa_mask_row *row;
    bool any;
    bool ended;        /* "--" stood behind its program */
    uint32_t operands; /* words that are no options, behind its program */
    const struct aa_mask_word *last_operand;
    const struct aa_mask_word *behind; /* AA_MASK_BEHIND: this word was found, */
    uint32_t behind_n;                 /* and so many that are no options behind it */
};

struct search {
    struct aa_masker *masker;
    struct aa_arena *arena;
    struct aa_mask_spans *spans;
    struct aa_mask_rows rows;
};

/* The words of one command. */
struct command {
    const struct aa_mask_word *v;
    size_t n;
    struct active active[ACTIVE_MAX];
    size_t active_n;
    bool plain; /* what follows are names, whatever they are */
    bool ended; /* options of every program */
    /* the word before takes this one as its value */
    bool due;
    const struct aa_mask_word *option;
    bool verb;  /* "set", "config": a name and its value may follow, as two words */
    bool set;   /* the word before is such a name */
    struct aa_mask_spelled how;
};

static const struct aa_mask_spelled by_name = { "", 0, AA_MASK_VALUE, 0 };

static bool is_option(const struct aa_mask_word *word)
{
    return word->n > 1 && word->v[0] == '-';
}

static bool equals(const struct aa_mask_word *word, const char *text, size_t n)
{
    return word->n == n && memcmp(word->v, text, n) == 0;
}

static bool equals_start(const struct aa_mask_word *word, size_t length, const char *text)
{
    return length == strlen(text) && length <= word->n && memcmp(word->v, text, length) == 0;
}

static bool equals_text(const struct aa_mask_spelled *spelled, const char *text)
{
    return spelled->length == strlen(text) && memcmp(spelled->text, text, spelled->length) == 0;
}

static void cover_piece(struct search *s, const struct aa_mask_word *word, size_t from, size_t to)
{
    size_t first, last;

    if (from >= to || aa_mask_is_no_value(word->v + from, to - from) ||
        aa_mask_is_path(word->v + from, to - from))
        return;
    first = word->origin != NULL ? word->origin[from] : word->at + from;
    last = word->origin != NULL ? word->origin[to - 1] : word->at + to - 1;
    aa_mask_spans_add(s->spans, first, last + 1 - first, "option", AA_MASK_TYPE_SECRET);
}

/* openssl: env:NAME, file:PATH and fd:N tell where the password is. */
static bool names_source(const struct aa_mask_spelled *how, const char *value, size_t n)
{
    return strncmp(how->text, "-pass", 5) == 0 &&
           ((n == 3 && memcmp(value, "env", 3) == 0) || (n == 4 && memcmp(value, "file", 4) == 0) ||
            (n == 2 && memcmp(value, "fd", 2) == 0));
}

/* "Bearer VALUE": the scheme stays. */
static size_t scheme_length(const char *value, size_t n)
{
    static const char *const schemes[] = { "bearer ", "basic ", "token ", "flyv1 ", "splunk ", "apikey ", "bot ", "ssws ", "base32:", "hex:" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(schemes); i++) {
        const size_t length = strlen(schemes[i]);

        if (n < length + 4)
            continue;
        for (size_t j = 0; j < length && (value[j] | 0x20) == (schemes[i][j] | 0x20); j++) {
            if (j + 1 == length)
                return length;
        }
    }
    return 0;
}

/* --cookie 'NAME=VALUE; …': the names stay, and what is covered of it is the patterns' to say. --secret NAME:
 * the name of a secret is none. */
static bool is_told_by_others(const struct search *s, const struct aa_mask_word *option, size_t from,
                              const char *value, size_t n)
{
    static const char *const ids[] = { "--secret", "--secrets", "--set-secrets", "--update-secrets", "--secret-id",
                                       "--existing-secret", "--pull-secret", "--image-pull-secret" };
    const size_t length = from > 0 ? from - 1 : option->n;
    size_t last = n;

    if (equals_start(option, length, "--cookie") || equals_start(option, length, "--cookies"))
        return memchr(value, '=', n) != NULL;
    for (size_t i = 0; i < AA_ARRAY_SIZE(ids); i++) {
        if (!equals_start(option, length, ids[i]))
            continue;
        for (size_t j = 0; j < n; j++) {
            if (!((value[j] >= 'a' && value[j] <= 'z') || (value[j] >= 'A' && value[j] <= 'Z') || value[j] == '-' ||
                  value[j] == '_'))
                return false;
            if (value[j] == '-' || value[j] == '_')
                last = j + 1;
        }
        return aa_mask_name_is_secret(s->masker, value, n) ||
               (n - last >= 3 && last < n && (memcmp(value + last, "key", 3) == 0 || memcmp(value + last, "cert", 3) == 0));
    }
    return false;
}

/* What is literal of a value; an expansion in it stays. */
static void cover(struct search *s, const struct aa_mask_word *word, size_t from,
                  const struct aa_mask_spelled *how)
{
    if (how->kind == AA_MASK_AFTER_COLON || how->kind == AA_MASK_AFTER_PERCENT) {
        const char mark = how->kind == AA_MASK_AFTER_COLON ? ':' : '%';
        const char *found = memchr(word->v + from, mark, word->n - from);

        if (found == NULL || names_source(how, word->v + from, (size_t)(found - word->v) - from))
            return;
        from = (size_t)(found + 1 - word->v);
    }
    from += scheme_length(word->v + from, word->n - from);
    if (!word->raw) {
        cover_piece(s, word, from, word->n);
        return;
    }
    for (size_t i = from; i <= word->n; i++) {
        if (i == word->n || word->v[i] == '\0') {
            cover_piece(s, word, from, i);
            from = i + 1;
        }
    }
}

static int activate(struct search *s, struct command *c, struct aa_mask_row *row, bool any)
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
    if (kept == ACTIVE_MAX) {
        s->masker->overrun = "a command names too many programs";
        return 0;
    }
    c->active[c->active_n++] = (struct active){ .row = row, .any = any };
    return 0;
}

/* An account's or a container's name is often the program's: "-u mysql". */
static bool names_something(const struct aa_mask_word *before)
{
    static const char *const options[] = { "-u",     "-g",      "-U",      "-o",    "--user",
                                           "--group", "--owner", "--name", "-name", "--container" };

    for (size_t i = 0; before != NULL && i < AA_ARRAY_SIZE(options); i++) {
        if (equals(before, options[i], strlen(options[i])))
            return true;
    }
    return false;
}

static int find_program(struct search *s, struct command *c, const struct aa_mask_word *word,
                        bool first, const struct aa_mask_word *before)
{
    const struct aa_mask_program *at = NULL;
    struct aa_mask_row *row;
    const char *name;
    size_t n = aa_mask_program_name(word, first, &name);
    int r = 0;

    if (n == 0 || c->plain || names_something(before))
        return 0;
    c->plain = aa_mask_program_is_plain(name, n);
    while (r == 0 && (row = aa_mask_rows_find(&s->rows, name, n, &at)) != NULL)
        r = activate(s, c, row, false);
    return r;
}

/* The spelling that fits best: the longest, of the program that was named last. */
static enum aa_mask_reading read_spellings(const struct command *c, const struct aa_mask_word *word,
                                           bool loose, size_t *ret_from,
                                           struct aa_mask_spelled *ret_how)
{
    enum aa_mask_reading best = AA_MASK_READ_NOTHING;

    for (size_t i = c->active_n; i-- > 0;) {
        const struct active *a = &c->active[i];

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
static bool read_option(struct search *s, struct command *c, const struct aa_mask_word *word)
{
    struct aa_mask_spelled how = by_name;
    size_t from = 0;
    enum aa_mask_reading reading = read_spellings(c, word, false, &from, &how);

    if (reading == AA_MASK_READ_NOTHING && is_option(word))
        reading = read_spellings(c, word, true, &from, &how);
    if (reading == AA_MASK_READ_NOTHING && !c->ended) {
        if (is_option(word)) /* else they would be read for each word */
            (void)!aa_mask_name_words_keep(s->masker);
        how = by_name;
        reading = aa_mask_name_read(s->masker, word, &from);
    }
    if (reading == AA_MASK_READ_HERE && !is_told_by_others(s, word, from, word->v + from, word->n - from))
        cover(s, word, from, &how);
    c->due = reading == AA_MASK_READ_NEXT;
    c->how = how;
    c->option = word;
    c->set = false;
    return reading == AA_MASK_READ_HERE;
}

/* Whether one of the rows says that the word in this place is a value. */
static bool read_operand(struct search *s, struct command *c, const struct aa_mask_word *word)
{
    bool is_value = false;

    for (size_t i = 0; i < c->active_n; i++) {
        struct active *a = &c->active[i];

        a->operands++;
        a->last_operand = word;
        if (a->behind != NULL)
            a->behind_n++;
        for (size_t j = 0; j < a->row->spelled_n; j++) {
            const struct aa_mask_spelled *spelled = &a->row->spelled[j];

            if ((spelled->kind == AA_MASK_OPERAND && spelled->number == a->operands) ||
                (spelled->kind == AA_MASK_BEHIND && a->behind != NULL &&
                 spelled->number == a->behind_n && equals(a->behind, spelled->text, spelled->length))) {
                cover(s, word, 0, &by_name);
                is_value = true;
            }
        }
    }
    return is_value;
}

/* A word behind which values stand, unless it is one of those itself. */
static void read_behind(struct command *c, const struct aa_mask_word *word)
{
    for (size_t i = 0; i < c->active_n; i++) {
        struct active *a = &c->active[i];
        bool wanted = false, waiting = false;

        for (size_t j = 0; j < a->row->spelled_n; j++) {
            const struct aa_mask_spelled *spelled = &a->row->spelled[j];

            if (spelled->kind != AA_MASK_BEHIND)
                continue;
            wanted = wanted || equals(word, spelled->text, spelled->length);
            waiting = waiting || (a->behind != NULL && spelled->number > a->behind_n &&
                                  equals(a->behind, spelled->text, spelled->length));
        }
        if (wanted && !waiting) {
            a->behind = word;
            a->behind_n = 0;
        }
    }
}

/* "config set NAME VALUE", "kv put x/NAME VALUE": the value is the next word. */
static void read_set(struct search *s, struct command *c, const struct aa_mask_word *word)
{
    static const char *const verbs[] = { "set", "config", "configure", "modify", "put", "write", "setprop" };
    size_t from = word->n;
    bool compound = false;

    if (is_option(word) || c->plain)
        return;
    for (size_t i = 0; i < AA_ARRAY_SIZE(verbs); i++) {
        if (equals(word, verbs[i], strlen(verbs[i]))) {
            c->verb = true;
            return;
        }
    }
    if (!c->verb || word->n > SET_NAME_MAX || word->n == 0 || (word->n > 4 && memcmp(word->v + 1, "et-", 3) == 0))
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
    c->how = by_name;
    c->option = word;
}

static bool is_set_value(const struct aa_mask_word *word)
{
    static const char *const others[] = { "=", "for", "to", "from", "is", "as", "with", "of", "by", "on", "in" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(others); i++) {
        if (equals(word, others[i], strlen(others[i])))
            return false;
    }
    return word->n > 0;
}

/* "user@host" by itself, behind a program of which a row says that it is none: no address for mail. */
static void spare_target(struct search *s, const struct command *c, const struct aa_mask_word *word,
                         const struct aa_mask_word *before)
{
    const char *at = memchr(word->v, '@', word->n);
    size_t first, last;

    if (at == NULL || word->raw || before == NULL || memchr(at + 1, '@', word->n - (size_t)(at + 1 - word->v)) != NULL ||
        memmem(before->v, before->n, "mail", 4) != NULL || memmem(before->v, before->n, "author", 6) != NULL)
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

            if (spelled->kind == AA_MASK_SPARE && equals_text(spelled, "email")) {
                aa_mask_spans_add(s->spans, first, last + 1 - first, AA_MASK_TARGET, AA_MASK_TARGET);
                return;
            }
        }
    }
}

static void read_end_of_options(struct command *c, size_t i)
{
    /* a wrapper's, where a command follows it */
    c->ended = c->ended || c->plain || i + 1 == c->n || is_option(&c->v[i + 1]);
    for (size_t j = 0; j < c->active_n; j++)
        c->active[j].ended = true;
}

static int read_text(struct search *s, const struct aa_mask_words *words, unsigned depth);

static int read_inner(struct search *s, const struct aa_mask_word *word, unsigned depth)
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
        "--algorithm", "--cluster", "--config", "--context", "--database", "--endpoint", "--format", "--host",
        "--keyring", "--name", "--namespace", "--output", "--port", "--profile", "--project", "--realm", "--region",
        "--server", "--stdin-name", "--url", "--user", "--username", "--vault-id", "--vault-password-file", "--vhost",
        "-vhost", "--node", "--organization", "--time-step-size", "--digits", "--now", "--start-time", "--window",
    };

    if (before == NULL || !is_option(before))
        return false;
    for (size_t i = 0; i < AA_ARRAY_SIZE(options); i++) {
        if (equals(before, options[i], strlen(options[i])))
            return true;
    }
    for (size_t i = 0; i < word->n; i++) {
        if (word->v[i] < '0' || word->v[i] > '9')
            return false;
    }
    return before->n == 2 && word->n > 0 && word->n <= 5;
}

static int read_command(struct search *s, const struct aa_mask_word *words, size_t n, bool starts,
                        unsigned depth)
{
    struct command c = { .v = words, .n = n };
    const struct aa_mask_program *at = NULL;
    const struct aa_mask_word *before = NULL;
    struct aa_mask_row *row;
    int r = 0;

    while (r == 0 && (row = aa_mask_rows_find(&s->rows, NULL, 0, &at)) != NULL)
        r = activate(s, &c, row, true);
    for (size_t i = 0; i < n && r == 0; i++) {
        const struct aa_mask_word *word = &words[i];
        bool is_value = false;

        if (word->target) {
            r = read_inner(s, word, depth);
            continue;
        }
        spare_target(s, &c, word, before);
        if (c.due && !is_option(word) && !is_told_by_others(s, c.option, 0, word->v, word->n)) {
            if (!c.set || is_set_value(word))
                cover(s, word, 0, &c.how);
            c.due = false;
        } else if (equals(word, "--", 2)) {
            c.due = false;
            read_end_of_options(&c, i);
        } else {
            is_value = read_option(s, &c, word);
            if (!is_option(word) && !is_value && !is_argument(before, word))
                is_value = read_operand(s, &c, word);
            if (!is_value) {
                const struct aa_mask_word named = starts && i == 0 ? without_name(word) : *word;

                read_behind(&c, word);
                read_set(s, &c, word);
                r = find_program(s, &c, &named, before == NULL, before);
                if (r == 0)
                    r = read_inner(s, word, depth);
            }
        }
        before = word;
    }
    for (size_t i = 0; i < c.active_n; i++) {
        for (size_t j = 0; c.active[i].last_operand != NULL && j < c.active[i].row->spelled_n; j++) {
            const struct aa_mask_spelled *spelled = &c.active[i].row->spelled[j];

            if (spelled->kind == AA_MASK_OPERAND && spelled->number == 0)
                cover(s, c.active[i].last_operand, 0, &by_name);
        }
    }
    return r;
}

static int read_text(struct search *s, const struct aa_mask_words *words, unsigned depth)
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
    struct search s = { .masker = masker, .arena = arena, .spans = spans };
    int r = aa_mask_rows_read(masker, arena, &s.rows);

    return r < 0 ? r : read_text(&s, words, 0);
}

static bool is_among(const struct aa_mask_words *words, const char *program, size_t length)
{
    bool first = true;

    for (size_t i = 0; i < words->n; i++) {
        const char *name;

        if (!words->v[i].separator && !(i > 0 && !first && names_something(&words->v[i - 1])) &&
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
