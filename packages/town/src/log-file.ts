import { closeSync, openSync, writeSync } from 'node:fs';

/** Where the town's log goes. */
export interface LogFile {
	write(line: string): void;
	close(): void;
}

/**
 * Opens a log for appending. A line that cannot be written (a full disk) is lost, which is said once on the terminal; writing goes on
 * when it is possible again, because a log must never stop the town.
 */
export function openLogFile(file: string, say: (sentence: string) => void = console.error): LogFile {
	const handle = openSync(file, 'a', 0o600);
	let losing = false;
	return {
		write(line) {
			try {
				writeSync(handle, line);
				losing = false;
			} catch (error) {
				if (losing) return;
				losing = true;
				const { code } = error as NodeJS.ErrnoException;
				say(
					code === 'ENOSPC'
						? 'The disk is full: the log cannot be kept.'
						: `The log cannot be written (${code}).`,
				);
			}
		},
		close: () => closeSync(handle),
	};
}
