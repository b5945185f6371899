import type { ReadStream } from 'node:tty';
import { BadInput } from '@understory/core/errors.ts';

const ENTER = /[\r\n]/;
const CANCEL = '\u0003';
const ERASE = ['\u0008', '\u007F'];

/**
 * Reads one line that nobody sees: from a terminal without echo, from a pipe its first line. Throws `BadInput` when it was cancelled or nothing
 * came.
 */
export async function readSecret(input: ReadStream | NodeJS.ReadableStream): Promise<string> {
	const terminal = 'setRawMode' in input && input.isTTY ? input : null;
	terminal?.setRawMode(true);
	let line = '';
	try {
		input.setEncoding('utf8');
		for await (const chunk of input) {
			for (const sign of chunk as string) {
				if (ENTER.test(sign)) return line;
				if (sign === CANCEL) throw new BadInput('Cancelled.');
				line = ERASE.includes(sign) ? line.slice(0, -1) : line + sign;
			}
		}
		return line;
	} finally {
		terminal?.setRawMode(false);
	}
}
