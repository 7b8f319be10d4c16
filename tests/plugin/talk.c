/* SPDX-License-Identifier: ISC */
#include "talk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct talk talk;

void talk_forget(void)
{
    talk.said_n = talk.length = talk.asked = 0;
    talk.lost = false;
    talk.bytes[0] = '\0';
}

const char *talk_text(void)
{
    return talk.bytes;
}

bool talk_only_to_requester(void)
{
    for (size_t i = 0; i < talk.said_n; i++) {
        if (talk.said[i].type != (SUDO_CONV_ERROR_MSG | SUDO_CONV_PREFER_TTY))
            return false;
    }
    return talk.said_n > 0 && talk.asked == 0;
}

__attribute__((format(printf, 2, 0))) static int record(int type, const char *format,
                                                        va_list arguments)
{
    size_t left = sizeof(talk.bytes) - talk.length;
    int n = vsnprintf(talk.bytes + talk.length, left, format, arguments);

    if (n < 0 || (size_t)n >= left || talk.said_n == SAID_MAX) {
        talk.bytes[talk.length] = '\0';
        talk.lost = true;
        return -1;
    }
    talk.said[talk.said_n].type = type;
    talk.said[talk.said_n++].at = talk.length;
    talk.length += (size_t)n;
    return n;
}

__attribute__((format(printf, 2, 3))) static int printf_like_sudo(int type, const char *format, ...)
{
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = record(type, format, arguments);
    va_end(arguments);
    return n;
}

__attribute__((format(printf, 2, 3))) static void record_text(int type, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    record(type, format, arguments);
    va_end(arguments);
}

/* Answers no prompt. */
static int converse(int messages_n, const struct sudo_conv_message messages[],
                    struct sudo_conv_reply replies[], struct sudo_conv_callback *callback)
{
    (void)replies;
    (void)callback;
    for (int i = 0; i < messages_n; i++) {
        int kind = messages[i].msg_type & 0xff;

        if (kind == SUDO_CONV_PROMPT_ECHO_OFF || kind == SUDO_CONV_PROMPT_ECHO_ON ||
            kind == SUDO_CONV_PROMPT_MASK) {
            talk.asked++;
            return -1;
        }
        record_text(messages[i].msg_type, "%s", messages[i].msg);
    }
    return 0;
}

const sudo_conv_t talk_conversation = converse;
const sudo_printf_t talk_printf = printf_like_sudo;
