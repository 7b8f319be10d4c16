/* SPDX-License-Identifier: ISC */
/*
 * The compiled policy as it lies on disk: a header, then sections of fixed-size elements that
 * refer to each other by index and to text by offset. Written by `actionapprove apply`, mapped
 * read-only by the modules. Every reference is checked where it is followed (snapshot.c), so
 * opening ten thousand rules costs no more than opening ten.
 */
#ifndef AA_SNAPSHOT_FORMAT_H
#define AA_SNAPSHOT_FORMAT_H

#include <stdint.h>

#include "base/sha256.h"

#define AA_SNAPSHOT_MAGIC "AASNAP\r\n"

enum {
    AA_SNAPSHOT_FORMAT = 3,
    AA_SNAPSHOT_BYTE_ORDER = 0x01020304,
    AA_SNAPSHOT_SIZE_MAX = 256 * 1024 * 1024,
    AA_ZONE_CHANGES_MAX = 1024,
};

enum aa_section {
    AA_SECTION_TEXT,
    AA_SECTION_WORDS,
    AA_SECTION_CONDITIONS,
    AA_SECTION_RULES,
    AA_SECTION_ASKS,
    AA_SECTION_CHANNELS,
    AA_SECTION_PAIRS,
    AA_SECTION_PERSONS,
    AA_SECTION_ACCOUNTS,
    AA_SECTION_GROUPS,
    AA_SECTION_MEMBERS,
    AA_SECTION_AGENTS,
    AA_SECTION_LABELS,
    AA_SECTION_ZONE_CHANGES,
    AA_SECTION_MASK_PATTERNS,
    AA_SECTION_MASK_OPTIONS,
    AA_SECTION_MASK_FILTER, /* words of 64 bits: mask/filter.h */
    AA_SECTION_COUNT
};

struct aa_snap_text { /* NUL-terminated behind its length; offset 0 is the empty text */
    uint32_t offset;
    uint32_t length;
};

struct aa_snap_range { /* elements of the section that the field's name tells */
    uint32_t first;
    uint32_t count;
};

enum aa_word_flag {
    AA_WORD_GLOB = 1u << 0,
    AA_WORD_REST = 1u << 1, /* the bare "..." */
    AA_WORD_NETWORK = 1u << 2, /* rhost: "number" leading bits of an address in 32 hex digits */
    AA_WORD_ANY = 1u << 3,     /* rhost: a lone star, names and addresses alike */
};

struct aa_snap_word {
    struct aa_snap_text text; /* of a glob: its compiled form (glob.h) */
    uint32_t flags;
    uint32_t number; /* time (AA_TIME_WORD) and network words; else 0 */
};

struct aa_snap_condition {
    uint32_t key; /* enum aa_key */
    uint32_t negated;
    struct aa_snap_range words;
};

struct aa_snap_rule {
    struct aa_snap_text name;
    struct aa_snap_text why; /* deny: its text */
    struct aa_snap_text file;
    uint32_t line;
    uint32_t action;
    uint32_t flags; /* allow: enum aa_allow_flag */
    uint32_t ask;   /* ask: index into asks */
    struct aa_snap_range conditions;
    struct aa_snap_range env_ok; /* words */
};

struct aa_snap_ask { /* defaults already filled in */
    struct aa_snap_range channels; /* words */
    struct aa_snap_range then_channels;
    struct aa_snap_range from; /* words: group names */
    uint32_t then_seconds;     /* 0: no "then" */
    uint32_t timeout_seconds;
    uint32_t quorum;
    uint32_t reason;
    uint32_t risk;
    uint32_t flags; /* enum aa_ask_flag */
};

struct aa_snap_pair {
    uint32_t key; /* enum aa_channel_key */
    struct aa_snap_text value;
};

struct aa_snap_channel {
    struct aa_snap_text name;
    uint32_t type;
    struct aa_snap_range pairs;
};

struct aa_snap_account {
    uint32_t kind; /* enum aa_account_kind */
    struct aa_snap_text name;
};

