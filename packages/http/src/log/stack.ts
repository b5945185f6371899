import { isSafeWord } from './safe-text.ts';

const PLACE =
	/^\s+at (?:(?:async )?([\w.<>$ ]{1,60}) \()?(?:file:\/\/)?[^()\n]*?((?:packages|node_modules)\/[\w@./-]{1,120}):(\d{1,5})(?::\d{1,5})?\)?$/;

/**
 * The places in the code that an error came through: function, file below the packages, line. Nothing of its message: a stack begins with
 * the message, which may have many lines, so it is cut off first, and a place that does not look like one of ours is left out.
 */
export function placesIn(error: Error): string[] {
	const stack = error.stack ?? '';
	const messageEnds = stack.indexOf(error.message) + error.message.length;
	const places: string[] = [];
	for (const line of stack.slice(Math.max(0, messageEnds)).split('\n')) {
		const found = PLACE.exec(line);
		if (!found) continue;
		const [, called, file = '', at] = found;
		if (!isSafeWord(file)) continue;
		const name = called && isSafeWord(called.replaceAll(/[ <>$]/g, '')) ? `${called} ` : '';
		places.push(`${name}${file}:${at}`);
		if (places.length === 8) break;
	}
	return places;
}
