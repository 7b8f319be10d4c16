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

/* The form $'…' that bash, zsh and ksh read back to the same bytes. */
static void add_dollar_quoted(struct aa_buffer *buffer, const char *argument)
{
    size_t length = strlen(argument);

    aa_buffer_add_text(buffer, "$'");
    while (length > 0) {
        uint32_t character;
        size_t n = aa_utf8_decode(argument, length, &character);

        if (n == 0 || hides(character)) {
            n = n == 0 ? 1 : n;
            if (*argument == '\n')
                aa_buffer_add_text(buffer, "\\n");
            else if (*argument == '\t')
                aa_buffer_add_text(buffer, "\\t");
            else /* byte by byte, which reads back alike in every locale; three octal digits, since
                  * \x would swallow hex digits that follow */
                for (size_t i = 0; i < n; i++)
                    aa_buffer_printf(buffer, "\\%03o", (unsigned char)argument[i]);
        } else {
            if (*argument == '\'' || *argument == '\\')
                aa_buffer_add_byte(buffer, '\\');
            aa_buffer_add(buffer, argument, n);
        }
        argument += n;
        length -= n;
    }
    aa_buffer_add_byte(buffer, '\'');
}

void aa_text_add_quoted(struct aa_buffer *buffer, const char *argument)
{
    size_t length = strlen(argument), plain = 0, shown = 0;

    for (size_t n; shown < length; shown += n) {
        uint32_t character;

        n = aa_utf8_decode(argument + shown, length - shown, &character);
        if (n == 0 || hides(character)) {
            add_dollar_quoted(buffer, argument);
            return;
        }
        plain += n == 1 && plain_in_shell(argument[shown]);
    }
    if (plain == length && length > 0) {
        aa_buffer_add(buffer, argument, length);
        return;
    }
    aa_buffer_add_byte(buffer, '\'');
    for (; *argument != '\0'; argument++) {
        if (*argument == '\'')
            aa_buffer_add_text(buffer, "'\\''");
        else
            aa_buffer_add_byte(buffer, *argument);
    }
    aa_buffer_add_byte(buffer, '\'');
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
