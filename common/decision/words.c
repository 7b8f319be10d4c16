/* SPDX-License-Identifier: ISC */
#include "words.h"

#include "mask/mask.h"
#include "mask/token.h"
#include "record/fields-json.h"

enum { LINE_COMMAND_MAX = 200, DETAIL_MAX = 512 };

void aa_words_command(struct aa_buffer *buffer, const struct aa_buffer *command,
                      const struct aa_request *request)
{
    _cleanup_buffer_ struct aa_buffer bare = AA_BUFFER_INIT(AA_FIELDS_MAX);

    /* it is the requester's line: a guess that is typed tells nothing (mask/token.h) */
    aa_mask_add_without_digits(&bare, command->data, command->length);
    if (command->error != 0 || bare.error != 0)
        buffer->error = command->error != 0 ? command->error : bare.error;
    else if (bare.length > 0)
        aa_mask_add_shortened(buffer, bare.data, bare.length, LINE_COMMAND_MAX);
    else if (request->frontend == AA_FRONTEND_PAM)
        aa_buffer_add_text(buffer, "login");
    else
        aa_buffer_add_text(buffer, "the command");
}

static void add_why(struct aa_buffer *buffer, struct aa_masker *masker, const struct aa_outcome *outcome,
                    const struct aa_fault *fault)
{
    aa_buffer_add_text(buffer, "\n  why:  ");
    aa_mask_add_fault(buffer, masker, fault);
    if (outcome != NULL && outcome->near_rule != NULL) {
        aa_buffer_add_text(buffer, "\n        rule ");
        aa_mask_add_text(buffer, outcome->near_rule);
        aa_buffer_add_text(buffer, " would allow it, but ");
        aa_mask_add_text(buffer, outcome->near_limit);
        if (outcome->near_detail != NULL && outcome->near_detail[0] != '\0') {
            aa_buffer_add_text(buffer, ": ");
            aa_mask_add_prose(buffer, masker, outcome->near_detail,
                              aa_mask_cut(outcome->near_detail, DETAIL_MAX));
        }
    }
}

void aa_words_denial(struct aa_buffer *buffer, struct aa_masker *masker,
                     const struct aa_buffer *command, const char *code,
                     const struct aa_outcome *outcome, const struct aa_fault *fault)
{
    aa_buffer_add_text(buffer, "actionapprove: not run: ");
    aa_buffer_add(buffer, command->data, command->length);
    add_why(buffer, masker, outcome, fault);
    if (outcome != NULL && outcome->name != NULL) {
        aa_buffer_add_text(buffer, "\n  rule: ");
        aa_mask_add_text(buffer, outcome->name);
    }
    aa_buffer_printf(buffer, "\n  next: %s", aa_fault_remedy(fault->id));
    aa_buffer_printf(buffer, "\n  code: %s (%s)\n",
                     code[0] != '\0' ? code : "none", aa_fault_name(fault->id));
}

void aa_words_denial_line(struct aa_buffer *buffer, struct aa_masker *masker,
                          const struct aa_buffer *command, const char *code,
                          const struct aa_outcome *outcome, const struct aa_fault *fault)
{
    aa_buffer_printf(buffer, "actionapprove: %s: not run: ", code);
    aa_buffer_add(buffer, command->data, command->length);
    aa_buffer_add_text(buffer, ": ");
    aa_mask_add_fault(buffer, masker, fault);
    if (outcome != NULL && outcome->name != NULL) {
        aa_buffer_add_text(buffer, " (rule ");
        aa_mask_add_text(buffer, outcome->name);
        aa_buffer_add_text(buffer, ")");
    }
    aa_buffer_printf(buffer, "; next: %s (%s)\n", aa_fault_remedy(fault->id),
                     aa_fault_name(fault->id));
}

void aa_words_denial_object(struct aa_buffer *buffer, struct aa_masker *masker, const char *event,
                            const struct aa_buffer *command, const struct aa_request_id *id,
                            const struct aa_outcome *outcome, const struct aa_fault *fault)
{
    _cleanup_buffer_ struct aa_buffer fields = AA_FIELDS_INIT;
    size_t begun;

    aa_field_add(&fields, "AA_EVENT", event);
    aa_field_add(&fields, "AA_REQUEST", id->code);
    aa_field_add(&fields, "AA_ID", id->hex);
    begun = aa_field_begin(&fields, "AA_COMMAND");
    aa_buffer_add(&fields, command->data, command->length);
    aa_field_end(&fields, begun);
    if (outcome != NULL)
        aa_field_add_masked(&fields, "AA_RULE", outcome->name);
    aa_field_add(&fields, "AA_ERROR", aa_fault_name(fault->id));
    aa_field_add_prose(&fields, masker, "AA_WHY", fault->detail);
    if (outcome != NULL && outcome->near_rule != NULL) {
        aa_field_add_masked(&fields, "AA_NEAR_RULE", outcome->near_rule);
        aa_field_add_masked(&fields, "AA_NEAR_WHY", outcome->near_limit);
        aa_field_add_prose(&fields, masker, "AA_NEAR_DETAIL", outcome->near_detail);
    }
    aa_field_add(&fields, "AA_NEXT", aa_fault_remedy(fault->id));
    if (fields.error != 0) {
        buffer->error = fields.error;
        return;
    }
    aa_buffer_add_byte(buffer, '{');
    (void)aa_fields_json_add(buffer,
                             (struct aa_reader){ (const unsigned char *)fields.data, fields.length },
                             &(struct aa_fields_json){ .short_names = true });
    aa_buffer_add_text(buffer, "}\n");
}
