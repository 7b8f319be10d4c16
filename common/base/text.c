/* SPDX-License-Identifier: ISC */
#include "text.h"

size_t aa_utf8_decode(const char *text, size_t length, uint32_t *ret_character)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *bytes = (const unsigned char *)text;
    uint32_t character;
    size_t n;

    if (length == 0)
        return 0;
    if (bytes[0] < 0x80) {
        *ret_character = bytes[0];
        return 1;
    }
    n = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
    if (bytes[0] < 0xc2 || bytes[0] > 0xf4 || n > length)
        return 0;
    character = bytes[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (bytes[i] & 0x3fu);
    }
    if (character < smallest[n] || character > 0x10ffff || (character >= 0xd800 && character < 0xe000))
        return 0;
    *ret_character = character;
    return n;
}

bool aa_utf8_valid(const char *text, size_t length)
{
    uint32_t character;

    while (length > 0) {
        size_t n = aa_utf8_decode(text, length, &character);

        if (n == 0)
            return false;
        text += n;
        length -= n;
    }
    return true;
}

/* Characters that a reader does not see, or that change how the others are seen. */
static bool hides(uint32_t c)
{
    if (c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f ||
        c == 0x2800 || c == 0x3000)
        return true; /* blanks that are none */
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x34f || c == 0x61c ||
           c == 0x115f || c == 0x1160 || c == 0x17b4 || c == 0x17b5 ||
           (c >= 0x180b && c <= 0x180f) || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0x3164 ||
           (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff || c == 0xffa0 ||
           (c >= 0xfff0 && c <= 0xfffb) || (c >= 0x1bca0 && c <= 0x1bca3) ||
           (c >= 0x1d173 && c <= 0x1d17a) || (c >= 0xe0000 && c <= 0xe0fff);
}

void aa_text_add_visible(struct aa_buffer *buffer, const char *text, size_t length)
{
    while (length > 0) {
        uint32_t character;
        size_t n = aa_utf8_decode(text, length, &character);

        if (n == 0) {
            aa_buffer_printf(buffer, "\\x%02x", (unsigned char)*text);
            n = 1;
        } else if (!hides(character)) {
            aa_buffer_add(buffer, text, n);
        } else if (character == '\n') {
            aa_buffer_add_text(buffer, "\\n");
        } else if (character == '\t') {
            aa_buffer_add_text(buffer, "\\t");
        } else if (character < 0x80) {
            aa_buffer_printf(buffer, "\\x%02x", character);
        } else {
            aa_buffer_printf(buffer, "\\u{%04x}", character);
        }
        text += n;
        length -= n;
    }
}

static bool plain_in_shell(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("%+,-./:=@_", c) != NULL);
}

/* The marks of a token in which a value is covered, and what looks like them: nobody may write one. */
static bool looks_like_token(uint32_t c)
{
    return c == 0x2039 || c == 0x203a || c == 0x2329 || c == 0x232a || (c >= 0x276c && c <= 0x2771) ||
           c == 0x27e8 || c == 0x27e9 || c == 0x3008 || c == 0x3009;
}

void aa_text_add_marked(struct aa_buffer *buffer, const char *text, size_t length)
{
    size_t plain = 0;

    for (size_t at = 0, n; at < length; at += n) {
        uint32_t character = 0;

        n = aa_utf8_decode(text + at, length - at, &character);
        if (n == 0 || !looks_like_token(character)) {
            n = n == 0 ? 1 : n;
            continue;
        }
        aa_text_add_visible(buffer, text + plain, at - plain);
        aa_buffer_printf(buffer, "\\u{%04x}", character);
        plain = at + n;
    }
    aa_text_add_visible(buffer, text + plain, length - plain);
}

/* How a word has to be quoted, the worst of its parts. */
enum quoting { BARE, SINGLE, DOLLAR };

static enum quoting quoting_of(const char *text, size_t length)
{
    enum quoting quoting = BARE;

    for (size_t at = 0, n; at < length; at += n) {
        uint32_t character;

        n = aa_utf8_decode(text + at, length - at, &character);
        if (n == 0 || hides(character) || looks_like_token(character))
            return DOLLAR;
        if (n > 1 || !plain_in_shell(text[at]))
            quoting = SINGLE;
    }
    return quoting;
}

/* The form $'…' that bash, zsh and ksh read back to the same bytes. */
static void add_dollar_quoted(struct aa_buffer *buffer, const char *text, size_t length)
{
    for (size_t n; length > 0; text += n, length -= n) {
        uint32_t character;

        n = aa_utf8_decode(text, length, &character);
        if (n == 0 || hides(character) || looks_like_token(character)) {
            n = n == 0 ? 1 : n;
            if (*text == '\n')
                aa_buffer_add_text(buffer, "\\n");
            else if (*text == '\t')
                aa_buffer_add_text(buffer, "\\t");
            else /* byte by byte, which reads back alike in every locale; three octal digits, since
                  * \x would swallow hex digits that follow */
                for (size_t i = 0; i < n; i++)
                    aa_buffer_printf(buffer, "\\%03o", (unsigned char)text[i]);
        } else {
            if (*text == '\'' || *text == '\\')
                aa_buffer_add_byte(buffer, '\\');
            aa_buffer_add(buffer, text, n);
        }
    }
}

static void add_part(struct aa_buffer *buffer, enum quoting quoting, const char *text, size_t length)
{
    if (quoting == DOLLAR) {
        add_dollar_quoted(buffer, text, length);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\'')
            aa_buffer_add_text(buffer, "'\\''");
        else
            aa_buffer_add_byte(buffer, text[i]);
    }
}

void aa_text_add_quoted_covered(struct aa_buffer *buffer, const char *argument,
                                const struct aa_text_cover *covers, size_t n)
{
    size_t length = strlen(argument), at = 0;
    enum quoting quoting = length == 0 ? SINGLE : BARE;

    for (size_t i = 0; i <= n; i++) {
        size_t end = i < n ? covers[i].at : length;
        enum quoting part = quoting_of(argument + at, end - at);

        quoting = part > quoting ? part : quoting;
        at = i < n ? covers[i].at + covers[i].length : length;
    }
    aa_buffer_add_text(buffer, quoting == DOLLAR ? "$'" : quoting == SINGLE ? "'" : "");
    at = 0;
    for (size_t i = 0; i <= n; i++) {
        size_t end = i < n ? covers[i].at : length;

        add_part(buffer, quoting, argument + at, end - at);
        if (i < n)
            aa_buffer_add_text(buffer, covers[i].instead);
        at = i < n ? covers[i].at + covers[i].length : length;
    }
    aa_buffer_add_text(buffer, quoting == BARE ? "" : "'");
}

void aa_text_add_quoted(struct aa_buffer *buffer, const char *argument)
{
    aa_text_add_quoted_covered(buffer, argument, NULL, 0);
}

void aa_text_add_json(struct aa_buffer *buffer, const char *text, size_t length)
{
    aa_buffer_add_byte(buffer, '"');
    while (length > 0) {
        uint32_t character;
        size_t n = aa_utf8_decode(text, length, &character);

        if (n == 0) {
            aa_buffer_add_text(buffer, "\xef\xbf\xbd");
            n = 1;
        } else if (character == '"' || character == '\\') {
            aa_buffer_printf(buffer, "\\%c", (char)character);
        } else if (hides(character) && character <= 0xffff) {
            aa_buffer_printf(buffer, "\\u%04x", character);
        } else {
            aa_buffer_add(buffer, text, n);
        }
        text += n;
        length -= n;
    }
    aa_buffer_add_byte(buffer, '"');
}
