/* SPDX-License-Identifier: ISC */
#include "parser.h"

struct parser {
    struct aa_lexer lexer;
    struct aa_token token;
    struct aa_arena *arena;
    struct aa_complaints *complaints;
    bool gave_up; /* out of memory */
};

static void advance(struct parser *parser)
{
    aa_lexer_next(&parser->lexer, &parser->token);
}

/* To the next statement, so that one mistake is one complaint. */
static void recover(struct parser *parser)
{
    aa_lexer_skip_statement(&parser->lexer);
    advance(parser);
}

static bool collect_words(struct parser *parser, struct aa_statement *statement)
{
    struct aa_word words[AA_WORDS_MAX], *exact;

    while (parser->token.kind == AA_TOKEN_WORD) {
        if (statement->n == AA_WORDS_MAX) {
            aa_complain(parser->complaints, parser->token.place,
                        "more than %d words in one statement", AA_WORDS_MAX);
            return false;
        }
        words[statement->n++] = parser->token.word;
        advance(parser);
    }
    exact = AA_NEW_ARRAY(parser->arena, struct aa_word, statement->n);
    if (exact == NULL) {
        parser->gave_up = parser->complaints->out_of_memory = true;
        return false;
    }
    memcpy(exact, words, statement->n * sizeof(*words));
    statement->words = exact;
    return parser->token.kind != AA_TOKEN_ERROR;
}

static struct aa_statement *parse_statements(struct parser *parser, unsigned level);

static bool parse_block(struct parser *parser, struct aa_statement *statement, unsigned level)
{
    if (level == AA_LEVELS_MAX) {
        aa_complain(parser->complaints, parser->token.place, "more than %d blocks in each other",
                    AA_LEVELS_MAX);
        return false;
    }
    statement->has_block = true;
    advance(parser);
    statement->children = parse_statements(parser, level + 1);
    statement->block_end = parser->token.place;
    if (parser->token.kind != AA_TOKEN_CLOSE) {
        if (!parser->gave_up)
            aa_complain(parser->complaints, statement->words[0].place,
                        "the block of this \"%s\" is not closed: a \"}\" is missing",
                        statement->words[0].text);
        return false;
    }
    advance(parser);
    return true;
}

/* One statement, its end included; false after a complaint. */
static bool parse_statement(struct parser *parser, struct aa_statement *statement, unsigned level)
{
    if (!collect_words(parser, statement))
        return false;
    switch (parser->token.kind) {
    case AA_TOKEN_OPEN:
        return parse_block(parser, statement, level);
    case AA_TOKEN_END_OF_STATEMENT:
        advance(parser);
        return true;
    case AA_TOKEN_CLOSE:
    case AA_TOKEN_END_OF_FILE:
        return true;
    case AA_TOKEN_WORD:
    case AA_TOKEN_ERROR:
        break;
    }
    return false;
}

static struct aa_statement *parse_statements(struct parser *parser, unsigned level)
{
    struct aa_statement *first = NULL, **end = &first;

    while (!parser->gave_up) {
        struct aa_statement *statement;

        switch (parser->token.kind) {
        case AA_TOKEN_END_OF_FILE:
            return first;
        case AA_TOKEN_END_OF_STATEMENT:
            advance(parser);
            continue;
        case AA_TOKEN_CLOSE:
            if (level > 0)
                return first;
            aa_complain(parser->complaints, parser->token.place, "\"}\" closes no block");
            advance(parser);
            continue;
        case AA_TOKEN_OPEN:
            aa_complain(parser->complaints, parser->token.place,
                        "\"{\" has to stand on the line of the statement that it belongs to");
            recover(parser);
            continue;
        case AA_TOKEN_ERROR:
            recover(parser);
            continue;
        case AA_TOKEN_WORD:
            break;
        }
        statement = AA_NEW(parser->arena, struct aa_statement);
        if (statement == NULL) {
            parser->gave_up = parser->complaints->out_of_memory = true;
            break;
        }
        if (!parse_statement(parser, statement, level)) {
            if (parser->token.kind != AA_TOKEN_END_OF_FILE)
                recover(parser);
            continue;
        }
        *end = statement;
        end = &statement->next;
    }
    return first;
}

struct aa_statement *aa_parse(const struct aa_source *source, struct aa_complaints *complaints)
{
    struct parser parser = { .arena = complaints->arena, .complaints = complaints };

    if (!aa_lexer_start(&parser.lexer, source, complaints))
        return NULL;
    advance(&parser);
    return parse_statements(&parser, 0);
}
