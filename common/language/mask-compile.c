/* SPDX-License-Identifier: ISC */
/*
 * Run while this is built, and not installed: makes C text of the masks that are shipped, so that
 * they are part of the library and cannot be missing.
 *
 *     mask-compile masking.conf shipped.c
 *     mask-compile --check masking.conf      only tries out its examples
 *
 * The same input makes the same output, whenever and wherever it is run.
 */
#include <errno.h>
#include <stdio.h>

#include "compile.h"
#include "mask-examples.h"
#include "mask/masker.h"

/* this is what makes them: it has none itself */
const unsigned char aa_mask_shipped[] = { 0 };
const size_t aa_mask_shipped_size = 0;

static int write_text(FILE *file, const struct aa_buffer *snapshot)
{
    fputs("/* SPDX-License-Identifier: ISC */\n"
          "/* Made of policies/masking.conf. */\n"
          "#include \"mask/masker.h\"\n\n"
          "_Alignas(8) const unsigned char aa_mask_shipped[] = {", file);
    for (size_t i = 0; i < snapshot->length; i++)
        fprintf(file, "%s%u,", i % 24 == 0 ? "\n    " : "", (unsigned char)snapshot->data[i]);
    fputs("\n};\nconst size_t aa_mask_shipped_size = sizeof(aa_mask_shipped);\n", file);
    return ferror(file) != 0 ? -EIO : 0;
}

/* What is wrong with it, and whether that is anything. */
static bool compile(char **path, bool check, struct aa_compilation *ret)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(AA_SOURCE_MAX);
    struct aa_emit_options options = { .applied_usec = 0 };
    int r = aa_compile(&aa_site_system, path, 1, AA_COMPILE_MASKS, NULL, &options, ret);

    if (r == 0 && check && ret->complaints.errors == 0)
        r = aa_check_mask_examples(ret->config);
    if (r == 0 && ret->complaints.errors == 0)
        return true;
    aa_compilation_write(&text, ret);
    fprintf(stderr, "%s%s: %s\n", aa_buffer_text(&text), *path,
            r < 0 ? strerror(-r) : "not compiled");
    return false;
}

static int write_file(const char *path, const struct aa_buffer *snapshot)
{
    FILE *file = fopen(path, "we");
    int r = file == NULL ? -errno : write_text(file, snapshot);

    if (file != NULL && fclose(file) != 0 && r == 0)
        r = -errno;
    if (r < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(-r));
        (void)remove(path);
    }
    return r;
}

int main(int argc, char **argv)
{
    struct aa_compilation compilation;
    bool check = argc == 3 && aa_streq(argv[1], "--check"), good;

    if (argc != 3) {
        fputs("usage: mask-compile MASKS OUTPUT, or mask-compile --check MASKS\n", stderr);
        return 2;
    }
    good = compile(argv + (check ? 2 : 1), check, &compilation) &&
           (check || write_file(argv[2], &compilation.snapshot) == 0);
    if (good && check)
        fprintf(stdout, "%zu patterns, %zu option blocks\n", compilation.config->mask_patterns.n,
               compilation.config->mask_options.n);
    aa_compilation_free(&compilation);
    return good ? 0 : 1;
}
