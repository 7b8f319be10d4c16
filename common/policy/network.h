/* SPDX-License-Identifier: ISC */
/*
 * Addresses and networks, IPv4 and IPv6 in one form of 16 bytes: an IPv4 address is the IPv6
 * address that maps it. The compiler reads the words of "when rhost" with this, the policy the
 * request's remote host, which is text of a stranger's.
 */
#ifndef AA_NETWORK_H
#define AA_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

enum {
    AA_ADDRESS_SIZE = 16,
    AA_ADDRESS_BITS = 128,
    AA_ADDRESS_IPV4_BITS = 96,   /* in front of an IPv4 address */
    AA_ADDRESS_TEXT_MAX = 64,    /* longer text is no address, zone id aside */
    AA_ADDRESS_HEX_SIZE = 33,
    AA_NETWORK_TEXT_SIZE = 64,
};

struct aa_address {
    unsigned char bytes[AA_ADDRESS_SIZE];
};

/* Whether the text is an address. A zone id ("%eth0") is left out. */
bool aa_address_parse(const char *text, struct aa_address *ret);
bool aa_address_is_ipv4(const struct aa_address *address);

/* Whether the first "bits" bits are the same; no IPv4 address is in an IPv6 network. */
bool aa_address_in(const struct aa_address *address, const struct aa_address *network,
                   uint32_t bits);

/* The network's address: all bits behind the first "bits" cleared. */
struct aa_address aa_address_network(const struct aa_address *address, uint32_t bits);

/* The form of the snapshot: 32 hex digits. */
bool aa_address_from_hex(const char *hex, struct aa_address *ret);

/* As people write it: 10.0.0.0/8, 2001:db8::1. */
void aa_network_write(const struct aa_address *network, uint32_t bits,
                      char ret[AA_NETWORK_TEXT_SIZE]);

#endif
