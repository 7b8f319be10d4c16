/* SPDX-License-Identifier: ISC */
/*
 * The four cases, and how wide "inside" is in each:
 *
 *   allow, when label X       certain: every operand that is a file is surely in X, and there is one
 *   allow, when not label X   wide:    no operand could be in X, now or when a folder's owner turns
 *                                      a link between our look and the start
 *   ask or deny, label X      wide:    some operand could be in X
 *   ask or deny, not label X  certain: some operand is not surely in X; or none is to be seen, or
 *                                      the command is opaque, so that there may be others
 *
 * Surely inside is an exact operand that only root can make lead elsewhere, whose path as written and whose path with its links followed
 * both fit the label; from which the command reaches nothing that does not; or one that has the
 * attribute from root's hand. What could be inside is all else that the operand may turn out to be:
 * either of its paths, a folder above the label that the command goes below, any file where
 * it is not known where it leads.
 */
#include "label.h"

#include <errno.h>

#include "glob.h"
#include "match.h"

enum { GLOB_LENGTH_MAX = 4096, PATH_LENGTH_MAX = 2 * 4096 };

/* Whether some text that begins with "prefix" fits the glob: the places in the glob that can be
 * reached by reading it. 1, 0, -EBADMSG. */
static int could_go_on(const char *glob, const char *prefix)
{
    unsigned char live[GLOB_LENGTH_MAX + 1] = { 1 };
    const unsigned char *pattern = (const unsigned char *)glob;
    size_t n = strlen(glob), first = 0;

    if (n > GLOB_LENGTH_MAX)
        return -EBADMSG;
    for (const unsigned char *c = (const unsigned char *)prefix; *c != '\0'; c++) {
        size_t lowest = n + 1;

        /* a star may stand for nothing; from the end, each place is left before it is entered */
        for (size_t i = first; i < n; i++)
            live[i + 1] |= live[i] && (pattern[i] == AA_GLOB_STAR || pattern[i] == AA_GLOB_STARSTAR);
        for (size_t i = n + 1; i-- > first;) {
            bool stays = live[i] && i < n && (pattern[i] == AA_GLOB_STARSTAR ||
                                              (pattern[i] == AA_GLOB_STAR && *c != '/'));
            bool entered = i > first && live[i - 1] && pattern[i - 1] == *c;

            live[i] = stays || entered;
            if (live[i])
                lowest = i;
        }
        if (lowest > n)
            return 0;
        first = lowest;
    }
    return 1;
}

static bool covers_all_below(const char *glob)
{
    size_t n = strlen(glob);

    return n > 0 && (unsigned char)glob[n - 1] == AA_GLOB_STARSTAR;
}

/* The path as that of a folder. */
static const char *as_folder(const char *path, char buffer[PATH_LENGTH_MAX + 2])
{
    size_t n = strlen(path);

    if (n > PATH_LENGTH_MAX)
        return NULL;
    memcpy(buffer, path, n + 1);
    if (n == 0 || path[n - 1] != '/')
        memcpy(buffer + n, "/", 2);
    return buffer;
}

/* "/srv/x/ **" means the folder /srv/x as well. */
static int path_is_surely_in(const char *glob, const char *path, bool below)
{
    char buffer[PATH_LENGTH_MAX + 2];
    const char *folder = as_folder(path, buffer);
    int r = below ? 0 : aa_glob_match(glob, path);

    if (r != 0)
        return r;
    return folder == NULL || !covers_all_below(glob) ? 0 : aa_glob_match(glob, folder);
}

static int path_could_be_in(const char *glob, const char *path, bool exact, bool below)
{
    char buffer[PATH_LENGTH_MAX + 2];
    const char *folder = as_folder(path, buffer);
    int r;

    if (folder == NULL)
        return 1;
    if (!exact)
        return could_go_on(glob, path);
    r = aa_glob_match(glob, path);
    if (r == 0)
        r = aa_glob_match(glob, folder);
    return r != 0 || !below ? r : could_go_on(glob, folder);
}

struct looking {
    const struct aa_snapshot *snapshot;
    const struct aa_snap_label *label;
    const struct aa_operand *operand;
    bool certain;
};

