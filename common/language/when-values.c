/* SPDX-License-Identifier: ISC */
#include "when-values.h"

#include "policy/clock.h"
#include "values.h"

enum { DAYS = 7, ALL_DAYS = (1 << DAYS) - 1, DAY_MINUTES = 24 * 60 };

/* ---- time ---- */

static int day_of(const char *text)
{
    static const char *const days[DAYS] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

    for (int i = 0; i < DAYS; i++) {
        if (strncmp(text, days[i], 3) == 0)
            return i;
    }
    return -1;
}

/* DAY or DAY-DAY, which may go over the end of the week; 0 where it is neither. */
static uint32_t read_days(const char *text)
{
    int first = day_of(text), last;
    uint32_t days;

    if (first < 0)
        return 0;
    if (text[3] == '\0')
        return 1u << first;
    last = text[3] == '-' ? day_of(text + 4) : -1;
    if (last < 0 || text[7] != '\0')
        return 0;
    for (days = 1u << last; first != last; first = (first + 1) % DAYS)
        days |= 1u << first;
    return days;
}

/* HH:MM, 24:00 included, at the start of the text; the minutes of the day, or -1. */
static int read_clock(const char *text)
{
    int hours, minutes;

    for (size_t i = 0; i < 5; i++) {
        if (i == 2 ? text[i] != ':' : text[i] < '0' || text[i] > '9')
            return -1;
    }
    hours = (text[0] - '0') * 10 + (text[1] - '0');
    minutes = (text[3] - '0') * 10 + (text[4] - '0');
    return minutes > 59 || hours * 60 + minutes > DAY_MINUTES ? -1 : hours * 60 + minutes;
}

static bool read_hours(const char *text, uint32_t *ret_from, uint32_t *ret_to)
{
    int from, to;

    if (strlen(text) != 11 || text[5] != '-')
        return false;
    from = read_clock(text);
    to = read_clock(text + 6);
    if (from < 0 || to < 0 || from == to || from == DAY_MINUTES)
        return false;
    *ret_from = (uint32_t)from;
    *ret_to = (uint32_t)to;
    return true;
}

size_t aa_read_time(const struct aa_word *words, size_t n, uint32_t *ret_packed)
{
    uint32_t days = read_days(words[0].text), from = 0, to = DAY_MINUTES;
    size_t taken = 1;

    if (days == 0) {
        days = ALL_DAYS;
        if (!read_hours(words[0].text, &from, &to))
            return 0;
    } else if (n > 1 && read_hours(words[1].text, &from, &to)) {
        taken = 2;
    }
    *ret_packed = AA_TIME_WORD(days, from, to);
    return taken;
}

bool aa_check_time_words(struct aa_config *config, const struct aa_word_list *words)
{
    const char *day = NULL;
    uint32_t packed;

    for (size_t i = 0; i < words->n;) {
        const struct aa_word *word = &words->v[i];
        size_t taken = aa_read_time(word, words->n - i, &packed);

        if (taken == 0) {
            aa_complain(config->complaints, word->place,
                        "\"%s\" is no time; expected days such as mon or sat-sun, or hours such as "
                        "22:00-06:00", word->text);
            return false;
        }
        if (day_of(word->text) >= 0)
            day = word->text;
        else if (day != NULL)
            aa_warn(config->complaints, word->place,
                    "\"%s\" has no day in front of it, so it means every day; if it is about %s, "
                    "write: %s %s", word->text, day, day, word->text);
        i += taken;
    }
    return true;
}

/* ---- rhost ---- */

#define SAY(config, ...)                                 \
    do {                                                 \
        if ((config) != NULL)                            \
            aa_complain((config)->complaints, __VA_ARGS__); \
    } while (0)

static const char digits_and_dots[] = "0123456789.";

static enum aa_remote_form read_glob(struct aa_config *config, const struct aa_word *word)
{
    const char *text = word->text;

