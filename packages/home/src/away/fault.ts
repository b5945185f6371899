import type { AwayCode } from '@understory/core/copy-away.ts';
import { PublicError } from '@understory/core/errors.ts';
import { OutgoingFailure } from '@understory/outgoing/failure.ts';

/** For library IT. */
const SENTENCES: Readonly<Record<AwayCode, string>> = {
	away_no_keys:
		'The file with the keys to the object storage is not there, or has no keys in it. Look at UNDERSTORY_COPIES_AWAY_CREDENTIALS.',
	away_refused:
		'The object storage refuses these keys. Look at the file with the keys, and at what the bucket allows them.',
	away_no_bucket: 'The object storage has no such bucket. Make it, or mend its name.',
	away_full: 'The object storage is full. Give it more room, or keep fewer copies.',
	away_unreachable:
		'The object storage cannot be reached. Look at its address, and whether this home may go there.',
	away_slow: 'The object storage took too long to answer.',
	away_clock: 'The clock of this home and that of the object storage differ by minutes. Set it right.',
	away_elsewhere: 'The object storage says that the bucket is in another region. Look at its region.',
	away_changed:
		'What lies in the object storage is not what was brought there: somebody changed it. Bring back its earlier version there, or use another copy.',
	away_missing: 'This copy is not in the object storage, or not whole.',
	away_broken: 'The object storage answered with a fault of its own.',
	away_damaged_here: 'The copy in the home is damaged, so it was not brought to the object storage.',
	away_failed: 'The copy was not brought to the object storage. What went wrong is in the log of the home.',
};

/** Why a copy did not get to the object storage or from there. Everything is as it was, and it can be tried again. */
export class AwayFault extends PublicError {
	declare readonly code: AwayCode;
}

export function awayFault(code: AwayCode, parts: { detail?: string; cause?: unknown } = {}): AwayFault {
	return new AwayFault(502, code, SENTENCES[code], parts);
}

/** What S3's error codes come to (Amazon S3 API Reference, "Error responses"), and those of servers that can be full. */
const CODES: Readonly<Record<string, AwayCode>> = {
	NoSuchBucket: 'away_no_bucket',
	RequestTimeTooSkewed: 'away_clock',
	PermanentRedirect: 'away_elsewhere',
	TemporaryRedirect: 'away_elsewhere',
	AuthorizationHeaderMalformed: 'away_elsewhere',
	IllegalLocationConstraintException: 'away_elsewhere',
	QuotaExceeded: 'away_full',
	EntityTooLarge: 'away_full',
	InsufficientStorage: 'away_full',
	XMinioStorageFull: 'away_full',
	XMinioAdminBucketQuotaExceeded: 'away_full',
	SlowDown: 'away_slow',
	RequestTimeout: 'away_slow',
	NoSuchKey: 'away_missing',
};

/** The fault in an answer that is none of 2xx. */
export function faultOf(status: number, body: Buffer): AwayFault {
	const named = /<Code>([A-Za-z0-9]{1,80})<\/Code>/.exec(body.toString('utf8', 0, 8_192))?.[1] ?? '';
	const detail = `${status} ${named}`.trim();
	if (Object.hasOwn(CODES, named)) return awayFault(CODES[named]!, { detail });
	if (status === 401 || status === 403) return awayFault('away_refused', { detail });
	if (status === 507) return awayFault('away_full', { detail });
	if (status >= 300 && status < 400) return awayFault('away_elsewhere', { detail });
	if (status === 404) return awayFault('away_missing', { detail });
	return awayFault('away_broken', { detail });
}

/** Faults of one copy. Every other is the storage's, and until it is mended nothing else is tried. */
const OF_ONE: readonly AwayCode[] = ['away_changed', 'away_missing', 'away_damaged_here', 'away_failed'];

/** Would every other copy meet this fault as well? */
export function isOfAll({ code }: AwayFault): boolean {
	return !OF_ONE.includes(code);
}

/** What went wrong with a copy, as it is told. */
export function toAwayFault(error: unknown): AwayFault {
	if (error instanceof AwayFault) return error;
	const isDamaged = error instanceof PublicError && error.code === 'damaged';
	return awayFault(isDamaged ? 'away_damaged_here' : 'away_failed', { cause: error });
}

/** The fault in what kept an answer from coming. */
export function faultFrom(cause: unknown): unknown {
	if (!(cause instanceof OutgoingFailure)) return cause;
	return awayFault(cause.code === 'timeout' ? 'away_slow' : 'away_unreachable', { cause });
}
