/* SPDX-License-Identifier: ISC */
/* The public header stands alone, and every function that it promises is in the library. */
#include "actionapprove.h"

#include <stdio.h>

int main(void)
{
    struct aa_question question = { .interface = AA_INTERFACE };
    void (*const functions[])(void) = {
        (void (*)(void))aa_decide,           (void (*)(void))aa_question_is_exempt,
        (void (*)(void))aa_decision_allows,  (void (*)(void))aa_decision_is_fault,
        (void (*)(void))aa_decision_code,    (void (*)(void))aa_decision_error,
        (void (*)(void))aa_decision_summary, (void (*)(void))aa_decision_message,
        (void (*)(void))aa_confirm,          (void (*)(void))aa_finish,
        (void (*)(void))aa_decision_free,    (void (*)(void))aa_refuse_incomplete,
        (void (*)(void))aa_version,
    };

    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (functions[i] == NULL)
            return 1;
    }
    if (aa_decision_allows(NULL) || aa_decision_free(NULL) != NULL || question.interface == 0)
        return 1;
    printf("%s\n", aa_version());
    return 0;
}
