/* SPDX-License-Identifier: ISC */
/* What the files that write a snapshot share. */
#ifndef AA_EMIT_INTERNAL_H
#define AA_EMIT_INTERNAL_H

#include "emit.h"

struct aa_emitted_text;

struct aa_emitter {
    const struct aa_config *config;
    const struct aa_emit_options *options;
    struct aa_arena arena;
    struct aa_emitted_text **table;
    struct aa_buffer sections[AA_SECTION_COUNT];
    struct aa_snap_header header;
    int error;
};

/* An element of a section; how many it has. */
void aa_emit(struct aa_emitter *e, enum aa_section section, const void *element, size_t size);
uint32_t aa_emit_count(const struct aa_emitter *e, enum aa_section section, size_t size);
/* A text, stored once. */
struct aa_snap_text aa_emit_text(struct aa_emitter *e, const char *value);
/* In the arena; NULL when out. */
char *aa_emit_lower(struct aa_emitter *e, const char *value);

/* emit-mask.c: patterns, options, names and switches. Behind emit_settings. */
void aa_emit_masks(struct aa_emitter *e);

#endif
