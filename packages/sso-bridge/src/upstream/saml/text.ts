import { Refusal } from '../refusal.ts';

/** Bytes as UTF-8, or `Refusal`: what one reader would mend another may read differently. */
export function utf8(bytes: Buffer): string {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		throw new Refusal('xml_encoding');
	}
}
