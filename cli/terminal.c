/* SPDX-License-Identifier: ISC */
#include "terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <wchar.h>

#include "base/macros.h"
#include "base/text.h"

static bool locale_has_utf8(void)
{
    static int known = -1;

    if (known < 0) {
        setlocale(LC_CTYPE, "");
        known = aa_streq(nl_langinfo(CODESET), "UTF-8");
    }
    return known == 1;
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value != NULL && *value != '\0';
}

struct terminal terminal_of(FILE *stream)
{
    struct terminal terminal = { .is_terminal = isatty(fileno(stream)) == 1,
                                 .utf8 = locale_has_utf8() };
    const char *kind = getenv("TERM");
    struct winsize size;

    if (!terminal.is_terminal)
        return terminal;
    terminal.can_redraw = kind != NULL && *kind != '\0' && !aa_streq(kind, "dumb");
    terminal.colour = terminal.can_redraw && !is_set("NO_COLOR");
    terminal.columns = 80;
    terminal.rows = 24;
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0) {
        terminal.columns = size.ws_col > 0 ? size.ws_col : terminal.columns;
        terminal.rows = size.ws_row > 0 ? size.ws_row : terminal.rows;
    }
    return terminal;
}

FILE *terminal_for_questions(void)
{
    if (isatty(STDIN_FILENO) != 1)
        return NULL;
    if (isatty(STDOUT_FILENO) == 1)
        return stdout;
    return isatty(STDERR_FILENO) == 1 ? stderr : NULL;
}

static const char *in_ascii(uint32_t character)
{
    switch (character) {
    case 0x2010: /* hyphens and dashes */
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
        return "-";
    case 0x2018: /* quotes */
    case 0x2019:
        return "'";
    case 0x201c:
    case 0x201d:
        return "\"";
    case 0x2026: /* ellipsis */
        return "...";
    case 0x2039: /* around a masked value */
        return "<";
    case 0x203a:
        return ">";
    default:
        return NULL;
    }
}

void terminal_add(const struct terminal *terminal, struct aa_buffer *out, const char *text,
                  size_t length)
{
    uint32_t character;

    if (terminal->utf8) {
        aa_text_add_visible(out, text, length);
        return;
    }
    while (length > 0) {
        size_t n = aa_utf8_decode(text, length, &character);
        const char *ascii = n > 1 ? in_ascii(character) : NULL;

        if (ascii != NULL)
            aa_buffer_add_text(out, ascii);
        else if (n > 1)
            aa_buffer_printf(out, "\\u{%04x}", character);
        else
            aa_text_add_visible(out, text, n = 1);
        text += n;
        length -= n;
    }
}

/* One character: its bytes, and the columns it takes. */
static size_t next_character(const char *text, size_t length, size_t *ret_columns)
{
    uint32_t character = 0;
    size_t n = aa_utf8_decode(text, length, &character);
    int columns = n <= 1 ? 1 : wcwidth((wchar_t)character);

    *ret_columns = columns < 0 ? 1 : (size_t)columns;
    return n == 0 ? 1 : n;
}

size_t terminal_width(const char *text, size_t length)
{
    size_t width = 0, columns;

    for (size_t at = 0; at < length;) {
        at += next_character(text + at, length - at, &columns);
        width += columns;
    }
    return width;
}

size_t terminal_fit(const char *text, size_t length, size_t columns)
{
    size_t at = 0, width = 0, more;

    while (at < length) {
        size_t n;

        if (text[at] == '\033') {
            const char *end = memchr(text + at, 'm', length - at);

            at = end == NULL ? length : (size_t)(end - text) + 1;
            continue;
        }
        n = next_character(text + at, length - at, &more);
        if (width + more > columns && at > 0)
            break;
        at += n;
        width += more;
    }
    return at;
}

void terminal_add_cut(const struct terminal *terminal, struct aa_buffer *out, const char *text,
                      size_t length, size_t columns)
{
    const char *ellipsis = terminal->utf8 ? "\xe2\x80\xa6" : "...";
    size_t kept = columns - AA_MIN(columns, terminal->utf8 ? 1u : 3u), width = 0, at = 0, more;

    if (terminal_width(text, length) <= columns) {
        aa_buffer_add(out, text, length);
        return;
    }
    for (size_t n; at < length; at += n, width += more) {
        n = next_character(text + at, length - at, &more);
        if (width + more > kept)
            break;
    }
    aa_buffer_add(out, text, at);
    aa_buffer_add_text(out, ellipsis);
}