/* Whether one of the label's globs fits this path of the operand. */
static int any_path_fits(const struct looking *l, const struct aa_snap_word *globs, const char *path)
{
    for (uint32_t i = 0; i < l->label->paths.count; i++) {
        const char *glob = aa_snapshot_text(l->snapshot, globs[i].text);
        int r;

        if (glob == NULL)
            return -EBADMSG;
        r = l->certain ? path_is_surely_in(glob, path, l->operand->below) :
                         path_could_be_in(glob, path, l->operand->exact, l->operand->below);
        if (r != 0)
            return r;
    }
    return 0;
}

static int in_paths(const struct looking *l)
{
    const struct aa_snap_word *globs = aa_snapshot_words(l->snapshot, l->label->paths);
    const char *resolved = l->operand->resolved;
    int r;

    if (globs == NULL)
        return -EBADMSG;
    r = any_path_fits(l, globs, l->operand->path);
    if (r < 0 || resolved == NULL || r != (int)l->certain)
        return r;
    return any_path_fits(l, globs, resolved); /* certain: both; wide: either */
}

static int in_attributes(const struct looking *l)
{
    const struct aa_snap_word *pairs = aa_snapshot_words(l->snapshot, l->label->xattrs);
    const struct aa_operand *operand = l->operand;

    if (pairs == NULL || l->label->xattrs.count % 2 != 0)
        return -EBADMSG;
    if (l->label->xattrs.count > 0 && !l->certain && (!operand->exact || operand->doubtful))
        return 1;
    for (uint32_t i = 0; i + 1 < l->label->xattrs.count; i += 2) {
        const char *name = aa_snapshot_text(l->snapshot, pairs[i].text);
        const char *value = aa_snapshot_text(l->snapshot, pairs[i + 1].text);

        if (name == NULL || value == NULL)
            return -EBADMSG;
        for (size_t j = 0; j < operand->attributes_n; j++) {
            const struct aa_attribute *attribute = &operand->attributes[j];

            /* what is below a folder has attributes of its own */
            if (aa_streq(attribute->name, name) && aa_streq(attribute->value, value) &&
                (!l->certain || (attribute->bound && !operand->below)))
                return 1;
        }
    }
    return 0;
}

int aa_operand_has_label(const struct aa_snapshot *snapshot, const struct aa_snap_label *label,
                         AA_UNUSED const struct aa_request *request,
                         const struct aa_operand *operand, bool certain)
{
    struct looking l = { snapshot, label, operand, certain };
    bool known = operand->path[0] != '\0' && !(operand->doubtful && operand->resolved == NULL);
    int r;

    if (certain && (!operand->exact || operand->doubtful || operand->movable || !known))
        return 0;
    if (!known)
        return label->paths.count + label->xattrs.count > 0;
    r = in_paths(&l);
    return r != 0 ? r : in_attributes(&l);
}

static int find_label(const struct aa_snapshot *snapshot, const char *name,
                      const struct aa_snap_label **ret)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_LABELS) };
    const struct aa_snap_label *labels = aa_snapshot_elements(snapshot, AA_SECTION_LABELS, all);

    for (uint32_t i = 0; labels != NULL && i < all.count; i++) {
        const char *text = aa_snapshot_text(snapshot, labels[i].name);

        if (text == NULL)
            return -EBADMSG;
        if (aa_streq(text, name)) {
            *ret = &labels[i];
            return 0;
        }
    }
    return -EBADMSG;
}

/* Whether the operand is in one of the condition's labels. */
static int inside(const struct aa_snapshot *snapshot, const struct aa_snap_condition *condition,
                  const struct aa_request *request, const struct aa_operand *operand, bool certain)
{
    const struct aa_snap_word *words = aa_snapshot_words(snapshot, condition->words);

    if (words == NULL)
        return -EBADMSG;
    for (uint32_t i = 0; i < condition->words.count; i++) {
        const char *name = aa_snapshot_text(snapshot, words[i].text);
        const struct aa_snap_label *label = NULL;
        int r = name == NULL ? -EBADMSG : find_label(snapshot, name, &label);

        if (r == 0)
            r = aa_operand_has_label(snapshot, label, request, operand, certain);
        if (r != 0)
            return r;
    }
    return 0;
}

