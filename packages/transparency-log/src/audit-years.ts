import { auditLog, type LogAudit } from './audit.ts';

/** Every year that was looked through, the newest first; or the first thing that is wrong, as a sentence that names the log. */
export type YearsAudit =
	| { readonly ok: true; readonly years: readonly Extract<LogAudit, { ok: true }>[] }
	| { readonly ok: false; readonly reason: string };

/**
 * Derives a log anew, and then the log of the year that it begins with, back to the first. Each must be in the very state that the year after
 * it names, no entry more or less. `readOf` gives a reader for the log of an origin; `since` is as in `auditLog`.
 */
export async function auditYears(parts: {
	readonly vkey: string;
	readonly readOf: (origin: string) => (path: string) => Promise<Buffer | null>;
	readonly each?: (entry: Buffer, index: number) => string | null;
	readonly since?: readonly (string | Uint8Array)[];
}): Promise<YearsAudit> {
	const { readOf, vkey: newest, ...how } = parts;
	const years: Extract<LogAudit, { ok: true }>[] = [];
	let vkey = newest;
	for (;;) {
		const [origin = ''] = vkey.split('+', 1);
		const audit = await auditLog({ vkey, read: readOf(origin), ...how });
		if (!audit.ok) return { ok: false, reason: `${origin}: ${audit.reason}` };
		const named = years.at(-1)?.before;
		if (named && (named.size !== audit.size || named.root !== audit.root)) {
			return {
				ok: false,
				reason: `${origin}: This is not the log that the year after it begins with; it has ${audit.size} entries and should have ${named.size}.`,
			};
		}
		years.push(audit);
		if (audit.before === null) return { ok: true, years };
		vkey = audit.before.vkey;
	}
}
