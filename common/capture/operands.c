/* SPDX-License-Identifier: ISC */
#include "operands.h"

#include <errno.h>
#include <stdio.h>
#include <sys/xattr.h>

#include "base/text.h"
#include "place.h"
#include "reach.h"
#include "spelling.h"

enum {
    ATTRIBUTE_VALUE_MAX = 256, /* bytes */
};

struct gathering {
    struct aa_request *request;
    const struct aa_attribute_names *names;
    struct aa_looking looking;
    struct aa_place place; /* of the path that is looked at */
    struct aa_operand *operands;
    size_t n, room;

    /* of the command at hand */
    size_t effective;
    const char *bases[2]; /* absolute: against these stand relative words */
    size_t bases_n;       /* 0: the folder, or where it leads, is not known */
    bool below, target;
    size_t files;   /* words of it, not options, that name what is there */
    size_t of_word; /* the first operand of the word at hand */
    const char *word;
};

static int add(struct gathering *g, const struct aa_operand *operand)
{
    if (g->n == AA_OPERANDS_MAX)
        return -E2BIG;
    if (g->n == g->room) {
        size_t room = g->room == 0 ? 16 : 2 * g->room;
        struct aa_operand *more = AA_NEW_ARRAY(&g->request->arena, struct aa_operand, room);

        if (more == NULL)
            return -ENOMEM;
        if (g->n > 0)
            memcpy(more, g->operands, g->n * sizeof(*more));
        g->operands = more;
        g->room = room;
    }
    g->operands[g->n++] = *operand;
    return 0;
}

/* It may be any file. Once a word is enough. */
static int add_unknown(struct gathering *g)
{
    for (size_t i = g->of_word; i < g->n; i++) {
        if (!g->operands[i].exact)
            return 0;
    }
    return add(g, &(struct aa_operand){
        .effective = g->effective,
        .text = g->word,
        .path = "",
        .movable = true,
        .below = g->below,
        .is_file = true,
    });
}

