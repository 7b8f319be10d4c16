/* SPDX-License-Identifier: ISC */
/*
 * The whole way from configuration text to a snapshot, as check, apply and explain use it. Reads
 * files, writes none.
 */
#ifndef AA_COMPILE_H
#define AA_COMPILE_H

#include "base/site.h"
#include "emit.h"
#include "references.h"
#include "source.h"

enum aa_compile_flag {
    AA_COMPILE_TRUSTED = 1u << 0,  /* files have to be root's own, as apply wants them */
    AA_COMPILE_FRAGMENT = 1u << 1, /* what names refer to may be defined elsewhere */
    AA_COMPILE_MASKS = 1u << 2,    /* the masks that are shipped: nothing else may stand there, and
                                    * nothing of this host goes into it */
};

struct aa_compilation {
    struct aa_arena arena;
    struct aa_complaints complaints;
    struct aa_source *sources;
    size_t sources_n;
    size_t rules_n;
    unsigned char digest[AA_SHA256_SIZE];
    struct aa_config *config;  /* what lint looks at; NULL where nothing was read */
    struct aa_buffer snapshot; /* empty when there were errors */
};

/*
 * Compiles the named files in their order, or where there are none the site's configuration.
 * 0, also with errors in the text (complaints.errors); negative errno when it could not be done,
 * complained of too where it is about a file.
 */
int aa_compile(const struct aa_site *site, char *const *files, size_t files_n, unsigned flags,
               const struct aa_local_data *local, struct aa_emit_options *options,
               struct aa_compilation *ret);
void aa_compilation_free(struct aa_compilation *compilation);

/* The same over text in memory: for tests and fuzzers. */
int aa_compile_text(const char *text, size_t length, unsigned flags, struct aa_compilation *ret);

/* All complaints, as a person reads them. */
void aa_compilation_write(struct aa_buffer *buffer, const struct aa_compilation *compilation);

#endif