struct aa_snap_person {
    struct aa_snap_text name;
    struct aa_snap_range accounts;
};

struct aa_snap_member {
    uint32_t kind; /* enum aa_member_kind */
    uint32_t number;
    struct aa_snap_text name;
};

struct aa_snap_group {
    struct aa_snap_text name;
    struct aa_snap_range members;
};

struct aa_snap_agent {
    struct aa_snap_text name;
    struct aa_snap_range accounts; /* words: unix names */
    struct aa_snap_range owners;   /* words: person names */
};

struct aa_snap_label {
    struct aa_snap_text name;
    struct aa_snap_range paths;  /* words */
    struct aa_snap_range xattrs; /* words: name and values, one after the other per statement */
};

/* What the clock of the configured zone shows from "since" on; the first holds before it too. */
struct aa_snap_zone_change {
    int64_t since; /* seconds since 1970, UTC */
    int32_t offset_seconds; /* east of UTC */
    struct aa_snap_text abbreviation;
    uint32_t reserved;
};

struct aa_snap_mask_pattern {
    struct aa_snap_text name, type;
    struct aa_snap_text match;  /* PCRE2, over bytes, ASCII case ignored where it says so itself */
    struct aa_snap_range near;  /* words: one of these literals stands in the text (ASCII case
                                 * ignored), else it is not looked for; none: always looked for */
    uint32_t check;             /* enum aa_mask_check */
    uint32_t off;               /* only looked for where it is switched on */
};

struct aa_snap_mask_option {
    struct aa_snap_range programs;  /* words: base names; "any": of every program */
    struct aa_snap_range spellings; /* words: option, word or type; flags: enum aa_mask_spelling;
                                     * number: of BEHIND and OPERAND */
};

/* Words of names: whose values are secrets, and what makes such a name harmless. */
enum aa_mask_name_flag {
    AA_MASK_NAME_SECRET = 1u << 0,
    AA_MASK_NAME_HARMLESS = 1u << 1,
};

enum aa_mask_switch_flag {
    AA_MASK_SWITCH_OFF = 1u << 0,
    AA_MASK_SWITCH_ON = 1u << 1,
};

struct aa_snap_settings {
    uint32_t record; /* enum aa_record_mode */
    uint32_t mode;   /* enum aa_mode */
    uint32_t max_waiting;
    uint32_t max_waiting_per_user;
    uint32_t cool_down_seconds;
    uint32_t default_action;
    uint32_t default_ask;
    struct aa_snap_text default_why;
    struct aa_snap_text timezone;
    struct aa_snap_range by_email; /* words: domains */
    struct aa_snap_range mask_names;    /* words; flags: enum aa_mask_name_flag */
    struct aa_snap_range mask_switches; /* words: names of patterns; flags: enum aa_mask_switch_flag */
};

struct aa_snap_section {
    uint32_t offset; /* from the start of the file, a multiple of 8 */
    uint32_t count;
};

struct aa_snap_header {
    char magic[8];
    uint32_t format;
    uint32_t byte_order;
    uint64_t size;
    uint64_t checksum; /* of everything behind this field */
    unsigned char digest[AA_SHA256_SIZE]; /* of the configuration: AA_POLICY */
    uint64_t applied_usec;
    uint64_t try_until_boottime_usec; /* 0: final; else the previous one is back after this */
    char try_boot_id[40];
    uint64_t needs; /* bit per enum aa_key that some rule names */
    uint32_t full_host_name; /* some host word has a dot */
    uint32_t reserved;
    struct aa_snap_settings settings;
    struct aa_snap_section sections[AA_SECTION_COUNT];
};

extern const size_t aa_snapshot_element_size[AA_SECTION_COUNT];

/* The checksum of the format: finds accidents, not attackers (only root can write the file). */
uint64_t aa_snapshot_checksum(const void *data, size_t length);
/* Writes it into a finished snapshot, or into one whose header was changed. */
void aa_snapshot_seal(void *data, size_t size);

#endif
