/* SPDX-License-Identifier: ISC */
/* The configuration that init writes, with a comment for everything that a newcomer would ask
 * about, and what is to be done next. doc/examples/ holds the same texts. */
#include <string.h>

#include "config.h"
#include "init.h"

/* A name as one word of the configuration language. */
static void add_word(struct aa_buffer *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_.-@";

    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        aa_buffer_add_text(out, word);
        return;
    }
    aa_buffer_add_byte(out, '"');
    for (; *word != '\0'; word++) {
        if (strchr("\"\\*", *word) != NULL)
            aa_buffer_add_byte(out, '\\');
        aa_buffer_add_byte(out, *word);
    }
    aa_buffer_add_byte(out, '"');
}

/* The text with %p the person, %a the agent, %g the group, %t the timeout, %m the mode. */
static void add(struct aa_buffer *out, const struct init_choice *choice, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text != '%') {
            aa_buffer_add_byte(out, *text);
            continue;
        }
        switch (*++text) {
        case 'p':
            add_word(out, choice->person);
            break;
        case 'a':
            add_word(out, choice->agent);
            break;
        case 'g':
            add_word(out, choice->approvers_group);
            break;
        case 't':
            add_word(out, choice->timeout);
            break;
        case 'm':
            aa_buffer_add_text(out, choice->mode == INIT_OBSERVE ? "observe" : "enforce");
            break;
        default:
            aa_buffer_add_byte(out, *text);
        }
    }
}

static const char how[] =
    "# Made by: actionapprove init. It is yours to change; then, as root:\n"
    "#     actionapprove check && actionapprove apply\n"
    "#\n"
    "# Rules are tried from top to bottom, and the first that fits decides. What follows a \"#\" is a\n"
    "# comment.\n"
    "\n"
    "# ---- How ----\n"
    "\n"
    "# enforce: what no rule allows waits for an answer. observe: nothing is held up, and the records\n"
    "# (actionapprove log) say what would have been.\n"
    "set mode %m\n"
    "\n"
    "# A command that nobody answers for so long is refused.\n"
    "set timeout %t\n"
    "\n"
    "# A command runs only if its record was kept.\n"
    "set record required\n"
    "\n"
    "# Where people are asked: on this machine, where they answer with\n"
    "#     actionapprove pending; actionapprove approve CODE; actionapprove deny CODE\n"
    "channel console { type local }\n"
    "\n"
    "# ---- Who ----\n"
    "\n"
    "# A person is a human being with all of their accounts; \"unix\" is the one on this machine.\n";

static const char who_agent[] =
    "person %p { unix %p }\n"
    "\n"
    "# An agent is a program that asks and never answers; its owner is responsible for it.\n"
    "agent %a { unix %a; owner %p }\n"
    "\n"
    "# Who may answer.\n"
    "group approvers { person %p }\n";

static const char who_unix_group[] =
    "\n"
    "# Who may answer: whoever is in the Unix group %g at that time, and has a \"person\" line above.\n"
    "# A new member needs one.\n"
    "group approvers { unix-group %g }\n";

static const char at_once[] =
    "\n"
    "# ---- What runs at once ----\n"
    "#\n"
    "# Commands that only read, cannot be made to start another program, and use no pager (which\n"
    "# could). To allow takes the full path and each argument in its place; \"*\" is any part of one\n"
    "# argument without a \"/\". It stands where no option can: behind \"--\", or behind \"--unit=\".\n"
    "\n"
    "rule who-am-i { when command \"/usr/bin/id\"; when args; allow }\n"
    "\n"
    "rule unit-status {\n"
    "    when command \"/usr/bin/systemctl\"\n"
    "    when args \"--no-pager\" \"status\" \"--\" \"*\"\n"
    "    allow\n"
    "}\n"
    "rule failed-units {\n"
    "    when command \"/usr/bin/systemctl\"\n"
    "    when args \"--no-pager\" \"--failed\"\n"
    "    allow\n"
    "}\n"
    "rule unit-log {\n"
    "    when command \"/usr/bin/journalctl\"\n"
    "    when args \"--no-pager\" \"--lines=*\" \"--unit=*\"\n"
    "    allow\n"
    "}\n"
    "rule kernel-log { when command \"/usr/bin/dmesg\"; when args; allow }\n";

static const char own_commands[] =
    "\n"
    "# ---- What %p runs ----\n"
    "#\n"
    "# Nobody may approve their own request, and there is nobody else: so that %p is not locked out,\n"
    "# what %p runs is recorded and not held up. This holds only where the account and the login\n"
    "# are both those of %p: not for an agent that was started from the session of %p. Left out\n"
    "# are programs that others than root can change, and variables that are not harmless for\n"
    "# certain: these work from a root shell (sudo -i).\n"
    "\n"
    "rule own-commands {\n"
    "    when user %p\n"
    "    when command \"/**\"\n"
    "    allow\n"
    "    opaque-ok     # shells and interpreters, too\n"
    "    wrapped-ok    # env, nice, timeout and the like\n"
    "}\n"
    "rule own-edits { when user %p; when edit; allow; opaque-ok }\n";

