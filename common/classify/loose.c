/* SPDX-License-Identifier: ISC */
/* Code that the words alone do not tell: what an unreadable command may mean by them, and git, which
 * runs what the repository says. */
#include "classify-internal.h"

#include "script.h"

/* "-x rc": a file of the folder, perhaps, and it need not be there yet. */
static bool may_be_value(const struct aa_words *args, size_t j)
{
    const char *word = args->v[j], *before = j > 0 ? args->v[j - 1] : "";

    return before[0] == '-' && !aa_streq(before, "--") && word[0] != '-' && word[0] != '/' &&
           word[strspn(word, "0123456789")] != '\0';
}

/* Words of a command that cannot be read: each might be a program, or a file that has code. */
int aa_look_at_loose_words(struct classifying *c, size_t i)
{
    struct aa_effective *effective = &c->list[i];
    const char *why = NULL;

    for (size_t j = 0; j < effective->args.n && why == NULL; j++) {
        const char *word = effective->args.v[j];

        if (j >= AA_LOOSE_WORDS_MAX)
            why = "it has too many words to tell which of them would run";
        else if (aa_doubt_of(&effective->args, j) != AA_EXACT || aa_word_leads_anywhere(word))
            why = "it runs another command, whose code is not known";
        else if (c->lookup != NULL && word[0] != '\0') {
            int r = c->lookup->code(c->lookup->context, word, effective->folder, false, &why);

            if (r == 0 && why == NULL && word[0] == '-' && word[1] != '\0' && word[2] != '\0')
                r = c->lookup->code(c->lookup->context, word + 2, effective->folder, false, &why);
            if (r == 0 && why == NULL && may_be_value(&effective->args, j))
                r = c->lookup->folder(c->lookup->context, &why);
            if (r < 0)
                return r;
        }
    }
    aa_set_code_unbound(effective, why);
    return 0;
}

/* git runs hooks and programs that the repository names, and takes one of the caller's for its own. */
int aa_read_git(struct classifying *c, size_t i)
{
    struct aa_effective *effective = &c->list[i];
    const char *why = effective->folder != NULL ? "it runs in another folder" : NULL;
    int r = 0;

    if (c->lookup == NULL)
        return 0;
    if (why == NULL)
        r = c->lookup->folder(c->lookup->context, &why);
    if (r == 0 && why == NULL)
        r = c->lookup->code(c->lookup->context, ".git", NULL, false, &why);
    for (size_t j = 0; r == 0 && why == NULL && j < effective->args.n; j++) {
        const char *word = effective->args.v[j], *equals = word[0] == '-' ? strchr(word, '=') : NULL;
        const char *value = equals != NULL ? equals + 1 : word[0] == '-' ? "" : word;

        if (aa_doubt_of(&effective->args, j) != AA_EXACT)
            why = "which repository it works on is not known";
        else if (value[0] != '\0' && j < AA_LOOSE_WORDS_MAX)
            r = c->lookup->code(c->lookup->context, value, effective->folder, false, &why);
    }
    if (r < 0 || why == NULL)
        return r;
    aa_set_code_unbound(effective, why);
    return OPAQUE_INPUT(c, "git runs what its repository says, and others could change that: %.200s", why);
}
