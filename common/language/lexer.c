/* SPDX-License-Identifier: ISC */
#include "lexer.h"

#include <errno.h>

#include "base/text.h"
#include "policy/glob.h"

/* Counts on from the last place of the line, so that a long line is read once. */
static struct aa_place place_at(struct aa_lexer *lexer, size_t at)
{
    const char *text = lexer->source->text;

    if (lexer->counted_to < lexer->line_start || lexer->counted_to > at) {
        lexer->counted_to = lexer->line_start;
        lexer->column = 1;
    }
    for (; lexer->counted_to < at; lexer->counted_to++)
        lexer->column += ((unsigned char)text[lexer->counted_to] & 0xc0) != 0x80;
    return (struct aa_place){ lexer->source, lexer->line, lexer->column };
}

static void bad_byte(struct aa_lexer *lexer, size_t at, const char *what)
{
    for (size_t i = 0; i < at; i++) {
        if (lexer->source->text[i] == '\n') {
            lexer->line++;
            lexer->line_start = i + 1;
        }
    }
    aa_complain(lexer->complaints, place_at(lexer, at), "%s", what);
}

bool aa_lexer_start(struct aa_lexer *lexer, const struct aa_source *source,
                    struct aa_complaints *complaints)
{
    *lexer = (struct aa_lexer){ .source = source, .complaints = complaints, .line = 1,
                                  .column = 1 };
    if (source->length > AA_SOURCE_MAX) {
        aa_complain(complaints, (struct aa_place){ source, 1, 1 },
                    "the file has %zu bytes; the maximum is %d", source->length, AA_SOURCE_MAX);
        return false;
    }
    for (size_t at = 0, n; at < source->length; at += n) {
        uint32_t character;

        n = aa_utf8_decode(source->text + at, source->length - at, &character);
        if (n == 0) {
            bad_byte(lexer, at, "a byte that is not UTF-8");
            return false;
        }
        if (character == 0) {
            bad_byte(lexer, at, "a NUL byte");
            return false;
        }
        if (character == '\r') {
            bad_byte(lexer, at, "a carriage return; lines end with a newline only");
            return false;
        }
    }
    return true;
}

static char peek(const struct aa_lexer *lexer)
{
    return lexer->at < lexer->source->length ? lexer->source->text[lexer->at] : '\0';
}

static bool ends_bare_word(char c)
{
    return c == '\0' || strchr(" \t\n;{}#\"", c) != NULL;
}

/* From raw text with stars marked to the two forms of a word. */
static bool finish_word(struct aa_lexer *lexer, struct aa_buffer *raw, struct aa_word *word)
{
    struct aa_arena *arena = lexer->complaints->arena;
    char *text, *glob;
    size_t n = 0;

    if (aa_buffer_text(raw) == NULL)
        return false;
    if (raw->length > AA_WORD_MAX) {
        aa_complain(lexer->complaints, word->place, "a word of %zu bytes; the maximum is %d",
                    raw->length, AA_WORD_MAX);
        return false;
    }
    text = aa_arena_strndup(arena, raw->data, raw->length);
    glob = aa_arena_alloc(arena, raw->length + 1);
    if (text == NULL || glob == NULL) {
        lexer->complaints->out_of_memory = true;
        return false;
    }
    for (size_t i = 0; i < raw->length; i++) {
        if ((unsigned char)raw->data[i] != AA_GLOB_STAR) {
            glob[n++] = raw->data[i];
            continue;
        }
        word->has_glob = true;
        text[i] = '*';
        if (i > 0 && (unsigned char)raw->data[i - 1] == AA_GLOB_STAR)
            glob[n - 1] = (char)AA_GLOB_STARSTAR; /* "***" and more are "**" */
        else
            glob[n++] = (char)AA_GLOB_STAR;
    }
    word->text = text;
    word->glob = glob;
    word->length = raw->length;
    return true;
}

