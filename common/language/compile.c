/* SPDX-License-Identifier: ISC */
#include "compile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/trusted-file.h"
#include "interpret.h"
#include "mask-examples.h"
#include "mask-references.h"

struct compiling {
    const struct aa_site *site;
    unsigned flags;
    struct aa_compilation *out;
};

static void prepare(struct aa_compilation *compilation)
{
    *compilation = (struct aa_compilation){
        .arena = AA_ARENA_INIT(AA_CONFIG_MEMORY_MAX),
        .snapshot = AA_BUFFER_INIT(AA_SNAPSHOT_SIZE_MAX + 1),
    };
    compilation->complaints.arena = &compilation->arena;
}

void aa_compilation_free(struct aa_compilation *compilation)
{
    aa_arena_clear(&compilation->arena);
    aa_buffer_free(&compilation->snapshot);
    compilation->sources = NULL;
    compilation->config = NULL;
}

/* ---- reading ---- */

static int complain_of_file(struct compiling *c, const char *path, const char *why)
{
    aa_complain(&c->out->complaints, (struct aa_place){ 0 }, "%s: %s", path, why);
    return 0;
}

static int add_source(struct compiling *c, const char *path, struct aa_buffer *content)
{
    struct aa_compilation *out = c->out;
    struct aa_source *source;

    if (out->sources == NULL)
        out->sources = AA_NEW_ARRAY(&out->arena, struct aa_source, AA_SOURCES_MAX);
    if (out->sources == NULL)
        return -ENOMEM;
    if (out->sources_n == AA_SOURCES_MAX)
        return complain_of_file(c, path, "more files than a configuration may have");
    source = &out->sources[out->sources_n];
    source->path = aa_arena_strdup(&out->arena, path);
    source->text = aa_arena_strndup(&out->arena, content->data != NULL ? content->data : "",
                                    content->length);
    source->length = content->length;
    if (source->path == NULL || source->text == NULL)
        return -ENOMEM;
    out->sources_n++;
    return 0;
}

static int read_source(struct compiling *c, const char *path, int fd)
{
    /* one byte more than is allowed, so that "too large" is seen and not cut */
    _cleanup_buffer_ struct aa_buffer content = AA_BUFFER_INIT(AA_SOURCE_MAX + 2);
    int r = aa_read_all(fd, &content);

    if (r == -E2BIG)
        return complain_of_file(c, path, "the file is larger than 1 MiB");
    if (r == -ENOMEM)
        return r;
    if (r < 0)
        return complain_of_file(c, path, strerror(-r));
    return add_source(c, path, &content);
}

/* A file of the operator's choice; only apply asks whose it is. */
static int read_named_file(struct compiling *c, const char *path)
{
    _cleanup_close_ int fd = aa_streq(path, "-") ? dup(STDIN_FILENO) :
                                                   open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
                                                                  O_NONBLOCK | O_NOCTTY);
    struct stat st;

    if (fd < 0)
        return complain_of_file(c, path, errno == ELOOP ? "a symbolic link, which is refused" :
                                                          strerror(errno));
    if (fstat(fd, &st) != 0)
        return complain_of_file(c, path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return complain_of_file(c, path, "a folder");
    return read_source(c, aa_streq(path, "-") ? "(standard input)" : path, fd);
}

static int read_in_folder(struct compiling *c, const char *folder, int folder_fd, const char *name,
                          bool may_miss)
{
    _cleanup_close_ int fd = -1;
    char path[512], why[AA_TRUST_WHY_MAX];
    int r;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if ((c->flags & AA_COMPILE_TRUSTED) == 0)
        return may_miss && access(path, F_OK) != 0 && errno == ENOENT ? 0 :
                                                                        read_named_file(c, path);
    r = aa_trusted_file(c->site, folder_fd, name, O_RDONLY, false, &fd, NULL, why);
    if (r == AA_TRUST_MISSING && may_miss)
        return 0;
    if (r != AA_TRUST_OK)
        return complain_of_file(c, path, why);
    return read_source(c, path, fd);
}

