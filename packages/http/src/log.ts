import { PublicError } from '@understory/core/errors.ts';
import type { Log, LogFields } from '@understory/core/log.ts';
import { type DestinationStream, pino } from 'pino';

const TEXTS = [
	'role',
	'library',
	'branch',
	'home',
	'operation',
	'job',
	'method',
	'route',
	'request_id',
	'error_code',
] as const satisfies readonly (keyof LogFields)[];
const NUMBERS = ['status', 'duration_ms', 'count'] as const satisfies readonly (keyof LogFields)[];

/** A word of a closed vocabulary, a host, an id or a route: nothing that could be somebody's card number, name or sentence. */
const SAFE = /^[a-zA-Z][\w.:/{}@#-]{0,99}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LONG_DIGITS = /\d{8,}/;

/**
 * A log that cannot carry personal data (DESIGN 4.7): only fields of a closed list, only values of a safe form. An error leaves
 * its code, its class and the places in the code it came from; its message never, because messages quote what they choke on.
 */
export function createLog(options: {
	level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
	to: DestinationStream;
	role: string;
}): Log {
	const out = pino(
		{
			level: options.level,
			base: { role: options.role },
			timestamp: pino.stdTimeFunctions.isoTime,
			messageKey: 'event',
		},
		options.to,
	);
	const write =
		(level: 'info' | 'warn' | 'error') =>
		(event: string, fields: LogFields = {}) => {
			out[level](allowed(fields), SAFE.test(event) ? event : 'unnamed_event');
		};
	return { info: write('info'), warn: write('warn'), error: write('error') };
}

function allowed(fields: LogFields): Record<string, string | number | string[]> {
	const kept: Record<string, string | number | string[]> = {};
	for (const name of TEXTS) {
		const value = fields[name];
		if (typeof value === 'string' && isSafe(value)) kept[name] = value;
	}
	for (const name of NUMBERS) {
		const value = fields[name];
		if (typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < 10_000_000)
			kept[name] = value;
	}
	if (typeof fields.detail === 'string') kept.detail = withoutDigits(fields.detail);
	if (fields.error !== undefined) Object.assign(kept, describe(fields.error));
	return kept;
}

function isSafe(value: string): boolean {
	return SAFE.test(value) && (!LONG_DIGITS.test(value) || /^[0-9a-f-]{36}$/.test(value));
}

/** Our own details are written without personal data; digits are taken out all the same, since a card is digits. */
function withoutDigits(text: string): string {
	return text.replace(/\d{6,}/g, '…').slice(0, 200);
}

function describe(error: unknown): Record<string, string | string[]> {
	if (!(error instanceof Error)) return { error_class: typeof error };
	const known: Record<string, string | string[]> = { error_class: error.name.slice(0, 60) };
	const code = (error as { code?: unknown }).code;
	if (typeof code === 'string' && isSafe(code)) known.error_code = code;
	if (error instanceof PublicError && error.detail) known.detail = withoutDigits(error.detail);
	known.at = placesIn(error.stack ?? '');
	if (error.cause instanceof Error) known.cause = [error.cause.name, ...placesIn(error.cause.stack ?? '')];
	return known;
}

/** Function names and file positions below the packages; the first lines of a stack hold the message and are left out. */
function placesIn(stack: string): string[] {
	return [
		...stack.matchAll(
			/^\s+at (?:(?:async )?([\w.<>$ ]{1,60}) \()?(?:file:\/\/)?[^()\n]*?((?:packages|node_modules)\/[\w@./-]{1,120}:\d+)/gm,
		),
	]
		.slice(0, 8)
		.map(([, name, place]) => (name ? `${name} ${place}` : place!));
}
