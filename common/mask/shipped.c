/* SPDX-License-Identifier: ISC */
#include "masker.h"

const unsigned char aa_mask_shipped[] = { 0 };
const size_t aa_mask_shipped_size = 0;
