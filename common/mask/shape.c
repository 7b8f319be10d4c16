/* SPDX-License-Identifier: ISC */
/*
 * The patterns. One is compiled when it is first needed and tried only on a text in which one of its
 * literals stands (near.c). A text is a stranger's: what one start may cost is limited by PCRE2,
 * whose limits begin anew at each start, and all starts together by the time that the thread worked.
 */

#include "finders.h"

#include <errno.h>
#include <time.h>

#include "filter.h"
#include "named.h"
#include "near.h"
#include "pattern.h"
#include "shape-start.h"

enum {
    PATTERN_LENGTH_MAX = 16 * 1024,
    MATCH_LIMIT = 200000,       /* steps back in one start, */
    QUICK_LIMIT = 1000,         /* and where many are tried in one go: one that needs more is tried alone */
    DEPTH_LIMIT = 20000,        /* of nested ones */
    HEAP_LIMIT = 8 * 1024,      /* KiB */
    MATCHES_MAX = 16384,        /* of one pattern in one text */
    STARTS_AT_ONCE = 256,       /* places that are tried between two looks at the clock */
    MATCHES_AT_ONCE = 16,
    BACK_MAX = 64,              /* bytes gone back, so that a place does not seem to be behind a match */
    WINDOW = 4096,              /* bytes behind those places that are looked at first */
    SMALL_TEXT = STARTS_AT_ONCE, /* up to here no clock is read, */
    SMALL_TEXTS = 4096,         /* and of many such texts together */
    AGAIN_BASE = 32 * 1024,     /* bytes of matches that may be looked at once more, and half the text */
    AGAIN_LONGEST = 256,        /* what fails its check and is longer is looked at once */
    QUOTED_LONGEST = 4096,      /* of a value in quotes */
    QUOTED_MAX = 1024 * 1024,   /* bytes in which it is looked for what the quotes in front of values are */
    TIME_PATTERN = 40 * 1000 * 1000, /* nanoseconds for one pattern in one text; */
    TIME_BASE = 500 * 1000 * 1000, /* for all texts of a masker, and for each byte more: */
    TIME_BYTE = 1000,
};

struct pattern {
    const struct aa_snap_mask_pattern *raw;
    const struct aa_snapshot *set;
    const char *name, *type;
    pcre2_code *code;
    struct aa_mask_start start;
    bool read, on, over;           /* "over": a limit was hit */
};

struct aa_mask_shapes {
    struct aa_snapshot sets[AA_MASK_SETS];
    struct aa_mask_near near;
    struct pattern *patterns;
    unsigned char *always, *wanted; /* one for each pattern */
    size_t n;
    pcre2_compile_context *compiling;
    pcre2_match_context *matching;
    pcre2_match_data *found;
    int64_t spent, allowed, read_at, pattern_until; /* nanoseconds */
    size_t unread;                                  /* bytes for which no clock was read */
    unsigned calls;
    size_t quoted;                 /* of this text */
    bool had_overrun, is_late;
};

static void say_overrun(struct aa_masker *masker, const char *where)
{
    if (masker->overrun == NULL)
        masker->overrun = where;
    masker->shapes->had_overrun = true;
}

static void say_damaged(struct aa_masker *masker)
{
    say_overrun(masker, "the masks are damaged");
}

/* ---- what there is ---- */

void aa_mask_shapes_free(struct aa_mask_shapes *shapes)
{
    if (shapes == NULL)
        return;
    for (size_t i = 0; shapes->patterns != NULL && i < shapes->n; i++)
        pcre2_code_free(shapes->patterns[i].code);
    pcre2_compile_context_free(shapes->compiling);
    pcre2_match_context_free(shapes->matching);
    pcre2_match_data_free(shapes->found);
    free(shapes->near.literals);
    free(shapes->patterns);
    free(shapes->always);
    free(shapes);
}

static const struct aa_snap_mask_pattern *patterns_of(const struct aa_snapshot *set, uint32_t *ret_n)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(set, AA_SECTION_MASK_PATTERNS) };

    *ret_n = all.count;
    return aa_snapshot_elements(set, AA_SECTION_MASK_PATTERNS, all);
}

