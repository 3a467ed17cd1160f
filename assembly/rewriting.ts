// Why a packet can't be rewritten. Compiled by asc and imported by ts/.

export const REWRITE_MALFORMED = 1; // its header or options are not well formed, or it is not whole
export const REWRITE_NO_ROOM = 2; // the option does not fit: 40 octets of IPv4 options, 2048 of a hop-by-hop header
export const REWRITE_TOO_LONG = 3; // the packet would have more than 65535 octets
export const REWRITE_WRONG_VERSION = 4; // the option is none of this version of IP
