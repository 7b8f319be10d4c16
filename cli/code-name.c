/* SPDX-License-Identifier: ISC */
#include "code-name.h"

/* One digit of Crockford's base 32 as it is written; '\0' where it is none. */
static char digit_of(char c)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        return '0';
    if (c == 'I' || c == 'L')
        return '1';
    return c != '\0' && strchr(digits, c) != NULL ? c : '\0';
}

bool code_parse(const char *text, char ret[AA_CODE_SIZE])
{
    char code[AA_CODE_SIZE];
    size_t n = 0;

    for (; *text != '\0'; text++) {
        if (*text == '-')
            continue;
        if (n == 4)
            code[n++] = '-';
        if (n == AA_CODE_SIZE - 1)
            return false;
        code[n] = digit_of(*text);
        if (code[n++] == '\0')
            return false;
    }
    if (n != AA_CODE_SIZE - 1)
        return false;
    code[n] = '\0';
    memcpy(ret, code, sizeof(code));
    return true;
}