static int by_bytes(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

/* policy.d in byte order of the names. */
static int read_policy_folder(struct compiling *c, const char *path, int folder_fd)
{
    static const char suffix[] = ".policy";
    const char *names[AA_SOURCES_MAX];
    struct dirent *entry;
    size_t n = 0;
    int fd = openat(folder_fd, "policy.d", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW), r = 0;
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    struct stat st;

    if (folder == NULL) {
        if (fd >= 0)
            close(fd);
        return errno == ENOENT ? 0 : complain_of_file(c, path, strerror(errno));
    }
    if ((c->flags & AA_COMPILE_TRUSTED) != 0 &&
        (fstat(fd, &st) != 0 || st.st_uid != c->site->owner ||
         (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)) {
        closedir(folder);
        return complain_of_file(c, path, "not owned by root, or writable by group or others");
    }
    while (r == 0 && (entry = readdir(folder)) != NULL) {
        size_t length = strlen(entry->d_name);

        if (entry->d_name[0] == '.' || length <= sizeof(suffix) - 1 ||
            !aa_streq(entry->d_name + length - (sizeof(suffix) - 1), suffix))
            continue;
        if (n == AA_ARRAY_SIZE(names)) {
            r = complain_of_file(c, path, "more files than a configuration may have");
            break;
        }
        names[n] = aa_arena_strdup(&c->out->arena, entry->d_name);
        r = names[n++] == NULL ? -ENOMEM : 0;
    }
    if (r == 0 && n > 0)
        qsort(names, n, sizeof(names[0]), by_bytes);
    for (size_t i = 0; r == 0 && i < n; i++)
        r = read_in_folder(c, path, fd, names[i], false);
    closedir(folder);
    return r;
}

static int read_site(struct compiling *c)
{
    const char *folder = c->site->config_dir;
    char why[AA_TRUST_WHY_MAX], path[512];
    _cleanup_close_ int fd = -1;
    int r;

    if ((c->flags & AA_COMPILE_TRUSTED) != 0) {
        if (aa_trusted_folder(c->site, folder, &fd, why) != AA_TRUST_OK)
            return complain_of_file(c, folder, why);
    } else {
        fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            return complain_of_file(c, folder, strerror(errno));
    }
    r = read_in_folder(c, folder, fd, "actionapprove.conf", false);
    snprintf(path, sizeof(path), "%s/policy.d", folder);
    return r == 0 ? read_policy_folder(c, path, fd) : r;
}

/* ---- packs ---- */

struct site_packs {
    struct aa_pack_reader reader;
    struct compiling *compiling;
};

static const struct aa_source *read_pack(struct aa_pack_reader *reader, const char *name,
                                         struct aa_arena *arena)
{
    struct compiling *c = ((struct site_packs *)(void *)reader)->compiling;
    char *path = aa_arena_printf(arena, "%s/%s.policy", c->site->pack_dir, name);
    size_t before = c->out->sources_n;

    if (path == NULL || access(path, R_OK) != 0)
        return NULL;
    if ((c->flags & AA_COMPILE_TRUSTED) != 0) {
        _cleanup_close_ int folder_fd = -1, fd = -1;
        char why[AA_TRUST_WHY_MAX], *file = strrchr(path, '/') + 1;
        int r = aa_trusted_folder(c->site, c->site->pack_dir, &folder_fd, why);

        if (r == AA_TRUST_OK)
            r = aa_trusted_file(c->site, folder_fd, file, O_RDONLY, false, &fd, NULL, why);
        if (r != AA_TRUST_OK)
            complain_of_file(c, path, why);
        else if (read_source(c, path, fd) != 0)
            return NULL;
    } else if (read_named_file(c, path) != 0) {
        return NULL;
    }
    return c->out->sources_n == before ? NULL : &c->out->sources[before];
}

/* ---- compiling ---- */

static void digest_sources(struct aa_compilation *out)
{
    struct aa_sha256 hash;

    aa_sha256_start(&hash);
    for (size_t i = 0; i < out->sources_n; i++) {
        uint64_t length = out->sources[i].length;

        aa_sha256_add(&hash, &length, sizeof(length));
        aa_sha256_add(&hash, out->sources[i].text, out->sources[i].length);
    }
    aa_sha256_finish(&hash, out->digest);
}

static int compile_sources(struct compiling *c, const struct aa_local_data *local,
                           struct aa_emit_options *options)
{
    struct aa_compilation *out = c->out;
    struct site_packs packs = { { read_pack }, c };
    struct aa_config *config = AA_NEW(&out->arena, struct aa_config);
    size_t own = out->sources_n; /* packs join behind them */
    int r;

    if (config == NULL)
        return -ENOMEM;
    out->config = config;
    config->arena = &out->arena;
    config->complaints = &out->complaints;
    config->cool_down_seconds = 60;
    config->shipped = (c->flags & AA_COMPILE_MASKS) != 0;
    for (size_t i = 0; i < own; i++) {
        struct aa_file_context context = { .packs = &packs.reader, .masks_only = config->shipped };

        aa_interpret_file(config, aa_parse(&out->sources[i], &out->complaints), &context);
    }
    out->rules_n = config->rules.n;
    digest_sources(out);
    if ((c->flags & AA_COMPILE_FRAGMENT) == 0) {
        aa_check_references(config);
        aa_check_mask_references(config);
        if (out->complaints.errors == 0)
            aa_check_answerable(config, local);
        aa_check_host_names(config, local);
    }
    if (!config->shipped) {
        r = aa_find_zone(config, NULL, options->applied_usec != 0 ? options->applied_usec :
                                                                    c->site->realtime_usec());
        if (r < 0)
            return r;
    }
    if (out->complaints.out_of_memory)
        return -ENOMEM;
    if (out->complaints.errors > 0 || (c->flags & AA_COMPILE_FRAGMENT) != 0)
        return 0;
    r = config->shipped ? 0 : aa_check_mask_examples(config);
    if (r < 0 || out->complaints.errors > 0)
        return r;
    memcpy(options->digest, out->digest, sizeof(options->digest));
    return aa_emit_snapshot(config, options, &out->snapshot);
}

int aa_compile(const struct aa_site *site, char *const *files, size_t files_n, unsigned flags,
               const struct aa_local_data *local, struct aa_emit_options *options,
               struct aa_compilation *ret)
{
    struct compiling c = { .site = site, .flags = flags, .out = ret };
    int r = 0;

    prepare(ret);
    for (size_t i = 0; r == 0 && i < files_n; i++)
        r = read_named_file(&c, files[i]);
    if (files_n == 0)
        r = read_site(&c);
    /* a file that could not be read is one error, not a source of further ones */
    if (r == 0 && ret->complaints.errors == 0)
        r = compile_sources(&c, local, options);
    return r;
}

int aa_compile_text(const char *text, size_t length, unsigned flags, struct aa_compilation *ret)
{
    struct aa_buffer content = { .data = (char *)(uintptr_t)text, .length = length };
    struct aa_emit_options options = { .applied_usec = 0 };
    struct compiling c = { .site = &aa_site_system, .flags = flags, .out = ret };
    int r;

    prepare(ret);
    r = add_source(&c, "text", &content);
    return r == 0 ? compile_sources(&c, NULL, &options) : r;
}

void aa_compilation_write(struct aa_buffer *buffer, const struct aa_compilation *compilation)
{
    const struct aa_complaints *complaints = &compilation->complaints;

    for (int warning = 0; warning <= 1; warning++) {
        size_t left_out = warning ? complaints->warnings_left_out : complaints->left_out;

        for (size_t i = 0; i < complaints->n; i++) {
            if (complaints->items[i].warning == (warning != 0))
                aa_complaint_write(buffer, &complaints->items[i]);
        }
        if (left_out > 0)
            aa_buffer_printf(buffer, "and %zu more%s\n", left_out, warning ? " warnings" : "");
    }
}