static bool read_quoted(struct aa_lexer *lexer, struct aa_buffer *raw)
{
    const struct aa_place start = place_at(lexer, lexer->at);

    lexer->at++;
    for (;;) {
        char c = peek(lexer);

        if (c == '\0' || c == '\n') {
            aa_complain(lexer->complaints, start,
                        "this quotation mark is not closed on its line");
            aa_lexer_skip_line(lexer);
            return false;
        }
        if (c == '\\') {
            char next = lexer->at + 1 < lexer->source->length ?
                            lexer->source->text[lexer->at + 1] : '\0';

            if (next != '"' && next != '\\' && next != '*') {
                aa_complain(lexer->complaints, place_at(lexer, lexer->at),
                            "a backslash stands only before \", \\ or *; for one in the text write \\\\");
                return false;
            }
            aa_buffer_add_byte(raw, next);
            lexer->at += 2;
            continue;
        }
        lexer->at++;
        if (c == '"')
            return true;
        aa_buffer_add_byte(raw, c == '*' ? (char)AA_GLOB_STAR : c);
    }
}

static void read_word(struct aa_lexer *lexer, struct aa_token *token)
{
    _cleanup_buffer_ struct aa_buffer raw = AA_BUFFER_INIT(2 * AA_SOURCE_MAX);
    bool quoted = peek(lexer) == '"';

    token->kind = AA_TOKEN_ERROR;
    token->word = (struct aa_word){ .place = token->place };
    if (quoted) {
        if (!read_quoted(lexer, &raw))
            return;
    } else {
        for (; !ends_bare_word(peek(lexer)); lexer->at++)
            aa_buffer_add_byte(&raw, peek(lexer) == '*' ? (char)AA_GLOB_STAR : peek(lexer));
    }
    if (!finish_word(lexer, &raw, &token->word)) {
        lexer->complaints->out_of_memory |= raw.error == -ENOMEM;
        return;
    }
    token->word.is_rest = !quoted && aa_streq(token->word.text, "...");
    token->kind = AA_TOKEN_WORD;
    lexer->after_word = true;
}

void aa_lexer_skip_statement(struct aa_lexer *lexer)
{
    unsigned depth = 0; /* blocks that are skipped with it, as far as they stand on this line */

    for (; lexer->at < lexer->source->length; lexer->at++) {
        char c = lexer->source->text[lexer->at];

        if (c == '\n' || (depth == 0 && (c == ';' || c == '}')))
            break;
        depth += c == '{';
        depth -= c == '}';
    }
    lexer->after_word = false;
}

void aa_lexer_skip_line(struct aa_lexer *lexer)
{
    while (lexer->at < lexer->source->length && lexer->source->text[lexer->at] != '\n')
        lexer->at++;
    lexer->after_word = false;
}

void aa_lexer_next(struct aa_lexer *lexer, struct aa_token *ret)
{
    char c;

    for (; (c = peek(lexer)) == ' ' || c == '\t'; lexer->at++)
        lexer->after_word = false;
    if (c == '#' && !lexer->after_word) {
        aa_lexer_skip_line(lexer);
        c = peek(lexer);
    }
    *ret = (struct aa_token){ .place = place_at(lexer, lexer->at) };
    if (c == '\0') {
        ret->kind = AA_TOKEN_END_OF_FILE;
        return;
    }
    if (c == '\n' || c == ';' || c == '{' || c == '}') {
        ret->kind = c == '{' ? AA_TOKEN_OPEN : c == '}' ? AA_TOKEN_CLOSE :
                                                          AA_TOKEN_END_OF_STATEMENT;
        lexer->at++;
        lexer->after_word = false;
        if (c == '\n') {
            lexer->line++;
            lexer->line_start = lexer->at;
        }
        return;
    }
    if (lexer->after_word) {
        ret->kind = AA_TOKEN_ERROR;
        aa_complain(lexer->complaints, ret->place,
                    c == '#' ? "\"#\" inside a word; put a blank before a comment, or quote the word" :
                               "two words need a blank between them");
        return;
    }
    read_word(lexer, ret);
}
