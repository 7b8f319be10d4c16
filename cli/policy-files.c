/* SPDX-License-Identifier: ISC */
#include "policy-files.h"

#include <dirent.h>
#include <sys/stat.h>

#include "cli.h"
#include "base/trusted-file.h"

static bool add_path(struct policy_files *files, char *path)
{
    if (path == NULL || files->n == AA_ARRAY_SIZE(files->v))
        return false;
    files->v[files->n++] = path;
    return true;
}

static int is_policy(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return entry->d_name[0] != '.' && length > 7 && aa_streq(entry->d_name + length - 7, ".policy");
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool add_folder(struct policy_files *files, const char *folder)
{
    char *inner = aa_arena_printf(&files->arena, "%s/policy.d", folder);
    struct dirent **entries = NULL;
    bool fits = inner != NULL &&
                add_path(files, aa_arena_printf(&files->arena, "%s/actionapprove.conf", folder));
    int n = fits ? scandir(inner, &entries, is_policy, by_bytes) : 0;

    for (int i = 0; i < n; i++) {
        fits = fits && add_path(files, aa_arena_printf(&files->arena, "%s/%s", inner,
                                                       entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
    return fits;
}

bool policy_files_add(struct policy_files *files, char *path)
{
    struct stat st;

    if (files->arena.maximum == 0)
        files->arena.maximum = AA_CONFIG_MEMORY_MAX;
    return !aa_streq(path, "-") && stat(path, &st) == 0 && S_ISDIR(st.st_mode) ?
               add_folder(files, path) : add_path(files, path);
}

static int open_live(const char *command, struct policy *policy)
{
    const struct aa_site *site = &aa_site_system;
    _cleanup_close_ int state_fd = -1;
    char why[AA_TRUST_WHY_MAX];
    struct aa_fault fault = { 0 };
    int r;

    if (geteuid() != 0) {
        fprintf(stderr, "actionapprove %s: only root may read the policy in force; name its files "
                        "with --policy FILE\n", command);
        return EXIT_NOT_PERMITTED;
    }
    r = aa_trusted_folder(site, site->state_dir, &state_fd, why);
    if (r != AA_TRUST_OK)
        aa_fault(&fault, AA_FAULT_FOLDER, r, "the state folder cannot be used: %s", why);
    else if (aa_snapshot_open(site, state_fd, &policy->snapshot, &fault) == 0)
        return EXIT_YES;
    return report_fault(&fault);
}

int policy_open(const char *command, const struct policy_files *files, struct policy *ret)
{
    _cleanup_buffer_ struct aa_buffer words = AA_BUFFER_INIT(AA_SOURCE_MAX);
    struct aa_compilation *compilation = &ret->compilation;
    struct aa_fault fault = { 0 };
    int r;

    *ret = (struct policy){ .compilation = { .arena = AA_ARENA_INIT(0) } };
    if (files->n == 0)
        return open_live(command, ret);
    ret->emit.resolve_paths = true;
    r = aa_compile(&aa_site_system, files->v, files->n, 0, NULL, &ret->emit, compilation);
    aa_compilation_write(&words, compilation);
    if (aa_buffer_text(&words) != NULL)
        fputs(words.data, stderr);
    if (r < 0 || compilation->complaints.errors > 0)
        return r < 0 ? EXIT_UNREACHABLE : EXIT_NO;
    if (aa_snapshot_from_memory(compilation->snapshot.data, compilation->snapshot.length,
                                &ret->snapshot, &fault) < 0)
        return report_fault(&fault);
    return EXIT_YES;
}

void policy_close(struct policy *policy)
{
    aa_snapshot_close(&policy->snapshot);
    aa_compilation_free(&policy->compilation);
}
