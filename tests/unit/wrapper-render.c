/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "wrapper-render.h"

enum { MEMORY = 1024 * 1024 };

size_t split_line(char *line, const char **words, unsigned char *doubts)
{
    size_t n = 0;

    for (char *s = line; *s != '\0' && n < RENDER_WORDS_MAX;) {
        char *to;

        if (*s == ' ') {
            s++;
            continue;
        }
        doubts[n] = AA_EXACT;
        for (; *s == '~' && doubts[n] < AA_SPREADS; s++)
            doubts[n]++;
        words[n++] = to = s;
        for (bool quoted = false; *s != '\0' && (quoted || *s != ' '); s++) {
            if (*s == '\'')
                quoted = !quoted;
            else
                *to++ = *s;
        }
        if (*s != '\0')
            s++;
        *to = '\0';
    }
    return n;
}

static void add(char *out, const char *text)
{
    size_t n = strlen(out);

    snprintf(out + n, RENDER_SIZE - n, "%s", text);
}

static void add_words(char *out, const struct aa_words *words, const char *before)
{
    for (size_t i = 0; i < words->n; i++) {
        bool quote = words->v[i][0] == '\0' ? aa_doubt_of(words, i) == AA_EXACT :
                                              strpbrk(words->v[i], " \t\n'") != NULL;

        add(out, before);
        add(out, &"~~"[2 - aa_doubt_of(words, i)]);
        add(out, quote ? "'" : "");
        add(out, words->v[i]);
        add(out, quote ? "' " : " ");
    }
}

void render_wrapped(const struct aa_wrapped *wrapped, char *out)
{
    static const char *const dialects[] = { "sh: ", "dash: ", "bash: ", "ksh: ", "zsh: " };

    out[0] = '\0';
    for (size_t i = 0; i < wrapped->n; i++) {
        const struct aa_inner *inner = &wrapped->inner[i];

        add(out, i > 0 ? "; " : "");
        add_words(out, &inner->assigned, "+");
        if (inner->folder != NULL) {
            add(out, "in=");
            add(out, inner->folder);
            add(out, " ");
        }
        add(out, inner->other_root ? "root " : "");
        add(out, inner->applet ? "applet " : "");
        add(out, inner->shell_text ? dialects[inner->dialect] : "");
        if (inner->shell_text) {
            add(out, inner->words.v[0]);
            add(out, " ");
        } else {
            add_words(out, &inner->words, "");
        }
    }
    add(out, wrapped->opaque_why != NULL ? "! " : wrapped->n == 0 ? "- " : "");
    out[strlen(out) - 1] = '\0';
}

void render_line(const char *line, char *out)
{
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(MEMORY);
    _cleanup_free_ char *copy = strdup(line);
    const char *words[RENDER_WORDS_MAX];
    unsigned char doubts[RENDER_WORDS_MAX];
    struct aa_wrapped wrapped;
    struct aa_words arguments;
    size_t n;

    check(copy != NULL, "no memory");
    n = split_line(copy, words, doubts);
    check(n > 0, "an empty row");
    check(aa_is_wrapper(words[0]), "%s is no wrapper", words[0]);
    arguments = (struct aa_words){ words + 1, doubts + 1, n - 1 };
    check(aa_wrapper_read(&arena, words[0], &arguments, &wrapped) == 0, "no memory for: %s", line);
    render_wrapped(&wrapped, out);
}
