/* SPDX-License-Identifier: ISC */
/*
 * An example is one text. What is covered in it by the rule beside which the example stands has to be
 * exactly the values that are named; where another rule covers the same bytes, that counts as well,
 * because of two that overlap only one is told of. Shell syntax is never covered and never wanted.
 */
#include "mask-examples.h"

#include <errno.h>

#include "emit.h"
#include "mask/find.h"

enum { SHOWN_MAX = 8, SHOWN_BYTES_MAX = 1024, MARKED_MAX = AA_WORD_MAX };

enum mark {
    WANTED = 1u << 0,
    OWN = 1u << 1, /* covered by the rule of the example */
    ANY = 1u << 2, /* covered by some rule */
};

struct trial {
    struct aa_config *config;
    struct aa_masker masker;
    struct aa_snapshot snapshot;
};

struct subject { /* beside which an example stands */
    const char *what, *name;
    const char *rule;
};

static void mark(unsigned char *marks, const struct aa_mask_spans *spans, const char *rule)
{
    for (size_t i = 0; i < spans->n; i++) {
        for (size_t j = 0; j < spans->v[i].length; j++)
            marks[spans->v[i].at + j] |= aa_streq(spans->v[i].rule, rule) ? OWN | ANY : ANY;
    }
}

/* Whether all of a value is covered here; there may be places where the same bytes are no value. */
static bool is_covered(const unsigned char *marks, const char *text, size_t length)
{
    bool any = false;

    for (size_t i = 0; i < length; i++) {
        if (aa_mask_is_syntax(text[i]))
            continue;
        if ((marks[i] & ANY) == 0)
            return false;
        any = true;
    }
    return any;
}

static bool want_value(unsigned char *marks, const char *text, const struct aa_word *value)
{
    bool found = false;

    for (const char *at = text; (at = strstr(at, value->text)) != NULL; at++) {
        unsigned char *here = marks + (at - text);

        if (!is_covered(here, at, value->length))
            continue;
        found = true;
        for (size_t i = 0; i < value->length; i++)
            here[i] |= WANTED;
    }
    return found;
}

static bool holds(const struct aa_config_example *example, unsigned char *marks)
{
    bool good = true, own = false;

    for (size_t i = 0; i < example->values.n; i++)
        good &= want_value(marks, example->text->text, &example->values.v[i]);
    for (size_t i = 0; i < example->text->length; i++) {
        own |= (marks[i] & OWN) != 0;
        good &= (marks[i] & OWN) == 0 || (marks[i] & WANTED) != 0 ||
                (!example->spares && example->values.n == 0);
    }
    return good && (example->spares || example->values.n > 0 || own);
}

/* Of a rule that promises to spare a text only what it covers itself is told. */
static const char *covered(struct aa_arena *arena, const struct aa_config_example *example,
                           const struct aa_mask_spans *spans, const char *rule)
{
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(SHOWN_BYTES_MAX);
    const char *copy;
    size_t n = 0;

    for (size_t i = 0; i < spans->n; i++) {
        const struct aa_mask_span *span = &spans->v[i];
        bool own = aa_streq(span->rule, rule);

        if (example->spares && !own)
            continue;
        if (n++ >= SHOWN_MAX) {
            aa_buffer_add_text(&words, ", …");
            break;
        }
        aa_buffer_printf(&words, "%s\"%.*s\"", n > 1 ? ", " : "",
                         (int)AA_MIN(span->length, (size_t)64), example->text->text + span->at);
        if (!own)
            aa_buffer_printf(&words, " (by %s)", span->rule);
    }
    copy = n == 0 ? "nothing" : aa_buffer_text(&words);
    return copy == NULL ? NULL : aa_arena_strdup(arena, copy);
}

static const char *wanted(struct aa_arena *arena, const struct aa_config_example *example)
{
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(SHOWN_BYTES_MAX);
    const char *copy;

    if (example->spares)
        return "nothing";
    if (example->values.n == 0)
        return "something";
    for (size_t i = 0; i < example->values.n && i < SHOWN_MAX; i++)
        aa_buffer_printf(&words, "%s\"%.*s\"", i > 0 ? ", " : "", 64, example->values.v[i].text);
    copy = aa_buffer_text(&words);
    return copy == NULL ? NULL : aa_arena_strdup(arena, copy);
}

static int try_example(struct trial *trial, const struct subject *subject,
                       const struct aa_config_example *example)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
    struct aa_complaints *complaints = trial->config->complaints;
    struct aa_mask_spans spans = { .arena = &arena };
    unsigned char marks[MARKED_MAX] = { 0 };
    const char *is, *should;
    int r;

    trial->masker.overrun = NULL;
    r = aa_mask_find(&trial->masker, &arena, example->text->text, example->text->length, false,
                     &spans);
    if (r < 0 && r != -E2BIG)
        return r;
    if (r < 0 || trial->masker.overrun != NULL) {
        aa_complain(complaints, example->text->place,
                    "%s%s: this text was not looked at to its end: %s", subject->what, subject->name,
                    trial->masker.overrun != NULL ? trial->masker.overrun : "it has too many values");
        return 0;
    }
    mark(marks, &spans, subject->rule);
    if (holds(example, marks))
        return 0;
    is = covered(&arena, example, &spans, subject->rule);
    should = wanted(&arena, example);
    if (is == NULL || should == NULL)
        return -ENOMEM;
    aa_complain(complaints, example->text->place, "%s%s: what is covered here is %s; expected: %s",
                subject->what, subject->name, is, should);
    return 0;
}

static int try_all(struct trial *trial, const struct subject *subject,
                   const struct aa_config_example *first)
{
    int r = 0;

    for (; r == 0 && first != NULL; first = first->next)
        r = try_example(trial, subject, first);
    return r;
}

static bool has_examples(const struct aa_config *config)
{
    const struct aa_config_mask_pattern *p = config->mask_patterns.first;
    const struct aa_config_mask_option *o = config->mask_options.first;

    while (p != NULL && p->examples == NULL)
        p = p->next;
    while (o != NULL && o->examples == NULL)
        o = o->next;
    return p != NULL || o != NULL;
}

int aa_check_mask_examples(struct aa_config *config)
{
    _cleanup_buffer_ struct aa_buffer bytes = AA_BUFFER_INIT(AA_SNAPSHOT_SIZE_MAX + 1);
    struct aa_emit_options options = { .masks_alone = true };
    struct trial trial = { .config = config };
    struct aa_fault fault = { 0 };
    int r;

    if (!has_examples(config))
        return 0;
    r = aa_emit_snapshot(config, &options, &bytes);
    if (r == 0)
        r = aa_snapshot_from_memory(bytes.data, bytes.length, &trial.snapshot, &fault);
    if (r < 0)
        return r;
    aa_masker_start(&trial.masker, &trial.snapshot, NULL);
    for (const struct aa_config_mask_pattern *p = config->mask_patterns.first; r == 0 && p != NULL;
         p = p->next) {
        const struct subject subject = { "pattern ", p->named.name, p->named.name };

        r = try_all(&trial, &subject, p->examples);
    }
    for (const struct aa_config_mask_option *o = config->mask_options.first; r == 0 && o != NULL;
         o = o->next) {
        const struct subject subject = { "option ", o->programs.v[0].text, "option" };

        r = try_all(&trial, &subject, o->examples);
    }
    aa_masker_end(&trial.masker);
    return r;
}