/* One whose literals cannot be read is tried on every text. */
static void add_literals(struct aa_masker *masker, struct pattern *pattern, size_t at, size_t room)
{
    struct aa_mask_shapes *shapes = masker->shapes;
    const struct aa_snap_range range = pattern->raw->near;
    const struct aa_snap_word *words = aa_snapshot_words(pattern->set, range);

    shapes->always[at] = words == NULL || range.count == 0 || range.count > room - shapes->near.n;
    if (words == NULL)
        say_damaged(masker);
    for (uint32_t i = 0; !shapes->always[at] && i < range.count; i++) {
        const char *word = aa_snapshot_text(pattern->set, words[i].text);

        if (word == NULL)
            say_damaged(masker);
        if (word == NULL || words[i].text.length == 0)
            shapes->always[at] = 1;
        else
            aa_mask_near_add(&shapes->near, word, words[i].text.length, (uint16_t)at);
    }
}

static int prepare(struct aa_masker *masker)
{
    struct aa_mask_shapes *shapes = calloc(1, sizeof(*shapes));
    size_t n = 0, literals = 0;

    if (shapes == NULL)
        return -ENOMEM;
    masker->shapes = shapes;
    memcpy(shapes->sets, masker->sets, sizeof(shapes->sets));
    shapes->allowed = TIME_BASE;
    for (size_t i = 0; i < masker->sets_n; i++) {
        uint32_t count;
        const struct aa_snap_mask_pattern *raw = patterns_of(&masker->sets[i], &count);

        for (uint32_t j = 0; raw != NULL && j < count && n < AA_MASK_PATTERNS_MAX; j++, n++)
            literals = AA_MIN(literals + raw[j].near.count, (size_t)AA_MASK_NEAR_MAX);
    }
    shapes->patterns = calloc(n > 0 ? n : 1, sizeof(*shapes->patterns));
    shapes->always = calloc(n > 0 ? n : 1, 2);
    shapes->near.literals = calloc(literals > 0 ? literals : 1, sizeof(*shapes->near.literals));
    if (shapes->patterns == NULL || shapes->always == NULL || shapes->near.literals == NULL) {
        aa_mask_shapes_free(shapes);
        masker->shapes = NULL;
        return -ENOMEM;
    }
    shapes->wanted = shapes->always + n;
    for (size_t i = 0; i < masker->sets_n; i++) {
        uint32_t count;
        const struct aa_snap_mask_pattern *raw = patterns_of(&masker->sets[i], &count);

        if (raw == NULL)
            say_damaged(masker);
        for (uint32_t j = 0; raw != NULL && j < count; j++) {
            if (shapes->n == n) {
                say_overrun(masker, "more patterns than the maximum");
                break;
            }
            shapes->patterns[shapes->n] = (struct pattern){ .raw = &raw[j], .set = &shapes->sets[i] };
            add_literals(masker, &shapes->patterns[shapes->n], shapes->n, literals);
            shapes->n++;
        }
    }
    return 0;
}

/* ---- compiling ---- */

static int prepare_pcre2(struct aa_mask_shapes *shapes)
{
    if (shapes->compiling == NULL)
        shapes->compiling = pcre2_compile_context_create(NULL);
    if (shapes->matching == NULL)
        shapes->matching = pcre2_match_context_create(NULL);
    /* the last of the three: where it is, all are */
    if (shapes->compiling != NULL && shapes->matching != NULL)
        shapes->found = pcre2_match_data_create(2, NULL);
    if (shapes->found == NULL)
        return -ENOMEM;
    pcre2_set_max_pattern_length(shapes->compiling, PATTERN_LENGTH_MAX);
    pcre2_set_match_limit(shapes->matching, MATCH_LIMIT);
    pcre2_set_depth_limit(shapes->matching, DEPTH_LIMIT);
    pcre2_set_heap_limit(shapes->matching, HEAP_LIMIT);
    return 0;
}

/* 0, also where it cannot be used, or -ENOMEM. */
static int compile(struct aa_masker *masker, struct pattern *pattern)
{
    struct aa_mask_shapes *shapes = masker->shapes;
    const struct aa_snap_mask_pattern *raw = pattern->raw;
    const char *match = aa_snapshot_text(pattern->set, raw->match);
    PCRE2_SIZE where;
    int error;

    if (match == NULL) {
        say_damaged(masker);
        return 0;
    }
    if (shapes->found == NULL && prepare_pcre2(shapes) < 0)
        return -ENOMEM;
    pattern->code = pcre2_compile((PCRE2_SPTR)match, raw->match.length,
                                  AA_MASK_PATTERN_OPTIONS, &error,
                                  &where, shapes->compiling);
    if (pattern->code == NULL)
        say_overrun(masker, pattern->name);
    if (pattern->code == NULL)
        return 0;
    aa_mask_start_read(pattern->code, match, raw->match.length, shapes->compiling, &pattern->start);
    return 0;
}

/* ---- looking ---- */