    if (strspn(text, "*") == word->length)
        return AA_REMOTE_FORM_ANY;
    if (strpbrk(text, ":/") != NULL || strspn(text, "0123456789.*") == word->length) {
        SAY(config, word->place,
            "\"%s\": a star is for names; write a network such as 10.0.0.0/8 or 2001:db8::/32",
            text);
        return AA_REMOTE_FORM_NONE;
    }
    return AA_REMOTE_FORM_NAME;
}

static bool read_prefix(const char *text, uint32_t maximum, uint32_t *ret)
{
    size_t n = strlen(text);
    uint32_t number = 0;

    if (n == 0 || n > 3 || strspn(text, "0123456789") != n || (n > 1 && text[0] == '0'))
        return false;
    for (size_t i = 0; i < n; i++)
        number = number * 10 + (uint32_t)(text[i] - '0');
    *ret = number;
    return number <= maximum;
}

static enum aa_remote_form read_network(struct aa_config *config, const struct aa_word *word,
                                        const char *slash, struct aa_address *ret_network,
                                        uint32_t *ret_bits)
{
    char address_text[AA_ADDRESS_TEXT_MAX], network_text[AA_NETWORK_TEXT_SIZE];
    struct aa_address address, network;
    size_t n = (size_t)(slash - word->text);
    uint32_t bits, before;
    bool ipv4;

    if (n < sizeof(address_text)) {
        memcpy(address_text, word->text, n);
        address_text[n] = '\0';
    }
    if (n >= sizeof(address_text) || strchr(address_text, '%') != NULL ||
        !aa_address_parse(address_text, &address)) {
        SAY(config, word->place,
            "\"%s\" is no network; expected one such as 10.0.0.0/8 or 2001:db8::/32", word->text);
        return AA_REMOTE_FORM_NONE;
    }
    ipv4 = strchr(address_text, ':') == NULL;
    before = ipv4 ? AA_ADDRESS_IPV4_BITS : 0;
    if (!read_prefix(slash + 1, AA_ADDRESS_BITS - before, &bits)) {
        SAY(config, word->place, "\"%s\": an %s network has 0 to %u bits", word->text,
            ipv4 ? "IPv4" : "IPv6", AA_ADDRESS_BITS - before);
        return AA_REMOTE_FORM_NONE;
    }
    network = aa_address_network(&address, bits + before);
    if (memcmp(&network, &address, sizeof(network)) != 0) {
        aa_network_write(&network, bits + before, network_text);
        SAY(config, word->place,
            "\"%s\" is an address and the size of its network; the network itself is %s",
            word->text, network_text);
        return AA_REMOTE_FORM_NONE;
    }
    *ret_network = network;
    *ret_bits = bits + before;
    return AA_REMOTE_FORM_NETWORK;
}

static bool is_host_name(const struct aa_word *word)
{
    const char *others = word->has_glob ? "0123456789-._*" : "0123456789-._";

    for (const char *p = word->text; *p != '\0'; p++) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');

        if (!letter && strchr(others, *p) == NULL)
            return false;
    }
    return true;
}

enum aa_remote_form aa_read_remote(struct aa_config *config, const struct aa_word *word,
                                   struct aa_address *ret_network, uint32_t *ret_bits)
{
    const char *slash = strchr(word->text, '/');
    enum aa_remote_form form = AA_REMOTE_FORM_NAME;

    if (word->has_glob)
        form = read_glob(config, word);
    else if (slash != NULL)
        return read_network(config, word, slash, ret_network, ret_bits);
    else if (strchr(word->text, '%') == NULL && aa_address_parse(word->text, ret_network)) {
        *ret_bits = AA_ADDRESS_BITS;
        return AA_REMOTE_FORM_NETWORK;
    } else if (strchr(word->text, ':') != NULL ||
               strspn(word->text, digits_and_dots) == word->length) {
        SAY(config, word->place, "\"%s\" is no address, and no name of a host", word->text);
        return AA_REMOTE_FORM_NONE;
    }
    if (form == AA_REMOTE_FORM_NAME && !is_host_name(word)) {
        SAY(config, word->place, "\"%s\" is no name of a host", word->text);
        return AA_REMOTE_FORM_NONE;
    }
    return form;
}
