/* SPDX-License-Identifier: ISC */
#include "words.h"

#include "mask/mask.h"

enum { LINE_COMMAND_MAX = 200, DETAIL_MAX = 512 };

void aa_words_command(struct aa_buffer *buffer, const struct aa_request *request)
{
    if (request->edit && request->effective_n > 0)
        aa_mask_add_command(buffer, "sudoedit", request->effective[0].args,
                            request->effective[0].args_n, LINE_COMMAND_MAX);
    else if (request->command != NULL && request->argv.n > 0)
        aa_mask_add_command(buffer, request->command, request->argv.v + 1, request->argv.n - 1,
                            LINE_COMMAND_MAX);
    else if (request->frontend == AA_FRONTEND_PAM)
        aa_buffer_add_text(buffer, "login");
    else
        aa_buffer_add_text(buffer, "the command");
}

static void add_why(struct aa_buffer *buffer, const struct aa_outcome *outcome,
                    const struct aa_fault *fault)
{
    aa_buffer_add_text(buffer, "\n  why:  ");
    aa_mask_add_text(buffer, fault->detail);
    if (outcome != NULL && outcome->near_rule != NULL) {
        aa_buffer_add_text(buffer, "\n        rule ");
        aa_mask_add_text(buffer, outcome->near_rule);
        aa_buffer_add_text(buffer, " would allow it, but ");
        aa_mask_add_text(buffer, outcome->near_limit);
        if (outcome->near_detail != NULL && outcome->near_detail[0] != '\0') {
            aa_buffer_add_text(buffer, ": ");
            aa_mask_add(buffer, outcome->near_detail, strnlen(outcome->near_detail, DETAIL_MAX));
        }
    }
}

void aa_words_denial(struct aa_buffer *buffer, const struct aa_buffer *command, const char *code,
                     const struct aa_outcome *outcome, const struct aa_fault *fault)
{
    aa_buffer_add_text(buffer, "actionapprove: not run: ");
    aa_buffer_add(buffer, command->data, command->length);
    add_why(buffer, outcome, fault);
    if (outcome != NULL && outcome->name != NULL) {
        aa_buffer_add_text(buffer, "\n  rule: ");
        aa_mask_add_text(buffer, outcome->name);
    }
    aa_buffer_printf(buffer, "\n  next: %s", aa_fault_remedy(fault->id));
    aa_buffer_printf(buffer, "\n  code: %s (%s)\n",
                     code[0] != '\0' ? code : "none", aa_fault_name(fault->id));
}