static int64_t worked(void)
{
    struct timespec now;

    /* a thread that cannot know has used up its time */
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) < 0)
        return INT64_MAX / 2;
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void read_clock(struct aa_mask_shapes *shapes)
{
    int64_t now = worked();

    if (shapes->read_at != 0)
        shapes->spent += now - shapes->read_at;
    shapes->read_at = now;
    shapes->unread = 0;
}

/* "searched": the last call went through many places; else it found something soon. */
static bool is_late(struct aa_mask_shapes *shapes, const struct aa_mask_text *text, bool searched, bool slow)
{
    if (!slow && (text->n <= SMALL_TEXT || (!searched && shapes->calls++ % MATCHES_AT_ONCE != 0)))
        return shapes->is_late;
    read_clock(shapes);
    if (shapes->pattern_until == 0)
        shapes->pattern_until = shapes->read_at + TIME_PATTERN;
    shapes->is_late = shapes->spent > shapes->allowed;
    return shapes->is_late || shapes->read_at > shapes->pattern_until;
}

/* Behind the last place at which a match can begin. */
static size_t starts_end(const struct pattern *pattern, const struct aa_mask_text *text)
{
    const char *last, *other;

    if (!pattern->start.has_last)
        return text->n;
    last = memrchr(text->v, pattern->start.last, text->n);
    other = memrchr(text->v, (int)aa_mask_other_case(pattern->start.last), text->n);
    if (last == NULL || (other != NULL && other > last))
        last = other;
    return last == NULL ? 0 : (size_t)(last - text->v) + 1;
}

struct match {
    size_t start, end;     /* of all that was looked at */
    size_t at, value_end;  /* of the value */
};

/* "groups": what PCRE2 said of them; the place of one that the pattern does not have holds anything.
 * False: a pattern with \K in a look-ahead made no sense of it. */
static bool read_match(struct aa_mask_shapes *shapes, int groups, size_t n, struct match *ret)
{
    const PCRE2_SIZE *places = pcre2_get_ovector_pointer(shapes->found);
    bool group = groups != 1 && places[2] != PCRE2_UNSET;

    ret->start = pcre2_get_startchar(shapes->found);
    ret->end = places[1];
    ret->at = places[group ? 2 : 0];
    ret->value_end = places[group ? 3 : 1];
    return ret->end <= n && ret->value_end <= n && ret->at <= ret->value_end;
}

static bool is_spared(const struct aa_mask_text *text, const char *word)
{
    for (size_t i = 0; i < text->spared_n; i++) {
        if (aa_streq(text->spared[i], word))
            return true;
    }
    return false;
}

/*
 * Where a value ends that begins behind a quote: most patterns end it at a blank or at a sign, but it reaches
 * to its quote. Only where the quote opens, as a shell reads it, and belongs to what the pattern looked at: else
 * commands might stand behind it.
 */
static size_t quoted_end(struct aa_mask_shapes *shapes, const struct pattern *pattern, const struct aa_mask_text *text,
                         const struct match *match)
{
    struct aa_mask_quotes quotes = { .v = text->v, .n = text->n };
    size_t at = match->at, escapes = 0, end;
    char quote;

    if (at < 2 || match->value_end >= text->n || match->value_end == match->at ||
        !aa_streq(pattern->type, AA_MASK_TYPE_SECRET))
        return match->value_end;
    quote = text->v[--at];
    if ((quote != '"' && quote != '\'') || text->v[match->value_end] == quote ||
        strchr(" \t&|;<>(){}[]/:,'\"", text->v[match->value_end]) == NULL || at <= match->start)
        return match->value_end;
    /* what was open within the quotes around it is not known: the value may end before this quote comes again */
    if (at >= 3 && memcmp(text->v + at - 3, "'\\''", 4) == 0)
        return match->value_end;
    for (; at > 0 && text->v[at - 1] == '\\' && escapes < AA_MASK_ESCAPES_MAX; at--)
        escapes++;
    if (at <= match->start || shapes->quoted + at > QUOTED_MAX)
        return match->value_end;
    shapes->quoted += at;
    if (aa_mask_quote_at(&quotes, at, escapes) != AA_MASK_QUOTE_OPENS || quotes.unsure)
        return match->value_end;
    end = aa_mask_quoted_end(text->v, AA_MIN(text->n, match->at + QUOTED_LONGEST), match->at, quote, escapes);
    end = aa_mask_quotes_stay(&quotes, at, end);
    return end < text->n && end < match->at + QUOTED_LONGEST && end > match->value_end ? end : match->value_end;
}

