/* SPDX-License-Identifier: ISC */
/* Whether somebody may be asked about this at all. */
#include <errno.h>

#include "asking.h"
#include "base/sha256.h"
#include "mask/subject.h"

const struct aa_snap_ask *aa_ask_of(const struct aa_snapshot *snapshot,
                                    const struct aa_outcome *outcome)
{
    struct aa_snap_range which = { outcome->ask, 1 };

    return outcome->action == AA_ACTION_ASK ?
               aa_snapshot_elements(snapshot, AA_SECTION_ASKS, which) : NULL;
}

static void add_number(struct aa_sha256 *hash, uint32_t number)
{
    aa_sha256_add(hash, &number, sizeof(number));
}

static void add_words(struct aa_sha256 *hash, const struct aa_snapshot *snapshot,
                      struct aa_snap_range range)
{
    const struct aa_snap_word *words = aa_snapshot_words(snapshot, range);

    add_number(hash, words != NULL ? range.count : UINT32_MAX);
    for (uint32_t i = 0; words != NULL && i < range.count; i++) {
        const char *text = aa_snapshot_text(snapshot, words[i].text);

        add_number(hash, text != NULL ? (uint32_t)strlen(text) : UINT32_MAX);
        if (text != NULL)
            aa_sha256_add(hash, text, strlen(text));
    }
}

void aa_ask_meaning(const struct aa_snapshot *snapshot, const struct aa_snap_ask *ask, bool who,
                    struct aa_digest *ret)
{
    struct aa_sha256 hash;

    aa_sha256_start(&hash);
    add_words(&hash, snapshot, ask->channels);
    add_words(&hash, snapshot, ask->then_channels);
    add_number(&hash, ask->flags);
    add_number(&hash, ask->reason);
    if (who) {
        add_words(&hash, snapshot, ask->from);
        add_number(&hash, ask->quorum);
    }
    aa_sha256_finish(&hash, ret->bytes);
}

static const char *unbound_why(const struct aa_request *request)
{
    for (size_t i = 0; i < request->effective_n; i++) {
        if (request->effective[i].unbound_why != NULL)
            return request->effective[i].unbound_why;
        if (request->effective[i].code_unbound_why != NULL)
            return request->effective[i].code_unbound_why;
    }
    return NULL;
}

/* Nobody approves what they cannot see: see mask/subject.h. */
static int check_masks(const struct aa_ask_input *input, const struct aa_snap_ask *ask,
                       struct aa_fault *fault)
{
    const char *told[AA_SHOWN_VARIABLES_MAX], *why = NULL;
    size_t told_n = aa_told_variables(input, told);
    int r = 0;

    if (input->masker == NULL)
        return 0;
    if ((ask->flags & AA_ASK_SHOW_CODE) == 0)
        r = aa_mask_hides_code(input->masker, input->request, told, told_n, AA_COMMAND_MAX, &why);
    if (r < 0)
        return aa_fault(fault, AA_FAULT_MEMORY, r, "there is not enough memory to mask the command");
    if (input->masker->overrun != NULL)
        return aa_fault(fault, AA_DENIED_MASK_LIMIT, -E2BIG,
                        "a person has to approve this, and what has to be masked in it could not be "
                        "looked for to the end: %s", input->masker->overrun);
    if (why != NULL)
        return aa_fault(fault, AA_DENIED_MASK_CODE, -EPERM,
                        "a person has to approve this, and what has to be masked in it could be code "
                        "that they have to see: %s", why);
    return 0;
}

int aa_ask_is_possible(const struct aa_ask_input *input, const struct aa_snap_ask *ask,
                       struct aa_fault *fault)
{
    const struct aa_request *request = input->request;
    const char *why = unbound_why(request);

    if (request->intercepted && (ask->flags & AA_ASK_INTERCEPT_WAIT) == 0)
        return aa_fault(fault, AA_DENIED_INTERCEPTED, -EPERM,
                        "a person has to approve this, and a wait inside of a shell under sudo's "
                        "intercept would freeze its terminal");
    if (why != NULL && (ask->flags & AA_ASK_ALLOW_UNBOUND) == 0)
        return aa_fault(fault, AA_DENIED_UNBOUND, -EPERM,
                        "a person has to approve this, and somebody other than root could change "
                        "what runs after the approval: %s", why);
    if ((ask->flags & AA_ASK_REFUSE_TRUNCATED) != 0 && aa_description_is_cut(input))
        return aa_fault(fault, AA_DENIED_CUT, -E2BIG,
                        "the command is too long to be shown to a person in full");
    return check_masks(input, ask, fault);
}