int aa_label_condition_holds(const struct aa_snapshot *snapshot,
                             const struct aa_snap_condition *condition, enum aa_action action,
                             const struct aa_request *request)
{
    bool allow = action == AA_ACTION_ALLOW, negated = condition->negated != 0;
    bool certain = allow != negated;
    size_t inside_n = 0, outside_n = 0;

    for (size_t i = 0; i < request->operands_n; i++) {
        const struct aa_operand *operand = &request->operands[i];
        int r;

        /* a mere word ("restart") is no file that an allow rule could want inside */
        if (allow && !negated && !operand->is_file)
            continue;
        r = allow && negated && operand->movable ?
                1 : inside(snapshot, condition, request, operand, certain);
        if (r < 0)
            return r;
        inside_n += r == 1;
        outside_n += r == 0;
    }
    if (!negated)
        return inside_n > 0 && (!allow || outside_n == 0);
    if (allow)
        return inside_n == 0;
    return outside_n > 0 || inside_n == 0 || request->opaque_why != NULL;
}

int aa_labels_of(const struct aa_snapshot *snapshot, const struct aa_request *request,
                 uint64_t *ret)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_LABELS) };
    const struct aa_snap_label *labels = aa_snapshot_elements(snapshot, AA_SECTION_LABELS, all);
    uint64_t found = 0;

    if (labels == NULL)
        return -EBADMSG;
    for (uint32_t i = 0; i < all.count && i < 64; i++) {
        int r = 0;

        for (size_t j = 0; r == 0 && j < request->operands_n; j++)
            r = aa_operand_has_label(snapshot, &labels[i], request, &request->operands[j], false);
        if (r < 0)
            return r;
        found |= (uint64_t)(unsigned)r << i;
    }
    *ret = found;
    return 0;
}

int aa_label_names(const struct aa_snapshot *snapshot, uint64_t labels, struct aa_buffer *names)
{
    for (uint32_t i = 0; i < 64; i++) {
        struct aa_snap_range which = { i, 1 };
        const struct aa_snap_label *label;
        const char *name;

        if ((labels >> i & 1) == 0)
            continue;
        label = aa_snapshot_elements(snapshot, AA_SECTION_LABELS, which);
        name = label == NULL ? NULL : aa_snapshot_text(snapshot, label->name);
        if (name == NULL)
            return -EBADMSG;
        if (names->length > 0)
            aa_buffer_add_byte(names, ' ');
        aa_buffer_add_text(names, name);
    }
    return 0;
}

/* 1: it is there already. */
static int add_name(struct aa_label_attributes *attributes, const char *name)
{
    for (size_t i = 0; i < attributes->n; i++) {
        if (aa_streq(attributes->names[i], name))
            return 1;
    }
    if (attributes->n == AA_LABEL_ATTRIBUTES_MAX)
        return -E2BIG;
    attributes->names[attributes->n++] = name;
    return 0;
}

static int collect_names(const struct aa_snapshot *snapshot, struct aa_label_attributes *ret)
{
    struct aa_snap_range all = { 0, aa_snapshot_count(snapshot, AA_SECTION_LABELS) };
    const struct aa_snap_label *labels = aa_snapshot_elements(snapshot, AA_SECTION_LABELS, all);

    ret->n = 0;
    if ((snapshot->header->needs & (UINT64_C(1) << AA_KEY_LABEL)) == 0)
        return 0;
    if (labels == NULL)
        return -EBADMSG;
    for (uint32_t i = 0; i < all.count; i++) {
        const struct aa_snap_word *pairs = aa_snapshot_words(snapshot, labels[i].xattrs);

        if (pairs == NULL)
            return -EBADMSG;
        for (uint32_t j = 0; j < labels[i].xattrs.count; j += 2) {
            const char *name = aa_snapshot_text(snapshot, pairs[j].text);
            int r = name == NULL ? -EBADMSG : add_name(ret, name);

            if (r < 0)
                return r;
        }
    }
    return 0;
}

int aa_label_attributes(const struct aa_snapshot *snapshot, struct aa_label_attributes *ret,
                        struct aa_fault *fault)
{
    int r = collect_names(snapshot, ret);

    if (r == -E2BIG)
        return aa_fault(fault, AA_FAULT_TOO_LARGE, r,
                        "the labels of the policy name more than %d extended attributes",
                        (int)AA_LABEL_ATTRIBUTES_MAX);
    return r < 0 ? aa_fault(fault, AA_FAULT_SNAPSHOT_DAMAGED, r,
                            "the policy snapshot is damaged (a reference leaves the file)") : 0;
}
