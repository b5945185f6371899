import type { Log } from '@understory/core/log.ts';
import { createLog } from '../src/log.ts';

/** A real log that writes into memory, and what it has written so far. */
export interface LogLines {
	readonly log: Log;
	readonly text: () => string;
	readonly lines: () => Record<string, unknown>[];
}

/** Starts a log of one role whose lines a test can read. */
export function logLines(role = 'test', level: 'info' | 'warn' | 'silent' = 'info'): LogLines {
	const written: string[] = [];
	const to = {
		write: (line: string) => {
			written.push(line);
		},
	};
	return {
		log: createLog({ level, to, role }),
		text: () => written.join(''),
		lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
	};
}
