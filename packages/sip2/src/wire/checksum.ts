/** The four hex digits after `AZ`: two's complement of the sum of every byte up to and including `AZ` (SIP2, appendix A). */
export function checksum(bytes: Uint8Array): string {
	let sum = 0;
	for (const byte of bytes) sum += byte;
	return (-sum & 0xffff).toString(16).toUpperCase().padStart(4, '0');
}
