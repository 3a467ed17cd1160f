// Addresses and ports that generated policies know, and some that they do not.

/** Hosts that generated policies mostly believe in, whatever label they send. */
export const LABELLED4: readonly string[] = ["198.51.100.7", "10.1.2.3"];
export const LABELLED6: readonly string[] = ["2001:db8:1::7", "fe80::1"];
/** Hosts that they mostly take for unlabelled ones. */
export const PLAIN4: readonly string[] = ["203.0.113.9", "203.0.113.10"];
export const PLAIN6: readonly string[] = ["2001:db8:2::8", "::ffff:cb00:7109"];
export const SENDERS4: readonly string[] = [...LABELLED4, ...PLAIN4, "198.51.100.200", "127.0.0.1", "224.0.0.1"];
export const SENDERS6: readonly string[] = [
  ...[...LABELLED6, ...PLAIN6],
  ...["::", "2001:db9::1", "::ffff:c633:6407", "ff02::1"],
];

/** The shared address of the first interface, and of the second. */
export const SHARED4: readonly string[] = ["192.0.2.1", "192.0.2.77"];
export const SHARED6: readonly string[] = ["2001:db8::1", "2001:db8:7::77"];
/** Addresses that partitions own; the second of each is a broadcast's only one, where there are broadcasts. */
export const OWNED4: readonly string[] = ["192.0.2.9", "192.0.2.129", "192.0.2.10"];
export const OWNED6: readonly string[] = ["2001:db8::9", "2001:db8::81", "2001:db8::a"];
/** Groups that partitions join. */
export const GROUPS4: readonly string[] = ["224.0.0.251", "239.1.2.3"];
export const GROUPS6: readonly string[] = ["ff02::fb", "ff05::5"];
/** Groups that nobody joins: broadcasts of 192.0.2.1/24, 192.0.2.77/28 and 192.0.2.129/30, and everybody's. */
export const BROADCASTS4: readonly string[] = ["192.0.2.255", "192.0.2.79", "192.0.2.131", "255.255.255.255"];
export const STRANGE4: readonly string[] = ["8.8.8.8", "192.0.2.2", "224.0.0.22", "0.0.0.0"];
export const STRANGE6: readonly string[] = ["2001:db8::dead", "ff02::16", "ff0e::1", "::"];
export const ALL4: readonly string[] = ["224.0.0.1"];
export const ALL6: readonly string[] = ["ff02::1", "ff01::1"];

export const DEVICES: readonly string[] = ["eth0", "eth1"];
export const STRANGE_DEVICE = "wlan0";
export const VLANS: readonly number[] = [0, 100];

/** The first ones are multilevel ports, bindings and catch-alls of any partition; the last are for read-down alone. */
export const PORTS: readonly number[] = [53, 80, 443, 6000, 6002, 8080, 9];
export const LOWER_PORTS: readonly number[] = [7, 500];
