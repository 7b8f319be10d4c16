/* SPDX-License-Identifier: ISC */
/* Any text as a configuration: it is complained of or compiled, and what is compiled can be
 * opened and decided with, and comes out the same the second time. */
#include "fuzz.h"
#include "requests.h"

#include "language/lint.h"

static void decide_with(const struct aa_compilation *compilation)
{
    struct aa_snapshot snapshot;
    struct aa_fault fault = { 0 };

    require(aa_snapshot_from_memory(compilation->snapshot.data, compilation->snapshot.length,
                                    &snapshot, &fault) == 0);
    for (size_t i = 0; i < fuzz_requests_n(); i++) {
        struct aa_outcome outcome;

        fault.id = AA_FAULT_NONE;
        /* what the compiler made is never damaged */
        require(aa_decide_policy(&snapshot, fuzz_request(i), &outcome, NULL, NULL, &fault) == 0 ||
                fault.id == AA_FAULT_TOO_LARGE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned flags[] = { 0, AA_COMPILE_FRAGMENT };
    struct aa_buffer words = AA_BUFFER_INIT(4 * 1024 * 1024);

    if (size > 16 * 1024) /* what is larger is slower and finds nothing else */
        return 0;
    for (size_t i = 0; i < 2; i++) {
        struct aa_lint_options lint = { .data_dir = LINT_DATA, .fragment = i == 1 };
        struct aa_compilation compilation;
        int r = aa_compile_text((const char *)data, size, flags[i], &compilation);

        require(r == 0);
        require(aa_lint(&compilation, &lint) == 0);
        require(compilation.complaints.errors == 0 || compilation.complaints.n > 0);
        aa_buffer_clear(&words);
        aa_compilation_write(&words, &compilation);
        require(words.error == 0);
        require((compilation.snapshot.length > 0) ==
                (compilation.complaints.errors == 0 && flags[i] == 0));
        if (compilation.snapshot.length > 0)
            decide_with(&compilation);
        aa_compilation_free(&compilation);
    }
    aa_buffer_free(&words);
    return 0;
}
