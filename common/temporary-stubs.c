/* SPDX-License-Identifier: ISC */
#include "channel/courier.h"
#include "break-glass/codes.h"
#include <errno.h>
int aa_courier_start(const struct aa_site *site, const struct aa_snapshot *snapshot,uint32_t channel, struct aa_courier **ret, struct aa_fault *fault){(void)site;(void)snapshot;(void)channel;(void)ret;return aa_fault(fault,AA_FAULT_CHANNEL,-ENOENT,"not built");}
int aa_courier_ask(struct aa_courier *c, const struct aa_buffer *f){(void)c;(void)f;return -1;}
int aa_courier_fd(const struct aa_courier *c){(void)c;return -1;}
short aa_courier_events(const struct aa_courier *c){(void)c;return 0;}
void aa_courier_process(struct aa_courier *c, struct aa_courier_event *r){(void)c;r->kind=0;}
void aa_courier_answer(struct aa_courier *c, uint32_t n,enum aa_vote_status s, uint32_t a, uint32_t q){(void)c;(void)n;(void)s;(void)a;(void)q;}
void aa_courier_outcome(struct aa_courier *c, const struct aa_buffer *f, bool l){(void)c;(void)f;(void)l;}
const char *aa_courier_channel(const struct aa_courier *c){(void)c;return "";}
struct aa_courier *aa_courier_free(struct aa_courier *c, bool k){(void)c;(void)k;return NULL;}
