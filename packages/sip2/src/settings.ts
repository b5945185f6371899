import type { ErrorDetection } from './decision.ts';
import { type AsksStatus, DIALECTS, type Dialect, type DialectName } from './dialects.ts';
import type { Need } from './facts.ts';
import { type FieldMap, fieldsNamed, isFreeField } from './fields.ts';
import { isPattern } from './pattern.ts';
import { faultOfTls, isLoopback, type TlsSettings } from './secure.ts';
import type { Charset } from './wire/charset.ts';
import { canSend, LONGEST_INPUT } from './wire/encode.ts';
import { canSeparate, type Terminator } from './wire/form.ts';
import type { DateZone } from './wire/local-time.ts';

/** How a catalogue is reached, and what its library agreed with it. Plain data, so that it can be kept and sent as JSON. */
export interface Sip2Settings {
	readonly host: string;
	readonly port: number;
	/** Without it the connection is plain text. */
	readonly tls?: TlsSettings;
	/** Must be said for plain text to any machine but this one: over a private line, or to a tunnel's other end. */
	readonly allowPlainText?: boolean;
	/** AO; empty where the catalogue does not look at it. */
	readonly institution?: string;
	/** AC; mostly empty. */
	readonly terminalPassword?: string;
	readonly login?: { readonly user: string; readonly password: string; readonly location?: string };
	/** `compliant` unless said otherwise. What follows up to `endsSession` wins over it. */
	readonly dialect?: DialectName;
	readonly charset?: Charset;
	readonly separator?: string;
	readonly terminator?: Terminator;
	readonly dateZone?: DateZone;
	readonly asksStatus?: AsksStatus;
	readonly endsSession?: boolean;
	readonly fields?: Partial<FieldMap>;
	/** `send` unless said otherwise. */
	readonly errorDetection?: ErrorDetection;
	/**
	 * What is wanted beyond yes or no. With nothing (`[]`) the question is 23, whose answer holds no address, e-mail or birth date; with anything it is
	 * 63, and only what is named here is read. Age, expiry and stable id when it is left out.
	 */
	readonly needs?: readonly Need[];
	/** Which question is asked in spite of `needs`. */
	readonly question?: '23' | '63';
	/** Where people may give another name than their card number: the pattern (RE2, of the whole) that the number in the answer must be of. */
	readonly aliases?: { readonly cards: string };
	/** `any` where the catalogue answers A123 to a123. `exact` unless said otherwise. */
	readonly cardCase?: 'exact' | 'any';
	/** Most characters of each, up to 64. */
	readonly longest?: { readonly card?: number; readonly pin?: number };
	readonly timeouts?: Partial<Timeouts>;
}

/** In milliseconds. `secure` is for TLS, `whole` for everything together, `end` for the last courtesy. */
export interface Timeouts {
	readonly connect: number;
	readonly secure: number;
	readonly login: number;
	readonly answer: number;
	readonly end: number;
	readonly whole: number;
}

const TIMEOUTS: Timeouts = {
	connect: 3_000,
	secure: 3_000,
	login: 3_000,
	answer: 5_000,
	end: 1_000,
	whole: 8_000,
};

/** Settings with the dialect and everything unsaid filled in. */
export interface Agreement extends Dialect {
	readonly errorDetection: ErrorDetection;
	readonly needs: ReadonlySet<Need>;
	readonly question: '23' | '63';
	readonly longestCard: number;
	readonly longestPin: number;
	readonly times: Timeouts;
}

/** What is wrong with settings: which one, and why. */
export interface SettingsFault {
	readonly setting: string;
	readonly why:
		| 'plain_text'
		| 'not_a_sign_between_fields'
		| 'not_a_pattern'
		| 'not_a_free_field'
		| 'not_in_range'
		| 'not_sendable'
		| 'two_kinds_of_trust'
		| 'not_a_certificate'
		| 'not_a_key'
		| 'key_without_certificate'
		| 'unknown_dialect';
}

/** Fills in what settings leave unsaid: the dialect's entries, then ours. */
export function agreementOf(settings: Sip2Settings): Agreement {
	const dialect = DIALECTS[settings.dialect ?? 'compliant'];
	const needs = new Set<Need>(settings.needs ?? ['age', 'expiry', 'stable_id']);
	return {
		charset: settings.charset ?? dialect.charset,
		separator: settings.separator ?? dialect.separator,
		terminator: settings.terminator ?? dialect.terminator,
		dateZone: settings.dateZone ?? dialect.dateZone,
		asksStatus: settings.asksStatus ?? dialect.asksStatus,
		endsSession: settings.endsSession ?? dialect.endsSession,
		fields: { ...dialect.fields, ...settings.fields },
		errorDetection: settings.errorDetection ?? 'send',
		needs,
		question: settings.question ?? (needs.size === 0 ? '23' : '63'),
		longestCard: settings.longest?.card ?? LONGEST_INPUT,
		longestPin: settings.longest?.pin ?? LONGEST_INPUT,
		times: { ...TIMEOUTS, ...settings.timeouts },
	};
}

/**
 * The first thing for which nothing can be asked with these settings, or null. What a schema can tell (`settings-schema.ts`) is taken for granted.
 */
export function faultOfSettings(settings: Sip2Settings): SettingsFault | null {
	if (settings.dialect !== undefined && !Object.hasOwn(DIALECTS, settings.dialect)) {
		return { setting: 'dialect', why: 'unknown_dialect' };
	}
	const { tls, host, allowPlainText = false } = settings;
	if (tls) {
		const fault = faultOfTls(tls);
		if (fault) return fault;
	} else if (!allowPlainText && !isLoopback(host)) return { setting: 'tls', why: 'plain_text' };
	const agreed = agreementOf(settings);
	if (!canSeparate(agreed.separator)) return { setting: 'separator', why: 'not_a_sign_between_fields' };
	for (const [setting, text = ''] of [
		['institution', settings.institution],
		['terminalPassword', settings.terminalPassword],
		['login.user', settings.login?.user],
		['login.password', settings.login?.password],
		['login.location', settings.login?.location],
	] as const) {
		if (!canSend(text, agreed)) return { setting, why: 'not_sendable' };
	}
	for (const [setting, length] of [
		['longest.card', agreed.longestCard],
		['longest.pin', agreed.longestPin],
	] as const) {
		if (!(length >= 1 && length <= LONGEST_INPUT)) return { setting, why: 'not_in_range' };
	}
	for (const { setting, field } of fieldsNamed(agreed.fields)) {
		if (!isFreeField(field)) return { setting, why: 'not_a_free_field' };
	}
	if (settings.aliases && !isPattern(settings.aliases.cards)) {
		return { setting: 'aliases.cards', why: 'not_a_pattern' };
	}
	const unreadable = agreed.fields.expiry.some((source) => 'text' in source && !isPattern(source.text));
	return unreadable ? { setting: 'fields.expiry', why: 'not_a_pattern' } : null;
}
