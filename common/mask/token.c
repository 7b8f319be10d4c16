/* SPDX-License-Identifier: ISC */
#include "token.h"

#include "base/text.h"
#include "spans.h"

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

enum { TYPE_MAX = 16, LENGTH_DIGITS_MAX = 20, BITS_PER_DIGIT = 5 };

static size_t type_length(const char *text, size_t length)
{
    size_t n = 0;

    while (n < length && ((text[n] >= 'a' && text[n] <= 'z') ||
                          (n > 0 && ((text[n] >= '0' && text[n] <= '9') || text[n] == '-'))))
        n++;
    return n <= TYPE_MAX ? n : 0;
}

static size_t characters(const char *value, size_t length)
{
    size_t n = 0;

    for (size_t at = 0; at < length; n++) {
        uint32_t character;
        size_t taken = aa_utf8_decode(value + at, length - at, &character);

        at += taken > 0 ? taken : 1;
    }
    return n;
}

void aa_mask_token_add(struct aa_buffer *buffer, const struct aa_masker *masker, const char *type,
                       const char *value, size_t length)
{
    size_t of_type = type_length(type, strlen(type));

    /* a type of a damaged policy must not say something else */
    if (of_type == 0 || type[of_type] != '\0')
        type = AA_MASK_TYPE_SECRET;
    aa_buffer_printf(buffer, AA_MASK_TOKEN_OPEN "%s:", type);
    if (masker->has_key && !masker->keyless) {
        unsigned char sum[AA_SHA256_SIZE];
        struct aa_hmac hmac;
        uint64_t bits = 0;

        aa_hmac_start(&hmac, masker->key, sizeof(masker->key));
        aa_hmac_add(&hmac, type, strlen(type) + 1);
        aa_hmac_add(&hmac, value, length);
        aa_hmac_finish(&hmac, sum);
        for (size_t i = 0; i < AA_MASK_TOKEN_DIGITS * BITS_PER_DIGIT / 8; i++)
            bits = bits << 8 | sum[i];
        for (size_t i = AA_MASK_TOKEN_DIGITS; i > 0; i--)
            aa_buffer_add_byte(buffer, digits[bits >> (i - 1) * BITS_PER_DIGIT & 31]);
        aa_buffer_add_byte(buffer, ':');
    }
    aa_buffer_printf(buffer, "%zu" AA_MASK_TOKEN_CLOSE, characters(value, length));
}

/* The eight digits and a colon, which stand there only where there is a key. */
static size_t keyed_length(const char *text, size_t length)
{
    if (length <= AA_MASK_TOKEN_DIGITS || text[AA_MASK_TOKEN_DIGITS] != ':')
        return 0;
    for (size_t i = 0; i < AA_MASK_TOKEN_DIGITS; i++) {
        if (text[i] == '\0' || strchr(digits, text[i]) == NULL)
            return 0;
    }
    return AA_MASK_TOKEN_DIGITS + 1;
}

size_t aa_mask_token_length(const char *text, size_t length)
{
    const size_t open = strlen(AA_MASK_TOKEN_OPEN), close = strlen(AA_MASK_TOKEN_CLOSE);
    size_t at = open, n = 0;

    length = AA_MIN(length, (size_t)AA_MASK_TOKEN_SIZE);
    if (length < open || memcmp(text, AA_MASK_TOKEN_OPEN, open) != 0)
        return 0;
    n = type_length(text + at, length - at);
    at += n;
    if (n == 0 || at == length || text[at++] != ':')
        return 0;
    at += keyed_length(text + at, length - at);
    n = 0;
    while (at + n < length && text[at + n] >= '0' && text[at + n] <= '9')
        n++;
    if (n == 0 || n > LENGTH_DIGITS_MAX || (n > 1 && text[at] == '0'))
        return 0;
    at += n;
    if (length - at < close || memcmp(text + at, AA_MASK_TOKEN_CLOSE, close) != 0)
        return 0;
    return at + close;
}

void aa_mask_add_without_digits(struct aa_buffer *buffer, const char *text, size_t length)
{
    const size_t open = strlen(AA_MASK_TOKEN_OPEN);

    for (size_t at = 0; at < length;) {
        const size_t n = aa_mask_token_length(text + at, length - at);
        size_t begins;

        if (n == 0) {
            aa_buffer_add_byte(buffer, text[at++]);
            continue;
        }
        begins = open + type_length(text + at + open, n - open) + 1;
        aa_buffer_add(buffer, text + at, begins);
        begins += keyed_length(text + at + begins, n - begins);
        aa_buffer_add(buffer, text + at + begins, n - begins);
        at += n;
    }
}
