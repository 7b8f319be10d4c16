/* SPDX-License-Identifier: ISC */
/* A command line: its words are one text with a NUL behind each, so that places are those of the
 * whole; what is found is handed out to the words in the end. */
#include "filter.h"
#include "find-internal.h"
#include "option-rows.h"
#include "text-runner.h"

#include <errno.h>

#include "known.h"

struct joined {
    char *text;
    size_t length;
    struct aa_mask_words words;
};

static int join_words(struct aa_arena *arena, const struct aa_mask_line *line, struct joined *ret)
{
    size_t at = 0;

    for (size_t i = 0; i < line->n; i++)
        ret->length += strlen(line->v[i]) + 1;
    if (ret->length > AA_MASK_TEXT_MAX || line->n > AA_MASK_WORDS_MAX)
        return 0; /* the caller says so */
    ret->text = aa_arena_alloc(arena, ret->length + 1);
    ret->words.v = AA_NEW_ARRAY(arena, struct aa_mask_word, line->n);
    if (ret->text == NULL || ret->words.v == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < line->n; i++) {
        size_t n = strlen(line->v[i]);

        memcpy(ret->text + at, line->v[i], n + 1);
        ret->words.v[i] = (struct aa_mask_word){ .v = ret->text + at, .n = n, .at = at };
        at += n + 1;
    }
    ret->words.n = line->n;
    return 0;
}

static bool has_syntax(const char *name)
{
    while (*name != '\0' && !aa_mask_is_syntax(*name))
        name++;
    return *name != '\0';
}

/* Whether a name of a command that would run stands here, by itself. */
static bool is_kept(const struct aa_mask_line *line, const struct joined *joined,
                    const struct aa_mask_span *span)
{
    size_t start = span->at, end = span->at + span->length;

    while (start > 0 && !aa_mask_is_syntax(joined->text[start - 1]))
        start--;
    while (end < joined->length && !aa_mask_is_syntax(joined->text[end]))
        end++;
    for (size_t i = 0; i < line->kept_n; i++) {
        size_t n = strlen(line->kept[i]);
        const char *place = n == 0 ? NULL : joined->text + start;

        if (n == end - start && memcmp(place, line->kept[i], n) == 0)
            return true;
        if (!has_syntax(line->kept[i]))
            continue;
        /* a name with blanks in it: any of its occurrences around the span */
        for (size_t at = span->at < n ? 0 : span->at - n; at <= span->at; at++) {
            if (at + n <= joined->length && at + n >= span->at + span->length &&
                memcmp(joined->text + at, line->kept[i], n) == 0)
                return true;
        }
    }
    return false;
}

static void hand_out(const struct aa_mask_line *line, const struct joined *joined,
                     const struct aa_mask_spans *all, struct aa_mask_spans *ret)
{
    size_t i = 0;

    for (size_t j = 0; j < all->n; j++) {
        const struct aa_mask_word *word;

        while (i + 1 < line->n && all->v[j].at >= joined->words.v[i + 1].at)
            i++;
        word = &joined->words.v[i];
        if (!is_kept(line, joined, &all->v[j]))
            aa_mask_spans_add(&ret[i], all->v[j].at - word->at, all->v[j].length, all->v[j].rule,
                              all->v[j].type);
    }
}

/* ---- the same line as a person would type it ---- */

/* Where each of its bytes stands in the joined words; NOWHERE: a quote, a blank. */
struct typed {
    char *text;
    uint32_t *origin;
    size_t length;
};

enum { NAME_LENGTH = 128 };
#define NOWHERE UINT32_MAX

static void type(struct typed *typed, char c, uint32_t origin)
{
    typed->text[typed->length] = c;
    typed->origin[typed->length++] = origin;
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static bool is_plain(const struct aa_mask_word *word)
{
    for (size_t i = 0; i < word->n; i++) {
        if (aa_mask_is_syntax(word->v[i]) || strchr("#*?[]{}~!", word->v[i]) != NULL)
            return false;
    }
    return word->n > 0;
}

/* What is known of the words in front. */
struct before {
    bool assigned; /* NAME=VALUE is an assignment, or data of a program that runs nothing of it */
    bool data;     /* the latter: such words may stand anywhere */
    bool waiting;  /* for the word that says so: "heroku config:set", not "heroku run" */
    struct aa_mask_runner runner;
};

static bool is_among(const struct aa_mask_word *word, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (word->n == strlen(names[i]) && memcmp(word->v, names[i], word->n) == 0)
            return true;
    }
    return false;
}

