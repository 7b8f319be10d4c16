/* SPDX-License-Identifier: ISC */
#include "spelling.h"

#include <limits.h>
#include <strings.h>

#include "base/macros.h"

struct spelling {
    const char *word;
    aa_spelling_found found;
    void *context;
};

/* A name may begin behind one of these, and end before one of those. */
static const char begins_behind[] = "=,:;@<>|&([{ \t\r\n\"'`";
static const char ends_before[] = ",:;|&)]}<> \t\r\n\"'`";

static bool is_plain_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* "/x", "./x", "../x": nothing but a path looks like that. */
static bool looks_like_path(const char *text)
{
    while (*text == '.')
        text++;
    return *text == '/';
}

static int tell(const struct spelling *s, const char *text, size_t length, enum aa_spelling kind)
{
    return length == 0 ? 0 : s->found(s->context, text, length, kind);
}

/* All that may begin at "text", which runs to the word's end or to a character that ends names. */
static int offer(const struct spelling *s, const char *text, bool meant)
{
    size_t length = strnlen(text, PATH_MAX), piece = strcspn(text, ends_before);
    enum aa_spelling kind = meant ? AA_SPELLING_MEANT : AA_SPELLING_IF_THERE;
    int r;

    if (piece == length)
        return tell(s, text, length, looks_like_path(text) ? AA_SPELLING_MEANT : kind);
    r = tell(s, text, length, kind);
    return r != 0 ? r : tell(s, text, piece, looks_like_path(text) ? AA_SPELLING_MEANT :
                                                                     AA_SPELLING_IF_THERE);
}

/* The scheme that ends at a colon is one of "names". */
static bool scheme_is(const struct spelling *s, const char *colon, const char *const *names,
                      size_t n)
{
    const char *begin = colon;

    while (begin > s->word && is_plain_letter(begin[-1]))
        begin--;
    for (size_t i = 0; i < n; i++) {
        if (strlen(names[i]) == (size_t)(colon - begin) &&
            strncasecmp(begin, names[i], (size_t)(colon - begin)) == 0)
            return true;
    }
    return false;
}

/* What stands behind a colon: of "file://localhost/path" the path counts, too. Where a URL could
 * name a file with an escape in it ("%63", or the braces that some programs expand), it may be any
 * file. */
static int offer_url(const struct spelling *s, const char *rest)
{
    static const char *const local[] = { "file" };
    static const char *const remote[] = { "http", "https", "ftp", "ftps", "ssh", "git", "rsync" };
    bool has_host = rest[0] == '/' && rest[1] == '/', may_be_local;
    const char *path;
    int r;

    if (rest[0] != '/')
        return 0;
    may_be_local = scheme_is(s, rest - 1, local, AA_ARRAY_SIZE(local)) ||
                   (has_host && !scheme_is(s, rest - 1, remote, AA_ARRAY_SIZE(remote)));
    if (may_be_local && strpbrk(rest, "%{}[]\\") != NULL) {
        r = s->found(s->context, rest, strlen(rest), AA_SPELLING_OPEN);
        if (r != 0)
            return r;
    }
    path = has_host ? strchr(rest + 2, '/') : NULL;
    return path == NULL || path == rest + 2 ? 0 : offer(s, path, true);
}

/* "-fVALUE" and "-xzfVALUE": any of the letters may be the last before the value. */
static int offer_attached(const struct spelling *s)
{
    const char *word = s->word, *slash = strchr(word, '/');
    int r = word[2] == '\0' ? 0 : offer(s, word + 2, true);

    for (size_t i = 2; r == 0 && is_plain_letter(word[i]) && word[i + 1] != '\0'; i++)
        r = offer(s, word + i + 1, false);
    if (r == 0 && slash != NULL && slash > word + 2) { /* behind whatever there is else */
        while (slash > word + 2 && slash[-1] == '.')
            slash--;
        r = offer(s, slash, true);
    }
    return r;
}

int aa_spellings_of(const char *word, bool behind_dashes, aa_spelling_found found, void *context)
{
    struct spelling s = { word, found, context };
    bool option = word[0] == '-' && !behind_dashes, first_value = true;
    int r;

    if (word[0] == '\0' || (option && (word[1] == '\0' || aa_streq(word, "--"))))
        return 0;
    r = offer(&s, word, !option);
    if (r == 0 && option && word[1] != '-')
        r = offer_attached(&s);
    for (const char *rest = word + 1; r == 0 && *rest != '\0'; rest++) {
        char before = rest[-1];
        bool meant = false;

        if (strchr(begins_behind, before) == NULL)
            continue;
        if (before == '=') {
            meant = first_value;
            first_value = false;
        } else if (before == '@' || before == '<') { /* "@file", "-d@file", "name=@file" */
            meant = rest - 1 == word || rest[-2] == '=' || (option && rest - 1 == word + 2);
        }
        r = offer(&s, rest, meant);
        if (r == 0 && before == ':')
            r = offer_url(&s, rest);
    }
    return r;
}
