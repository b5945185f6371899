import { written } from './sql.ts';
import type { Reading } from './store.ts';

/** A word that is another one after every change of the file, by this connection (`total_changes`) or by any other (`data_version`). */
export function versionOf(reading: Reading): string {
	const own = reading.first<{ n: number }>(written('SELECT total_changes() AS n'))?.n;
	const others = reading.first<{ data_version: number }>(written('PRAGMA data_version'))?.data_version;
	return `${own} ${others}`;
}