/* A user attribute is what the file's owner says, any other is set by root alone. */
static bool is_bound(const char *name, const struct stat *st, uid_t root)
{
    if (aa_after(name, "user.") == NULL)
        return true;
    return st->st_uid == root && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* 1: there is none of this name. */
static int read_attribute(struct gathering *g, const char *name, struct aa_attribute *ret,
                          bool *ret_doubtful)
{
    char value[ATTRIBUTE_VALUE_MAX];
    ssize_t n = lgetxattr(g->place.path, name, value, sizeof(value));

    if (n < 0 && (errno == ENODATA || errno == ENOTSUP))
        return 1;
    if (n > 0 && value[n - 1] == '\0')
        n--; /* some programs store it with its end */
    if (n < 0 || memchr(value, '\0', (size_t)n) != NULL || !aa_utf8_valid(value, (size_t)n)) {
        *ret_doubtful = true;
        return 1;
    }
    ret->name = name;
    ret->value = aa_arena_strndup(&g->request->arena, value, (size_t)n);
    ret->bound = is_bound(name, &g->place.st, g->looking.owner);
    return ret->value == NULL ? -ENOMEM : 0;
}

static int read_attributes(struct gathering *g, struct aa_operand *operand)
{
    struct aa_attribute *attributes;

    if (g->names->n == 0 || !g->place.found || operand->doubtful ||
        (!S_ISREG(g->place.st.st_mode) && !S_ISDIR(g->place.st.st_mode)))
        return 0;
    attributes = AA_NEW_ARRAY(&g->request->arena, struct aa_attribute, g->names->n);
    if (attributes == NULL)
        return -ENOMEM;
    operand->attributes = attributes;
    for (size_t i = 0; i < g->names->n; i++) {
        int r = read_attribute(g, g->names->v[i], &attributes[operand->attributes_n],
                               &operand->doubtful);

        if (r < 0)
            return r;
        operand->attributes_n += r == 0;
    }
    return 0;
}

static bool was_added(const struct gathering *g, const char *path)
{
    for (size_t i = g->of_word; i < g->n; i++) {
        const struct aa_operand *operand = &g->operands[i];

        if (operand->exact && !operand->doubtful && operand->resolved == NULL &&
            aa_streq(operand->path, path))
            return true;
    }
    return false;
}

/* One path, absolute but not in its simplest form. */
static int add_path(struct gathering *g, const char *whole, const char *text)
{
    struct aa_arena *arena = &g->request->arena;
    struct aa_operand operand = { .effective = g->effective, .exact = true };
    char *path;
    int r = aa_look_at(&g->looking, whole, &g->place);

    if (r < 0)
        return r;
    path = aa_arena_alloc(arena, strlen(whole) + 2);
    operand.text = aa_arena_strdup(arena, text);
    if (path == NULL || operand.text == NULL)
        return -ENOMEM;
    aa_normalize_path(whole, path);
    operand.path = path;
    /* "a/../b" is not "b" where "a" is a link: the text alone says too little */
    if (aa_streq(g->place.path, path) && was_added(g, path))
        return 0;
    operand.doubtful = g->place.doubtful;
    operand.movable = g->place.movable;
    operand.below = g->below && (!g->place.found || S_ISDIR(g->place.st.st_mode));
    operand.is_file = g->target || g->place.found || strchr(text, '/') != NULL;
    g->files += g->place.found && g->word[0] != '-';
    if (g->place.path[0] != '\0' && (operand.doubtful || !aa_streq(g->place.path, path))) {
        operand.resolved = aa_arena_strdup(arena, g->place.path);
        if (operand.resolved == NULL)
            return -ENOMEM;
    }
    r = read_attributes(g, &operand);
    return r < 0 ? r : add(g, &operand);
}

/* Whether the first name of the text is there: 1, 0, or negative errno. */
static int begins_there(struct gathering *g, const char *base, const char *text)
{
    char first[2 * PATH_MAX + 2];
    size_t length = strspn(text, "/");
    int r;

    length += strcspn(text + length, "/");
    snprintf(first, sizeof(first), "%s/%.*s", base, (int)length, text);
    r = aa_look_at(&g->looking, first, &g->place);
    return r < 0 ? r : g->place.found || g->place.path[0] == '\0';
}

static int add_below(struct gathering *g, const char *base, const char *text,
                     enum aa_spelling kind)
{
    char whole[2 * PATH_MAX + 2];
    int r = kind == AA_SPELLING_IF_THERE ? begins_there(g, base, text) : 1;

    if (r <= 0)
        return r;
    snprintf(whole, sizeof(whole), "%s/%s", base, text);
    return add_path(g, whole, text);
}

static int found(void *context, const char *spelled, size_t length, enum aa_spelling kind)
{
    struct gathering *g = context;
    char text[PATH_MAX];
    int r = 0;

    if (kind == AA_SPELLING_OPEN)
        return add_unknown(g);
    if (length >= sizeof(text))
        return 0; /* the kernel takes no such path */
    if (spelled[0] != '/' && g->bases_n == 0) /* the same for every piece: told once, by the word */
        return kind == AA_SPELLING_MEANT ? add_unknown(g) : 0;
    memcpy(text, spelled, length);
    text[length] = '\0';
    if (text[0] == '/')
        return add_below(g, "", text, kind);
    for (size_t i = 0; r == 0 && i < g->bases_n; i++)
        r = add_below(g, g->bases[i], text, kind);
    return r;
}

/*
 * A word of which only the beginning is known may be any file: "/srv/public/$X" with
 * "../customers/list" in X is not below /srv/public. So may one under another root folder, whose
 * links lead elsewhere than they do here.
 */
static int gather_word(struct gathering *g, const struct aa_words *words, size_t i,
                       bool behind_dashes)
{
    g->word = words->v[i];
    g->of_word = g->n;
    if (aa_doubt_of(words, i) != AA_EXACT)
        return add_unknown(g);
    if (g->request->chroot != NULL)
        return g->word[0] == '\0' ? 0 : add_unknown(g);
    if (g->target) /* all of it is the file's name, whatever it looks like */
        return g->word[0] == '\0' ? 0 : found(g, g->word, strlen(g->word), AA_SPELLING_MEANT);
    return aa_spellings_of(g->word, behind_dashes, found, g);
}

/* 1: where it leads is not known, or it is too long to be looked at by its name. */
static int add_base(struct gathering *g, const char *above, const char *folder)
{
    const char *path = folder[0] == '/' ? folder : aa_arena_printf(&g->request->arena, "%s/%s",
                                                                   above, folder);
    int r = path == NULL ? -ENOMEM : aa_look_at(&g->looking, path, &g->place);

    if (r == 0 && g->place.path[0] == '\0')
        return 1;
    if (r == 0)
        g->bases[g->bases_n++] = path;
    return r;
}

/* The folders in which the command may run; none where one of them is not known. */
static int find_bases(struct gathering *g, const struct aa_effective *effective)
{
    const char *cwd = g->request->cwd, *folder = effective->folder;
    int r;

    g->bases_n = 0;
    if (cwd == NULL || cwd[0] != '/' || g->request->chroot != NULL ||
        (folder != NULL && folder[0] == '\0'))
        return 0;
    r = add_base(g, "", cwd);
    if (r == 0 && folder != NULL)
        r = add_base(g, cwd, folder);
    if (r > 0)
        g->bases_n = 0;
    return AA_MIN(r, 0);
}

/* The folder itself, of a program that means it where it is told no other. */
static int gather_own_folder(struct gathering *g, const struct aa_effective *effective)
{
    enum aa_own_folder own = aa_means_own_folder(effective);
    int r = 0;

    if (own == AA_FOLDER_NOT_MEANT || (own == AA_FOLDER_IF_ALONE && g->files > 0))
        return 0;
    g->of_word = g->n;
    g->word = ".";
    if (g->bases_n == 0)
        return add_unknown(g);
    for (size_t i = 0; r == 0 && i < g->bases_n; i++)
        r = add_path(g, g->bases[i], ".");
    return r;
}

static int gather_command(struct gathering *g, const struct aa_effective *effective)
{
    size_t words = aa_takes_no_files(effective) ? 0 : effective->args.n;
    bool behind_dashes = false;
    int r = find_bases(g, effective);

    g->below = aa_goes_below(effective);
    g->target = false;
    g->files = 0;
    for (size_t i = 0; r == 0 && i < words; i++) {
        r = gather_word(g, &effective->args, i, behind_dashes);
        behind_dashes |= aa_streq(effective->args.v[i], "--");
    }
    if (r == 0 && !g->request->edit)
        r = gather_own_folder(g, effective);
    g->target = true;
    g->below = false;
    for (size_t i = 0; r == 0 && i < effective->targets.n; i++)
        r = gather_word(g, &effective->targets, i, false);
    return r;
}

int aa_capture_operands(const struct aa_walker *walker, struct aa_request *request,
                        const struct aa_attribute_names *names)
{
    struct gathering *g = AA_NEW(&request->arena, struct gathering);
    int r = 0;

    if (g == NULL)
        return -ENOMEM;
    g->request = request;
    g->names = names;
    g->looking.owner = walker->site->owner;
    g->looking.requester = request->user.uid;
    g->looking.target = request->runas_uid;
    for (g->effective = 0; r == 0 && g->effective < request->effective_n; g->effective++)
        r = gather_command(g, &request->effective[g->effective]);
    if (r < 0)
        return r;
    request->operands = g->operands;
    request->operands_n = g->n;
    return 0;
}
