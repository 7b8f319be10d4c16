/* SPDX-License-Identifier: ISC */
#include "request-view.h"

#include <inttypes.h>

#include "record/fields-json.h"

bool view_is_shown(const struct local_peer *peer)
{
    switch (peer->state) {
    case LOCAL_GREETED:
        return peer->greeting.standing != AA_LOCAL_STRANGER;
    case LOCAL_VANISHED: /* nobody waits there; it is root's to end it */
        return geteuid() == 0;
    case LOCAL_UNASKED:
    case LOCAL_ENDED:
        return false;
    default:
        return true;
    }
}

/* ---- phrases */

static bool equals(const struct aa_field *field, const char *text)
{
    return field->value_length == strlen(text) &&
           memcmp(field->value, text, field->value_length) == 0;
}

static void add_value(struct aa_buffer *out, const struct terminal *terminal,
                      const struct aa_field *field)
{
    terminal_add(terminal, out, field->value, field->value_length);
}

void view_add_field(struct aa_buffer *out, const struct terminal *terminal,
                    const struct local_peer *peer, const char *name, const char *otherwise)
{
    struct aa_field field;

    if (local_field(peer, name, &field))
        add_value(out, terminal, &field);
    else
        aa_buffer_add_text(out, otherwise);
}

/* A value of ours that is a number. */
static bool number_of(const struct aa_field *field, uint64_t *ret)
{
    uint64_t number = 0;

    if (field->value_length == 0 || field->value_length > 18)
        return false;
    for (size_t i = 0; i < field->value_length; i++) {
        if (field->value[i] < '0' || field->value[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(field->value[i] - '0');
    }
    *ret = number;
    return true;
}

bool view_expires(const struct local_peer *peer, time_t *ret)
{
    struct aa_field field;
    struct tm when = { 0 };
    char text[40];
    const char *end;

    if (!local_field(peer, "AA_EXPIRES", &field) || field.value_length >= sizeof(text))
        return false;
    memcpy(text, field.value, field.value_length);
    text[field.value_length] = '\0';
    end = strptime(text, "%Y-%m-%dT%H:%M:%S", &when);
    if (end == NULL || (*end != 'Z' && *end != '.') || text[field.value_length - 1] != 'Z')
        return false;
    *ret = timegm(&when);
    return true;
}

int64_t view_left_usec(const struct local_peer *peer, const struct aa_site *site)
{
    struct aa_field field;
    uint64_t left;
    time_t expires;

    if (local_field(peer, "AA_LEFT_USEC", &field) && number_of(&field, &left)) {
        uint64_t passed = site->boottime_usec() - peer->greeted_usec;

        return (int64_t)(left - AA_MIN(left, passed));
    }
    if (view_expires(peer, &expires)) {
        int64_t usec = (int64_t)expires * 1000000 - (int64_t)site->realtime_usec();

        return usec < 0 ? 0 : usec;
    }
    return VIEW_LEFT_UNKNOWN;
}

void view_add_left(struct aa_buffer *out, int64_t left_usec)
{
    int64_t seconds = left_usec / 1000000;

    if (left_usec == VIEW_LEFT_UNKNOWN)
        aa_buffer_add_byte(out, '?');
    else if (seconds >= 3600)
        aa_buffer_printf(out, "%" PRId64 ":%02d:%02d", seconds / 3600, (int)(seconds / 60 % 60),
                         (int)(seconds % 60));
    else
        aa_buffer_printf(out, "%d:%02d", (int)(seconds / 60), (int)(seconds % 60));
}

void view_add_who(struct aa_buffer *out, const struct terminal *terminal,
                  const struct local_peer *peer)
{
    struct aa_field user, login, agent, owner;
    bool has_user = local_field(peer, "AA_USER", &user);
    bool has_owner = local_field(peer, "AA_OWNER", &owner);
    const char *separator = " (";

    view_add_field(out, terminal, peer, "AA_USER", "?");
    if (local_field(peer, "AA_AGENT", &agent)) {
        aa_buffer_add_text(out, separator);
        if (has_owner) {
            add_value(out, terminal, &owner);
            aa_buffer_add_text(out, "'s ");
        }
        aa_buffer_add_text(out, "agent");
        if (!has_user || user.value_length != agent.value_length ||
            memcmp(user.value, agent.value, user.value_length) != 0) {
            aa_buffer_add_byte(out, ' ');
            add_value(out, terminal, &agent);
        }
        separator = ", ";
    }
    if (local_field(peer, "AA_LOGIN_USER", &login) && has_user &&
        (login.value_length != user.value_length ||
         memcmp(login.value, user.value, user.value_length) != 0)) {
        aa_buffer_printf(out, "%slogin ", separator);
        add_value(out, terminal, &login);
        separator = ", ";
    }
    if (peer->greeting.standing == AA_LOCAL_REQUESTER) {
        aa_buffer_printf(out, "%syou", separator);
        separator = ", ";
    }
    if (separator[0] == ',')
        aa_buffer_add_byte(out, ')');
}

void view_add_what(struct aa_buffer *out, const struct terminal *terminal,
                   const struct local_peer *peer)
{
    struct aa_field service;

    if (!local_field(peer, "AA_COMMAND", &service) &&
        local_field(peer, "AA_SERVICE", &service)) {
        aa_buffer_add_text(out, "login by ");
        add_value(out, terminal, &service);
        return;
    }
    view_add_field(out, terminal, peer, "AA_COMMAND", "?");
}

const char *view_risk_colour(const struct terminal *terminal, const struct local_peer *peer)
{
    struct aa_field risk;

    if (!terminal->colour || !local_field(peer, "AA_RISK", &risk))
        return "";
    return equals(&risk, "critical") ? "\033[1;31m" :
           equals(&risk, "high")     ? "\033[31m" :
           equals(&risk, "medium")   ? "\033[33m" : "";
}

/* ---- the object */

void view_add_json(struct aa_buffer *out, const struct local_peer *peer)
{
    static const char *const arrays[] = { "AA_FROM", "AA_APPROVED_BY", "AA_WARNING", "AA_ENV", "AA_INSIDE",
                                          NULL };
    static const char *const ours[] = { "AA_REQUEST", "AA_STANDING", "AA_ANSWERING", NULL };
    const struct aa_fields_json style = { .short_names = true, .arrays = arrays, .left_out = ours };

    aa_buffer_printf(out, "\"request\":\"%s\",", peer->code);
    if (peer->state != LOCAL_GREETED) {
        aa_buffer_printf(out, "\"answering\":false,\"problem\":\"%s\"",
                         local_state_words(peer->state));
        return;
    }
    aa_buffer_printf(out, "\"standing\":\"%s\",\"answering\":true,",
                     local_standing_name(peer->greeting.standing));
    (void)aa_fields_json_add(out, local_fields(peer), &style);
}
