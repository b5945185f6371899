import { PublicError } from '@understory/core/errors.ts';
import type { Log, LogFields } from '@understory/core/log.ts';
import { type DestinationStream, pino } from 'pino';
import { isSafeCode, isSafeWord, withoutNumbers } from './log/safe-text.ts';
import { placesIn } from './log/stack.ts';

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
/** Five digits are enough for every number of ours; what is greater is written as this, so that no card passes for a count. */
const GREATEST = 99_999;

type Written = Record<string, string | number | string[]>;

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
			base: null,
			timestamp: pino.stdTimeFunctions.isoTime,
			messageKey: 'event',
		},
		options.to,
	);
	const write =
		(level: 'info' | 'warn' | 'error') =>
		(event: string, fields: LogFields = {}) => {
			if (!out.isLevelEnabled(level)) return;
			out[level]({ role: options.role, ...allowed(fields) }, isSafeWord(event) ? event : 'unnamed_event');
		};
	return { info: write('info'), warn: write('warn'), error: write('error') };
}

function allowed(fields: LogFields): Written {
	const kept: Written = {};
	for (const name of TEXTS) {
		const value = fields[name];
		if (typeof value === 'string' && isSafeWord(value)) kept[name] = value;
	}
	for (const name of NUMBERS) {
		const value = fields[name];
		if (typeof value === 'number' && !Number.isNaN(value)) {
			kept[name] = Math.round(Math.max(0, Math.min(value, GREATEST)));
		}
	}
	if (typeof fields.detail === 'string') kept.detail = withoutNumbers(fields.detail);
	return fields.error === undefined ? kept : { ...kept, ...describe(fields.error) };
}

function describe(error: unknown): Written {
	if (!(error instanceof Error)) return { error_class: typeof error };
	const known: Written = { error_class: classOf(error), at: placesIn(error) };
	const code = codeOf(error);
	if (code !== null) known.error_code = code;
	if (error instanceof PublicError && error.detail) known.detail = withoutNumbers(error.detail);
	const { cause } = error;
	if (cause instanceof Error) {
		known.cause = [classOf(cause), codeOf(cause), ...placesIn(cause)].filter((part) => part !== null);
	}
	return known;
}

function classOf(error: Error): string {
	return isSafeWord(error.name) ? error.name : 'Error';
}

function codeOf(error: Error): string | null {
	const { code } = error as { code?: unknown };
	return typeof code === 'string' && isSafeCode(code) ? code : null;
}