/* A word that is no assignment and no option: which program, which of its commands? */
static void see_command(struct before *before, const struct aa_mask_word *word)
{
    static const char *const data[] = { "http", "https", "xh", "xhs" };
    static const char *const some[] = { "vault", "bao", "terraform", "tofu", "heroku", "snap", "op" };
    static const char *const verbs[] = { "set", "put", "patch", "write", "plan", "apply", "import", "destroy",
                                         "refresh", "create", "edit", "login", "config:set", "config:add" };
    struct aa_mask_word program = { .n = 0 };
    bool was = before->assigned;

    if (before->waiting) {
        before->data = before->assigned = is_among(word, verbs, AA_ARRAY_SIZE(verbs));
        before->waiting = !before->data && memchr(word->v, ' ', word->n) == NULL &&
                          memmem(word->v, word->n, "run", 3) == NULL &&
                          memmem(word->v, word->n, "exec", 4) == NULL &&
                          memmem(word->v, word->n, "ssh", 3) == NULL &&
                          memmem(word->v, word->n, "shell", 5) == NULL;
        return;
    }
    program.n = aa_mask_program_name(word, true, &program.v);
    before->data = was && is_among(&program, data, AA_ARRAY_SIZE(data));
    before->waiting = was && is_among(&program, some, AA_ARRAY_SIZE(some));
    before->assigned = before->data || (was && program.n == 3 && memcmp(program.v, "env", 3) == 0);
}

/*
 * Where a person would begin to quote: --NAME='a value'. What stands in quotes is one value, so this is
 * done only where the word cannot be a shell's commands: an assignment in front of the command, also of
 * env, behind a few programs, or an option without what ends a command. ssh, watch and their like hand
 * words on to a shell, as "sh -c" does.
 */
static size_t name_length(const struct aa_mask_word *word, struct before *before)
{
    size_t n = 0, next;
    bool option = word->n > 1 && word->v[0] == '-';

    aa_mask_runner_see(&before->runner, word);
    if (aa_mask_runner_is_text(&before->runner, word)) {
        before->assigned = before->data = before->waiting = false;
        return 0;
    }
    while (n < word->n && n < NAME_LENGTH && (is_name_byte(word->v[n]) || (option && word->v[n] == '-')))
        n++;
    if (n == 0 || n == word->n || word->v[n] != '=') {
        if (option && (before->data || before->waiting))
            before->waiting = before->waiting && !(word->n == 2 && word->v[1] == '-');
        else if (!before->data)
            see_command(before, word);
        return 0;
    }
    if (!option)
        return before->assigned ? n + 1 : 0;
    for (size_t i = n + 1; i < word->n; i++) {
        if (strchr("\n;|&<>()$`\\", word->v[i]) != NULL)
            return 0;
    }
    before->assigned = before->assigned && before->data;
    for (next = n + 1; next < word->n && is_name_byte(word->v[next]);)
        next++;
    return next > n + 1 && next < word->n && word->v[next] == '=' ? next + 1 : n + 1;
}

static int type_words(struct aa_arena *arena, const struct joined *joined, struct typed *ret)
{
    size_t room = joined->length;
    struct before before = { .assigned = true };

    for (size_t i = 0; i < joined->words.n; i++) {
        room += 3;
        for (size_t j = 0; j < joined->words.v[i].n; j++)
            room += joined->words.v[i].v[j] == '\'' ? 3 : 0;
    }
    ret->text = aa_arena_alloc(arena, room);
    ret->origin = AA_NEW_ARRAY(arena, uint32_t, room);
    if (ret->text == NULL || ret->origin == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < joined->words.n; i++) {
        const struct aa_mask_word *word = &joined->words.v[i];
        bool plain = is_plain(word);
        size_t quote = name_length(word, &before);

        if (i > 0)
            type(ret, ' ', NOWHERE);
        for (size_t j = 0; j < word->n; j++) {
            if (!plain && j == quote)
                type(ret, '\'', NOWHERE);
            if (word->v[j] == '\'') {
                type(ret, '\'', NOWHERE);
                type(ret, '\\', NOWHERE);
                type(ret, '\'', NOWHERE);
            }
            type(ret, word->v[j], (uint32_t)(word->at + j));
        }
        if (word->n == 0)
            type(ret, '\'', NOWHERE);
        if (!plain)
            type(ret, '\'', NOWHERE);
    }
    return 0;
}