/* Adds the value of a match, and tells where to go on. */
static size_t take(struct aa_mask_shapes *shapes, const struct pattern *pattern, const struct aa_mask_text *text,
                   const struct match *match, struct aa_mask_spans *spans)
{
    const char *value = text->v + match->at;
    size_t length = quoted_end(shapes, pattern, text, match) - match->at;

    if (!aa_mask_check((enum aa_mask_check)pattern->raw->check, value, length))
        return length > AGAIN_LONGEST ? match->end : match->start + 1;
    if (!aa_streq(pattern->type, AA_MASK_TYPE_SECRET) || !aa_mask_is_path(value, length))
        aa_mask_spans_add(spans, text->at + match->at, length, pattern->name, pattern->type);
    /* what stands behind a value may stand in front of the next one */
    return match->at + length;
}

struct search {
    struct aa_mask_shapes *shapes;
    const struct pattern *pattern;
    const struct aa_mask_text *text;
    size_t at;          /* where to go on */
    size_t continues;   /* behind the last match */
    size_t alone_until; /* places that are tried one by one */
};

/* \G holds where a search starts: for any place but that behind the last match it has to start earlier,
 * and what then begins there is none. Where that does not help, it is taken for one. */
static int run_pcre2(const struct search *search, size_t n, uint32_t options)
{
    size_t back = search->pattern->start.goes_on && search->at > search->continues ? 1 : 0;

    for (;;) {
        int r = pcre2_match(search->pattern->code, (PCRE2_SPTR)search->text->v, n, search->at - back,
                            PCRE2_NO_JIT | options, search->shapes->found, search->shapes->matching);

        if (back == 0 || (r < 0 && r != PCRE2_ERROR_PARTIAL) ||
            pcre2_get_startchar(search->shapes->found) >= search->at)
            return r;
        back = back < BACK_MAX && search->at - back > search->continues ? back + 1 : 0;
    }
}

/*
 * Tries some places. PCRE2 gets the text up to a window behind them and says where that is not enough,
 * since what it does before a search (where does this letter stand?) goes to the end of what it gets.
 */
static int match_some(struct search *search, bool alone)
{
    struct aa_mask_shapes *shapes = search->shapes;
    const struct aa_mask_text *text = search->text;
    size_t starts = alone ? 1 : STARTS_AT_ONCE;
    bool whole = text->n - search->at <= starts + WINDOW;
    size_t n = whole ? text->n : search->at + starts + WINDOW;
    int r;

    pcre2_set_match_limit(shapes->matching, alone ? MATCH_LIMIT : QUICK_LIMIT);
    pcre2_set_offset_limit(shapes->matching, search->at + starts - 1);
    r = run_pcre2(search, n, whole ? 0 : PCRE2_PARTIAL_HARD);
    if (r == PCRE2_ERROR_PARTIAL) {
        search->at = pcre2_get_startchar(shapes->found);
        starts = 1;
        pcre2_set_offset_limit(shapes->matching, search->at);
        r = run_pcre2(search, text->n, search->pattern->start.goes_on ? 0 : PCRE2_ANCHORED);
    }
    if (r == PCRE2_ERROR_NOMATCH)
        search->at += starts;
    return r;
}

/* Passes over places at which no match begins. */
static size_t next_start(const struct search *search, size_t at, size_t end)
{
    const struct pattern *pattern = search->pattern;
    const char *v = search->text->v;

    while (at < end && (!aa_mask_is_in(pattern->start.bytes, v[at]) || (at > 0 && aa_mask_is_in(pattern->start.border, v[at - 1]))))
        at++;
    return at;
}

static void search(struct aa_masker *masker, struct pattern *pattern, const struct aa_mask_text *text,
                   struct aa_mask_spans *spans)
{
    struct aa_mask_shapes *shapes = masker->shapes;
    struct search search = { .shapes = shapes, .pattern = pattern, .text = text };
    size_t end = starts_end(pattern, text), again = AGAIN_BASE + text->n / 2, matches = 0, next;

    shapes->pattern_until = 0;
    for (bool searched = true;;) {
        struct match match;
        bool alone;
        int r;

        search.at = next_start(&search, search.at, end);
        if (search.at >= end)
            return;
        alone = search.at < search.alone_until;
        if (matches == MATCHES_MAX || spans->error != 0 || is_late(shapes, text, searched, alone))
            break;
        r = match_some(&search, alone);
        searched = r == PCRE2_ERROR_NOMATCH;
        if (searched)
            continue;
        if (r < 0 && !alone) {
            search.alone_until = search.at + STARTS_AT_ONCE;
            continue;
        }
        if (r < 0)
            break;
        matches++;
        if (!read_match(shapes, r, text->n, &match)) {
            search.at++;
            continue;
        }
        next = take(shapes, pattern, text, &match, spans);
        if (next <= match.start)
            next = match.start + 1;
        if (next < match.end) {
            if (match.end - next <= again) {
                again -= match.end - next;
            } else {
                say_overrun(masker, pattern->name);
                next = match.end;
            }
        }
        search.at = search.continues = next;
    }
    pattern->over = true;
    say_overrun(masker, pattern->name);
}

