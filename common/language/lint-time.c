/* SPDX-License-Identifier: ISC */
#include "lint-time.h"

enum { DAY_MINUTES = 24 * 60 };

static unsigned day_of(const char *text)
{
    static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
    unsigned day = 0;

    while (day < 6 && strncmp(text, days[day], 3) != 0)
        day++;
    return day;
}

static unsigned minute_of(const char *text)
{
    unsigned hours = (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');

    return hours * 60 + (unsigned)(text[3] - '0') * 10 + (unsigned)(text[4] - '0');
}

/* A range over midnight goes on into the next day, and from Sunday into Monday. */
static void add(struct aa_week *week, unsigned days, unsigned from, unsigned to)
{
    unsigned length = to > from ? to - from : to + DAY_MINUTES - from;

    for (unsigned day = 0; day < 7; day++) {
        if ((days & 1u << day) == 0)
            continue;
        for (unsigned i = 0; i < length; i++) {
            unsigned minute = (day * DAY_MINUTES + from + i) % AA_WEEK_MINUTES;

            week->minutes[minute / 8] |= (unsigned char)(1u << minute % 8);
        }
    }
}

static unsigned days_of(const char *text)
{
    unsigned day = day_of(text), last = text[3] == '-' ? day_of(text + 4) : day, days;

    for (days = 1u << day; day != last; days |= 1u << day)
        day = (day + 1) % 7;
    return days;
}

/* The interpreter has looked at the words: days, or hours, or days and then their hours. */
void aa_week_of(const struct aa_word_list *words, struct aa_week *ret)
{
    unsigned days = 0;

    memset(ret, 0, sizeof(*ret));
    for (size_t i = 0; i < words->n; i++) {
        const char *text = words->v[i].text;

        if (text[0] >= '0' && text[0] <= '9') {
            add(ret, days != 0 ? days : 0x7f, minute_of(text), minute_of(text + 6));
            days = 0;
            continue;
        }
        if (days != 0)
            add(ret, days, 0, DAY_MINUTES);
        days = days_of(text);
    }
    if (days != 0)
        add(ret, days, 0, DAY_MINUTES);
}

bool aa_weeks_meet(const struct aa_week *a, const struct aa_week *b)
{
    for (size_t i = 0; i < sizeof(a->minutes); i++) {
        if ((a->minutes[i] & b->minutes[i]) != 0)
            return true;
    }
    return false;
}

bool aa_week_is_within(const struct aa_week *inner, const struct aa_week *outer)
{
    for (size_t i = 0; i < sizeof(inner->minutes); i++) {
        if ((inner->minutes[i] & ~outer->minutes[i]) != 0)
            return false;
    }
    return true;
}
