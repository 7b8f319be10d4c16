/* SPDX-License-Identifier: ISC */
#include "events.h"

#include <syslog.h>

#include "base/macros.h"

static const struct aa_event_facts events[AA_EVENT_COUNT] = {
    [AA_EVENT_ALLOWED] = { "allowed", "60cdd8220d21411e8276007c9313ac5c", LOG_INFO },
    [AA_EVENT_REFUSED] = { "refused", "e3b6f9e4f4254724ba8abed3d47acdba", LOG_WARNING },
    [AA_EVENT_REQUESTED] = { "requested", "f4a4107b4f2944b2b529ce92deb415f7", LOG_NOTICE },
    [AA_EVENT_VOTE] = { "vote", "7efd4198407647758c22358afa098598", LOG_NOTICE },
    [AA_EVENT_APPROVED] = { "approved", "d016ad1813714643b1e682eaf412e42a", LOG_NOTICE },
    [AA_EVENT_DENIED] = { "denied", "33fe5b81d3e04534bb88b4748537f774", LOG_WARNING },
    [AA_EVENT_EXPIRED] = { "expired", "6361bf46dbbc4b0caea26a4961db3bbe", LOG_WARNING },
    [AA_EVENT_CANCELLED] = { "cancelled", "b844e8f2442544258ce7dfa82f57583b", LOG_NOTICE },
    [AA_EVENT_FAILED] = { "failed", "6c1ca61a3f96451a9de88cad329fd877", LOG_ERR },
    [AA_EVENT_BREAK_GLASS] = { "break-glass", "905c012b562f4a6eb48c355ee8981623", LOG_EMERG },
    [AA_EVENT_FINISHED] = { "finished", "d5ee0e183fd443178a6e7081cb9fd46f", LOG_INFO },
};

const struct aa_event_facts *aa_event_facts(enum aa_event event)
{
    static const struct aa_event_facts unknown = { "failed", "6c1ca61a3f96451a9de88cad329fd877",
                                                   LOG_ERR };

    if ((size_t)event >= AA_EVENT_COUNT || events[event].name == NULL)
        return &unknown;
    return &events[event];
}
