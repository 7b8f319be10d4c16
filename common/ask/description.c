/* SPDX-License-Identifier: ISC */
/* What somebody who may answer sees of a request: the fields of its records, and what helps to
 * judge it. Everything of a stranger's goes through the mask. */
#include <errno.h>

#include "asking.h"
#include "mask/subject.h"

enum { SHOWN_INSIDE_MAX = 8, SHOWN_INSIDE_BYTES_MAX = 256, SHOWN_WORDS_MAX = 64 };
enum { SHOWN_VALUE_MAX = 512, VALUE_LOOKED_AT_MAX = 64 * 1024, SHOWN_TYPED_MAX = 2048, BLANKS_MAX = 3 };

/* Runs of blanks become a count: they could push what follows to where it looks like another line. */
static void add_counted(struct aa_buffer *fields, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t n = 0;

        while (i + n < length && text[i + n] == ' ')
            n++;
        if (n > BLANKS_MAX)
            aa_buffer_printf(fields, " [%zu blanks] ", n);
        else
            aa_buffer_add(fields, text + i, n);
        i += n;
        for (n = 0; i + n < length && text[i + n] != ' ';)
            n++;
        aa_buffer_add(fields, text + i, n);
        i += n;
    }
}

/* A long command's head and tail, and how much is missing: never cut silently. */
static void add_cut_command(struct aa_buffer *fields, const struct aa_field *field)
{
    size_t head = AA_SHOWN_COMMAND_MAX / 4 * 3, tail = field->value_length - AA_SHOWN_COMMAND_MAX / 4;
    size_t begun = aa_field_begin(fields, "AA_COMMAND");

    while (head > 0 && ((unsigned char)field->value[head] & 0xc0) == 0x80)
        head--;
    while (tail > 0 && ((unsigned char)field->value[tail] & 0xc0) == 0x80)
        tail--;
    add_counted(fields, field->value, head);
    aa_buffer_printf(fields, " [… %zu bytes left out …] ", tail - head);
    add_counted(fields, field->value + tail, field->value_length - tail);
    aa_field_end(fields, begun);
}

static bool is_command(const struct aa_field *field)
{
    static const char name[] = "AA_COMMAND";

    return field->name_length == sizeof(name) - 1 && memcmp(field->name, name, sizeof(name) - 1) == 0;
}

static int add_common(const struct aa_asking *asking, struct aa_buffer *fields)
{
    const struct aa_buffer *common = asking->input->common;
    struct aa_reader reader = { (const unsigned char *)common->data, common->length };
    struct aa_field field;
    int r;

    while ((r = aa_field_next(&reader, &field)) == 1) {
        size_t begun = fields->length;

        if (is_command(&field) && field.value_length > AA_SHOWN_COMMAND_MAX) {
            add_cut_command(fields, &field);
            continue;
        }
        aa_buffer_add_u32(fields, 0);
        aa_buffer_add(fields, field.name, field.name_length);
        aa_buffer_add_byte(fields, '=');
        add_counted(fields, field.value, field.value_length);
        aa_field_end(fields, begun);
    }
    return r;
}

/* A stranger's text, through the mask; over "limit" bytes of what comes out it is cut. */
static void add_text(struct aa_buffer *fields, struct aa_masker *masker, const char *name,
                     const char *text, size_t length, size_t limit)
{
    _cleanup_buffer_ struct aa_buffer masked = AA_BUFFER_INIT(AA_FIELDS_MAX);
    size_t begun = aa_field_begin(fields, name), shown;

    aa_mask_add_prose(&masked, masker, text, length);
    if (masked.error != 0)
        fields->error = masked.error;
    for (shown = AA_MIN(masked.length, limit); shown > 0 && shown < masked.length &&
         ((unsigned char)masked.data[shown] & 0xc0) == 0x80;)
        shown--;
    add_counted(fields, masked.data, shown);
    if (shown < masked.length)
        aa_buffer_printf(fields, " [… %zu bytes left out …]", masked.length - shown);
    aa_field_end(fields, begun);
}

