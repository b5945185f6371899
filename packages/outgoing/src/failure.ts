import { PublicError } from '@understory/core/errors.ts';

/** Why something could not be fetched or sent; stable words for machines. */
export type FailureCode =
	| 'refused_address'
	| 'refused_url'
	| 'timeout'
	| 'too_large'
	| 'too_many_redirects'
	| 'unreadable'
	| 'unreachable';

const SENTENCES: Record<FailureCode, string> = {
	refused_address: 'That address is not one we connect to.',
	refused_url: 'Only http and https addresses are fetched.',
	timeout: 'The other server took too long to answer.',
	too_large: 'The other server sent more than we accept.',
	too_many_redirects: 'The other server sent us in circles.',
	unreadable: 'The other server sent something that cannot be read.',
	unreachable: 'The other server cannot be reached.',
};

/** An outgoing request that failed before it had an answer. `detail` names the host at most, never a path or a body. */
export class OutgoingFailure extends PublicError {
	declare readonly code: FailureCode;

	constructor(code: FailureCode, parts: { detail?: string; cause?: unknown } = {}) {
		super(502, code, SENTENCES[code], parts);
	}

	/** Whether nobody answered: the same request may go well another time. Otherwise it was refused, or its answer was. */
	get silent(): boolean {
		return this.code === 'timeout' || this.code === 'unreachable';
	}
}