/* 0 or -ENOMEM. */
static int try_pattern(struct aa_masker *masker, struct pattern *pattern, const struct aa_mask_text *text,
                       struct aa_mask_spans *spans)
{
    if (!pattern->read) {
        pattern->name = aa_snapshot_text(pattern->set, pattern->raw->name);
        pattern->type = aa_snapshot_text(pattern->set, pattern->raw->type);
        pattern->on = pattern->name != NULL &&
                      aa_mask_is_on(masker, pattern->name, pattern->raw->off != 0);
        pattern->read = true;
    }
    if (pattern->name == NULL || pattern->type == NULL) {
        say_damaged(masker);
        return 0;
    }
    if (!pattern->on || pattern->over || is_spared(text, pattern->name) || is_spared(text, pattern->type))
        return 0;
    if (pattern->code == NULL && compile(masker, pattern) < 0)
        return -ENOMEM;
    if (pattern->code != NULL)
        search(masker, pattern, text, spans);
    return spans->error == -ENOMEM ? -ENOMEM : 0;
}

/* Somebody took note of an overrun and goes on with another text: it is looked at as the first was. */
static void start_anew(struct aa_mask_shapes *shapes)
{
    for (size_t i = 0; i < shapes->n; i++)
        shapes->patterns[i].over = false;
    shapes->spent = shapes->read_at = 0;
    shapes->allowed = TIME_BASE;
    shapes->had_overrun = shapes->is_late = false;
}

/* The digits that a pattern wants. Those that are shipped want some where they have no literal
 * (filter.h), whether they have a check or not. */
static size_t digits_of(const struct aa_mask_shapes *shapes, const struct pattern *pattern, bool without_literal)
{
    enum aa_mask_check check = (enum aa_mask_check)pattern->raw->check;

    return check == AA_MASK_CHECK_NONE && without_literal && pattern->raw->off == 0 &&
                   shapes->sets[0].header == (const void *)aa_mask_shipped && pattern->set == &shapes->sets[0] ?
               (size_t)AA_MASK_FILTER_DIGITS : aa_mask_check_digits(check);
}

static size_t count_digits(const struct aa_mask_text *text)
{
    size_t digits = 0;

    for (size_t i = 0; i < text->n; i++)
        digits += text->v[i] >= '0' && text->v[i] <= '9';
    return digits;
}

int aa_mask_find_shapes(struct aa_masker *masker, const struct aa_mask_text *text,
                        struct aa_mask_spans *spans)
{
    struct aa_mask_text looked_at = *text;
    struct aa_mask_shapes *shapes;
    size_t digits;
    int r = 0;

    if (masker->shapes == NULL)
        r = prepare(masker);
    if (r < 0 || text->n == 0)
        return r;
    shapes = masker->shapes;
    if (shapes->had_overrun && masker->overrun == NULL)
        start_anew(shapes);
    if (text->n > AA_MASK_TEXT_MAX) {
        say_overrun(masker, "a text over the maximum");
        looked_at.n = AA_MASK_TEXT_MAX;
    }
    shapes->unread += looked_at.n;
    if (looked_at.n > SMALL_TEXT)
        shapes->read_at = 0; /* what was done since then is not ours */
    if (looked_at.n > SMALL_TEXT || shapes->unread > SMALL_TEXTS)
        read_clock(shapes);
    memcpy(shapes->wanted, shapes->always, shapes->n);
    aa_mask_near_look(&shapes->near, looked_at.v, looked_at.n, shapes->wanted);
    shapes->allowed += (int64_t)looked_at.n * TIME_BYTE;
    digits = count_digits(&looked_at);
    shapes->quoted = 0;
    for (size_t i = 0; r == 0 && i < shapes->n; i++) {
        if (shapes->wanted[i] && digits >= digits_of(shapes, &shapes->patterns[i], shapes->always[i] != 0))
            r = try_pattern(masker, &shapes->patterns[i], &looked_at, spans);
    }
    if (looked_at.n > SMALL_TEXT)
        read_clock(shapes);
    return r;
}