static void add_warning(struct aa_buffer *fields, struct aa_masker *masker, const char *words,
                        const char *detail)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(AA_FIELDS_MAX);

    aa_buffer_add_text(&text, words);
    if (detail != NULL)
        aa_buffer_printf(&text, ": %.*s", (int)aa_mask_cut(detail, SHOWN_VALUE_MAX), detail);
    if (aa_buffer_text(&text) != NULL)
        add_text(fields, masker, "AA_WARNING", text.data, text.length, AA_FIELDS_MAX);
    else
        fields->error = text.error;
}

static bool command_is_cut(const struct aa_buffer *common)
{
    struct aa_reader reader = { (const unsigned char *)common->data, common->length };
    struct aa_field field;

    while (aa_field_next(&reader, &field) == 1) {
        if (is_command(&field))
            return field.value_length > AA_SHOWN_COMMAND_MAX;
    }
    return false;
}

static bool is_told(const struct aa_request *request, size_t i)
{
    return !request->edit && request->variables[i].added &&
           request->variables[i].refused_why != NULL;
}

/* Variable "i" as it is handed over: of one that is there twice, each is shown. One that the command
 * line sets is in the command that is shown. */
static const char *value_of(char *const *envp, const struct aa_request *request, size_t i)
{
    const char *name = request->variables[i].name;
    size_t n = strlen(name);

    if (i < request->handed_over_n && strncmp(envp[i], name, n) == 0 && envp[i][n] == '=')
        return envp[i];
    return NULL;
}

/* Tokens make a value longer than it was: what counts is what would be shown. */
static bool value_is_cut(const struct aa_ask_input *input, const char *value)
{
    _cleanup_buffer_ struct aa_buffer masked = AA_BUFFER_INIT(AA_FIELDS_MAX);

    if (strlen(value) > SHOWN_VALUE_MAX)
        return true;
    aa_mask_add_prose(&masked, input->masker, value, strlen(value));
    return masked.error != 0 || masked.length > SHOWN_VALUE_MAX;
}

bool aa_description_is_cut(const struct aa_ask_input *input)
{
    const struct aa_request *request = input->request;
    size_t told = 0;

    for (size_t i = 0; i < request->variables_n; i++) {
        const char *value = is_told(request, i) ? value_of(input->question->envp, request, i) :
                                                  NULL;

        told += value != NULL;
        if (told > AA_SHOWN_VARIABLES_MAX || (value != NULL && value_is_cut(input, value)))
            return true;
    }
    return command_is_cut(input->common);
}

static void add_environment_warning(const struct aa_request *request, struct aa_masker *masker,
                                    struct aa_buffer *fields)
{
    _cleanup_buffer_ struct aa_buffer names = AA_BUFFER_INIT(AA_FIELDS_MAX);
    size_t told = 0;

    for (size_t i = 0; i < request->variables_n; i++) {
        if (!is_told(request, i) || told++ >= AA_SHOWN_VARIABLES_MAX)
            continue;
        aa_buffer_add_text(&names, told > 1 ? ", " : "");
        aa_buffer_add(&names, request->variables[i].name,
                      strnlen(request->variables[i].name, 64));
    }
    if (told > 0 && aa_buffer_text(&names) != NULL)
        add_warning(fields, masker, "the requester adds to its environment", names.data);
}

static void add_warnings(const struct aa_asking *asking, struct aa_buffer *fields)
{
    const struct aa_request *request = asking->input->request;
    struct aa_masker *masker = asking->input->masker;

    for (size_t i = 0; i < request->effective_n; i++) {
        if (request->effective[i].unbound_why != NULL)
            add_warning(fields, masker, "it can change after the approval",
                        request->effective[i].unbound_why);
        if (request->effective[i].code_unbound_why != NULL)
            add_warning(fields, masker, "its code can change after the approval",
                        request->effective[i].code_unbound_why);
    }
    if (request->interactive_shell)
        add_warning(fields, masker, "a shell: to approve it is to approve everything that is typed in it",
                    NULL);
    else if (request->opaque_why != NULL)
        add_warning(fields, masker, "what it will run cannot be read for certain", request->opaque_why);
    if (request->edit)
        add_warning(fields, masker, "the new content is not known yet", NULL);
    if (request->chroot != NULL)
        add_warning(fields, masker, "under another root folder", request->chroot);
    add_environment_warning(request, masker, fields);
    if (request->runas_uid == 0 && request->runas_user != NULL &&
        !aa_streq(request->runas_user, "root"))
        add_warning(fields, masker, "this account is root by another name", request->runas_user);
    if (aa_description_is_cut(asking->input))
        add_warning(fields, masker, "it is too long to be shown in full", NULL);
}