static const char all_else[] =
    "\n"
    "# ---- All else waits for an answer ----\n"
    "\n"
    "default ask console\n"
    "default from approvers\n"
    "\n"
    "# So many different people have to approve; one who denies is enough to refuse.\n"
    "default quorum 1\n";

static const char owner[] =
    "\n"
    "# %p owns the agent, and may answer for it all the same: this is a machine of two.\n"
    "default owner-may-approve\n";

static const char break_glass[] =
    "\n"
    "# When nobody can be asked: codes on paper that work once each, made in advance by\n"
    "#     actionapprove break-glass create --user NAME\n"
    "default break-glass yes\n";

void init_add_configuration(struct aa_buffer *out, const struct init_choice *choice)
{
    add(out, choice, how);
    if (choice->kind == INIT_AGENT) {
        add(out, choice, who_agent);
    } else {
        for (size_t i = 0; i < choice->approvers_n; i++) {
            struct init_choice one = { .person = choice->approvers[i] };

            add(out, &one, "person %p { unix %p }\n");
        }
        if (choice->approvers_group != NULL) {
            add(out, choice, who_unix_group);
        } else {
            aa_buffer_add_text(out, "\n"
                                    "# Who may answer: for each other, and never for themselves.\n"
                                    "group approvers {\n");
            for (size_t i = 0; i < choice->approvers_n; i++) {
                struct init_choice one = { .person = choice->approvers[i] };

                add(out, &one, "    person %p\n");
            }
            aa_buffer_add_text(out, "}\n");
        }
    }
    add(out, choice, at_once);
    if (choice->kind == INIT_AGENT)
        add(out, choice, own_commands);
    add(out, choice, all_else);
    if (choice->kind == INIT_AGENT)
        add(out, choice, owner);
    add(out, choice, break_glass);
}

/* ---- what next ---- */

static const char arm[] =
    "* Put both lines into /etc/sudo.conf (each half refuses commands when the other is missing):\n"
    "\n"
    "      Plugin sudo_approve sudo_approve.so\n"
    "      Plugin sudo_approve_audit sudo_approve.so\n"
    "\n"
    "  Keep a root shell open while you try it: root is never refused, and can take them out again.\n";

static const char start_agent[] =
    "* Let the agent use sudo without a password; with the two lines above sudo runs nothing that\n"
    "  ActionApprove did not decide. In /etc/sudoers.d/%a, by visudo -f:\n"
    "\n"
    "      %a ALL=(ALL:ALL) NOPASSWD: ALL\n"
    "\n"
    "* Start the agent as its own user from a service, not from your own login session. su and\n"
    "  sudo -u keep your login identity: then you are the requester, and nobody may approve their\n"
    "  own request. Such as /etc/systemd/system/%a.service:\n"
    "\n"
    "      [Unit]\n"
    "      Description=The agent %a\n"
    "\n"
    "      [Service]\n"
    "      User=%a\n"
    "      WorkingDirectory=~\n"
    "      # the agent's program; no NoNewPrivileges= here, or sudo cannot work\n"
    "      ExecStart=/usr/local/bin/%a\n"
    "\n"
    "      [Install]\n"
    "      WantedBy=multi-user.target\n"
    "\n"
    "  With a terminal, by hand: systemd-run --uid=%a --pty --working-directory=/ /bin/bash -l\n"
    "\n"
    "* Try it. The agent: sudo id (at once), sudo true (waits). You: actionapprove pending, then\n"
    "  actionapprove approve CODE.\n";

static const char observe_first[] =
    "* This configuration only observes: actionapprove log shows what would have waited. When that\n"
    "  is what you want, say \"set mode enforce\" in it and run actionapprove apply.\n";

static const char codes[] =
    "* Make codes for the day on which nobody can be asked: actionapprove break-glass create --user ";

void init_add_next_steps(struct aa_buffer *out, const struct init_choice *choice, bool applied)
{
    aa_buffer_add_text(out, "\nNext, as root:\n\n");
    if (!applied)
        aa_buffer_add_text(out, "* Put it in force: actionapprove apply\n\n");
    add(out, choice, arm);
    aa_buffer_add_byte(out, '\n');
    if (choice->kind == INIT_AGENT) {
        add(out, choice, start_agent);
        aa_buffer_add_byte(out, '\n');
    }
    if (choice->mode == INIT_OBSERVE) {
        add(out, choice, observe_first);
        aa_buffer_add_byte(out, '\n');
    }
    aa_buffer_add_text(out, codes);
    aa_buffer_add_text(out, choice->kind == INIT_AGENT ? choice->person : choice->approvers[0]);
    aa_buffer_add_byte(out, '\n');
}
