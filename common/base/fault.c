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
    [AA_DENIED_NO_ASKING] = { "E-NO-ASKING",
                              "ask the operator: this version cannot ask a person yet" },
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