size_t aa_told_variables(const struct aa_ask_input *input, const char *ret[AA_SHOWN_VARIABLES_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < input->request->variables_n && n < AA_SHOWN_VARIABLES_MAX; i++) {
        ret[n] = is_told(input->request, i) ? value_of(input->question->envp, input->request, i) : NULL;
        n += ret[n] != NULL;
    }
    return n;
}

/* Where the rule shows code as it is, what that may take its words from is shown as well. */
static struct aa_masker *masker_of_variables(const struct aa_asking *asking)
{
    const struct aa_ask_input *input = asking->input;
    const char *why = NULL;

    if (input->masker == NULL || !input->masker->show_code ||
        aa_mask_has_code(input->masker, input->request, &why) < 0 || why == NULL)
        return input->masker;
    return NULL;
}

/* Variables that the caller adds and that could do something, with their values. */
static void add_environment(const struct aa_asking *asking, struct aa_buffer *fields)
{
    const struct aa_request *request = asking->input->request;
    struct aa_masker *masker = masker_of_variables(asking);
    size_t shown = 0, more = 0;

    for (size_t i = 0; i < request->variables_n; i++) {
        const char *value = is_told(request, i) ? value_of(asking->input->question->envp, request,
                                                           i) : NULL;

        if (value == NULL)
            continue;
        if (shown++ >= AA_SHOWN_VARIABLES_MAX) {
            more++;
            continue;
        }
        add_text(fields, masker, "AA_ENV", value, strnlen(value, VALUE_LOOKED_AT_MAX), SHOWN_VALUE_MAX);
        if (strlen(value) > VALUE_LOOKED_AT_MAX)
            aa_field_printf(fields, "AA_ENV", "(%zu bytes more of that are left out)",
                            strlen(value) - VALUE_LOOKED_AT_MAX);
    }
    if (more > 0)
        aa_field_printf(fields, "AA_ENV", "(%zu more are left out)", more);
}

static void add_progress(const struct aa_asking *asking, struct aa_buffer *fields)
{
    const struct aa_ballot *ballot = &asking->ballot;
    uint64_t now = asking->site->boottime_usec();
    uint64_t left = asking->deadline_usec > now ? asking->deadline_usec - now : 0;
    char expires[AA_TIME_SIZE];

    aa_format_time(asking->site->realtime_usec() + left, expires);
    aa_field_add(fields, "AA_EXPIRES", expires);
    aa_field_printf(fields, "AA_LEFT_USEC", "%llu", (unsigned long long)left);
    aa_field_printf(fields, "AA_APPROVALS", "%u",
                    ballot->result != NULL ? ballot->result->approvals : 0);
    for (size_t i = 0; ballot->result != NULL && i < ballot->n; i++) {
        if (ballot->votes[i].kind == AA_VOTE_APPROVE &&
            ballot->result->status[i] == AA_VOTE_COUNTS)
            aa_field_add_masked(fields, "AA_APPROVED_BY", aa_ballot_name(ballot, i));
    }
    if (asking->leader[0] != '\0')
        aa_field_add(fields, "AA_JOINED", asking->leader);
}

static void add_typed(const struct aa_asking *asking, struct aa_buffer *fields)
{
    const struct aa_question *question = asking->input->question;
    _cleanup_buffer_ struct aa_buffer typed = AA_BUFFER_INIT(AA_FIELDS_MAX);
    size_t n = 0, begun;

    while (question->submitted_argv != NULL && question->submitted_argv[n] != NULL)
        n++;
    if (n == 0)
        return;
    begun = aa_field_begin(fields, "AA_SUBMITTED");
    aa_mask_add_words(&typed, asking->input->masker, asking->input->request,
                      question->submitted_argv[0],
                      (const char *const *)question->submitted_argv + 1, n - 1, SHOWN_TYPED_MAX);
    if (typed.error != 0)
        fields->error = typed.error;
    add_counted(fields, typed.data, typed.length);
    aa_field_end(fields, begun);
    if (asking->input->request->edit && question->argv != NULL && question->argv[0] != NULL)
        add_text(fields, asking->input->masker, "AA_EDITOR", question->argv[0],
                 strnlen(question->argv[0], VALUE_LOOKED_AT_MAX), SHOWN_VALUE_MAX);
}

