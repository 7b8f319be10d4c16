/* SPDX-License-Identifier: ISC */
#include <stddef.h>

#include "session.h"

struct session session;

void session_tell(const char *message)
{
    if (session.print != NULL && message[0] != '\0')
        session.print(SUDO_CONV_ERROR_MSG | SUDO_CONV_PREFER_TTY, "%s", message);
}
