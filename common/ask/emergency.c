/* SPDX-License-Identifier: ISC */
#include "emergency.h"

#include <errno.h>

#include "asking.h"
#include "break-glass/codes.h"
#include "mask/mask.h"

enum { TYPED_MAX = 128 };

bool aa_emergency_is_possible(const struct aa_emergency *emergency)
{
    struct aa_fault ignored = { 0 };

    return emergency->state_fd >= 0 && emergency->audience->may_prompt &&
           !emergency->audience->json &&
           aa_codes_ready(emergency->site, emergency->state_fd, emergency->request->user.name,
                          &ignored) == 1;
}

int aa_emergency_try(const struct aa_emergency *emergency, const char *typed, uint32_t *ret_number)
{
    const struct aa_conversation *conversation = &emergency->question->conversation;
    _cleanup_buffer_ struct aa_buffer why = AA_BUFFER_INIT(AA_LINE_MAX);
    struct aa_fault fault = { 0 };
    char text[TYPED_MAX] = "";
    int r;

    if (typed == NULL || typed[0] == '\0') {
        r = conversation->prompt(conversation->context,
                                 "actionapprove: break-glass code (Enter for none): ", true, text,
                                 sizeof(text));
        typed = text;
        if (r < 0 || text[0] == '\0')
            return -ENODATA;
    }
    r = aa_codes_use(emergency->site, emergency->state_fd, emergency->request->user.name, typed,
                     emergency->request->id.code, ret_number, &fault);
    explicit_bzero(text, sizeof(text));
    if (r == AA_CODE_ACCEPTED)
        return 1;
    aa_buffer_add_text(&why, "actionapprove: not accepted: ");
    aa_mask_add_fault(&why, emergency->masker, &fault);
    if (aa_buffer_text(&why) != NULL)
        aa_audience_line(emergency->audience, why.data);
    return 0;
}

void aa_try_code(struct aa_asking *asking)
{
    struct aa_emergency emergency = {
        .site = asking->site,
        .state_fd = asking->input->state_fd,
        .question = asking->input->question,
        .request = asking->input->request,
        .audience = &asking->audience,
        .masker = asking->input->masker,
    };
    char line[TYPED_MAX] = "";
    uint32_t number = 0;
    int r;

    if (aa_interrupts_read_line(&asking->interrupts, line, sizeof(line)) < 0)
        return;
    asking->audience.line_is_open = false; /* the newline that was typed ended it */
    if (asking->code_attempts++ >= AA_CODE_TRIES_MAX) {
        asking->break_glass = false;
        aa_interrupts_read_terminal(&asking->interrupts, false);
        return;
    }
    aa_interrupts_pause(&asking->interrupts);
    r = aa_emergency_try(&emergency, line, &number);
    aa_interrupts_resume(&asking->interrupts);
    explicit_bzero(line, sizeof(line));
    if (r == 1) {
        asking->code_number = number;
        aa_asking_end(asking, AA_EVENT_BREAK_GLASS, AA_FAULT_NONE, " ");
    }
    aa_tell_progress(asking);
}
