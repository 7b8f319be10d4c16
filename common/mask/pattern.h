/* SPDX-License-Identifier: ISC */
/*
 * How a regular expression of a mask is compiled, in one place: what was good when the configuration
 * was checked is the same when a request is masked. Bytes, not characters: text of a request need
 * not be UTF-8.
 */
#ifndef AA_MASK_PATTERN_OPTIONS_H
#define AA_MASK_PATTERN_OPTIONS_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define AA_MASK_PATTERN_OPTIONS \
    (PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT)

#endif
