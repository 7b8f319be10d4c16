/* SPDX-License-Identifier: ISC */
/* One masked line, for people and for programs. Of a value nothing is shown but its token. */
#include "base/text.h"
#include "masking.h"
#include "mask/mask.h"
#include "mask/token.h"

enum { TOKEN_MAX = 1024 };

/* What is like a bracket of a token is none: it gets a mark. */
static size_t bracket_at(const char *text, size_t length)
{
    return length >= 3 && (memcmp(text, AA_MASK_TOKEN_OPEN, 3) == 0 ||
                           memcmp(text, AA_MASK_TOKEN_CLOSE, 3) == 0) ? 3 : 0;
}

static void add_piece(struct aa_buffer *out, const char *text, size_t length)
{
    size_t start = 0;

    for (size_t i = 0; i < length; i++) {
        if (bracket_at(text + i, length - i) == 0)
            continue;
        aa_text_add_visible(out, text + start, i - start);
        aa_buffer_printf(out, "\\u{%s}", text[i + 2] == AA_MASK_TOKEN_OPEN[2] ? "2039" : "203a");
        i += 2;
        start = i + 1;
    }
    aa_text_add_visible(out, text + start, length - start);
}

static void add_text(struct aa_buffer *out, struct masking *m, const struct masked *masked)
{
    const struct aa_mask_spans *spans = masked->spans;
    size_t at = 0;

    for (size_t i = 0; i < spans->n; i++) {
        const struct aa_mask_span *span = &spans->v[i];

        add_piece(out, masked->text + at, span->at - at);
        aa_mask_token_add(out, &m->masker, span->type, masked->text + span->at, span->length);
        at = span->at + span->length;
    }
    add_piece(out, masked->text + at, masked->length - at);
}

/* As a record has it, by the code that writes records. */
static void add_command(struct aa_buffer *out, struct masking *m, const struct masked *masked)
{
    aa_mask_add_command(out, &m->masker, masked->words[0], masked->words + 1, masked->n - 1,
                        MASK_SHOWN_MAX, NULL);
}

static void add_masked(struct aa_buffer *out, struct masking *m, const struct masked *masked)
{
    if (masked->text != NULL)
        add_text(out, m, masked);
    else
        add_command(out, m, masked);
}

void mask_add_span(struct aa_buffer *out, const struct aa_mask_span *span)
{
    aa_buffer_printf(out, "%zu byte%s at %zu: ", span->length, span->length == 1 ? "" : "s", span->at);
    aa_text_add_visible(out, span->type, strlen(span->type));
    aa_buffer_add_text(out, ", by ");
    aa_text_add_visible(out, span->rule, strlen(span->rule));
}

void mask_add_span_json(struct aa_buffer *out, const struct aa_mask_span *span)
{
    aa_buffer_printf(out, "\"at\":%zu,\"length\":%zu,\"rule\":", span->at, span->length);
    aa_text_add_json(out, span->rule, strlen(span->rule));
    aa_buffer_add_text(out, ",\"type\":");
    aa_text_add_json(out, span->type, strlen(span->type));
}

static void add_explained(struct aa_buffer *out, const struct masked *masked)
{
    for (size_t i = 0; i < masked->n; i++) {
        for (size_t j = 0; j < masked->spans[i].n; j++) {
            aa_buffer_add_text(out, "    ");
            if (masked->text == NULL && i > 0)
                aa_buffer_printf(out, "argument %zu, ", i);
            else if (masked->text == NULL)
                aa_buffer_add_text(out, "the command, ");
            mask_add_span(out, &masked->spans[i].v[j]);
            aa_buffer_add_byte(out, '\n');
        }
    }
}

static void add_found(struct aa_buffer *out, struct masking *m, const struct masked *masked)
{
    bool any = false;

    for (size_t i = 0; i < masked->n; i++) {
        const char *text = masked->text != NULL ? masked->text : masked->words[i];

        for (size_t j = 0; j < masked->spans[i].n; j++) {
            _cleanup_buffer_ struct aa_buffer token = AA_BUFFER_INIT(TOKEN_MAX);
            const struct aa_mask_span *span = &masked->spans[i].v[j];

            aa_buffer_add_text(out, any ? ",{" : "{");
            any = true;
            if (masked->text == NULL)
                aa_buffer_printf(out, "\"word\":%zu,", i);
            mask_add_span_json(out, span);
            aa_mask_token_add(&token, &m->masker, span->type, text + span->at, span->length);
            aa_buffer_add_text(out, ",\"token\":");
            aa_text_add_json(out, token.data, token.length);
            aa_buffer_add_byte(out, '}');
        }
    }
}

static void show_json(struct aa_buffer *out, struct masking *m, const struct masked *masked)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(MASK_SHOWN_MAX);

    aa_buffer_add_text(out, "{\"masked\":");
    if (masked->why_not == NULL) {
        add_masked(&text, m, masked);
        if (text.error != 0)
            out->error = text.error;
        aa_text_add_json(out, text.data, text.length);
    } else {
        aa_buffer_add_text(out, "null");
    }
    aa_buffer_add_text(out, ",\"found\":[");
    if (masked->spans != NULL)
        add_found(out, m, masked);
    aa_buffer_add_text(out, "],\"overrun\":");
    if (masked->why_not == NULL)
        aa_buffer_add_text(out, "null");
    else
        aa_text_add_json(out, masked->why_not, strlen(masked->why_not));
    aa_buffer_add_text(out, "}\n");
}

void mask_show(struct aa_buffer *out, struct masking *m, const struct masked *masked)
{
    if (m->form == MASK_JSON) {
        show_json(out, m, masked);
        return;
    }
    if (masked->why_not != NULL) {
        /* what was not looked at to its end may have anything in it */
        aa_buffer_printf(out, "[… left out: %s …]\n", masked->why_not);
        return;
    }
    add_masked(out, m, masked);
    aa_buffer_add_byte(out, '\n');
    if (m->form == MASK_EXPLAIN)
        add_explained(out, masked);
}
