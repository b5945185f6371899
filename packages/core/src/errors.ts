/** One fault of an input: which field, and a sentence for the person who sent it. */
export interface Fault {
	readonly field: string;
	readonly text: string;
}

interface ErrorParts {
	/** For logs only; never shown. Must hold no personal data. */
	readonly detail?: string;
	readonly faults?: readonly Fault[];
	/** Seconds after which it is worth trying again. */
	readonly retryAfter?: number;
	readonly cause?: unknown;
}

/**
 * An error with two faces (reference/codebases.md 14.9): `message` is the public sentence, `detail` is for the log.
 * `code` is for machines and stays the same when sentences change.
 */
export class PublicError extends Error {
	readonly status: number;
	readonly code: string;
	readonly detail: string | undefined;
	readonly faults: readonly Fault[];
	readonly retryAfter: number | undefined;

	constructor(status: number, code: string, sentence: string, parts: ErrorParts = {}) {
		super(sentence, parts.cause === undefined ? undefined : { cause: parts.cause });
		this.name = new.target.name;
		this.status = status;
		this.code = code;
		this.detail = parts.detail;
		this.faults = parts.faults ?? [];
		this.retryAfter = parts.retryAfter;
	}
}

/** 400: the request cannot be read at all. */
export class Malformed extends PublicError {
	constructor(sentence: string, parts?: ErrorParts) {
		super(400, 'malformed', sentence, parts);
	}
}

/** 422: readable, but a field is not acceptable; `faults` names each. */
export class BadInput extends PublicError {
	constructor(sentence: string, faults: readonly Fault[] = [], parts?: ErrorParts) {
		super(422, 'bad_input', sentence, { ...parts, faults });
	}
}

/** 401: nobody is signed in, or the token is not known. */
export class NotSignedIn extends PublicError {
	constructor(sentence = 'You need to sign in first.', parts?: ErrorParts) {
		super(401, 'not_signed_in', sentence, parts);
	}
}

/** 403: known, and not allowed. */
export class NotAllowed extends PublicError {
	constructor(sentence: string, code = 'not_allowed', parts?: ErrorParts) {
		super(403, code, sentence, parts);
	}
}

/** 404: not there, or not for this reader; both look the same on purpose. */
export class NotFound extends PublicError {
	constructor(sentence = 'There is nothing at this address.', parts?: ErrorParts) {
		super(404, 'not_found', sentence, parts);
	}
}

/** 409: it contradicts what is already there. */
export class Conflict extends PublicError {
	constructor(sentence: string, code = 'conflict', parts?: ErrorParts) {
		super(409, code, sentence, parts);
	}
}

/** 410: it was here and is not coming back. */
export class Gone extends PublicError {
	constructor(sentence = 'This was taken away for good.', parts?: ErrorParts) {
		super(410, 'gone', sentence, parts);
	}
}

/** 413: more bytes than are accepted here. */
export class TooLarge extends PublicError {
	constructor(sentence: string, parts?: ErrorParts) {
		super(413, 'too_large', sentence, parts);
	}
}

/** 421: this host name is not served here. */
export class UnknownHost extends PublicError {
	constructor(sentence = 'No library or branch lives at this address.', parts?: ErrorParts) {
		super(421, 'unknown_host', sentence, parts);
	}
}

/** 429: too often; `retryAfter` says when. */
export class TooMany extends PublicError {
	constructor(sentence: string, retryAfter: number, parts?: ErrorParts) {
		super(429, 'too_many', sentence, { ...parts, retryAfter });
	}
}

/** 503: something this depends on does not answer now. */
export class Unavailable extends PublicError {
	constructor(sentence: string, code = 'unavailable', parts?: ErrorParts) {
		super(503, code, sentence, parts);
	}
}

/** What anybody may be told of an error we did not foresee: that it was written down, and nothing more. */
export function toPublicError(error: unknown): PublicError {
	if (error instanceof PublicError) return error;
	return new PublicError(500, 'internal', 'Something broke on our side and was written down.', {
		cause: error,
	});
}
