/* SPDX-License-Identifier: ISC */
#include "fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *name;
    const char *remedy;
} faults[AA_FAULT_COUNT] = {
    [AA_FAULT_NONE] = { "", "" },
    [AA_DENIED_BY_RULE] = { "E-DENIED-RULE", "ask the operator of this host about this rule" },
    [AA_DENIED_BY_DEFAULT] = { "E-DENIED-DEFAULT",
                               "ask the operator of this host for a rule that covers this command" },
    [AA_DENIED_BY_PERSON] = { "E-DENIED", "talk to the person who denied it" },
    [AA_DENIED_EXPIRED] = { "E-EXPIRED", "run it again when somebody is there to answer" },
    [AA_DENIED_CANCELLED] = { "E-CANCELLED", "run the command again if it is still wanted" },
    [AA_DENIED_JOINED] = { "E-JOINED", "run the command again if it is wanted once more" },
    [AA_DENIED_REASON] = { "E-REASON", "say why: SUDO_APPROVE_REASON='...' sudo ..." },
    [AA_DENIED_UNBOUND] = { "E-UNBOUND", "have root put the file where nobody else can change it, or ask "
                                         "the operator for allow-unbound in the rule" },
    [AA_DENIED_INTERCEPTED] = { "E-INTERCEPTED", "run it as its own sudo" },
    [AA_DENIED_CUT] = { "E-CUT", "shorten the command, so that it can be shown in full" },
    [AA_DENIED_TOO_MANY] = { "E-TOO-MANY", "wait until those are answered, or cancel one: "
                                           "actionapprove cancel CODE" },
    [AA_DENIED_COOL_DOWN] = { "E-COOL-DOWN", "talk to the person who denied it before asking again" },
    [AA_DENIED_MASK_CODE] = { "E-MASK-CODE", "give the secret in a file or a variable that root set, or "
                                             "let the rule say show-code" },
    [AA_DENIED_MASK_LIMIT] = { "E-MASK-LIMIT", "shorten the command or the reason" },
    [AA_FAULT_MEMORY] = { "E-MEMORY", "try again when the host has memory to spare" },
    [AA_FAULT_TOO_LARGE] = { "E-TOO-LARGE", "shorten the command or its environment" },
    [AA_FAULT_QUESTION] = { "E-QUESTION",
                            "check that sudo and ActionApprove are of matching versions" },
    [AA_FAULT_IDENTITY] = { "E-IDENTITY", "check the limits of this session and that /proc is mounted" },
    [AA_FAULT_LIMITS] = { "E-LIMITS", "raise the limits of this session (ulimit -a) and try again" },
    [AA_FAULT_FOLDER] = { "E-FOLDER", "as root: make the folder root's own, mode 0700, not a link; "
                                      "then run: actionapprove apply" },
    [AA_FAULT_SNAPSHOT_MISSING] = { "E-SNAPSHOT-MISSING", "as root, run: actionapprove apply" },
    [AA_FAULT_SNAPSHOT_UNSAFE] = { "E-SNAPSHOT-UNSAFE",
                                   "find out who changed it; then as root, run: actionapprove apply" },
    [AA_FAULT_SNAPSHOT_DAMAGED] = { "E-SNAPSHOT-DAMAGED", "as root, run: actionapprove apply" },
    [AA_FAULT_SNAPSHOT_VERSION] = { "E-SNAPSHOT-VERSION", "as root, run actionapprove apply" },
    [AA_FAULT_KEY] = { "E-KEY", "as root, run: actionapprove apply" },
    [AA_FAULT_LEDGER_MISSING] = { "E-LEDGER-MISSING", "find out who removed it; then as root, run: "
                                                      "actionapprove apply" },
    [AA_FAULT_LEDGER_UNSAFE] = { "E-LEDGER-UNSAFE",
                                 "find out who changed it; make it root's own, mode 0600, not a link" },
    [AA_FAULT_LEDGER_FULL] = { "E-LEDGER-FULL", "as root: free space on the file system that holds the "
                                                "ledger" },
    [AA_FAULT_LEDGER_DAMAGED] = { "E-LEDGER-DAMAGED", "as root, run: actionapprove verify" },
    [AA_FAULT_LEDGER_WRITE] = { "E-LEDGER-WRITE",
                                "as root: make the file system that holds the ledger writable" },
    [AA_FAULT_JOURNAL] = { "E-JOURNAL", "as root: systemctl status systemd-journald" },
    [AA_FAULT_NO_AUDIT_HALF] = { "E-NO-AUDIT-HALF",
                                 "as root, add to /etc/sudo.conf: "
                                 "Plugin sudo_approve_audit sudo_approve.so" },
    [AA_FAULT_NO_APPROVAL_HALF] = { "E-NO-APPROVAL-HALF", "as root, add to /etc/sudo.conf: "
                                                          "Plugin sudo_approve sudo_approve.so" },
    [AA_FAULT_CHANGED] = { "E-CHANGED", "run the command again, and leave its files alone meanwhile" },
    [AA_FAULT_STALE] = { "E-STALE", "run the command again" },
    [AA_FAULT_NOT_RUN] = { "E-NOT-RUN", "run the command again" },
    [AA_FAULT_VANISHED] = { "E-VANISHED", "run the command again if it is still wanted" },
    [AA_FAULT_WAITING] = { "E-WAITING", "as root: make /run/actionapprove and the folders above it root's "
                                        "own, not writable by others, with room on it" },
    [AA_FAULT_CHANNEL] = { "E-CHANNEL", "as root: journalctl -t actionapprove shows what the channel said" },
    [AA_FAULT_BREAK_GLASS] = { "E-BREAK-GLASS", "as root, run: actionapprove break-glass list" },
    [AA_FAULT_EXEC] = { "E-EXEC", "check the command" },
};

int aa_fault(struct aa_fault *fault, enum aa_fault_id id, int error, const char *format, ...)
{
    static const char cut[] = " [\xe2\x80\xa6]";
    va_list arguments;
    int n;

    if (fault == NULL || fault->id != AA_FAULT_NONE)
        return error;
    /* whatever it was that could not be opened, this is the cause that can be mended */
    fault->id = error == -EMFILE || error == -ENFILE ? AA_FAULT_LIMITS : id;
    va_start(arguments, format);
    n = vsnprintf(fault->detail, sizeof(fault->detail), format, arguments);
    va_end(arguments);
    if (n >= (int)sizeof(fault->detail)) /* never cut silently */
        memcpy(fault->detail + sizeof(fault->detail) - sizeof(cut), cut, sizeof(cut));
    return error;
}

const char *aa_fault_name(enum aa_fault_id id)
{
    return (size_t)id < AA_ARRAY_SIZE(faults) ? faults[id].name : "E-UNKNOWN";
}

const char *aa_fault_remedy(enum aa_fault_id id)
{
    return (size_t)id < AA_ARRAY_SIZE(faults) ? faults[id].remedy : "";
}
