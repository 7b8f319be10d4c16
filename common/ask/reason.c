/* SPDX-License-Identifier: ISC */
/* Why the requester wants this: from a variable of theirs, or asked for on the terminal. */
#include <errno.h>

#include "asking.h"

static int keep(struct aa_asking *asking, const char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    if (*text == '\0')
        return 0;
    if (strlen(text) > AA_REASON_MAX)
        return aa_fault(&asking->fault, AA_DENIED_REASON, -E2BIG,
                        "the reason is over %d bytes", (int)AA_REASON_MAX);
    asking->reason = strdup(text);
    return asking->reason != NULL ? 0 :
           aa_fault(&asking->fault, AA_FAULT_MEMORY, -ENOMEM, "there is not enough memory to ask");
}

int aa_ask_for_reason(struct aa_asking *asking)
{
    const struct aa_conversation *conversation = &asking->input->question->conversation;
    const char *given = aa_submitted_variable(asking->input->question, "SUDO_APPROVE_REASON");
    char typed[AA_REASON_MAX + 2] = "";
    int r = 0;

    if (asking->ask->reason == AA_REASON_OFF)
        return 0;
    if (given != NULL)
        r = keep(asking, given);
    if (r < 0 || asking->reason != NULL || asking->ask->reason != AA_REASON_REQUIRED)
        return r;
    if (asking->audience.may_prompt && !asking->audience.json &&
        conversation->prompt(conversation->context, "actionapprove: why do you need this? ", false,
                             typed, sizeof(typed)) == 0)
        r = keep(asking, typed);
    if (r < 0 || asking->reason != NULL)
        return r;
    return aa_fault(&asking->fault, AA_DENIED_REASON, -EINVAL,
                    "the rule wants a reason, and none was given");
}
