// Reading what stands on the wire, big endian, at any alignment.

// @ts-ignore: decorator
@inline
export function u8At(at: usize): u32 {
  return load<u8>(at);
}

// @ts-ignore: decorator
@inline
export function u16At(at: usize): u32 {
  return bswap<u16>(load<u16>(at));
}

// @ts-ignore: decorator
@inline
export function u32At(at: usize): u32 {
  return bswap<u32>(load<u32>(at));
}

// @ts-ignore: decorator
@inline
export function u64At(at: usize): u64 {
  return bswap<u64>(load<u64>(at));
}

// Whether the octets up to `end` begin with others; with none they always do.
export function beginsWith(at: usize, end: usize, others: usize, length: u32): bool {
  if (at + length > end) return false;
  for (let i: u32 = 0; i < length; i++) if (u8At(at + i) != u8At(others + i)) return false;
  return true;
}
