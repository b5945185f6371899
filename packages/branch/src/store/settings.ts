import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** The named values of a folder, each a JSON document. */
export type SettingName =
	| 'desired'
	| 'left_neighborhoods'
	| 'data_key'
	| 'keys_before'
	| 'calendar'
	| 'retention'
	| 'pace'
	| 'night_desk'
	| 'quiet_hours'
	| 'newcomers_wait'
	| 'audit_news';

/** The value of a setting, or undefined. */
export function readSetting<T>(reading: Reading, key: SettingName): T | undefined {
	const row = reading.first<{ value: string }>(sql('setting').select('value').where({ key }));
	return row && (JSON.parse(row.value) as T);
}

/** Sets a value. */
export function writeSetting(writing: Writing, key: SettingName, value: unknown): void {
	const row = { key, value: JSON.stringify(value) };
	writing.run(sql('setting').insert(row).onConflict('key').merge());
}
