/* SPDX-License-Identifier: ISC */
#include "audience.h"

#include <strings.h>

#include "base/text.h"

const char *aa_submitted_variable(const struct aa_question *question, const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; question->submitted_envp != NULL && question->submitted_envp[i] != NULL;
         i++) {
        if (strncmp(question->submitted_envp[i], name, n) == 0 &&
            question->submitted_envp[i][n] == '=')
            return question->submitted_envp[i] + n + 1;
    }
    return NULL;
}

/* The first that is set and not empty decides, as in the C library. */
static bool is_utf8(const struct aa_question *question)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

    for (size_t i = 0; i < AA_ARRAY_SIZE(names); i++) {
        const char *value = aa_submitted_variable(question, names[i]);
        const char *charset;

        if (value == NULL || value[0] == '\0')
            continue;
        charset = strchr(value, '.');
        return charset != NULL && (strncasecmp(charset, ".utf-8", 6) == 0 ||
                                   strncasecmp(charset, ".utf8", 5) == 0);
    }
    return false;
}

void aa_audience_of(const struct aa_question *question, struct aa_audience *ret)
{
    const char *format = aa_submitted_variable(question, "SUDO_APPROVE_FORMAT");
    const char *term = aa_submitted_variable(question, "TERM");
    struct aa_audience audience = {
        .conversation = &question->conversation,
        .terminal = question->tty != NULL,
        .unicode = is_utf8(question),
        .json = format != NULL && aa_streq(format, "json"),
        .columns = question->conversation.columns,
    };

    if (audience.columns < 20 || audience.columns > 1000)
        audience.columns = AA_COLUMNS_DEFAULT;
    audience.redraws = audience.terminal && !audience.json && term != NULL && term[0] != '\0' &&
                       !aa_streq(term, "dumb") && !aa_streq(term, "unknown");
    audience.may_prompt = audience.terminal && question->conversation.prompt != NULL &&
                          (question->flags & AA_QUESTION_NONINTERACTIVE) == 0;
    *ret = audience;
}

static void tell(const struct aa_audience *audience, enum aa_hearer hearer, const char *text)
{
    if (audience->conversation->tell != NULL && text != NULL)
        audience->conversation->tell(audience->conversation->context, hearer, text);
}

void aa_audience_spell(const struct aa_audience *audience, struct aa_buffer *buffer,
                       const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        uint32_t character = 0;
        size_t n = aa_utf8_decode(text, left, &character);

        if (n == 0)
            n = 1; /* cannot be: what comes here was made visible */
        if (audience->unicode || character < 0x80)
            aa_buffer_add(buffer, text, n);
        else if (character == 0x2026)
            aa_buffer_add_text(buffer, "...");
        else if (character == 0x00b7)
            aa_buffer_add_text(buffer, "-");
        else
            aa_buffer_printf(buffer, "\\u{%x}", character);
        text += n;
        left -= n;
    }
}

void aa_audience_line(struct aa_audience *audience, const char *text)
{
    _cleanup_buffer_ struct aa_buffer line = AA_BUFFER_INIT(4 * AA_LINE_MAX);

    if (audience->json)
        return;
    aa_audience_leave_line(audience);
    aa_audience_spell(audience, &line, text);
    aa_buffer_add_byte(&line, '\n');
    tell(audience, AA_HEARER_PERSON, aa_buffer_text(&line));
}

/* Cuts to the terminal's width: a line that wraps cannot be written over. */
static void cut(struct aa_buffer *line, size_t columns)
{
    size_t at = 0, characters = 0;

    while (at < line->length && characters < columns) {
        at++;
        while (at < line->length && ((unsigned char)line->data[at] & 0xc0) == 0x80)
            at++;
        characters++;
    }
    line->length = at;
}

void aa_audience_redraw(struct aa_audience *audience, const char *text)
{
    _cleanup_buffer_ struct aa_buffer plain = AA_BUFFER_INIT(4 * AA_LINE_MAX);
    _cleanup_buffer_ struct aa_buffer line = AA_BUFFER_INIT(4 * AA_LINE_MAX);

    if (!audience->redraws)
        return;
    aa_audience_spell(audience, &plain, text);
    if (plain.error != 0)
        return;
    cut(&plain, audience->columns - 1);
    aa_buffer_add_byte(&line, '\r');
    aa_buffer_add(&line, plain.data, plain.length);
    aa_buffer_add_text(&line, "\033[K");
    tell(audience, AA_HEARER_PERSON, aa_buffer_text(&line));
    audience->line_is_open = true;
}

void aa_audience_leave_line(struct aa_audience *audience)
{
    if (audience->line_is_open)
        tell(audience, AA_HEARER_PERSON, "\r\033[K");
    audience->line_is_open = false;
}

void aa_audience_object(struct aa_audience *audience, const struct aa_buffer *object)
{
    if (audience->json && object->error == 0)
        tell(audience, AA_HEARER_PROGRAM, object->data);
}