/* A command found inside; of a word that is made at run time only its beginning is known. */
static void add_inner_command(const struct aa_asking *asking, struct aa_buffer *fields,
                              const struct aa_effective *effective)
{
    _cleanup_buffer_ struct aa_buffer text = AA_BUFFER_INIT(AA_FIELDS_MAX);
    _cleanup_arena_ struct aa_arena arena = AA_ARENA_INIT(AA_MASK_MEMORY_MAX);
    const char *words[SHOWN_WORDS_MAX];
    size_t n = AA_MIN(effective->args.n, (size_t)SHOWN_WORDS_MAX), begun;

    for (size_t i = 0; i < n; i++) {
        words[i] = effective->args.v[i];
        if (aa_doubt_of(&effective->args, i) != AA_EXACT)
            words[i] = aa_arena_printf(&arena, "%s…", words[i]); /* cut where it is masked */
        if (words[i] == NULL)
            fields->error = -ENOMEM;
    }
    if (fields->error != 0)
        return;
    begun = aa_field_begin(fields, "AA_INSIDE");
    aa_mask_add_words(&text, asking->input->masker, asking->input->request,
                      effective->resolved != NULL ? effective->resolved : effective->names[0].path,
                      words, n, SHOWN_INSIDE_BYTES_MAX);
    if (text.error != 0)
        fields->error = text.error;
    add_counted(fields, text.data, text.length);
    if (n < effective->args.n)
        aa_buffer_add_text(fields, " …");
    aa_field_end(fields, begun);
}

/* What a wrapper, a shell string or a script would run: the approver's answer is about that. */
static void add_inside(const struct aa_asking *asking, struct aa_buffer *fields)
{
    const struct aa_request *request = asking->input->request;

    for (size_t i = 1; i < request->effective_n; i++) {
        if (i > SHOWN_INSIDE_MAX) {
            aa_field_printf(fields, "AA_INSIDE", "(%zu more)", request->effective_n - i);
            return;
        }
        add_inner_command(asking, fields, &request->effective[i]);
    }
}

int aa_describe(const struct aa_asking *asking, struct aa_buffer *fields)
{
    const struct aa_snap_word *from;
    char hash[AA_SHA256_HEX];
    int r = add_common(asking, fields);

    if (r < 0 || asking->ask == NULL)
        return r < 0 ? r : -ESTALE;
    if (asking->reason != NULL)
        add_text(fields, asking->input->masker, "AA_REASON", asking->reason, strlen(asking->reason),
                 AA_FIELDS_MAX);
    aa_field_printf(fields, "AA_QUORUM", "%u", asking->ask->quorum);
    from = aa_snapshot_words(asking->input->snapshot, asking->ask->from);
    for (uint32_t i = 0; from != NULL && i < asking->ask->from.count; i++)
        aa_field_add_masked(fields, "AA_FROM",
                            aa_snapshot_text(asking->input->snapshot, from[i].text));
    add_inside(asking, fields);
    add_warnings(asking, fields);
    add_environment(asking, fields);
    add_typed(asking, fields);
    add_progress(asking, fields);
    if (asking->requested.in_chain) {
        aa_field_printf(fields, "AA_SEQ", "%llu", (unsigned long long)asking->requested.seq);
        aa_hex(asking->requested.hash, sizeof(asking->requested.hash), hash);
        aa_field_add(fields, "AA_HASH", hash);
    }
    return fields->error;
}

void aa_describe_from(const struct aa_asking *asking, struct aa_buffer *text)
{
    const struct aa_snap_range range = asking->ask->from;
    const struct aa_snap_word *from = aa_snapshot_words(asking->input->snapshot, range);

    for (uint32_t i = 0; from != NULL && i < range.count; i++) {
        const char *name = aa_snapshot_text(asking->input->snapshot, from[i].text);

        aa_buffer_add_text(text, i == 0 ? "" : i + 1 == range.count ? " or " : ", ");
        aa_mask_add_text(text, name != NULL ? name : "?");
    }
}