/* What gives a value away may stand in the word before it ("--bsn 525613493"): so the finders look at
 * the whole line too. */
static int find_in_typed(struct aa_masker *masker, struct aa_arena *arena,
                         const struct joined *joined, struct aa_mask_text like,
                         struct aa_mask_spans *spans)
{
    struct aa_mask_spans found = { .arena = arena };
    struct typed typed = { .length = 0 };
    int r = type_words(arena, joined, &typed);

    if (r < 0)
        return r;
    like.v = typed.text;
    like.n = typed.length;
    if (typed.length > AA_MASK_TEXT_MAX)
        masker->overrun = "it is too long";
    else
        r = aa_mask_find_in_text(masker, &like, &found);
    for (size_t i = 0; r == 0 && i < found.n; i++) {
        size_t end = AA_MIN(found.v[i].at + found.v[i].length, typed.length);

        for (size_t at = found.v[i].at, n; at < end; at += n) {
            for (n = 1; typed.origin[at] != NOWHERE && at + n < end &&
                        typed.origin[at + n] == typed.origin[at] + n;)
                n++;
            if (typed.origin[at] != NOWHERE)
                aa_mask_spans_add(spans, typed.origin[at], n, found.v[i].rule, found.v[i].type);
        }
    }
    return r == 0 ? found.error : r;
}

int aa_mask_find_line(struct aa_masker *masker, struct aa_arena *arena,
                      const struct aa_mask_line *line, struct aa_mask_spans *ret)
{
    struct aa_mask_spans all = { .arena = arena };
    struct joined joined = { .length = 0 };
    const char *spared[AA_MASK_SPARED_MAX];
    size_t spared_n;
    int r = join_words(arena, line, &joined);

    for (size_t i = 0; i < line->n; i++)
        ret[i] = (struct aa_mask_spans){ .arena = arena };
    if (r == 0 && joined.words.n != line->n)
        masker->overrun = "it is too long";
    if (r < 0 || joined.words.n == 0 || masker->overrun != NULL ||
        (masker->known_n == 0 && aa_mask_surely_nothing(masker, joined.text, joined.length)))
        return r;
    spared_n = aa_mask_without_email(
        spared, aa_mask_spared_types(masker, &joined.words, spared, AA_MASK_SPARED_MAX));
    for (size_t i = 0; r == 0 && i < line->n; i++) {
        const struct aa_mask_word *word = &joined.words.v[i];
        const struct aa_mask_text text = { .v = word->v, .n = word->n, .at = word->at,
                                           /* mixed words are looked for in the whole line alone: the word
                                            * before may say that it is a public key */
                                           .code = line->code || line->n > 1, .spared = spared,
                                           .spared_n = spared_n };

        r = aa_mask_find_in_text(masker, &text, &all);
        if (r == 0 && !line->own)
            aa_mask_find_known(masker, &text, &all);
    }
    if (r == 0 && line->n > 1)
        r = find_in_typed(masker, arena, &joined,
                          (struct aa_mask_text){ .code = line->code, .spared = spared,
                                                 .spared_n = spared_n }, &all);
    if (r == 0)
        r = aa_mask_find_options(masker, arena, &joined.words, &all);
    if (r == 0)
        r = aa_mask_settle(masker, &all, joined.text, joined.length);
    if (r == 0)
        hand_out(line, &joined, &all, ret);
    for (size_t i = 0; r == 0 && i < line->n; i++)
        r = ret[i].error;
    return r;
}

int aa_mask_find_command(struct aa_masker *masker, struct aa_arena *arena, const char *const *words,
                         size_t n, struct aa_mask_spans *ret)
{
    const struct aa_mask_line line = { .v = words, .n = n };

    return aa_mask_find_line(masker, arena, &line, ret);
}
