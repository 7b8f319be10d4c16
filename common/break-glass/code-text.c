/* SPDX-License-Identifier: ISC */
#include "code-text.h"

#include <errno.h>
#include <sys/random.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* no I L O U */

int aa_code_new(struct aa_code_digits *ret)
{
    unsigned char random[AA_CODE_DIGITS]; /* five bits of each */
    ssize_t n;

    do
        n = getrandom(random, sizeof(random), 0);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof(random))
        return n < 0 ? -errno : -EIO;
    for (size_t i = 0; i < sizeof(random); i++)
        ret->v[i] = alphabet[random[i] & 31];
    explicit_bzero(random, sizeof(random));
    return 0;
}

void aa_code_write(const struct aa_code_digits *digits, char ret[AA_CODE_TEXT_SIZE])
{
    size_t n = 0;

    for (size_t i = 0; i < AA_CODE_DIGITS; i++) {
        if (i > 0 && i % 4 == 0)
            ret[n++] = '-';
        ret[n++] = digits->v[i];
    }
    ret[n] = '\0';
}

/* What people write for it, or NUL where it is none of the digits. */
static char digit_of(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    return c != '\0' && strchr(alphabet, c) != NULL ? c : '\0';
}

bool aa_code_read(const char *text, struct aa_code_digits *ret)
{
    struct aa_code_digits digits;
    size_t n = 0, length = strnlen(text, AA_CODE_TYPED_MAX);
    bool whole = length < AA_CODE_TYPED_MAX;

    for (size_t i = 0; whole && i < length; i++) {
        char digit;

        if (strchr("- \t\r\n", text[i]) != NULL)
            continue;
        digit = digit_of(text[i]);
        whole = digit != '\0' && n < AA_CODE_DIGITS;
        if (whole)
            digits.v[n++] = digit;
    }
    whole &= n == AA_CODE_DIGITS;
    if (whole)
        *ret = digits;
    explicit_bzero(&digits, sizeof(digits));
    return whole;
}

void aa_code_hash(const unsigned char *key, size_t key_size, const char *user,
                  const struct aa_code_digits *digits, unsigned char ret[AA_SHA256_SIZE])
{
    static const char purpose[] = "actionapprove break-glass code 1"; /* with its NUL */
    struct aa_hmac hmac;

    /* of fixed length but for the name, which is last: nothing can be read in two ways */
    aa_hmac_start(&hmac, key, key_size);
    aa_hmac_add(&hmac, purpose, sizeof(purpose));
    aa_hmac_add(&hmac, digits->v, sizeof(digits->v));
    aa_hmac_add(&hmac, user, strlen(user));
    aa_hmac_finish(&hmac, ret);
    explicit_bzero(&hmac, sizeof(hmac));
}

bool aa_code_hash_equal(const unsigned char a[AA_SHA256_SIZE],
                        const unsigned char b[AA_SHA256_SIZE])
{
    volatile unsigned char difference = 0;

    for (size_t i = 0; i < AA_SHA256_SIZE; i++)
        difference = (unsigned char)(difference | (a[i] ^ b[i]));
    return difference == 0;
}
