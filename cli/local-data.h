/* SPDX-License-Identifier: ISC */
/* This host's accounts and groups, for judging whether somebody could answer. */
#ifndef AA_LOCAL_DATA_H
#define AA_LOCAL_DATA_H

#include "language/references.h"

struct aa_local_data aa_local_data_of_host(void);

#endif
